"""Which lines the sheet of a month has, and what earlier months still owe."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from webapp.accountability import recurring
from webapp.accountability.occasions import Occasion, occasions, period_words
from webapp.policy.calendar import work_calendar
from webapp.policy.duty_lists import Carried, carried
from webapp.sheets.rules import TITLE

_LONGEST_FIRST = ("term", "year", "half_year", "quarter", "month")


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
    found = list(occasions(work_calendar(session), start, on, "village_month_sheet"))
    own = tuple(one for one in found if one.opens_on >= first)
    earlier = [one for one in found if one.opens_on < first]
    earlier.sort(key=lambda one: one.opens_on, reverse=True)
    earlier.sort(key=lambda one: _LONGEST_FIRST.index(one.template.every))
    return Month(f"{on:%Y-%m}", own, tuple(earlier), carried(session)) if own else None


def minutes_of(lines: Iterable[Occasion]) -> int:
    return sum(line.template.minutes for line in lines)
