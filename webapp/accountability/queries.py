"""What the pages of tasks and the home page show. Lists stand by due date, code or title, never by lamp (T-7)."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from webapp import clock
from webapp.access import Viewer, below
from webapp.accountability.behind import behind
from webapp.accountability.issue_models import TaskParty
from webapp.accountability.models import AccountabilityTask, Assignment, Extension
from webapp.accountability.rules import OPEN, OVER, Clock, clock_of
from webapp.accountability.thresholds import thresholds
from webapp.errors import NotFound
from webapp.org.codes import LEVEL_OF, ancestors
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.policy.calendar import work_calendar
from webapp.words import day_words

T = TypeVar("T", Assignment, Row[Any])

NEXT_ACTS = {
    "issued": "签收",
    "acknowledged": "反馈",
    "in_progress": "反馈",
    "returned": "补充后再反馈",
    "reported": "核验",
    "verified": "销号",
}


def lamp_kind(state: str, clock: Clock) -> str:
    """The kind of the lamp macro: done, doing, near, over, waiting or na."""
    if state in ("recalled", "suspended", "exempt"):
        return "na"
    if state == "closed":
        return "done"
    usual = "waiting" if state == "issued" else "doing"
    return {"red": "over", "amber": "near"}.get(clock.lamp, usual)


@dataclass(frozen=True)
class Timed(Generic[T]):
    """One assignment as a list shows it, with its clock of the day: the whole row, or the columns that the list reads."""

    assignment: T
    clock: Clock
    provisional: bool = False
    """The deadline lies in a year without a published calendar."""
    waits: bool = False
    """It was split and parts of it are open, so that it cannot be reported yet (T-3)."""

    @property
    def lamp(self) -> str:
        return lamp_kind(self.assignment.state, self.clock)

    @property
    def next_act(self) -> str:
        """The act that is due next: 签收, 反馈, 核验 …, "" when none is."""
        return NEXT_ACTS.get(self.assignment.state, "")


Item = Timed[Assignment]


def _items(session: Session, rows: Collection[T], on: date, unit_code: str = "") -> list[Timed[T]]:
    calendar = work_calendar(session)
    near, late_below = thresholds(session, on, unit_code).near_due_workdays, behind(session, rows, on)
    return [
        Timed(
            row,
            clock_of(row.state, row.due_on, row.last_reported_on, on, calendar, near, behind=row.id in late_below),
            calendar.provisional(row.due_on),
        )
        for row in rows
    ]


@cache
def _shown() -> Select[tuple[Assignment]]:
    """With what a page says of it; written once, because every home page asks it."""
    return (
        select(Assignment)
        .join(Assignment.task)
        .options(
            contains_eager(Assignment.task).joinedload(AccountabilityTask.issuer),
            joinedload(Assignment.unit),
            joinedload(Assignment.issuer),
        )
    )


def to_answer(session: Session, viewer: Viewer, on: date, limit: int) -> list[Item]:
    """What the viewer's own units still have to answer, the earliest due first; at most `limit`."""
    units = viewer.units_with("task.answer")
    if not units:
        return []
    open_here = Assignment.unit_code.in_(units) & Assignment.state.in_(OPEN)
    part = aliased(Assignment)
    unfinished = select(part.id).where(part.parent_id == Assignment.id, part.state.not_in(OVER)).exists()
    statement = _shown().where(open_here).order_by(Assignment.due_on, Assignment.unit_code, Assignment.id)
    found = session.execute(statement.add_columns(unfinished).limit(limit)).all()
    waits = {row.id for row, parts_open in found if parts_open}
    items = _items(session, [row for row, _ in found], on)
    return [replace(item, waits=item.assignment.id in waits) for item in items]


def items(session: Session, rows: Collection[T], on: date) -> list[Timed[T]]:
    """Rows of one page with their clocks."""
    return _items(session, rows, on)


def lamps_open(viewer: Viewer, row: Assignment) -> bool:
    """T-7: whether the viewer is a party of the assignment's task or stands between its issuer and the receiver."""
    return lamps_between(viewer, row.task.issuer_code, row.unit_code)


def lamps_between(viewer: Viewer, top: str, unit_code: str) -> bool:
    """T-7: whether the viewer stands on the way from the unit that asked (`top`) down to the one that answers."""
    return any(prefix.startswith(top) and unit_code.startswith(prefix) for prefix in viewer.prefixes)


@dataclass(frozen=True)
class Record:
    """One assignment with all that its page shows."""

    item: Item
    names: dict[str, str] = field(default_factory=dict)
    """Names of the units in the events, by code."""
    parts: list[Assignment] = field(default_factory=list)
    """What it was split into, in code order."""


def record(session: Session, assignment_id: int, on: date) -> Record:
    """Raises `NotFound`, equal for rows out of scope and rows that never were."""
    task = contains_eager(Assignment.task)
    statement = (
        _shown()
        .where(Assignment.id == assignment_id)
        .options(
            selectinload(Assignment.events),
            joinedload(Assignment.extensions),
            task.joinedload(AccountabilityTask.parties).joinedload(TaskParty.organisation),
            task.joinedload(AccountabilityTask.revisions),
        )
    )
    row = session.scalars(statement).unique().one_or_none()
    if row is None:
        raise NotFound()
    known = {division.code: division.name for division in (row.unit, row.issuer, row.task.issuer)}
    others = {event.actor_unit for event in row.events if event.actor_unit} - known.keys()
    handed_on = _shown().where(Assignment.parent_id == row.id).order_by(Assignment.unit_code)
    parts = list(session.scalars(handed_on)) if any(event.kind == "split" for event in row.events) else []
    return Record(
        _items(session, [row], on, row.issuer_code)[0], known | (names(session, others) if others else {}), parts
    )


@dataclass(frozen=True)
class ExtensionLine:
    """One extension as the record tells it (T-5)."""

    extension: Extension
    words: str
    """What was asked or ordered, and what became of it."""
    who: str
    why: str


def extension_lines(row: Assignment) -> list[ExtensionLine]:
    """Extensions asked for, granted and refused, and days that suspensions, orders and the calendar added."""
    return [_extension_line(row, one) for one in row.extensions]


def _extension_line(row: Assignment, one: Extension) -> ExtensionLine:
    """The names stand in the events of the same moments, as they were then."""
    asked = next((event for event in row.events if (event.at, event.kind) == (one.asked_at, "extend_ask")), None)
    decisions = ("extend_grant", "extend_refuse")
    decided = next((event for event in row.events if event.at == one.decided_at and event.kind in decisions), None)
    wanted = day_words(one.wanted_due_on)
    if asked is None:
        words = f"期限改为{wanted}"
    else:
        answer = {"granted": "同意", "refused": "不同意"}.get(one.state, "等待答复" if row.state in OPEN else "未答复")
        when = f"{day_words(clock.day_of(one.decided_at))} {decided.actor_name}" if one.decided_at and decided else ""
        words = f"申请延期到{wanted}：{when}{answer}"
    why = "\n".join(filter(None, (one.reason, one.decision_note and f"答复：{one.decision_note}")))
    return ExtensionLine(one, words, asked.actor_name if asked else "", why)


def bare(session: Session, assignment_id: int) -> Assignment:
    """One assignment without what hangs on it. Raises `NotFound`, also for one out of scope."""
    row = session.scalar(select(Assignment).where(Assignment.id == assignment_id))
    if row is None:
        raise NotFound()
    return row


def by_id(session: Session, ids: Collection[int]) -> list[Assignment]:
    """Assignments of one page by their ids; those out of scope are not among them."""
    return list(session.scalars(_shown().where(Assignment.id.in_(ids)).order_by(Assignment.unit_code)))


def same_day(session: Session, unit_codes: Collection[str], due_on: date) -> dict[str, int]:
    """How many open assignments each unit already has to answer on a day."""
    codes = sorted(set(unit_codes))
    found: dict[str, int] = {}
    for start in range(0, len(codes), 500):
        statement = (
            select(Assignment.unit_code, func.count())
            .where(
                Assignment.unit_code.in_(codes[start : start + 500]),
                Assignment.due_on == due_on,
                Assignment.state.in_(OPEN),
            )
            .group_by(Assignment.unit_code)
        )
        found |= dict(session.execute(statement).tuples().all())
    return found


def choosable(session: Session, issuer_code: str, on: date) -> list[Division]:
    """Units on the two levels below an issuer that are in force, in code order."""
    level = LEVEL_OF[len(issuer_code)]
    statement = select(Division).where(
        below(Division.code, issuer_code),
        Division.level.in_((level + 1, level + 2)),
        Division.valid_to.is_(None) | (Division.valid_to >= on),
    )
    return list(session.scalars(statement.order_by(Division.code)))


def children(session: Session, unit_code: str, on: date) -> list[Division]:
    """Units directly below one that are in force, in code order."""
    in_force = Division.valid_to.is_(None) | (Division.valid_to >= on)
    statement = select(Division).where(Division.parent_code == unit_code, in_force)
    return list(session.scalars(statement.order_by(Division.code)))


def units_of(session: Session, task_id: int, under: str) -> set[str]:
    """Units under one that have a task."""
    held = select(Assignment.unit_code).where(Assignment.task_id == task_id, below(Assignment.unit_code, under))
    return set(session.scalars(held))


def branches(session: Session, prefixes: Collection[str]) -> list[Division]:
    """The units directly below the viewer's units, for the list's filter."""
    return list(session.scalars(select(Division).where(Division.parent_code.in_(prefixes)).order_by(Division.code)))


def around(session: Session, prefixes: Collection[str]) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Code and name for the list's filters, asked at once: the units directly below the viewer's units, and the levels
    that may have issued to these, which are each unit itself and those above it."""
    above = {code for prefix in prefixes for code in (*ancestors(prefix), prefix)}
    found = session.execute(_places(), {"units": list(prefixes), "above": list(above)}).all()
    return [one for one in found if one.parent_code in prefixes], [one for one in found if one.code in above]


@cache
def _places() -> Select[tuple[str, str, str | None]]:
    """Divisions by their codes or by that of the unit above; written once, because every list asks it."""
    below_units = Division.parent_code.in_(bindparam("units", expanding=True))
    wanted = below_units | Division.code.in_(bindparam("above", expanding=True))
    return select(Division.code, Division.name, Division.parent_code).where(wanted).order_by(Division.code)
