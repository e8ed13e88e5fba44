"""Server-side sessions: one row for each signed-in browser; the cookie holds a random token, the row its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from webapp import clock
from webapp.access import Grant, Viewer, acting_as
from webapp.auth.former import late_grants
from webapp.auth.limits import limits
from webapp.auth.models import Account, DeviceToken, SignInSession
from webapp.org.models import Division, Organisation, Person, Posting
from webapp.org.queries import grant_of, grants_to

SIGN_IN = Viewer.system("登录服务", "")
TOUCH_EVERY = timedelta(minutes=1)
PASSING = ("idle", "absolute", "no_posting")
"""Ends that come with time: what was written on the road can still be sent with the device's token."""


@dataclass(frozen=True)
class Found:
    """A known cookie: the viewer while the session runs, else the reason why it has ended."""

    session_id: int
    account_id: int
    login: str
    token: str
    viewer: Viewer | None
    ended: str | None = None
    must_change_password: bool = False
    stale: bool = False
    """The row should be written: `last_seen_at` is older than a minute, or the end has just been found."""


def hash_of(token: str) -> str:
    """What the row holds in place of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, account: Account, *, address: str | None, browser: str | None) -> str:
    """Start a session; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    row = SignInSession(
        token_hash=hash_of(token),
        account_id=account.id,
        created_at=now,
        last_seen_at=now,
        address=address,
        browser=(browser or "")[:200] or None,
    )
    with acting_as(session, SIGN_IN):
        session.add(row)
    return token


def find(session: Session, token: str) -> Found | None:
    """Who holds a token, with the postings valid today in China and what is delegated to the person."""
    today = clock.today()
    with acting_as(session, SIGN_IN):
        rows = session.execute(_holder(), {"token_hash": hash_of(token), "day": today}).all()
        if not rows:
            return None
        row = rows[0]
        grants = tuple(
            grant_of(one.Posting, one.kind, one.person_id, one.posted, one.unit_name or "")
            for one in rows
            if one.Posting is not None
        )
        if all(grant.on_behalf_of is not None for grant in grants):
            # A delegation opens nothing to somebody without a post.
            grants = late_grants(session, row.person_id, today, begun=clock.day_of(row.created_at))
        return _judged(session, row, grants, token)


@cache
def _holder() -> Select[Any]:
    """The account, the session and a row for each post of a day. Every request asks it: it is written once."""
    day, posted = bindparam("day", type_=Date), aliased(Person)
    own = (SignInSession.created_at, SignInSession.last_seen_at, SignInSession.ended_at, SignInSession.end_reason)
    rights = (Account.password_set_at, Account.must_change_password, Account.is_demo, Account.closed_at)
    return (
        select(SignInSession.id.label("session_id"), *own)
        .add_columns(Account.id.label("account_id"), Account.person_id, Account.login, *rights, Person.name)
        .add_columns(Posting, Organisation.kind, posted.name.label("posted"), Division.name.label("unit_name"))
        .select_from(SignInSession)
        .join(Account, Account.id == SignInSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Posting, grants_to(Account.person_id, day))
        .outerjoin(posted, posted.id == Posting.person_id)
        .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
        .outerjoin(Division, Division.code == Posting.unit_code)
        .where(SignInSession.token_hash == bindparam("token_hash"))
        .order_by(Posting.id)
    )


def _judged(session: Session, row: Row[Any], grants: tuple[Grant, ...], token: str) -> Found:
    now, allowed = clock.now(), limits(session)
    reason = row.end_reason if row.ended_at else None
    if reason is None and row.closed_at is not None:
        reason = "closed"
    elif reason is None and not grants:
        reason = "no_posting"
    elif reason is None and now - row.last_seen_at > allowed.idle:
        reason = "idle"
    elif reason is None and now - row.created_at > allowed.absolute:
        reason = "absolute"
    known = (row.session_id, row.account_id, row.login, token)
    if reason is not None:
        return Found(*known, None, reason, stale=row.ended_at is None)
    viewer = Viewer("account", row.name, account_id=row.account_id, person_id=row.person_id, grants=grants)
    must = row.must_change_password or (not row.is_demo and allowed.password_expired(row.password_set_at))
    return Found(*known, viewer, None, must, now - row.last_seen_at >= TOUCH_EVERY)


def end(session: Session, session_id: int, reason: str) -> None:
    """End one session and the device token made in it; ending it twice changes nothing."""
    _end(session, SignInSession.id == session_id, DeviceToken.session_id == session_id, reason)


def end_all(session: Session, account_id: int, reason: str, *, except_id: int | None = None) -> None:
    """End every running session and device token of an account, those of the session in hand excepted when named."""
    sessions, tokens = SignInSession.account_id == account_id, DeviceToken.account_id == account_id
    if except_id is not None:
        sessions &= SignInSession.id != except_id
        tokens &= DeviceToken.session_id != except_id
    _end(session, sessions, tokens, reason)


def _end(session: Session, sessions: ColumnElement[bool], tokens: ColumnElement[bool], reason: str) -> None:
    now = clock.now()
    with acting_as(session, SIGN_IN):
        session.execute(
            update(SignInSession)
            .where(sessions, SignInSession.ended_at.is_(None))
            .values(ended_at=now, end_reason=reason)
        )
        if reason not in PASSING:
            session.execute(
                update(DeviceToken)
                .where(tokens, DeviceToken.ended_at.is_(None))
                .values(ended_at=now, end_reason=reason)
            )


def touch(session: Session, found: Found, at: datetime) -> None:
    """Write down that a session was seen, or that it was found ended."""
    if found.ended is not None:
        end(session, found.session_id, found.ended)
        return
    with acting_as(session, SIGN_IN):
        session.execute(update(SignInSession).where(SignInSession.id == found.session_id).values(last_seen_at=at))
