"""Slowing a guesser down: failed sign-ins are counted in the database, for the account, the address and the two together.

The pair of account and address is locked first, after `password.fails` failures, so that a guesser does not lock the
person out elsewhere. An address that fails on many accounts is locked as a whole. An account that fails from many
addresses is locked softly: addresses from which the person has signed in before still pass, an administrator opens it.
Each further lock lasts twice as long, up to a day; a day without failures forgets them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import Select, bindparam, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.auth.limits import Limits
from webapp.auth.models import SignInSession, SignInThrottle

WIDE = 4
"""An office shares one address and a person has several: whole addresses and whole accounts take four times as much."""
FORGET = timedelta(days=1)
LONGEST = timedelta(days=1)
KNOWN_FOR = timedelta(days=90)
"""A network from which the person came in within this time is no stranger's."""


@dataclass(frozen=True)
class Locks:
    """What is locked at the moment of an attempt; `until` is the end of the longest lock that counts."""

    address: datetime | None = None
    account: datetime | None = None

    @property
    def until(self) -> datetime | None:
        return self.address or self.account


def _digest(login: str) -> str:
    """People type passwords into the wrong field: the login is kept as a hash only."""
    return hashlib.sha256(login.encode()).hexdigest()[:40]


def _network(address: str | None) -> str:
    """The address, for IPv6 its /64: a household owns that many addresses."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


def account_key(login: str) -> str:
    return f"account:{_digest(login)}"


def _keys(login: str, address: str | None) -> tuple[str, str, str]:
    network = _network(address)
    return f"address:{network}", account_key(login), f"pair:{_digest(login)}:{network}"


def count_attempt(
    session: Session, login: str, address: str | None, account_id: int | None, allowed: Limits, at: datetime
) -> Locks:
    """Count an attempt before it is judged, so that many at once cannot slip through; tells what was locked already."""
    address_key, account, pair = _keys(login, address)
    rows = {key: _row(session, key, at) for key in sorted((address_key, account, pair))}
    known = account_id is not None and _known_address(session, account_id, address, at)
    locks = Locks(
        address=_locked(rows[address_key], at),
        account=_locked(rows[pair], at) or (None if known else _locked(rows[account], at)),
    )
    if locks.until is None:
        for key, threshold in (
            (address_key, WIDE * allowed.fails),
            (account, WIDE * allowed.fails),
            (pair, allowed.fails),
        ):
            _count(rows[key], threshold, allowed, at)
    return locks


def _row(session: Session, key: str, at: datetime) -> SignInThrottle:
    statement = select(SignInThrottle).where(SignInThrottle.key == key).with_for_update()
    row = session.scalar(statement)
    if row is None:
        try:
            with session.begin_nested():
                session.add(SignInThrottle(key=key, fails=0, last_failed_at=at))
        except IntegrityError:
            pass  # The same key was first seen by another worker at the same moment
        row = session.scalars(statement).one()
    return row


def _locked(row: SignInThrottle, at: datetime) -> datetime | None:
    return row.locked_until if row.locked_until is not None and row.locked_until > at else None


def _count(row: SignInThrottle, threshold: int, allowed: Limits, at: datetime) -> None:
    if at - row.last_failed_at > FORGET:
        row.fails = 0
    row.fails += 1
    row.last_failed_at = at
    if row.fails % threshold == 0:
        row.locked_until = at + min(LONGEST, timedelta(minutes=allowed.lock_min) * 2 ** (row.fails // threshold - 1))


def _known_address(session: Session, account_id: int, address: str | None, at: datetime) -> bool:
    recent = select(SignInSession.address).where(
        SignInSession.account_id == account_id, SignInSession.created_at > at - KNOWN_FOR
    )
    return _network(address) in {_network(seen) for seen in session.scalars(recent.distinct())}


def forgive(session: Session, login: str, address: str | None, at: datetime) -> None:
    """A sign-in succeeded at `at`, the moment its attempt was counted: neither it nor the person's failures count on."""
    address_key, account, pair = _keys(login, address)
    row = session.get(SignInThrottle, address_key)
    if row is not None and row.fails > 0:
        row.fails -= 1  # only this attempt: somebody with one good account shall not wipe out the failures of a guesser
        if row.last_failed_at == at:
            row.locked_until = None
    row = session.get(SignInThrottle, account)
    gone = [pair] if row is not None and row.last_failed_at != at else [pair, account]
    session.execute(delete(SignInThrottle).where(SignInThrottle.key.in_(gone)))
    session.execute(delete(SignInThrottle).where(SignInThrottle.last_failed_at < at - 2 * FORGET))


def locked_now(session: Session, login: str, address: str | None, at: datetime) -> datetime | None:
    """Until when the account or the pair is locked, the longer of both; None when neither is."""
    _, account, pair = _keys(login, address)
    until = session.scalars(_locks(), {"account": account, "pair": pair})
    return max((moment for moment in until if moment is not None and moment > at), default=None)


@cache
def _locks() -> Select[tuple[datetime | None]]:
    """Until when an account and a pair are locked; written once, because every submission asks it."""
    either = (SignInThrottle.key == bindparam("account")) | (SignInThrottle.key == bindparam("pair"))
    return select(SignInThrottle.locked_until).where(either)


def unlock(session: Session, login: str) -> bool:
    """An administrator opens an account: its counters go, those of addresses stay. Tells whether any was locked."""
    keys = (SignInThrottle.key == account_key(login)) | SignInThrottle.key.startswith(f"pair:{_digest(login)}:")
    rows = session.scalars(select(SignInThrottle).where(keys)).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return bool(rows)


def locked_accounts(session: Session, logins: list[str], at: datetime) -> Iterator[str]:
    """Which of these logins are locked somewhere at this moment."""
    starts = {_digest(login): login for login in logins}
    locked = session.scalars(select(SignInThrottle.key).where(SignInThrottle.locked_until > at))
    found = {key.split(":")[1] for key in locked if not key.startswith("address:")}
    return (login for digest, login in starts.items() if digest in found)
