"""Reading hand-overs: lists, one sheet with its rows, and the whole as a document."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp import clock
from webapp.access import Viewer, below
from webapp.errors import NotFound
from webapp.handover.answering import first_day, taken_on
from webapp.handover.models import STATES, TYPED, HandoverLine
from webapp.handover.people import PEOPLE, with_people
from webapp.handover.service import APPOINT, found_now, lines_of
from webapp.handover.sources import kind_name
from webapp.org.codes import full
from webapp.org.models import Handover, Posting

VIEWS = {"open": "未完成", "done": "已完成", "passed": "到期自行移交", "every": "全部"}


@dataclass(frozen=True)
class Line:
    """One row of a sheet as a page shows it; without a number it is only found so far."""

    id: int | None
    kind: str
    title: str
    detail: str | None
    due_on: date | None
    path: str | None
    state: str
    note: str | None = None
    accepted_by: str | None = None
    accepted_on: date | None = None
    before: bool = False
    """Fell due before the successor had come and taken it over: that lateness is never the successor's (T-8, Z-17)."""

    @property
    def found(self) -> bool:
        return self.kind not in TYPED


def listed(view: str) -> Select[tuple[Handover]]:
    """Hand-overs in scope, by village and deadline."""
    statement = select(Handover).options(joinedload(Handover.division), *PEOPLE)
    if view == "open":
        statement = statement.where(Handover.done_on.is_(None), Handover.passed_on.is_(None))
    elif view == "done":
        statement = statement.where(Handover.done_on.is_not(None))
    elif view == "passed":
        statement = statement.where(Handover.passed_on.is_not(None), Handover.done_on.is_(None))
    return statement.order_by(Handover.unit_code, Handover.due_on, Handover.id)


def one(session: Session, handover_id: int) -> Handover:
    """A hand-over with its people. Raises `NotFound`."""
    row = session.scalar(listed("every").where(Handover.id == handover_id))
    if row is None:
        raise NotFound()
    return with_people(session, [row])[0]


def sheet(session: Session, row: Handover, today: date) -> list[Line]:
    """The rows of a sheet; until the list is handed in also what the system finds today."""
    held = lines_of(session, row)
    lines = []
    if row.listed_on is None and row.passed_on is None and row.done_on is None:
        lines = [
            Line(None, x.kind, x.title, x.detail, x.due_on, x.path, "open", before=_before(x.due_on, row, None, today))
            for x in found_now(session, row)
        ]
    return lines + [_line(line, row, today) for line in held]


def _line(line: HandoverLine, row: Handover, today: date) -> Line:
    return Line(
        line.id,
        line.kind,
        line.title,
        line.detail,
        line.due_on,
        line.path,
        line.state,
        line.note,
        line.accepted_by.name if line.accepted_by else None,
        clock.day_of(line.accepted_at) if line.accepted_at else None,
        _before(line.due_on, row, line, today),
    )


def _before(due_on: date | None, row: Handover, line: HandoverLine | None, today: date) -> bool:
    return due_on is not None and due_on < first_day(row.successor, taken_on(row, line, today))


def to_arrange(session: Session, viewer: Viewer, limit: int) -> list[Handover]:
    """Hand-overs not done yet where the viewer arranges posts, the earliest due first."""
    units = viewer.units_with(APPOINT)
    if not units:
        return []
    statement = _by_deadline().where(or_(*(below(Handover.unit_code, unit) for unit in units)))
    return list(session.scalars(statement.limit(limit)))


def waiting_for(session: Session, viewer: Viewer, limit: int) -> list[Handover]:
    """Sheets that wait for the viewer as leaver or successor, the earliest due first."""
    if viewer.person_id is None:
        return []
    own = select(Posting.id).where(Posting.person_id == viewer.person_id)
    leaves = Handover.leaver_posting_id.in_(own) & Handover.listed_on.is_(None)
    succeeds = Handover.successor_posting_id.in_(own) & Handover.listed_on.is_not(None)
    return list(with_people(session, list(session.scalars(_by_deadline().where(or_(leaves, succeeds)).limit(limit)))))


@cache
def _by_deadline() -> Select[tuple[Handover]]:
    """Written once, because the home page asks it of everybody."""
    return listed("open").order_by(None).order_by(Handover.due_on, Handover.id)


def document_of(session: Session, row: Handover, today: date) -> dict[str, Any]:
    """A hand-over with its rows, as JSON."""
    return {
        "id": row.id,
        "unit_code": full(row.unit_code),
        "unit": row.division.name,
        "leaver": row.leaver.person.name,
        "leaver_last_day": _iso(row.leaver.ends_on),
        "successor": row.successor.person.name if row.successor else None,
        "successor_first_day": _iso(row.successor.starts_on) if row.successor else None,
        "due_on": _iso(row.due_on),
        "listed_on": _iso(row.listed_on),
        "done_on": _iso(row.done_on),
        "passed_on": _iso(row.passed_on),
        "lines": [
            {
                "id": line.id,
                "kind": line.kind,
                "kind_name": kind_name(line.kind),
                "title": line.title,
                "detail": line.detail,
                "due_on": _iso(line.due_on),
                "due_before_acceptance": line.before,
                "state": line.state,
                "state_name": STATES[line.state],
                "note": line.note,
                "accepted_by": line.accepted_by,
                "accepted_on": _iso(line.accepted_on),
            }
            for line in sheet(session, row, today)
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
