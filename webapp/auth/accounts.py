"""Acts on accounts of others: making, resetting, closing, ending sessions, opening locks.

A system administrator acts within the postings that carry the right, and only on people all of whose present posts lie
there: otherwise a village administrator could reset the password of somebody who has since been posted to the county.
Accounts of security and audit administrators are made on the server (`flask accounts …`), so that the three offices
stay apart.
"""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as
from webapp.auth import passwords, sessions, throttle
from webapp.auth.models import Account
from webapp.auth.sessions import SIGN_IN
from webapp.errors import NotFound, Refused
from webapp.org.models import Person, Posting

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
APART = ("security_admin", "audit_admin")


def create(session: Session, viewer: Viewer, person_id: int, login: str, one_time: str) -> Account:
    """Make an account with a one-time password; the same request sent twice gives the same account."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound()
    unit = _answerable(session, viewer, person_id)
    login = login.strip().lower()
    check_login(login)
    with acting_as(session, SIGN_IN):
        taken = session.scalar(select(Account).where((Account.login == login) | (Account.person_id == person_id)))
    if taken is not None:
        if taken.login == login and taken.person_id == person_id and passwords.matches(taken.password_hash, one_time):
            return taken
        raise Refused(
            f"账号“{login}”已被使用。请换一个账号名。" if taken.login == login else "这位同志已有账号。请在列表中查找。"
        )
    account = Account(
        person_id=person_id, login=login, password_hash=passwords.hashed(one_time), password_set_at=clock.now()
    )
    session.add(account)
    session.flush()
    audit.record(session, "account.create", "account", account.id, unit_code=unit, after={"login": login})
    return account


def check_login(login: str) -> None:
    """Raise `Refused` when a login name has the wrong shape."""
    if not _LOGIN.fullmatch(login):
        raise Refused("账号名须为 3 至 40 位小写字母、数字或 . _ - ，以字母或数字开头。请修改账号名。")


def reset_password(session: Session, viewer: Viewer, account_id: int, one_time: str) -> Account:
    """Set a one-time password and end every session of the account; its locks are opened."""
    account = _open(session, account_id)
    unit = _answerable(session, viewer, account.person_id)
    account.password_hash = passwords.hashed(one_time)
    account.password_set_at = clock.now()
    account.must_change_password = True
    session.flush()
    with acting_as(session, SIGN_IN):
        throttle.unlock(session, account.login)
    sessions.end_all(session, account.id, "password_reset")
    audit.record(session, "password.reset", "account", account.id, unit_code=unit)
    return account


def close(session: Session, viewer: Viewer, account_id: int) -> Account:
    """Close an account and end its sessions; closing it twice changes nothing."""
    account = _found(session, account_id)
    unit = _answerable(session, viewer, account.person_id)
    if account.person_id == viewer.person_id:
        raise Refused("不能停用您自己的账号。请由其他系统管理员办理。")
    if account.closed_at is None:
        account.closed_at = clock.now()
        session.flush()
        sessions.end_all(session, account.id, "closed")
        audit.record(session, "account.close", "account", account.id, unit_code=unit)
    return account


def end_sessions(session: Session, viewer: Viewer, account_id: int) -> Account:
    """End every session of an account in scope."""
    account = _found(session, account_id)
    unit = _answerable(session, viewer, account.person_id, apart=())
    sessions.end_all(session, account.id, "ended_by_admin")
    audit.record(session, "session.end_all", "account", account.id, unit_code=unit)
    return account


def unlock(session: Session, viewer: Viewer, account_id: int) -> Account:
    """Open the locks of an account in scope; locked addresses stay locked."""
    account = _found(session, account_id)
    unit = _answerable(session, viewer, account.person_id, apart=())
    with acting_as(session, SIGN_IN):
        opened = throttle.unlock(session, account.login)
    if opened:
        audit.record(session, "account.unlock", "account", account.id, unit_code=unit)
    return account


def _found(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound()
    return account


def _open(session: Session, account_id: int) -> Account:
    account = _found(session, account_id)
    if account.closed_at is not None:
        raise Refused("这个账号已经停用，不能重置密码。")
    return account


def _answerable(session: Session, viewer: Viewer, person_id: int, apart: tuple[str, ...] = APART) -> str:
    """The unit to file the act under; refuses people who hold a post elsewhere or an office kept apart."""
    today = clock.today()
    with acting_as(session, SIGN_IN):
        posts = session.scalars(
            select(Posting)
            .where(Posting.person_id == person_id, Posting.ends_on.is_(None) | (Posting.ends_on >= today))
            .order_by(Posting.id)
        ).all()
    if viewer.kind != "system":
        if not all(viewer.reaches(post.unit_code) for post in posts):
            raise Refused("这位同志在您管辖范围以外任职，请由其现任单位的管理员办理。")
        if any(post.role in apart for post in posts):
            raise Refused("安全管理员、审计管理员的账号不能由系统管理员办理，请服务器运维人员用命令办理。")
    return posts[0].unit_code if posts else ""
