"""The coming months, or a year, of recurring duties: of one unit, and of a county's units by level as a calendar of load (X-5).

A forecast by time. Units of one level are asked the same, so the calendar says what each of them is asked; it never
puts units beside each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.accountability.occasions import Occasion, occasions, period_words, why_not
from webapp.org.codes import LENGTHS, LEVEL_NAMES, level
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.policy.duty_lists import LEVELS, Carried, carried
from webapp.policy.workdays import WorkCalendar

SHEET_TITLE = "村级月报单"
COUNTY, VILLAGE = 3, 5
_LONGEST = timedelta(days=45)


@dataclass(frozen=True)
class Item:
    """One answer that a unit will owe: a task, or a month's sheet with its lines."""

    title: str
    opens_on: date
    due_on: date
    minutes: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """What each unit of a level is asked in a month."""

    level: int
    units: int
    items: tuple[Item, ...]

    @property
    def level_name(self) -> str:
        return LEVEL_NAMES[self.level]

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True)
class Month:
    """One month of the calendar, with the load of each level."""

    month: str
    """ "2026-11"."""
    loads: tuple[Load, ...]


@dataclass(frozen=True)
class LeftOut:
    """One period that the duty list does not open, with the reason (P-26)."""

    title: str
    reason: str


@dataclass(frozen=True)
class Span:
    """The days whose deadlines are shown, both included."""

    first: date
    last: date

    @property
    def months(self) -> list[date]:
        """The first days of its months."""
        numbers = range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month)
        return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def of_year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


def ahead(on: date) -> Span:
    """From a day on: the rest of its month and the eleven months that follow."""
    return Span(on, date(on.year + 1, on.month, 1) - timedelta(days=1))


def owed(calendar: WorkCalendar, duties: Carried, code: str, span: Span) -> tuple[list[Item], list[LeftOut]]:
    """What a unit will owe with a deadline in a span, by deadline, and what the duty list leaves out of it.

    A province's own are not opened.
    """
    number = level(code)
    if number == 1:
        return [], []
    via = "village_month_sheet" if number == VILLAGE else "direct"
    found = [
        one
        for one in occasions(calendar, span.first - _LONGEST, span.last, via)
        if LEVELS[number] in one.template.levels and span.first <= one.due_on <= span.last
    ]
    reasons = {one: why_not(one, set(), duties, code) for one in found}
    opened = [one for one in found if reasons[one] is None]
    items = _sheets(opened) if number == VILLAGE else [_task(one) for one in opened]
    left = [LeftOut(_title(one), reason) for one, reason in reasons.items() if reason is not None]
    return sorted(items, key=lambda item: (item.due_on, item.opens_on, item.title)), left


def owed_by(session: Session, unit: Division, span: Span) -> tuple[list[Item], list[LeftOut]]:
    """The same for one unit; a closed one owes nothing any more once it has ended."""
    items, left = owed(work_calendar(session), carried(session), unit.code, span)
    return [item for item in items if unit.valid_to is None or item.opens_on <= unit.valid_to], left


def calendar_of(session: Session, county: Division, span: Span) -> list[Month]:
    """What lies before all units of a county, month by month: county, townships and villages, each level once."""
    calendar = work_calendar(session)
    counted = (
        select(Division.level, func.count())
        .where(below(Division.code, county.code), Division.level >= county.level)
        .where(or_(Division.valid_to.is_(None), Division.valid_to >= span.first))
        .group_by(Division.level)
        .order_by(Division.level)
    )
    units = dict(session.execute(counted).tuples().all())
    duties = carried(session)
    lists = {number: owed(calendar, duties, _any_of(county, number), span)[0] for number in units}
    return [
        Month(
            f"{month:%Y-%m}",
            tuple(
                Load(number, count, tuple(item for item in lists[number] if item.due_on.replace(day=1) == month))
                for number, count in units.items()
            ),
        )
        for month in span.months
    ]


def _any_of(county: Division, number: int) -> str:
    """The code of any unit of a level in a county: what the nation and the county lay down holds for all of them alike."""
    return county.code.ljust(LENGTHS[number], "0")


def document(session: Session, unit: Division, year: int) -> dict[str, Any]:
    """The preview as one JSON document."""
    items, left = owed_by(session, unit, of_year(year))
    months = calendar_of(session, unit, of_year(year)) if unit.level == COUNTY else []
    return {
        "unit": unit.code,
        "unit_name": unit.name,
        "year": year,
        "provisional": work_calendar(session).provisional(date(year, 1, 1)),
        "items": [_plain(item) for item in items],
        "not_opened": [{"title": one.title, "reason": one.reason} for one in left],
        "calendar": [
            {
                "month": month.month,
                "levels": [
                    {
                        "level": LEVELS[load.level],
                        "level_name": load.level_name,
                        "units": load.units,
                        "items": len(load.items),
                        "minutes": load.minutes,
                        "due": sorted({item.due_on for item in load.items}),
                    }
                    for load in month.loads
                ],
            }
            for month in months
        ],
    }


def _task(one: Occasion) -> Item:
    return Item(_title(one), one.opens_on, one.due_on, one.template.minutes)


def _title(one: Occasion) -> str:
    return f"{one.template.title}（{period_words(one.period)}）"


def _sheets(found: Sequence[Occasion]) -> list[Item]:
    """All lines of a month are one sheet: one request, the minutes added up."""
    months: dict[str, list[Occasion]] = {}
    for one in found:
        months.setdefault(f"{one.due_on:%Y-%m}", []).append(one)
    return [
        Item(
            title=f"{SHEET_TITLE}（{period_words(month)}）",
            opens_on=min(one.opens_on for one in lines),
            due_on=max(one.due_on for one in lines),
            minutes=sum(one.template.minutes for one in lines),
            lines=tuple(_title(one) for one in lines),
        )
        for month, lines in sorted(months.items())
    ]


def _plain(item: Item) -> dict[str, Any]:
    return {
        "title": item.title,
        "opens_on": item.opens_on,
        "due_on": item.due_on,
        "minutes": item.minutes,
        "lines": list(item.lines),
    }
