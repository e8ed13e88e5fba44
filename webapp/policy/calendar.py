"""The working calendar in the database: seeded from published lists, read as one pure `WorkCalendar`."""

from functools import cache
from typing import Any

from chinese_calendar import constants as published
from sqlalchemy import CompoundSelect, insert, literal, null, select, type_coerce, union_all
from sqlalchemy.orm import Session

from webapp import clock
from webapp.policy.models import CalendarDay, CalendarYear
from webapp.policy.workdays import WorkCalendar

SOURCE = "国务院办公厅关于节假日安排的通知"
FIRST_YEAR = 2021


def seed(session: Session) -> list[int]:
    """Write the published years that the tables do not hold yet; gives the years written. Idempotent.

    A year already held is left alone: it may have been loaded from a newer notice (`calendar import`).
    """
    held = set(session.scalars(select(CalendarYear.year)))
    years = [year for year in range(FIRST_YEAR, published_until() + 1) if year not in held]
    for year in years:
        session.add(CalendarYear(year=year, source=f"{SOURCE}（{year}年）", loaded_at=clock.now()))
    session.flush()
    days = [row for year in years for row in _days_of(year)]
    if days:
        session.execute(insert(CalendarDay), days)
    session.info.pop("work_calendar", None)
    return years


def published_until() -> int:
    """The last year for which the calendar package knows the list."""
    return max(day.year for day in published.holidays)


def is_loaded(session: Session, year: int) -> bool:
    """Whether the list of a year is in the tables (`doctor` asks this for the next year)."""
    return session.get(CalendarYear, year) is not None


def work_calendar(session: Session) -> WorkCalendar:
    """The calendar as the tables hold it now; read once per unit of work."""
    held: WorkCalendar | None = session.info.get("work_calendar")
    if held is None:
        rows = session.execute(_both_tables()).all()
        years = {year for year, day, _ in rows if day is None}
        listed = [(day, kind) for _, day, kind in rows if day is not None and day.year in years]
        held = session.info["work_calendar"] = WorkCalendar.of(
            [day for day, kind in listed if kind == "off"], [day for day, kind in listed if kind == "work"], years
        )
    return held


@cache
def _both_tables() -> CompoundSelect[Any]:
    """The published years, then the listed days: one question, written once, because every page asks it."""
    day, kind = type_coerce(null(), CalendarDay.day.type), type_coerce(null(), CalendarDay.kind.type)
    return union_all(
        select(CalendarYear.year, day.label("day"), kind.label("kind")),
        select(literal(0), CalendarDay.day, CalendarDay.kind),
    )


def _days_of(year: int) -> list[dict[str, object]]:
    """The days of a year on which the published list differs from the week's rule."""
    rows: list[dict[str, object]] = []
    for day in sorted(day for day in {*published.workdays, *published.holidays} if day.year == year):
        weekend = day.weekday() >= 5
        if day in published.workdays and weekend:
            rows.append({"day": day, "kind": "work", "name": _name(published.workdays[day]) + "调休上班"})
        elif day in published.holidays and not weekend:
            rows.append({"day": day, "kind": "off", "name": _name(published.holidays[day])})
    return rows


def _name(english: str) -> str:
    return next((holiday.chinese for holiday in published.Holiday if holiday.value == english), "节假日")
