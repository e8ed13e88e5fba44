"""Open the month sheets: one a village and month, from the regular village templates, through the burden gate (X-5)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import below, insert_rows, viewer_of
from webapp.accountability import recurring
from webapp.accountability.issuing import assign
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.occasions import Occasion, period_words, why_not
from webapp.accountability.openings import Opening, admissible
from webapp.accountability.parties import Actor
from webapp.accountability.recurring import BASIS
from webapp.accountability.taking import skip_closed, taking_part
from webapp.accountability.telling import tell_vacant
from webapp.burden.gate import admit
from webapp.burden.limits import limits_for
from webapp.burden.models import Demand
from webapp.burden.proposals import Proposal
from webapp.errors import Forbidden
from webapp.org.codes import at_level
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.sheets.models import MonthSheet, SheetLine
from webapp.sheets.months import Month, minutes_of, month_of
from webapp.sheets.rules import TEMPLATE, VIA

VILLAGE, COUNTY = 5, 3


def open_sheets(session: Session, on: date, *, root: str = "", at: datetime | None = None) -> Opening:
    """Open the sheets of the month by a working day, for villages under `root`. Idempotent.

    A village gets one sheet a month, however long the system stood still: what earlier months still owe is carried onto
    it as lines, as far as the pack's ceiling of minutes leaves room (X-5). The township issues and verifies; the
    county's demand stands in the form directory once a month for all of them.
    """
    if viewer_of(session).kind != "system":
        raise Forbidden()
    found = Opening()
    if not work_calendar(session).is_workday(on):
        return found
    month = month_of(session, on, root)
    if month is None:
        return found
    at = at or clock.now()
    taking = taking_part(session, on, root, ("village",))
    skip_closed(found, taking.closed)
    counties = defaultdict(list)
    having = set(
        session.scalars(
            select(MonthSheet.unit_code).where(MonthSheet.month == month.month, below(MonthSheet.unit_code, root))
        )
    )
    for village in taking.units.get(VILLAGE, []):
        if village.code not in having:
            counties[at_level(village.code, COUNTY)].append(village)
    if not counties:
        return found
    held = _held(session, (*month.lines, *month.missed), root)
    for county, villages in sorted(counties.items()):
        _open_county(session, found, month, county, villages, held, on, at)
    recurring.note_vacant(session, found)
    tell_vacant(session, found.vacant, on, at, "sheet")
    return found


def _held(session: Session, wanted: Sequence[Occasion], root: str) -> dict[tuple[str, str], set[str]]:
    """(Village, template) → periods it has already: as a line, or as a task of its own from before `via` was changed."""
    codes = {one.template.code for one in wanted}
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    lines = select(SheetLine.unit_code, SheetLine.template_code, SheetLine.period).where(
        SheetLine.template_code.in_(codes),
        recurring.in_years(SheetLine.period, wanted),
        below(SheetLine.unit_code, root),
    )
    tasks = (
        select(Assignment.unit_code, AccountabilityTask.template_code, AccountabilityTask.period)
        .join(AccountabilityTask, AccountabilityTask.id == Assignment.task_id)
        .where(
            AccountabilityTask.template_code.in_(codes),
            recurring.in_years(AccountabilityTask.period, wanted),
            below(Assignment.unit_code, root),
        )
    )
    for statement in (lines, tasks):
        for unit, code, period in session.execute(statement):
            if period is not None:
                held[unit, code].add(period)
    return held


def _open_county(
    session: Session,
    found: Opening,
    month: Month,
    county: str,
    villages: Sequence[Division],
    held: dict[tuple[str, str], set[str]],
    on: date,
    at: datetime,
) -> None:
    lines = {village.code: _lines(found, month, month.lines, village, held) for village in villages}
    wanted = [village for village in villages if lines[village.code]]
    if not wanted:
        return
    owner = session.get_one(Division, county)
    due_on = recurring.due_by(session, month.due_on, on, county, wanted)
    if f"{due_on:%Y-%m}" != month.month:
        # Its answer would fall into the next month and take the place of that month's sheet.
        found.skip(wanted, "本月剩余的工作日不足答复时间，事项并入下月月报单", month.title)
        return
    proposal = Proposal(
        key=f"sheet:{county}:{month.month}",
        series=f"sheet:{county}",
        kind="sheet",
        title=month.title,
        basis=BASIS,
        owner_code=county,
        owner_name=owner.name,
        due_on=due_on,
        ends_on=date(due_on.year, 12, 31),
        minutes=max(minutes_of(lines[village.code]) for village in wanted),
        regular=True,
        by_calendar=True,
    )
    room = _admissible(session, found, proposal, wanted, on, at)
    wanted = [village for village in wanted if village.code in room]
    if not wanted:
        return
    demand = admit(session, proposal, [village.code for village in wanted], at)
    townships = defaultdict(list)
    for village in wanted:
        lines[village.code] += _carried(found, month, village, held, room[village.code])
        if village.parent_code is not None:
            townships[village.parent_code].append(village)
    for township, theirs in sorted(townships.items()):
        _open_township(session, month, township, theirs, lines, demand, due_on, at, found)


def _lines(
    found: Opening,
    month: Month,
    wanted: Iterable[Occasion],
    village: Division,
    held: dict[tuple[str, str], set[str]],
) -> list[Occasion]:
    """The lines that a village has not had; what does not open is listed with the reason."""
    lines = []
    for line in wanted:
        periods = held.get((village.code, line.template.code), set())
        if line.period in periods:
            continue
        reason = why_not(line, periods, month.duties, village.code)
        if reason is None:
            lines.append(line)
        else:
            found.skip([village], reason, line.template.title)
    return lines


def _carried(
    found: Opening, month: Month, village: Division, held: dict[tuple[str, str], set[str]], room: int
) -> list[Occasion]:
    """What earlier months still owe and `room` minutes allow; the rest is listed."""
    carried: list[Occasion] = []
    for line in _lines(found, month, month.missed, village, held):
        if minutes_of((*carried, line)) <= room:
            carried.append(line)
        else:
            title = f"{line.template.title}（{period_words(line.period)}）"
            found.skip([village], "补开后当月用时将超过上限，不再补开", title)
    return carried


def _admissible(
    session: Session, found: Opening, proposal: Proposal, villages: Sequence[Division], on: date, at: datetime
) -> dict[str, int]:
    """Village → minutes left under the ceiling, for those the gate lets pass; the others are listed with the reason.

    The sheet's own lines are what the others leave room for: they open also where nothing is left.
    """
    limits = limits_for(session, proposal.owner_code, [village.code for village in villages], on)
    costs = admissible(session, found, proposal, villages, at, "月报单")
    return {code: limits.ceilings(code).minutes_month - cost.load.minutes for code, cost in costs.items()}


def _open_township(
    session: Session,
    month: Month,
    township: str,
    villages: Sequence[Division],
    lines: dict[str, list[Occasion]],
    demand: Demand,
    due_on: date,
    at: datetime,
    found: Opening,
) -> None:
    task = session.scalar(
        select(AccountabilityTask).where(
            AccountabilityTask.template_code == TEMPLATE,
            AccountabilityTask.period == month.month,
            AccountabilityTask.issuer_code == township,
        )
    )
    if task is None:
        minutes = max(minutes_of(lines[village.code]) for village in villages)
        task = _task(month, township, viewer_of(session).name, demand, minutes, due_on, at)
        session.add(task)
        session.flush()
    ids = assign(session, task, villages, Actor(None, task.issued_by_name, None), at, due_on=due_on, demand=demand)
    found.ids += ids
    held = dict(zip(sorted(village.code for village in villages), ids, strict=True))
    insert_rows(
        session,
        MonthSheet,
        [
            {"assignment_id": assignment_id, "unit_code": code, "month": month.month, "current": 0}
            for code, assignment_id in held.items()
        ],
    )
    sheets = select(MonthSheet.unit_code, MonthSheet.id).where(MonthSheet.assignment_id.in_(ids))
    insert_rows(
        session,
        SheetLine,
        [
            {
                "sheet_id": sheet_id,
                "unit_code": code,
                "template_code": line.template.code,
                "period": line.period,
                "position": position,
                "title": f"{line.template.title}（{period_words(line.period)}）",
                "evidence": line.template.evidence,
                "minutes": line.template.minutes,
            }
            for code, sheet_id in session.execute(sheets).tuples()
            for position, line in enumerate(lines[code], 1)
        ],
    )


def _task(
    month: Month, township: str, name: str, demand: Demand, minutes: int, due_on: date, at: datetime
) -> AccountabilityTask:
    return AccountabilityTask(
        request_id=recurring.request_id(TEMPLATE, month.month, township),
        state="issued",
        title=month.title,
        content="本月常规事项都在这张月报单上，逐项填写情况或者选“无变化”，一次提交。",
        basis=BASIS,
        evidence=recurring.EVIDENCE["sheet_line"],
        minutes=minutes,
        template_code=TEMPLATE,
        period=month.month,
        regular=True,
        via=VIA,
        issuer_code=township,
        issued_by_name=name,
        drafted_at=at,
        issued_at=at,
        due_on=due_on,
        demand_id=demand.id,
    )
