"""Reading divisions and postings; small enough to be asked by every feature."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Grant, Viewer
from webapp.errors import NotFound
from webapp.org.codes import candidates
from webapp.org.models import Delegation, Division, Organisation, Person, Posting
from webapp.org.rules import STATIONED

T = TypeVar("T")
Day = date | ColumnElement[date]
"""A day, or its place in a statement that is written once."""
_AT_ONCE = 500


def division(session: Session, code: str) -> Division:
    """The division of a held code ("533323101"); raises `NotFound`."""
    found = session.get(Division, code)
    if found is None:
        raise NotFound("没有这个区划。请从区划树中选择。")
    return found


def find(session: Session, typed: str) -> Division:
    """The division a typed code of 2, 4, 6, 9 or 12 digits means; raises `Refused` or `NotFound`."""
    for code in candidates(typed):
        found = session.get(Division, code)
        if found is not None:
            return found
    raise NotFound(f"没有代码为“{typed.strip()}”的区划。请核对代码，或先导入该地区划。")


def children(session: Session, code: str | None) -> list[Division]:
    """Divisions directly below, by code; `None` gives the provinces."""
    below = Division.parent_code.is_(None) if code is None else Division.parent_code == code
    return list(session.scalars(select(Division).where(below).order_by(Division.code)))


def valid_on(on: Day) -> ColumnElement[bool]:
    """Postings that cover a day; both their ends are included."""
    return valid_between(on, on)


def valid_between(first: Day, last: Day) -> ColumnElement[bool]:
    """Postings that cover at least one of the days from one to another, both included."""
    return (Posting.starts_on <= last) & (Posting.ends_on.is_(None) | (Posting.ends_on >= first))


def delegated_on(on: Day) -> ColumnElement[bool]:
    """Delegations that are in force on a day; both their ends are included."""
    return (Delegation.starts_on <= on) & (Delegation.ends_on >= on) & Delegation.revoked_at.is_(None)


def grants_to(person_id: SQLColumnExpression[int] | int, on: Day) -> ColumnElement[bool]:
    """Postings of a day that grant something to a person: the own ones, and those whose approvals are delegated."""
    passed_on = select(Delegation.posting_id).where(Delegation.to_person_id == person_id, delegated_on(on))
    return valid_on(on) & ((Posting.person_id == person_id) | Posting.id.in_(passed_on))


def grant_of(posting: Posting, kind: str | None, person_id: int, holder: str, unit_name: str = "") -> Grant:
    """What a posting grants to a person; `kind` is that of its organisation, `holder` names who is posted."""
    own = Grant(posting.role, posting.unit_code, posting.id, posting.organisation_id, kind, unit_name=unit_name)
    if posting.person_id == person_id:
        return own
    return replace(own, on_behalf_of=posting.person_id, on_behalf_name=holder)


def valid_grants(session: Session, person_id: int, on: date) -> tuple[Grant, ...]:
    """What the postings of a day grant to a person, by id; the session's viewer must be allowed to see them."""
    statement = (
        select(Posting, Organisation.kind, Person.name)
        .join(Posting.person)
        .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
        .where(grants_to(person_id, on))
        .order_by(Posting.id)
    )
    return tuple(grant_of(posting, kind, person_id, name) for posting, kind, name in session.execute(statement))


def names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Division code → name, in the order of codes, however many; codes nobody knows are left out."""
    wanted = sorted(set(codes))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = Division.code.in_(wanted[start : start + _AT_ONCE])
        named = session.execute(select(Division.code, Division.name).where(some).order_by(Division.code))
        found |= dict(named.tuples().all())
    return found


def with_names(session: Session, rows: Iterable[T], code_of: Callable[[T], str]) -> Iterator[tuple[T, str]]:
    """Each row with the name of its division, some rows at a time; "" for a code nobody knows."""
    waiting = iter(rows)
    while some := list(islice(waiting, _AT_ONCE)):
        known = names(session, {code_of(row) for row in some})
        yield from ((row, known.get(code_of(row), "")) for row in some)


def own_names(session: Session, viewer: Viewer) -> str:
    """The viewer's units in words."""
    return "、".join(names(session, viewer.prefixes).values())


def sender_names(session: Session, viewer: Viewer) -> str:
    """The viewer's sending units in words; "" for whoever acts from no such post."""
    wanted = select(Organisation.name).where(Organisation.id.in_(viewer.sending_units)).order_by(Organisation.id)
    return "、".join(session.scalars(wanted))


def stationed_on(today: date) -> Select[tuple[Posting]]:
    """Those on post in the villages in scope, by village and post."""
    return (
        select(Posting)
        .where(Posting.role.in_(STATIONED), valid_on(today))
        .options(joinedload(Posting.person), joinedload(Posting.division))
        .order_by(Posting.unit_code, Posting.role, Posting.id)
    )
