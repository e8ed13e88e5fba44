"""Who is signed in: binds Flask-Login to the server-side sessions and puts the viewer into the unit of work."""

import logging
from dataclasses import replace
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_login import UserMixin, login_user

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.auth import device_tokens, keeping, sessions
from webapp.auth.former import former_grants
from webapp.auth.forms import LoginForm
from webapp.auth.keeping import Kept
from webapp.auth.limits import limits
from webapp.auth.own_paths import own_path
from webapp.auth.sending import sender_of
from webapp.auth.sessions import SIGN_IN, Found
from webapp.db import Busy, brief_scope
from webapp.errors import SignedOut
from webapp.extensions import csrf, db, login_manager
from webapp.guards import is_unseen, wants_json
from webapp.permissions import FORMER

log = logging.getLogger(__name__)


class SignedIn(UserMixin):
    """The person behind the cookie, as Flask-Login asks for it; its id is the session's token."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.id = found.token


def init_app(app: Flask) -> None:
    """Bind to the application."""
    login_manager.session_protection = None  # addresses change on the road; the server-side row is the proof
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(ask_to_sign_in)
    app.extensions["must_change_password"] = ask_to_change_password
    app.extensions["sender"] = find_sender
    app.extensions["with_former"] = with_former
    app.before_request(_find_viewer)


def use(found: Found) -> None:
    """Let this browser hold a new session; whatever its cookie held before is gone, the page's token too."""
    session.clear()
    g.pop("csrf_token", None)  # made for the cookie's old content earlier in this request
    g.found = found
    db.session.info["viewer"] = g.viewer = found.viewer
    login_user(SignedIn(found))
    session["account"] = found.account_id  # outlives the session: kept text opens for the same account only


def _load(token: str) -> SignedIn | None:
    found: Found | None = g.get("found")
    if found is None or found.token != token or found.viewer is None:
        return None
    return SignedIn(found)


def _find_viewer() -> None:
    db.session.info["viewer"] = g.viewer = Viewer.nobody()
    token = session.get("_user_id")
    if not isinstance(token, str) or (request.endpoint or "").endswith("static") or is_unseen(request.endpoint):
        return
    if "Authorization" in request.headers:
        return  # a device that sends by itself keeps no session awake
    g.found = found = sessions.find(db.session(), token)
    if found is None:
        return
    if found.stale:
        _note(found)
    if found.viewer is not None:
        db.session.info["viewer"] = g.viewer = found.viewer


def find_sender(by_token: bool) -> Viewer:
    """Who sends logs, and may do nothing else: the owner of the device token, or the person who is signed in.

    Raises `SignedOut` for a token that sends nothing, `CSRFError` for a session without its form token.
    """
    own = db.session()
    if by_token:
        scheme, _, token = request.headers["Authorization"].partition(" ")
        known = scheme.lower() == "bearer"
        writes = request.method not in ("GET", "HEAD")
        sender = device_tokens.sender(own, token.strip(), note=writes) if known else None
        if sender is None:
            raise SignedOut("这台设备不能再上报了。内容还在设备上，请登录后再发送。")
        return sender
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()
    found = g.found.viewer
    with acting_as(own, SIGN_IN):
        return sender_of(own, found.name, found.account_id, found.person_id, clock.today())


def with_former(viewer: Viewer, permission: str) -> Viewer:
    """The viewer with the ended posts too, where no present post carries a permission that those leave."""
    if permission not in FORMER:
        return viewer
    own = db.session()
    with acting_as(own, SIGN_IN):
        return replace(viewer, grants=viewer.grants + former_grants(own, viewer.person_id, clock.today()))


def _note(found: Found) -> None:
    """Note the visit, or the end, in a transaction of its own; when the database is busy the next page does it."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        sessions.touch(db.session(), found, clock.now())  # this request holds the lock already
        return
    try:
        with brief_scope(db.engine, SIGN_IN) as own:
            sessions.touch(own, found, clock.now())
    except Busy:
        log.info("session %s not noted: the database is busy", found.session_id)


def ask_to_sign_in() -> Any:
    """The answer to somebody who has to sign in first: the sign-in page, and what was typed comes along."""
    if wants_json():
        return {"error": "登录已失效。请重新登录后再提交。"}, 401
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.login", next=own_path(request.full_path.rstrip("?"))))
    return carry_typed_text()


def ask_to_change_password() -> Any:
    """The answer to somebody whose password is the first one, or too old: nothing else until a new one is set."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.password", next=own_path(request.full_path.rstrip("?"))))
    return carry_typed_text()


def carry_typed_text() -> Any:
    """A sign-in page that carries the form which could not be taken; after signing in it is sent again."""
    found: Found | None = g.get("found")
    kept = Kept(
        path=request.full_path.rstrip("?"),
        fields=keeping.fields_of(request.form.items(multi=True)),
        account_id=found.account_id if found else session.get("account"),
        files=any(file.filename for file in request.files.values()),
    )
    sealed = keeping.seal(current_app.config["SETTINGS"].master_key(), kept)
    form = LoginForm(formdata=None, kept=sealed)
    return (
        render_template(
            "auth/login.html",
            form=form,
            refusal=None,
            ended=found.ended if found else "unknown",
            limits=limits(db.session()),
            typed=kept,
        ),
        401,
    )
