"""Many deadlines moved at once: column, event, extension and ledger entry of each, set by set (T-5, T-9).

A disaster order or a new list of holidays touches 25,000 assignments: each kind of row is written in a few statements,
and the audit log holds one entry for the act, while every assignment keeps its own event.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from webapp.access import insert_rows
from webapp.accountability.models import Assignment, AssignmentEvent, Extension
from webapp.accountability.order_rules import moved_words
from webapp.accountability.parties import Actor
from webapp.accountability.watching import tell_watchers_of_many
from webapp.burden import service as burden

AT_ONCE = 5000
"""Ids in one statement: 25,000 rows are five, and both databases take as many values."""


class Standing(NamedTuple):
    """What of an assignment decides whether and how far its deadline moves."""

    id: int
    unit_code: str
    task_id: int
    issuer_code: str
    state: str
    issued_on: date
    due_on: date
    first_due_on: date


@dataclass(frozen=True)
class Shift:
    """One deadline that moves."""

    row: Standing
    due_on: date
    """The new one."""
    data: dict[str, Any]
    """What its event holds, so that events rebuild the assignment."""


def standing(session: Session, *which: ColumnElement[bool], lock: bool) -> list[Standing]:
    """Assignments as they stand now, by id; with `lock` held until the transaction ends."""
    statement = select(*(getattr(Assignment, name) for name in Standing._fields)).where(*which).order_by(Assignment.id)
    return [Standing(*row) for row in session.execute(statement.with_for_update() if lock else statement)]


def postpone(
    session: Session,
    kind: str,
    shifts: Sequence[Shift],
    actor: Actor,
    at: datetime,
    *,
    reason: str | None = None,
    words: str = "",
) -> None:
    """Move deadlines of locked rows. `reason` is that of events and extensions, `words` stand before the two dates."""
    session.flush()
    _set_days(session, shifts, at)
    _write(session, kind, shifts, actor, at, reason, words)
    keys: dict[date, list[str]] = defaultdict(list)
    for shift in shifts:
        keys[shift.due_on].append(f"assignment:{shift.row.id}")
    for due_on, some in sorted(keys.items()):
        burden.move_many(session, some, due_on)
    tell_watchers_of_many(
        session, kind, [(one.row.task_id, one.row.id, one.row.unit_code) for one in shifts], actor, at
    )
    session.flush()
    session.expire_all()


def _set_days(session: Session, shifts: Sequence[Shift], at: datetime) -> None:
    ids: dict[date, list[int]] = defaultdict(list)
    for shift in shifts:
        ids[shift.due_on].append(shift.row.id)
    for due_on, some in sorted(ids.items()):
        for part in _parts(some):
            session.execute(
                update(Assignment)
                .where(Assignment.id.in_(part))
                .values(due_on=due_on, changed_at=at, version=Assignment.version + 1)
                .execution_options(synchronize_session=False)
            )


def _write(
    session: Session,
    kind: str,
    shifts: Sequence[Shift],
    actor: Actor,
    at: datetime,
    reason: str | None,
    words: str,
) -> None:
    """The event and the granted extension of each move."""
    events, extensions = [], []
    for shift in shifts:
        row = shift.row
        said = f"{words}{moved_words(row.due_on, shift.due_on)}"
        events.append(
            {
                "assignment_id": row.id,
                "unit_code": row.unit_code,
                "at": at,
                "kind": kind,
                "from_state": row.state,
                "to_state": row.state,
                "person_id": actor.person_id,
                "actor_name": actor.name,
                "actor_unit": actor.unit_code,
                "on_behalf_of_id": actor.on_behalf_of_id,
                "on_behalf_of_name": actor.on_behalf_of_name,
                "reason": reason,
                "text": said,
                "data": shift.data,
            }
        )
        extensions.append(
            {
                "assignment_id": row.id,
                "unit_code": row.unit_code,
                "state": "granted",
                "asked_at": at,
                "asked_by_id": actor.person_id,
                "wanted_due_on": shift.due_on,
                "reason": reason or said,
                "decided_at": at,
                "decided_by_id": actor.person_id,
            }
        )
    insert_rows(session, AssignmentEvent, events)
    insert_rows(session, Extension, extensions)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
