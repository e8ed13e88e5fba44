"""A month as a page shows it: whole weeks from Monday, each day with what is due and whether offices work."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.agenda.sources import Entry, entries
from webapp.policy.calendar import work_calendar
from webapp.policy.models import CalendarDay
from webapp.spreadsheets import Row
from webapp.words import WEEKDAYS

FIRST_YEAR, LAST_YEAR = 2021, 2100


@dataclass(frozen=True)
class Day:
    """One day of the page; `name` is the holiday's or the make-up day's, "" on others."""

    day: date
    inside: bool
    """Belongs to the month, and not to the weeks around it."""
    workday: bool
    name: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """A month with its neighbours; None where the calendar ends."""

    first: date
    weeks: list[list[Day]]
    provisional: bool
    previous: str | None
    following: str | None

    @property
    def days(self) -> list[Day]:
        """The days of the month itself."""
        return [day for week in self.weeks for day in week if day.inside]


def first_of(text: str | None, today: date) -> date:
    """The first day of a month typed as "2026-11"; anything odd is the present month."""
    year, _, month = (text or "").partition("-")
    if year.isascii() and year.isdigit() and month.isascii() and month.isdigit() and len(text or "") <= 7:
        number, of_year = int(month), int(year)
        if 1 <= number <= 12 and FIRST_YEAR <= of_year <= LAST_YEAR:
            return date(of_year, number, 1)
    return today.replace(day=1)


def month(session: Session, viewer: Viewer, first: date) -> Month:
    """The month that begins on `first` for one viewer."""
    calendar = work_calendar(session)
    following = (first + timedelta(days=32)).replace(day=1)
    last = following - timedelta(days=1)
    start = first - timedelta(days=first.weekday())
    end = last + timedelta(days=6 - last.weekday())
    rows = session.execute(select(CalendarDay.day, CalendarDay.name).where(CalendarDay.day.between(start, end)))
    named = dict(rows.tuples().all())
    due: dict[date, list[Entry]] = {}
    for entry in entries(session, viewer, first, last):
        due.setdefault(entry.day, []).append(entry)
    days = [
        Day(
            day=day,
            inside=first <= day <= last,
            workday=calendar.is_workday(day),
            name=named.get(day, ""),
            entries=due.get(day, []),
        )
        for day in (start + timedelta(days=number) for number in range((end - start).days + 1))
    ]
    before = first - timedelta(days=1)
    return Month(
        first=first,
        weeks=[days[place : place + 7] for place in range(0, len(days), 7)],
        provisional=calendar.provisional(first),
        previous=f"{before:%Y-%m}" if before.year >= FIRST_YEAR else None,
        following=f"{following:%Y-%m}" if following.year <= LAST_YEAR else None,
    )


HEADINGS = ("日期", "星期", "工作日", "说明", "到期事项", "单位", "类别")


def table_rows(shown: Month) -> Iterator[Row]:
    """The days of a month for a spreadsheet: one row a day, or one for each thing that is due on it."""
    for day in shown.days:
        works = ("工作日" if day.workday else "休息日") + ("（暂定）" if shown.provisional else "")
        head = (day.day, f"周{WEEKDAYS[day.day.weekday()]}", works, day.name)
        for entry in day.entries:
            yield *head, entry.title, entry.unit, entry.kind
        if not day.entries:
            yield *head, None, None, None
