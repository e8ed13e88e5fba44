"""Device tokens: a browser in a valley sends its logs without a session. A token sends; it reads nothing.

It outlives the idle and the absolute end of the session in which it was made, and the end of the posting for as long as
logs of that posting may still be sent. It ends with signing out, with a new password, with the closing of the account,
when an administrator or the person ends it, and when it is older than `device.token_days`. The lock after failed sign-ins
leaves it alone: it is a secret of its own that no password opens, and a stranger who types wrong passwords would cut a
phone in the field off.
"""

import secrets
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, update
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as
from webapp.auth.devices import device_name
from webapp.auth.models import Account, DeviceToken
from webapp.auth.sending import sender_of
from webapp.auth.sessions import SIGN_IN, hash_of
from webapp.errors import NotFound
from webapp.org.models import Person
from webapp.policy.service import parameter

MOST = 5
"""Tokens of one person at a time; a further one ends the one that was made first."""
USED_EVERY = timedelta(minutes=1)


def make(
    session: Session, viewer: Viewer, *, session_id: int, browser: str | None, replaces: int | None = None
) -> tuple[str, DeviceToken]:
    """A new token and its row. `replaces` is the row whose token this browser held so far."""
    now = clock.now()
    unit = viewer.grants[0].unit_code
    days = parameter(session, "device.token_days", on=clock.today(), unit_code=unit)
    token = secrets.token_urlsafe(32)
    row = DeviceToken(
        token_hash=hash_of(token),
        account_id=viewer.account_id,
        session_id=session_id,
        name=device_name(browser),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    if replaces is not None:
        end(session, DeviceToken.id == replaces, viewer.account_id, "replaced")
    with acting_as(session, SIGN_IN):
        running = session.scalars(_running(viewer.account_id)).all()
        for oldest in running[: max(0, len(running) - MOST + 1)]:
            oldest.ended_at, oldest.end_reason = now, "replaced"
        session.add(row)
    audit.record(session, "device.make", "account", viewer.account_id, unit_code=unit, after={"device": row.name})
    return token, row


def sender(session: Session, token: str, *, note: bool) -> Viewer | None:
    """Who sends with a token; None when it is unknown, ended or too old, or when its owner has nothing to send for.

    `note` writes down that it was used, at most once a minute.
    """
    now = clock.now()
    with acting_as(session, SIGN_IN):
        owner = session.execute(_owner(), {"token_hash": hash_of(token), "now": now}).one_or_none()
        if owner is None:
            return None
        viewer = sender_of(session, owner.name, owner.account_id, owner.person_id, clock.today())
        if note and (owner.last_used_at is None or now - owner.last_used_at >= USED_EVERY):
            session.execute(update(DeviceToken).where(DeviceToken.id == owner.id).values(last_used_at=now))
    return viewer if viewer.grants else None


@cache
def _owner() -> Select[Any]:
    """A token that can send, and whose it is; written once, because every submission asks it."""
    return (
        select(DeviceToken.id, DeviceToken.last_used_at, DeviceToken.account_id)
        .add_columns(Account.person_id, Person.name)
        .join(Account, Account.id == DeviceToken.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            DeviceToken.token_hash == bindparam("token_hash"),
            DeviceToken.ended_at.is_(None),
            DeviceToken.expires_at > bindparam("now"),
            Account.closed_at.is_(None),
        )
    )


def running(session: Session, account_id: int | None) -> list[DeviceToken]:
    """The tokens of an account that can still send, the first made first."""
    with acting_as(session, SIGN_IN):
        return list(session.scalars(_running(account_id)))


def end_own(session: Session, viewer: Viewer, token_id: int) -> None:
    """End one of the viewer's own tokens; anybody else's does not exist for him."""
    with acting_as(session, SIGN_IN):
        row = session.get(DeviceToken, token_id)
    if row is None or row.account_id != viewer.account_id:
        raise NotFound()
    end(session, DeviceToken.id == token_id, viewer.account_id, "ended_by_self")
    unit = viewer.grants[0].unit_code if viewer.grants else ""
    audit.record(session, "device.end", "account", viewer.account_id, unit_code=unit, before={"device": row.name})


def end(session: Session, condition: ColumnElement[bool], account_id: int | None, reason: str) -> None:
    """End those tokens of an account that meet a condition; ending twice changes nothing."""
    with acting_as(session, SIGN_IN):
        session.execute(
            update(DeviceToken)
            .where(condition, DeviceToken.account_id == account_id, DeviceToken.ended_at.is_(None))
            .values(ended_at=clock.now(), end_reason=reason)
        )


def _running(account_id: int | None):  # type: ignore[no-untyped-def]
    return (
        select(DeviceToken)
        .where(
            DeviceToken.account_id == account_id,
            DeviceToken.ended_at.is_(None),
            DeviceToken.expires_at > clock.now(),
        )
        .order_by(DeviceToken.id)
    )
