"""责任清单: each period's assignments of the templates with `via: direct`, opened once per template × unit × period.

The level above issues and therefore verifies (T-4): the county its townships, the city its counties. A province's own
duties have no level above and are not opened. Villages get none: their regular duties are lines of the month sheet.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import below, viewer_of
from webapp.accountability.issuing import assign
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.parties import Actor
from webapp.accountability.thresholds import thresholds
from webapp.errors import Forbidden
from webapp.org.models import Division, Posting
from webapp.org.queries import valid_on
from webapp.policy.calendar import work_calendar
from webapp.policy.work_areas import Template, templates
from webapp.policy.workdays import WorkCalendar

CATCH_UP_DAYS = 31
"""How many calendar days of downtime are caught up; what is older belongs to a period that has passed."""
LEVELS = {"city": 2, "county": 3, "township": 4}
EVIDENCE = {
    "document": "文件或章节，注明文号即可",
    "import_batch": "部门数据导入批次号，不另报表",
    "record": "会议或办理记录一份",
    "list": "清单一份；没有变化的填“无变化”",
}
BASIS = "中发〔2020〕30号及本级责任清单"


@dataclass(frozen=True)
class Occasion:
    """One period of a template, with the working days on which it opens and falls due."""

    template: Template
    period: str
    """ "2026-10", "2026Q3", "2026H1" or "2026"."""
    opens_on: date
    due_on: date


def open_recurring(session: Session, on: date, *, root: str = "", at: datetime | None = None) -> list[int]:
    """Open what has come due for opening by a working day, for units under `root`; gives the ids of the new assignments.

    Idempotent; nothing opens on a day of rest. What opens late keeps the answer time of the pack (X-5).
    """
    if viewer_of(session).kind != "system":
        raise Forbidden()
    calendar = work_calendar(session)
    if not calendar.is_workday(on):
        return []
    at = at or clock.now()
    units = _units_in_use(session, on, root)
    opened: list[int] = []
    for occasion in occasions(calendar, on):
        for issuer_code, divisions in sorted(_by_issuer(occasion.template, units).items()):
            opened += _open(session, occasion, issuer_code, divisions, on, at)
    return opened


def occasions(calendar: WorkCalendar, on: date) -> Iterator[Occasion]:
    """The occasions whose opening day lies within the days that are caught up, in the order of template and month."""
    months = {(day.year, day.month) for day in (on - timedelta(days=CATCH_UP_DAYS), on)}
    for template in templates():
        if template.via != "direct" or template.due is None:
            continue
        for year, month in sorted(months):
            if template.every == "month" or month in template.months:
                occasion = _occasion(template, year, month, calendar)
                if on - timedelta(days=CATCH_UP_DAYS) <= occasion.opens_on <= on:
                    yield occasion


def _occasion(template: Template, year: int, month: int, calendar: WorkCalendar) -> Occasion:
    """A month's list is confirmed in the three working days after the month; the rest has the month to be done in."""
    period, due_on = period_of(template.every, year, month), due_of(template, year, month, calendar)
    if template.due == "third_working_day_after":
        return Occasion(template, period, calendar.last_workday(year, month), due_on)
    return Occasion(template, period, calendar.add_workdays(date(year, month, 1), 0), due_on)


def due_of(template: Template, year: int, month: int, calendar: WorkCalendar) -> date:
    """The deadline of a template in a month, as the duty list counts it."""
    last = calendar.last_workday(year, month)
    return calendar.add_workdays(last, 3) if template.due == "third_working_day_after" else last


def period_of(every: str, year: int, month: int) -> str:
    """The period that a month's occasion stands for: ("quarter", 2026, 9) → "2026Q3"."""
    return {
        "month": f"{year}-{month:02d}",
        "quarter": f"{year}Q{(month + 2) // 3}",
        "half_year": f"{year}H{(month + 5) // 6}",
    }.get(every, str(year))


def period_words(period: str) -> str:
    """ "2026Q3" → "2026年第三季度"."""
    year, rest = period[:4], period[4:]
    words = {"": "", "Q": "第{}季度", "H": "{}半年", "-": "{}月"}[rest[:1]]
    number = {"Q": "一二三四", "H": "上下"}.get(rest[:1])
    return f"{year}年" + words.format(number[int(rest[1:]) - 1] if number else rest[1:].lstrip("0"))


def _units_in_use(session: Session, on: date, root: str) -> dict[int, list[Division]]:
    """Level → units that take part: cities and counties with somebody in post, townships of such counties."""
    manned = set(session.scalars(select(Posting.unit_code).where(below(Posting.unit_code, root), valid_on(on))))
    statement = select(Division).where(below(Division.code, root), Division.level.in_(LEVELS.values()))
    found = defaultdict(list)
    for division in session.scalars(statement.order_by(Division.code)):
        in_force = division.valid_to is None or division.valid_to >= on
        taking_part = division.parent_code if division.level == LEVELS["township"] else division.code
        if in_force and taking_part in manned:
            found[division.level].append(division)
    return found


def _by_issuer(template: Template, units: dict[int, list[Division]]) -> dict[str, list[Division]]:
    found = defaultdict(list)
    for level in sorted(LEVELS[name] for name in template.levels if name in LEVELS):
        for division in units.get(level, ()):
            if division.parent_code is not None:
                found[division.parent_code].append(division)
    return found


def _open(
    session: Session, occasion: Occasion, issuer_code: str, divisions: list[Division], on: date, at: datetime
) -> list[int]:
    template = occasion.template
    task = session.scalar(
        select(AccountabilityTask).where(
            AccountabilityTask.template_code == template.code,
            AccountabilityTask.period == occasion.period,
            AccountabilityTask.issuer_code == issuer_code,
        )
    )
    if task is None:
        task = _task(session, occasion, issuer_code, on, at)
        held: set[str] = set()
    else:
        held = set(session.scalars(select(Assignment.unit_code).where(Assignment.task_id == task.id)))
    missing = [division for division in divisions if division.code not in held]
    if not missing:
        return []
    return assign(session, task, missing, Actor(None, task.issued_by_name, None), at)


def _task(session: Session, occasion: Occasion, issuer_code: str, on: date, at: datetime) -> AccountabilityTask:
    template, words = occasion.template, period_words(occasion.period)
    answer_time = thresholds(session, on, issuer_code).min_answer_workdays
    task = AccountabilityTask(
        request_id=str(uuid5(NAMESPACE_URL, f"dandang:{template.code}:{occasion.period}:{issuer_code}")),
        state="issued",
        title=f"{template.title}（{words}）",
        content=f"按责任清单完成{words}“{template.title}”，如实反馈结果；没有变化的填“无变化”，不另写报告。",
        basis=BASIS,
        evidence=EVIDENCE[template.evidence],
        minutes=template.minutes,
        template_code=template.code,
        period=occasion.period,
        regular=True,
        issuer_code=issuer_code,
        issued_by_name=viewer_of(session).name,
        drafted_at=at,
        issued_at=at,
        due_on=max(occasion.due_on, work_calendar(session).add_workdays(on, answer_time)),
    )
    session.add(task)
    session.flush()
    return task
