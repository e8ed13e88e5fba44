"""The working calendar in the database: seeded from published lists, read as one pure `WorkCalendar`."""

from chinese_calendar import constants as published
from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.bulk import insert_many
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
    insert_many(session, CalendarDay, [row for year in years for row in _days_of(year)])
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
        # One question for both tables: every page asks it. A listed day belongs to a year that is published.
        listed = extract("year", CalendarDay.day) == CalendarYear.year
        rows = session.execute(
            select(CalendarYear.year, CalendarDay.day, CalendarDay.kind).outerjoin(CalendarDay, listed)
        ).all()
        held = session.info["work_calendar"] = WorkCalendar.of(
            (day for _, day, kind in rows if kind == "off"),
            (day for _, day, kind in rows if kind == "work"),
            {year for year, *_ in rows},
        )
    return held


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
