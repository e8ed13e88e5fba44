"""Reading divisions and postings; small enough to be asked by every feature."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp.access import Grant
from webapp.errors import NotFound
from webapp.org.codes import candidates
from webapp.org.models import Division, Posting


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


def valid_on(on: date) -> ColumnElement[bool]:
    """Postings that cover a day; both their ends are included."""
    return (Posting.starts_on <= on) & (Posting.ends_on.is_(None) | (Posting.ends_on >= on))


def valid_grants(session: Session, person_id: int, on: date) -> tuple[Grant, ...]:
    """What a person's postings of a day grant, by id; the session's viewer must be allowed to see them."""
    statement = select(Posting).where(Posting.person_id == person_id, valid_on(on)).order_by(Posting.id)
    return tuple(
        Grant(posting.role, posting.unit_code, posting.id, posting.organisation_id)
        for posting in session.scalars(statement)
    )


def names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Division code → name, in the order of codes; codes nobody knows are left out."""
    found = session.execute(
        select(Division.code, Division.name).where(Division.code.in_(codes)).order_by(Division.code)
    )
    return dict(found.tuples().all())
