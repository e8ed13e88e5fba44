"""Which lines the sheet of a month has, what earlier months still owe, and whose sheet is still to be opened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from os.path import commonprefix

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.accountability import recurring
from webapp.accountability.occasions import Occasion, occasions, period_words, why_not
from webapp.accountability.taking import manned
from webapp.burden.queries import among
from webapp.burden.rules import VILLAGE_CODE_LENGTH
from webapp.burden.upcoming import Upcoming, sources
from webapp.org.codes import at_level
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.policy.duty_lists import Carried, carried
from webapp.sheets.models import MonthSheet
from webapp.sheets.rules import TITLE

_LONGEST_FIRST = ("term", "year", "half_year", "quarter", "month")
_COUNTY = 3
_VIA = "village_month_sheet"


@dataclass(frozen=True)
class Month:
    """The sheet of a month: its own lines in the order of templates, and what earlier months still owe."""

    month: str
    lines: tuple[Occasion, ...]
    missed: tuple[Occasion, ...]
    """Periods that passed while nothing was opened, the longest interval first, then the newest."""
    duties: Carried
    """What the duty list says of their templates."""

    @property
    def title(self) -> str:
        return f"{TITLE}（{period_words(self.month)}）"

    @property
    def due_on(self) -> date:
        return max(line.due_on for line in self.lines)


def month_of(session: Session, on: date, root: str) -> Month | None:
    """The sheet of the day's month; None before its first working day. The first run ever carries nothing over."""
    first = on.replace(day=1)
    last = recurring.last_opened(session, root)
    start = first if last is None else min(last, (first - timedelta(days=1)).replace(day=1))
    found = list(occasions(work_calendar(session), start, on, _VIA))
    own = tuple(one for one in found if one.opens_on >= first)
    earlier = [one for one in found if one.opens_on < first]
    earlier.sort(key=lambda one: one.opens_on, reverse=True)
    earlier.sort(key=lambda one: _LONGEST_FIRST.index(one.template.every))
    return Month(f"{on:%Y-%m}", own, tuple(earlier), carried(session)) if own else None


def minutes_of(lines: Iterable[Occasion]) -> int:
    return sum(line.template.minutes for line in lines)


def still_to_open(session: Session, codes: Sequence[str], month: date, on: date) -> dict[str, Upcoming]:
    """Village → its sheet of a month, up to the day on which the calendar opens it, without what is carried over.

    What that day did not open is told by the run (`openings.Opening`) and is no longer to come.
    """
    villages = [code for code in codes if len(code) == VILLAGE_CODE_LENGTH]
    lines = _lines_of(session, month) if villages and month >= on.replace(day=1) else ()
    opens_on = min((line.opens_on for line in lines), default=None)
    if opens_on is None or opens_on < on:
        return {}
    # A township does not see who sits at its county; what will be opened is the same for all who ask.
    with acting_as(session, Viewer.system(TITLE, "")):
        opened = select(MonthSheet.unit_code).where(
            MonthSheet.month == f"{month:%Y-%m}", among(villages, MonthSheet.unit_code)
        )
        closed = select(Division.code).where(Division.valid_to < opens_on, among(villages, Division.code))
        passed_over = {*session.scalars(opened), *session.scalars(closed)}
        used = manned(session, on, commonprefix([at_level(code, _COUNTY) for code in villages]))
    waiting = [code for code in villages if code not in passed_over and at_level(code, _COUNTY) in used]
    expected = _expected(f"{month:%Y-%m}", lines, carried(session), waiting)
    return {code: sheet for code, sheet in expected.items() if sheet is not None}


def _expected(
    month: str, lines: Sequence[Occasion], duties: Carried, villages: Iterable[str]
) -> dict[str, Upcoming | None]:
    """Village → the sheet of the lines that the duty list has in force there; None where that leaves none.

    Where no locality has duties of its own, all villages are alike: each kind of village is looked at once.
    """
    places = sorted({row.division for line in lines for row in duties.get(line.template.code, ()) if row.division})
    known: dict[tuple[str, ...], Upcoming | None] = {}
    found = {}
    for code in villages:
        alike = tuple(place for place in places if code.startswith(place))
        if alike not in known:
            theirs = tuple(line for line in lines if why_not(line, set(), duties, code) is None)
            sheet = Month(month, theirs, (), duties)
            known[alike] = Upcoming(sheet.title, minutes_of(theirs), sheet.due_on) if theirs else None
        found[code] = known[alike]
    return found


def _lines_of(session: Session, month: date) -> tuple[Occasion, ...]:
    """The lines of a month's sheet; a period that several months could open is a line of the first of them."""
    after = (month + timedelta(days=31)).replace(day=1)
    of_year = occasions(work_calendar(session), month.replace(month=1), after - timedelta(days=1), _VIA)
    return tuple(line for line in of_year if line.opens_on >= month)


sources.append(still_to_open)
