"""Who is signed in: binds Flask-Login to the server-side sessions and puts the viewer into the unit of work."""

import logging

from flask import Flask, g, request, session
from flask_login import UserMixin

from webapp import clock
from webapp.access import Viewer
from webapp.auth import sessions
from webapp.auth.noting import Busy, brief_session
from webapp.auth.sessions import Found
from webapp.extensions import db, login_manager

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
    app.before_request(_find_viewer)


def _load(token: str) -> SignedIn | None:
    found: Found | None = g.get("found")
    if found is None or found.token != token or found.viewer is None:
        return None
    return SignedIn(found)


def _find_viewer() -> None:
    db.session.info["viewer"] = g.viewer = Viewer.nobody()
    token = session.get("_user_id")
    if not isinstance(token, str) or (request.endpoint or "").endswith("static"):
        return
    g.found = found = sessions.find(db.session(), token)
    if found is None:
        return
    if found.stale:
        _note(found)
    if found.viewer is not None:
        db.session.info["viewer"] = g.viewer = found.viewer


def _note(found: Found) -> None:
    """Note the visit, or the end, in a transaction of its own; when the database is busy the next page does it."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        sessions.touch(db.session(), found, clock.now())  # this request holds the lock already
        return
    try:
        with brief_session(db.engine) as own:
            sessions.touch(own, found, clock.now())
    except Busy:
        log.info("session %s not noted: the database is busy", found.session_id)
