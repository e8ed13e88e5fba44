"""States recomputed from events: what every assignment holds is compared with what its events say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import audit
from webapp.accountability.models import Assignment
from webapp.accountability.replay import differing

_AT_ONCE = 500


@dataclass(frozen=True)
class Difference:
    """One column of one assignment: what it holds, and what its events say."""

    number: str
    unit_code: str
    column: str
    held: Any
    rebuilt: Any


def rebuild(session: Session, *, check: bool) -> Iterator[list[Difference]]:
    """Go through all assignments in sets; gives the differences of each set. Without `check` they are mended."""
    last = 0
    while True:
        rows = list(
            session.scalars(
                select(Assignment)
                .where(Assignment.id > last)
                .order_by(Assignment.id)
                .limit(_AT_ONCE)
                .options(selectinload(Assignment.events), joinedload(Assignment.task))
            )
        )
        if not rows:
            return
        last = rows[-1].id
        yield [one for row in rows for one in _of_row(session, row, check)]
        session.expunge_all()


def _of_row(session: Session, row: Assignment, check: bool) -> list[Difference]:
    found = differing(row, row.events)
    if found and not check:
        for name, (_, rebuilt) in found.items():
            setattr(row, name, rebuilt)
        session.flush()
        audit.record(
            session,
            "task.rebuild",
            "assignment",
            row.id,
            unit_code=row.unit_code,
            after={"state": row.state, "fields": sorted(found)},
        )
        session.flush()
    return [Difference(row.task.number, row.unit_code, name, *pair) for name, pair in found.items()]
