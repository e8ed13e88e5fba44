"""Who is away when in a month, for a team and its township. It says that somebody is away, not with what kind of leave."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session, joinedload

from webapp.access import below
from webapp.leave.halves import HALVES, Span, slot
from webapp.leave.models import LeaveRequest, OfficialTrip
from webapp.leave.queries import granted, reported

LEAVE, TRIP = "请假", "因公外出"


@dataclass(frozen=True)
class Away:
    """Somebody away on one day: the whole of it or one half."""

    unit_code: str
    unit: str
    person: str
    what: str
    when: str
    path: str


def month_of(text: str | None, today: date) -> date:
    """The first day of a month typed as "2026-11"; anything odd is the present one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def days_away(session: Session, unit_code: str, month: date) -> dict[date, list[Away]]:
    """Days of a month on which somebody of the unit or below is away, in order; units by code, nobody by number of days."""
    first, last = month, month.replace(day=monthrange(month.year, month.month)[1])
    leave = granted(first, last).where(below(LeaveRequest.unit_code, unit_code))
    trips = reported(first, last).where(below(OfficialTrip.unit_code, unit_code))
    rows: list[tuple[LeaveRequest | OfficialTrip, Span | None, str, str]] = []
    for one in session.scalars(leave.options(joinedload(LeaveRequest.person), joinedload(LeaveRequest.unit))):
        rows.append((one, one.taken, LEAVE, f"/leave/{one.id}"))
    for trip in session.scalars(trips.options(joinedload(OfficialTrip.person), joinedload(OfficialTrip.unit))):
        rows.append((trip, trip.span, TRIP, f"/trips/{trip.id}"))
    found: dict[date, list[Away]] = {}
    for row, span, what, path in rows:
        cut = span.within(first, last) if span is not None else None
        for number in range(cut.first_day.toordinal(), cut.last_day.toordinal() + 1) if cut else ():
            day = date.fromordinal(number)
            away = Away(row.unit_code, row.unit.name, row.person.name, what, _part(cut, day), path)
            found.setdefault(day, []).append(away)
    return {day: sorted(found[day], key=lambda a: (a.unit_code, a.person, a.when)) for day in sorted(found)}


def _part(span: Span | None, day: date) -> str:
    """全天, or which half."""
    halves = [half for half in ("am", "pm") if span is not None and span.first <= slot(day, half) <= span.last]
    return "全天" if len(halves) > 1 else HALVES[halves[0]]
