"""Acts of sign-in: signing in and out, passwords, sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as
from webapp.auth import device_tokens, passwords, sessions, throttle
from webapp.auth.limits import limits
from webapp.auth.models import Account, DeviceToken, SignInSession
from webapp.auth.sessions import SIGN_IN, Found
from webapp.errors import NotFound, Refused
from webapp.org.models import Posting


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in that has been counted and not yet judged."""

    login: str
    address: str | None
    at: datetime
    account_id: int | None
    stored_hash: str | None
    locks: throttle.Locks


class NoPosting(Refused):
    """The password is right, yet the person holds no post today."""

    status = 403

    def __init__(self) -> None:
        super().__init__("您目前没有在任岗位，不能登录。如已到岗，请联系组织部门登记任职。")


def start_session(session: Session, account: Account, *, address: str | None, browser: str | None) -> str:
    """Start a server-side session; returns the token for the cookie (only its hash is stored)."""
    return sessions.start(session, account, address=address, browser=browser)


def begin_attempt(session: Session, login: str, *, address: str | None, at: datetime) -> Attempt:
    """Count an attempt. The caller commits before it judges the password: hashing takes long and must hold no lock."""
    login = login.strip().lower()[:60]
    with acting_as(session, SIGN_IN):
        account = session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))
        account_id = account.id if account else None
        locks = throttle.count_attempt(session, login, address, account_id, limits(session), at)
    return Attempt(login, address, at, account_id, account.password_hash if account else None, locks)


def judge(attempt: Attempt, password: str) -> bool:
    """Whether the password is right and nothing is locked; takes the same time in every case."""
    right = passwords.matches(attempt.stored_hash, password)
    return right and attempt.locks.until is None


def sign_in(session: Session, attempt: Attempt, password: str, *, browser: str | None) -> Found:
    """After a right password: forgive the failures, renew an outdated hash, start a session."""
    with acting_as(session, SIGN_IN):
        account = session.get_one(Account, attempt.account_id)
        throttle.forgive(session, attempt.login, attempt.address, attempt.at)
        if passwords.outdated(account.password_hash):
            account.password_hash = passwords.hashed(password)
        token = sessions.start(session, account, address=attempt.address, browser=browser)
        found = sessions.find(session, token)
    if found is None or found.viewer is None:
        raise NoPosting()
    with acting_as(session, found.viewer):
        audit.record(session, "sign_in.ok", "account", account.id, unit_code=_home(found.viewer))
    return found


def note_failure(session: Session, attempt: Attempt, reason: str | None = None) -> None:
    """Audit a failed attempt, and the lock when it begins; what was typed is not kept (it may be a password)."""
    if attempt.locks.until is not None:
        return  # a locked guesser shall not fill the log
    known = "unknown" if attempt.account_id is None else attempt.account_id
    with acting_as(session, SIGN_IN):
        unit = unit_of(session, attempt.account_id)
        until = throttle.locked_now(session, attempt.login, attempt.address, clock.now())
    audit.record(session, "sign_in.failed", "account", known, unit_code=unit, reason=reason)
    if until is not None:
        audit.record(session, "sign_in.locked", "account", known, unit_code=unit, after={"until": until.isoformat()})


def sign_out(session: Session, viewer: Viewer, session_id: int, device_id: int | None = None) -> None:
    """End the session in hand, and the token of this device, whichever session it was made in."""
    sessions.end(session, session_id, "signed_out")
    if device_id is not None:
        device_tokens.end(session, DeviceToken.id == device_id, viewer.account_id, "signed_out")
    audit.record(session, "sign_out", "account", viewer.account_id, unit_code=_home(viewer))


def end_own_session(session: Session, viewer: Viewer, session_id: int) -> None:
    """End one of the viewer's own sessions; anybody else's does not exist for him."""
    with acting_as(session, SIGN_IN):
        row = session.get(SignInSession, session_id)
    if row is None or row.account_id != viewer.account_id:
        raise NotFound()
    sessions.end(session, session_id, "ended_by_self")
    audit.record(session, "session.end", "account", viewer.account_id, unit_code=_home(viewer))


def change_password(
    session: Session, viewer: Viewer, attempt: Attempt, current: str, new: str, *, browser: str | None
) -> Found:
    """Set a new password after a right one; all sessions of the account end and a new one starts.

    Raises `Refused` when the new password breaks the pack's rules (`password.*`).
    """
    account = session.get_one(Account, viewer.account_id)
    if current == new:
        raise Refused("新密码与原密码相同。请换一个新的密码。")
    passwords.check_new(new, limits(session), login=account.login, name=viewer.name)
    account.password_hash = passwords.hashed(new)
    account.password_set_at = clock.now()
    account.must_change_password = False
    session.flush()
    with acting_as(session, SIGN_IN):
        throttle.forgive(session, attempt.login, attempt.address, attempt.at)
    sessions.end_all(session, account.id, "password_changed")
    audit.record(session, "password.change", "account", account.id, unit_code=_home(viewer))
    token = sessions.start(session, account, address=attempt.address, browser=browser)
    found = sessions.find(session, token)
    if found is None:
        raise NoPosting()
    return found


def unit_of(session: Session, account_id: int | None) -> str:
    """The division under which acts on an account are filed: that of its person's latest posting."""
    latest = (
        select(Posting.unit_code)
        .join(Account, Account.person_id == Posting.person_id)
        .where(Account.id == account_id)
        .order_by(Posting.starts_on.desc(), Posting.id.desc())
        .limit(1)
    )
    return session.scalar(latest) or ""


def _home(viewer: Viewer) -> str:
    """The division under which an account's own acts are filed."""
    return viewer.grants[0].unit_code if viewer.grants else ""
