"""The rows behind a figure: the collector's own statement, read row by row, so that they add up to the figure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session, joinedload

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability.models import Assignment, AssignmentEvent
from webapp.evaluation import freezing
from webapp.evaluation.collectors.cut import STATIONED, Cut, shard
from webapp.evaluation.collectors.support import KINDS as SUPPORT_KINDS
from webapp.evaluation.collectors.tasks import due_then, first_report_then
from webapp.evaluation.collectors.values import COLLECTORS
from webapp.evaluation.models import IndicatorValue, Run
from webapp.evaluation.periods import parse
from webapp.org.models import Handover, Posting
from webapp.org.queries import names
from webapp.paging import SIZE, Page
from webapp.permissions import ROLE_NAMES
from webapp.presence.scopes import COUNTY_LENGTH
from webapp.spreadsheets import MOST_ROWS
from webapp.support.models import KINDS, STATES, SupportItem

AT_ONCE = 500
"""Rows that are described at a time."""
ASSIGNMENTS = ("TSK-1", "TSK-2", "TSK-4", "TSK-5", "LEA-1", "LEA-2")
REPORTS = ("TSK-3",)
HANDOVERS = ("POS-3", "STA-3")
SUPPORT = ("STA-2",)
VILLAGES = {"POS-1": "应配岗位", "POS-2": "应派驻村", "STA-1": "应派驻村"}
SHOWN = {
    "": "全部（分母）",
    "in": "计入分子",
    "out": "未计入分子",
    "missing": "缺记录",
}


@dataclass(frozen=True)
class FigureRow:
    """One row: what it is, where, and what it adds to numerator and denominator."""

    unit_code: str
    unit_name: str
    title: str
    path: str | None
    facts: tuple[tuple[str, str], ...]
    n: int
    d: int


@dataclass(frozen=True)
class FigureRows:
    """One page of rows, and the sums that the rows give now."""

    page: Page
    n: int
    d: int
    missing: int


def rows_behind(session: Session, run: Run, value: IndicatorValue, shown: str, number: int) -> FigureRows:
    """Rows that a value counts. `value` was read within the viewer's scope: all rows below its unit are, too."""
    with acting_as(session, Viewer.system("测算明细", value.unit_code)):
        cut, rows, wanted, listed = _counted(session, run, value, shown)
        below = shard(value.unit_code)
        sums = session.execute(
            select(*(func.coalesce(func.sum(rows.c[name]), 0) for name in ("n", "d", "missing"))), below
        ).one()
        total = session.scalar(select(func.count()).select_from(rows).where(wanted), below) or 0
        found = session.execute(listed.limit(SIZE).offset((number - 1) * SIZE), below).all()
        described = _described(session, value.indicator, shown == "missing", found, cut)
    return FigureRows(Page(described, number, total), *(int(part) for part in sums))


def every_row(session: Session, run: Run, value: IndicatorValue, shown: str) -> Iterator[FigureRow]:
    """All rows that a value counts, as `rows_behind` pages them. Run and value are read now, the rows and what they are
    some at a time as they are taken."""
    unit_code, code = value.unit_code, value.indicator
    with acting_as(session, Viewer.system("测算明细", unit_code)):
        cut, _, _, listed = _counted(session, run, value, shown)

    def each() -> Iterator[FigureRow]:
        with acting_as(session, Viewer.system("测算明细", unit_code)):
            found = session.execute(listed.limit(MOST_ROWS), shard(unit_code)).all()
            for start in range(0, len(found), AT_ONCE):
                yield from _described(session, code, shown == "missing", found[start : start + AT_ONCE], cut)

    return each()


def _counted(
    session: Session, run: Run, value: IndicatorValue, shown: str
) -> tuple[Cut, Subquery, ColumnElement[bool], Select[Any]]:
    """The collector's rows of a run, which of them are asked for, and the statement that lists those by unit."""
    values = freezing.frozen_parameters(run.frozen, value.unit_code)
    cut = freezing.cut_of(session, parse(run.period), run.cut_off, values)
    rows = COLLECTORS[value.indicator](cut).subquery("fact")
    wanted = {
        "in": (rows.c.d > 0) & (rows.c.n > 0),
        "out": (rows.c.d > 0) & (rows.c.n < rows.c.d),
        "missing": rows.c.missing > 0,
    }.get(shown, rows.c.d > 0)
    columns = rows.c.row_id, rows.c.unit_code, rows.c.n, rows.c.d
    return cut, rows, wanted, select(*columns).where(wanted).order_by(rows.c.unit_code, rows.c.row_id)


def _described(session: Session, code: str, missing: bool, found: Iterable[Any], cut: Cut) -> list[FigureRow]:
    rows = list(found)
    codes = {row.unit_code for row in rows}
    named = names(session, codes)
    ids = [row.row_id for row in rows if row.row_id is not None]
    describe: Callable[[Any], tuple[str, str | None, tuple[tuple[str, str], ...]]]
    if missing and code in HANDOVERS:
        describe = _postings(session, ids)
    elif code in SUPPORT:
        describe = _support(session, ids, cut)
    elif code in ASSIGNMENTS and not missing:
        describe = _assignments(session, ids, cut)
    elif code in REPORTS:
        describe = _reports(session, ids)
    elif code in HANDOVERS:
        describe = _handovers(session, ids)
    elif code in VILLAGES:
        first = cut.starts_on if code == "POS-1" else cut.cut_off
        describe = _villages(session, codes, first, cut.cut_off, VILLAGES[code])
    else:
        describe = _unrecorded(code)
    return [
        FigureRow(
            row.unit_code,
            named.get(row.unit_code, row.unit_code),
            *describe(row.unit_code if code in VILLAGES else row.row_id),
            int(row.n),
            int(row.d),
        )
        for row in rows
    ]


def _assignments(session: Session, ids: list[int], cut: Cut) -> Any:
    """Deadline and first report as they stood at the cut-off: what the figure counted."""
    statement = select(Assignment, due_then(cut), first_report_then(cut)).where(Assignment.id.in_(ids))
    found = session.execute(statement.options(joinedload(Assignment.task)))
    held = {row.id: (row, due_on, reported_on) for row, due_on, reported_on in found}

    def describe(row_id: int) -> Any:
        row, due_on, reported_on = held[row_id]
        facts = (
            ("到期日", _day(due_on)),
            ("首次反馈", _day(reported_on) or "未反馈"),
            ("销号", _day(row.closed_on) or "未销号"),
        )
        return row.task.title, f"/tasks/assignments/{row.id}", facts

    return describe


def _reports(session: Session, ids: list[int]) -> Any:
    events = {e.id: e for e in session.scalars(select(AssignmentEvent).where(AssignmentEvent.id.in_(ids)))}
    of_events = [event.assignment_id for event in events.values()]
    found = session.scalars(select(Assignment).where(Assignment.id.in_(of_events)).options(joinedload(Assignment.task)))
    held = {row.id: row for row in found}

    def describe(row_id: int) -> Any:
        event = events[row_id]
        row = held[event.assignment_id]
        return row.task.title, f"/tasks/assignments/{row.id}", (("反馈日", _day(clock.day_of(event.at))),)

    return describe


def _handovers(session: Session, ids: list[int]) -> Any:
    held = {row.id: row for row in session.scalars(select(Handover).where(Handover.id.in_(ids)))}

    def describe(row_id: int) -> Any:
        row = held[row_id]
        return "驻村工作交接", None, (("应交接日", _day(row.due_on)), ("完成日", _day(row.done_on) or "未完成"))

    return describe


def _postings(session: Session, ids: list[int]) -> Any:
    held = {row.id: row for row in session.scalars(select(Posting).where(Posting.id.in_(ids)))}

    def describe(row_id: int) -> Any:
        row = held[row_id]
        return f"{ROLE_NAMES[row.role]}离任，没有交接记录", None, (("离任日", _day(row.ends_on)),)

    return describe


def _support(session: Session, ids: list[int], cut: Cut) -> Any:
    """What of the indicator is owed to the holders of posts, and how far it is settled at the cut-off."""
    held = {row.id: row for row in session.scalars(select(Posting).where(Posting.id.in_(ids)))}
    owed: dict[tuple[int, str], list[tuple[str, str]]] = {}
    found = select(SupportItem).where(
        SupportItem.person_id.in_({row.person_id for row in held.values()}),
        SupportItem.year == cut.ends_on.year,
        SupportItem.kind.in_(SUPPORT_KINDS),
    )
    for item in session.scalars(found.order_by(SupportItem.due_on, SupportItem.id)):
        state = STATES["open"] if item.done_on and item.done_on > cut.cut_off else STATES[item.state]
        words = f"{state} {_day(item.done_on)}" if state == STATES["done"] else state
        owed.setdefault((item.person_id, item.unit_code[:COUNTY_LENGTH]), []).append((KINDS[item.kind], words))

    def describe(row_id: int) -> Any:
        row = held[row_id]
        facts = owed.get((row.person_id, row.unit_code[:COUNTY_LENGTH]), [("驻村保障台账", "本年没有记录")])
        return ROLE_NAMES[row.role], None, tuple(facts)

    return describe


def _villages(session: Session, codes: set[str], first: date, last: date, title: str) -> Any:
    """Villages with the postings that fill their posts between two days."""
    found = session.scalars(
        select(Posting)
        .where(
            Posting.unit_code.in_(codes),
            Posting.role.in_(STATIONED),
            Posting.starts_on <= last,
            Posting.ends_on.is_(None) | (Posting.ends_on >= first),
        )
        .order_by(Posting.role, Posting.starts_on, Posting.id)
    )
    posts: dict[str, list[tuple[str, str]]] = {}
    for row in found:
        until = f"至{_day(row.ends_on)}" if row.ends_on and row.ends_on <= last else ""
        posts.setdefault(row.unit_code, []).append((ROLE_NAMES[row.role], f"{_day(row.starts_on)}起{until}"))
    return lambda unit_code: (title, f"/org/{unit_code}", tuple(posts.get(unit_code, [("驻村人员", "无人在任")])))


def _unrecorded(code: str) -> Any:
    title = {"LEA-1": "没有会议任务记录", "LEA-2": "没有年度报告任务记录"}[code]
    return lambda _row_id: (title, None, ())


def _day(day: date | None) -> str:
    if day is None:
        return ""
    year = "" if day.year == clock.today().year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"
