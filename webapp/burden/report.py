"""The monthly report by issuer, for leadership and the burden-relief office: who asks what, never who bears how much.

Issuers stand in the order of codes. Units that are asked appear in it nowhere (X-5, X-7).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, String, case, cast, distinct, func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import below
from webapp.burden.models import BurdenEntry, DuplicateFlag, ReminderEntry
from webapp.burden.rules import VILLAGE_CODE_LENGTH, months_of, stated_median
from webapp.org.queries import names


@dataclass(frozen=True)
class IssuerLine:
    """What one unit asked of the units under the report's root in the period."""

    issuer_code: str
    issuer_name: str
    demands: int
    """Demands, however many units each went to."""
    regular: int
    fields: int
    """Fields to be entered, over all units asked."""
    minutes: int
    """Estimated minutes, over all units asked."""
    stated: int | None
    """Median of the minutes that answerers stated; None while nobody has."""
    flags: int
    """Times it was told that it holds the data already."""
    upheld: int
    reminders: int


def issuer_report(session: Session, period: str, root: str) -> list[IssuerLine]:
    """One line an issuer in the order of codes, for a period such as "2026-10". Raises `Refused` for another form."""
    first, last = months_of(period)
    lines = _asked(session, first, last, root)
    stated = _stated(session, first, last, root)
    flags = _flags(session, first, last, root)
    reminders = _reminders(session, first, last, root)
    codes = [code for code in sorted({*lines, *flags, *reminders}) if len(code) < VILLAGE_CODE_LENGTH]
    named = names(session, codes)
    return [
        IssuerLine(
            code,
            named.get(code, code),
            *lines.get(code, (0, 0, 0, 0)),
            stated_median(stated[code]) if code in stated else None,
            *flags.get(code, (0, 0)),
            reminders.get(code, 0),
        )
        for code in codes
    ]


def _months(first: date, last: date) -> ColumnElement[bool]:
    return BurdenEntry.month.between(first, last)


def _asked(session: Session, first: date, last: date, root: str) -> dict[str, tuple[int, int, int, int]]:
    what = func.coalesce(cast(BurdenEntry.demand_id, String(20)), BurdenEntry.title)
    statement = (
        select(
            BurdenEntry.issuer_code,
            func.count(distinct(what)),
            func.count(distinct(case((BurdenEntry.regular, what)))),
            func.sum(BurdenEntry.fields),
            func.sum(BurdenEntry.minutes),
        )
        .where(_months(first, last), below(BurdenEntry.unit_code, root))
        .group_by(BurdenEntry.issuer_code)
    )
    return {code: (int(a), int(b), int(c), int(d)) for code, a, b, c, d in session.execute(statement)}


def _stated(session: Session, first: date, last: date, root: str) -> dict[str, list[int]]:
    """Stated minutes by issuer; asked by value and number, so that a nation's answers are a few hundred rows each."""
    statement = (
        select(BurdenEntry.issuer_code, BurdenEntry.minutes_stated, func.count())
        .where(_months(first, last), below(BurdenEntry.unit_code, root), BurdenEntry.minutes_stated.is_not(None))
        .group_by(BurdenEntry.issuer_code, BurdenEntry.minutes_stated)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for code, minutes, times in session.execute(statement):
        found[code] += [minutes] * times
    return found


def _flags(session: Session, first: date, last: date, root: str) -> dict[str, tuple[int, int]]:
    begin, end = clock.day_start(first), clock.day_start(_after(last))
    statement = (
        select(
            DuplicateFlag.owner_code,
            func.count(),
            func.sum(case((DuplicateFlag.state == "upheld", 1), else_=0)),
        )
        .where(
            DuplicateFlag.kind == "duplicate",
            DuplicateFlag.flagged_at >= begin,
            DuplicateFlag.flagged_at < end,
            below(DuplicateFlag.unit_code, root),
        )
        .group_by(DuplicateFlag.owner_code)
    )
    return {code: (int(all_), int(upheld)) for code, all_, upheld in session.execute(statement)}


def _reminders(session: Session, first: date, last: date, root: str) -> dict[str, int]:
    statement = (
        select(ReminderEntry.issuer_code, func.count())
        .where(ReminderEntry.day >= first, ReminderEntry.day < _after(last), below(ReminderEntry.unit_code, root))
        .group_by(ReminderEntry.issuer_code)
    )
    return dict(session.execute(statement).tuples().all())


def _after(month: date) -> date:
    """The first day of the following month."""
    return (month + timedelta(days=31)).replace(day=1)
