"""Signing in and out; the other pages of this feature are in the `views_*` modules, on the same blueprint."""

from datetime import timedelta
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user

from webapp import clock
from webapp.auth import keeping, service, views_account, views_accounts, views_audit, views_devices, wording
from webapp.auth.device_cookie import device_number
from webapp.auth.forms import LoginForm
from webapp.auth.keeping import Kept
from webapp.auth.limits import limits
from webapp.auth.own_paths import own_path
from webapp.auth.pages import pages
from webapp.auth.service import NoPosting
from webapp.auth.sessions import Found
from webapp.auth.signing_in import use
from webapp.extensions import db
from webapp.guards import public

__all__ = ["pages", "views_account", "views_accounts", "views_audit", "views_devices", "wording"]


@pages.get("/login")
@public
def login() -> Any:
    target = own_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target or "/")
    return _login_page(LoginForm(formdata=None, next=target))


@pages.post("/login")
@public
def enter() -> Any:
    form = LoginForm()
    if not form.validate():
        return _login_page(form), 400
    attempt = service.begin_attempt(db.session(), form.login.data, address=request.remote_addr, at=clock.now())
    # Counted before it is judged, and in a transaction of its own: hashing a password must not hold the lock.
    db.session.commit()
    refused = _judge(attempt, form)
    if refused is not None:
        return refused
    try:
        found = service.sign_in(db.session(), attempt, form.password.data, browser=request.user_agent.string)
    except NoPosting as outside:
        db.session.rollback()
        service.note_failure(db.session(), attempt, "no_posting")
        db.session.commit()
        return _login_page(form, outside.sentence), outside.status
    db.session.commit()
    use(found)
    return _onward(form, found)


def _judge(attempt: service.Attempt, form: LoginForm) -> Any:
    """The page for a refused attempt, None for a good one."""
    if service.judge(attempt, form.password.data):
        return None
    service.note_failure(db.session(), attempt)
    db.session.commit()
    until = attempt.locks.address
    if until is not None:
        seconds = int((until - clock.now()) / timedelta(seconds=1)) + 1
        moment = f"{clock.local(until):%H:%M}"
        refusal = f"从您所在网络登录的失败次数过多，已暂停登录。请于 {moment} 后再试。"
        return _login_page(form, refusal), 429, {"Retry-After": str(seconds)}
    allowed = limits(db.session())
    refusal = (
        f"账号或密码不正确，或者账号已暂停登录。请核对后重试；连续出错 {allowed.fails} 次的，"
        f"请 {allowed.lock_min} 分钟后再试，或者请本单位安全管理员解除。"
    )
    return _login_page(form, refusal), 401


def _login_page(form: LoginForm, refusal: str | None = None) -> str:
    found: Found | None = g.get("found")
    return render_template(
        "auth/login.html",
        form=form,
        refusal=refusal,
        ended=found.ended if found else None,
        limits=limits(db.session()),
        typed=keeping.unseal(current_app.config["SETTINGS"].master_key(), form.kept.data),
    )


def _onward(form: LoginForm, found: Found) -> Any:
    if found.must_change_password:
        return redirect(url_for("auth.password", next=own_path(form.next.data)))
    kept = keeping.unseal(current_app.config["SETTINGS"].master_key(), form.kept.data)
    if kept is not None:
        return _send_again(kept, found)
    return redirect(own_path(form.next.data) or "/")


def _send_again(kept: Kept, found: Found) -> Any:
    if kept.account_id not in (None, found.account_id):
        flash("上一位使用者没有提交成功的内容已经清除。", "info")
        return redirect("/")
    return render_template("auth/send_again.html", kept=kept)


@pages.post("/logout")
@public
def logout() -> Any:
    found: Found | None = g.get("found")
    if found is not None and found.viewer is not None:
        service.sign_out(db.session(), found.viewer, found.session_id, device_number())
        db.session.commit()
    account_id = session.get("account")
    session.clear()
    session["account"] = account_id
    flash("您已退出登录。", "success")
    return redirect(url_for("auth.login"))
