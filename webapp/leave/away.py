"""Who is away when in a month, for a team and its township. It says that somebody is away, not with what kind of leave."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer, acting_as, below, viewer_of
from webapp.leave.halves import HALVES, Span, slot
from webapp.leave.models import LeaveRequest, OfficialTrip, townships_of
from webapp.leave.posts import of_day
from webapp.leave.queries import granted, reported
from webapp.org.models import Posting
from webapp.org.queries import valid_between

LEAVE, TRIP = "请假", "因公外出"
CALENDAR = Viewer.system("外出日历", "")


@dataclass(frozen=True)
class Away:
    """Somebody away on one day: the whole of it or one half."""

    unit_code: str
    unit: str
    person: str
    what: str
    when: str
    path: str | None
    """Where it is read; None for whom its record would be refused."""


def month_of(text: str | None, today: date) -> date:
    """The first day of a month typed as "2026-11"; anything odd is the present one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def days_away(session: Session, unit_code: str, month: date) -> dict[date, list[Away]]:
    """Days of a month on which somebody of the unit or below is away, in order; units by code, nobody by number of days.

    Leave and trips go with the person: whoever is moved is away, on each day, from the village where he is on post that
    day. Read as a part of the system, because a team does not see what its new member asked for elsewhere: the caller
    has judged that the viewer reaches the unit.
    """
    first, last = month, month.replace(day=monthrange(month.year, month.month)[1])
    viewer = viewer_of(session)
    found: dict[date, list[Away]] = {}
    with acting_as(session, CALENDAR):
        posts = _posts(session, unit_code, first, last)
        people = posts.keys()
        leave = granted(first, last).where(LeaveRequest.person_id.in_(people))
        trips = reported(first, last).where(OfficialTrip.person_id.in_(people))
        rows: list[tuple[LeaveRequest | OfficialTrip, Span | None, str, str]] = []
        for one in session.scalars(leave.options(joinedload(LeaveRequest.person), joinedload(LeaveRequest.posting))):
            rows.append((one, one.taken, LEAVE, f"/leave/{one.id}"))
        for trip in session.scalars(trips.options(joinedload(OfficialTrip.person), joinedload(OfficialTrip.posting))):
            rows.append((trip, trip.span, TRIP, f"/trips/{trip.id}"))
        for row, span, what, path in rows:
            cut = span.within(first, last) if span is not None else None
            taken_along = what == LEAVE and bool(townships_of(viewer))
            readable = row.person_id == viewer.person_id or viewer.reaches(row.unit_code) or taken_along
            for number in range(cut.first_day.toordinal(), cut.last_day.toordinal() + 1) if cut else ():
                day = date.fromordinal(number)
                post = of_day(row.posting, posts[row.person_id], day)
                if post is None or not post.unit_code.startswith(unit_code):
                    continue
                away = Away(
                    unit_code=post.unit_code,
                    unit=post.division.name,
                    person=row.person.name,
                    what=what,
                    when=_part(cut, day),
                    path=path if readable else None,
                )
                found.setdefault(day, []).append(away)
    return {day: sorted(found[day], key=lambda a: (a.unit_code, a.person, a.when)) for day in sorted(found)}


def _posts(session: Session, unit_code: str, first: date, last: date) -> dict[int, list[Posting]]:
    """Person → the posts of some days, wherever they are, of all who hold one of a unit or below on one of the days."""
    here = select(Posting.person_id).where(valid_between(first, last), below(Posting.unit_code, unit_code))
    statement = select(Posting).where(valid_between(first, last), Posting.person_id.in_(here))
    found: dict[int, list[Posting]] = {}
    for post in session.scalars(statement.options(joinedload(Posting.division))):
        found.setdefault(post.person_id, []).append(post)
    return found


def _part(span: Span | None, day: date) -> str:
    """全天, or which half."""
    halves = [half for half in ("am", "pm") if span is not None and span.first <= slot(day, half) <= span.last]
    return "全天" if len(halves) > 1 else HALVES[halves[0]]
