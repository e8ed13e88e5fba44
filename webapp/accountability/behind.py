"""Which assignments are behind: a part that they handed on is overdue (T-7, docs/decisions/0020)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from webapp.accountability.models import Assignment
from webapp.accountability.rules import OPEN
from webapp.org.codes import LENGTHS

BEGUN = ("in_progress", "returned")
"""Still owed, and begun: handing a part on begins an assignment, so that no other has parts."""


class Owed(Protocol):
    """An assignment as far as it can be behind: a row, or only these columns of it."""

    @property
    def id(self) -> int: ...
    @property
    def unit_code(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due_on(self) -> date: ...


def overdue(on: date) -> ColumnElement[bool]:
    """Assignments whose lamp is red on a day, in the words of the database: the same as `rules.clock_of` says of one."""
    late = and_(Assignment.state.in_(("reported", "verified")), Assignment.last_reported_on > Assignment.due_on)
    return or_(and_(Assignment.state.in_(OPEN), Assignment.due_on < on), late)


def behind(session: Session, rows: Iterable[Owed], on: date) -> Collection[int]:
    """Of the rows of one page those that are behind, by their ids; one question by key, none for a village's list.

    What is overdue itself is red and not behind; a village hands nothing on.
    """
    asked = [
        row.id for row in rows if row.state in BEGUN and row.due_on >= on and len(row.unit_code) < LENGTHS[max(LENGTHS)]
    ]
    if not asked:
        return ()
    late = select(Assignment.parent_id).where(Assignment.parent_id.in_(asked), overdue(on)).distinct()
    return {parent for parent in session.scalars(late) if parent is not None}
