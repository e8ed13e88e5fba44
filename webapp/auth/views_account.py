"""A person's own account: the password, and where it is signed in."""

from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for

from webapp import clock
from webapp.auth import device_tokens, queries, service, sessions
from webapp.auth.device_cookie import device_number
from webapp.auth.forms import PasswordForm
from webapp.auth.limits import limits
from webapp.auth.own_paths import own_path
from webapp.auth.pages import pages
from webapp.auth.signing_in import use
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires


@pages.get("/account/password")
@requires("self.manage")
def password() -> Any:
    return _password_page(PasswordForm(formdata=None))


@pages.post("/account/password")
@requires("self.manage")
def set_password() -> Any:
    form = PasswordForm()
    if not form.validate():
        return _password_page(form), 400
    own = db.session()
    attempt = service.begin_attempt(own, g.found.login, address=request.remote_addr, at=clock.now())
    own.commit()  # a guess is counted before it is judged, as at sign-in
    if not service.judge(attempt, form.current.data):
        service.note_failure(own, attempt, "password.change")
        own.commit()
        form.current.errors = ["原密码不正确，或者出错次数过多已暂停。请核对大小写后重试。"]
        return _password_page(form), 400
    try:
        found = service.change_password(
            own, g.viewer, attempt, form.current.data, form.new.data, browser=request.user_agent.string
        )
    except Refused as refused:
        own.rollback()
        form.new.errors = [refused.sentence]
        return _password_page(form), refused.status
    own.commit()
    use(found)
    flash("密码已修改。您在其他设备上的登录均已退出。", "success")
    return redirect(own_path(request.args.get("next")) or "/")


def _password_page(form: PasswordForm) -> str:
    found: sessions.Found = g.found
    return render_template(
        "auth/password.html", form=form, limits=limits(db.session()), must=found.must_change_password
    )


@pages.get("/account/sessions")
@requires("self.manage")
def own_sessions() -> Any:
    rows = queries.running_sessions(db.session(), [g.viewer.account_id], limits(db.session()))
    devices = device_tokens.running(db.session(), g.viewer.account_id)
    return render_template(
        "auth/sessions.html", rows=rows, here=g.found.session_id, devices=devices, this=device_number()
    )


@pages.post("/account/sessions/<int:session_id>/end")
@requires("self.manage")
def end_own_session(session_id: int) -> Any:
    service.end_own_session(db.session(), g.viewer, session_id)
    db.session.commit()
    if session_id == g.found.session_id:
        session.pop("_user_id", None)
        return redirect(url_for("auth.login"))
    flash("这台设备上的登录已退出。", "success")
    return redirect(url_for("auth.own_sessions"))
