"""Accounts of others: system administrators make and close them, security administrators end sessions and locks."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for

from webapp import paging
from webapp.auth import accounts, queries, sealed_password
from webapp.auth.forms import AccountForm
from webapp.auth.limits import limits
from webapp.auth.models import Account
from webapp.auth.pages import pages
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires


@pages.get("/accounts/")
@requires("account.write")
def accounts_list() -> Any:
    words = request.args.get("q", "")[:60].strip()
    page = paging.paged(db.session(), queries.accounts(words), paging.number_from(request.args.get("page")))
    return render_template(
        "auth/accounts.html",
        page=page,
        words=words,
        posts=queries.posts_of(page.rows),
        apart=queries.kept_apart(page.rows),
    )


@pages.get("/accounts/new")
@requires("account.write")
def new_account() -> Any:
    return _new_page(AccountForm(formdata=None, sealed=sealed_password.fresh(_master())))


@pages.post("/accounts/new")
@requires("account.write")
def create_account() -> Any:
    form = AccountForm()
    form.person_id.choices = queries.people_choices(db.session())
    one_time = sealed_password.opened(_master(), form.sealed.data)
    if one_time is None:
        form.sealed.data = sealed_password.fresh(_master())
        return _new_page(form, "本页打开太久，已经失效。请核对后再次提交。"), 400
    # A second click finds the person already served: the choice is left to the service.
    form.person_id.validate_choice = False
    if not form.validate():
        return _new_page(form), 400
    try:
        account = accounts.create(db.session(), g.viewer, form.person_id.data, form.login.data, one_time)
    except Refused as refused:
        db.session.rollback()
        return _new_page(form, refused.sentence), refused.status
    page = render_template("auth/one_time.html", account=account, one_time=one_time)
    db.session.commit()
    return page


def _new_page(form: AccountForm, refusal: str | None = None) -> str:
    form.person_id.choices = queries.people_choices(db.session())
    return render_template("auth/account_new.html", form=form, refusal=refusal)


@pages.get("/accounts/<int:account_id>/reset")
@requires("account.write")
def reset_form(account_id: int) -> Any:
    account = db.session.get(Account, account_id) or abort(404)
    return _reset_page(account)


@pages.post("/accounts/<int:account_id>/reset")
@requires("account.write")
def reset_account(account_id: int) -> Any:
    one_time = sealed_password.opened(_master(), request.form.get("sealed"))
    account = db.session.get(Account, account_id) or abort(404)
    if one_time is None:
        return _reset_page(account, "本页打开太久，已经失效。请再次提交。"), 400
    try:
        accounts.reset_password(db.session(), g.viewer, account_id, one_time)
    except Refused as refused:
        db.session.rollback()
        return _reset_page(account, refused.sentence), refused.status
    page = render_template("auth/one_time.html", account=account, one_time=one_time)
    db.session.commit()
    return page


def _reset_page(account: Account, refusal: str | None = None) -> str:
    sealed = sealed_password.fresh(_master())
    return render_template("auth/account_reset.html", account=account, sealed=sealed, refusal=refusal)


@pages.post("/accounts/<int:account_id>/close")
@requires("account.write")
def close_account(account_id: int) -> Any:
    account = accounts.close(db.session(), g.viewer, account_id)
    flash(f"账号 {account.login} 已停用。", "success")
    db.session.commit()
    return redirect(url_for("auth.accounts_list"))


@pages.get("/accounts/sessions/")
@requires("session.admin")
def signed_in() -> Any:
    words = request.args.get("q", "")[:60].strip()
    page = paging.paged(db.session(), queries.accounts(words), paging.number_from(request.args.get("page")))
    return render_template(
        "auth/signed_in.html",
        page=page,
        words=words,
        running=queries.sessions_by_account(db.session(), page.rows, limits(db.session())),
        locked=queries.locked_logins(db.session(), page.rows),
    )


@pages.post("/accounts/<int:account_id>/sessions/end")
@requires("session.admin")
def end_sessions_of(account_id: int) -> Any:
    account = accounts.end_sessions(db.session(), g.viewer, account_id)
    flash(f"账号 {account.login} 已从所有设备退出。", "success")
    db.session.commit()
    return redirect(url_for("auth.signed_in"))


@pages.post("/accounts/<int:account_id>/unlock")
@requires("session.admin")
def unlock_account(account_id: int) -> Any:
    account = accounts.unlock(db.session(), g.viewer, account_id)
    flash(f"账号 {account.login} 已解除暂停，可以登录。", "success")
    db.session.commit()
    return redirect(url_for("auth.signed_in"))


def _master() -> bytes:
    return current_app.config["SETTINGS"].master_key()  # type: ignore[no-any-return]
