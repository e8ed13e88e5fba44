"""What each half-day of a post is, and what the days of a window come to (X-2, Z-17, Z-19 … Z-24). Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from webapp.burden.rules import months_of
from webapp.errors import Refused
from webapp.leave.halves import Span, slot
from webapp.org.rules import holder
from webapp.policy.workdays import WorkCalendar

STATES = {"on_post": "在岗", "trip": "因公外出", "leave": "请假", "absent": "认定离岗", "off_post": "不在任期"}
PRECEDENCE = ("trip", "leave", "absent")
"""What lies over what on one half-day, the last one winning: a decision of the county stands until it is revoked."""
MARKS = {
    "on_post": ("●", "岗"),
    "trip": ("▲", "公"),
    "leave": ("◆", "假"),
    "absent": ("■", "缺"),
    "off_post": ("–", "无"),
}
"""Shape and letter of each state: never colour alone."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Source:
    """What a half-day opens to: leave, trip, inspection, roster, confirmation, posting, or nothing but the presumption."""

    kind: str
    id: int | None = None


PRESUMED = Source("presumption")


@dataclass(frozen=True)
class HalfDay:
    """What one half-day is, and where that comes from."""

    state: str
    source: Source


@dataclass(frozen=True)
class Post:
    """A posting as far as days need it."""

    id: int
    person_id: int
    unit_code: str
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the post is held that day; both its ends are included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Stretch:
    """Half-days of a post that are something else than on post."""

    posting_id: int
    state: str
    span: Span
    source: Source


@dataclass(frozen=True)
class Window:
    """Days from one to another, both included, and which window of the pack they are."""

    kind: str
    """month, quarter or year."""
    first: date
    last: date

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def window_of(text: str) -> Window:
    """ "2026-10", "2026Q4" or "2026". Raises `Refused` for anything else."""
    first, last = months_of(text)
    kind = {1: "month", 3: "quarter", 12: "year"}.get((last.month - first.month) + 1)
    if kind is None:
        raise Refused("时段应为一个月、一个季度或者一年。请按“2026-10”“2026Q4”或“2026”的样子填写。")
    return Window(kind, first, last_day(last))


def window_around(kind: str, day: date) -> Window:
    """The month, quarter or year in which a day lies."""
    quarter = (day.month + 2) // 3
    return window_of({"month": f"{day:%Y-%m}", "quarter": f"{day.year}Q{quarter}"}.get(kind, str(day.year)))


def last_day(day: date) -> date:
    """The last day of the month of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY


def half_days(
    posts: Collection[Post], window: Window, stretches: Iterable[Stretch], found: Mapping[tuple[int, int], Source]
) -> dict[int, dict[int, HalfDay]]:
    """Post → half-day → its one state, for every half-day of a window.

    `found` names what a half-day on post opens to, by post and half-day: an inspection, the roster, a confirmation.
    A day on which the person holds a later post is not counted here.
    """
    over: dict[tuple[int, int], HalfDay] = {}
    for stretch in sorted(stretches, key=lambda one: PRECEDENCE.index(one.state)):
        cut = stretch.span.within(window.first, window.last)
        for number in cut or ():
            over[stretch.posting_id, number] = HalfDay(stretch.state, stretch.source)
    by_person: dict[int, list[Post]] = {}
    for post in posts:
        by_person.setdefault(post.person_id, []).append(post)
    days: dict[int, dict[int, HalfDay]] = {post.id: {} for post in posts}
    for day in window.days:
        for own in by_person.values():
            held = holder(own, day)
            for post in own:
                for number in (slot(day, "am"), slot(day, "pm")):
                    key = (post.id, number)
                    if post is not held:
                        days[post.id][number] = HalfDay("off_post", Source("posting", post.id))
                    else:
                        days[post.id][number] = over.get(key) or HalfDay("on_post", found.get(key, PRESUMED))
    return days


@dataclass(frozen=True)
class Tally:
    """Half-days of a window by what they are; they add up over windows."""

    on_post: int = 0
    trip: int = 0
    leave: int = 0
    absent: int = 0

    @classmethod
    def of(cls, halves: Iterable[HalfDay]) -> "Tally":
        """What half-days come to; those outside the post are no part of it."""
        numbers = dict.fromkeys(STATES, 0)
        for half in halves:
            numbers[half.state] += 1
        return cls(numbers["on_post"], numbers["trip"], numbers["leave"], numbers["absent"])

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.on_post + other.on_post,
            self.trip + other.trip,
            self.leave + other.leave,
            self.absent + other.absent,
        )

    @property
    def in_office(self) -> Decimal:
        """Calendar days in office, in halves."""
        return _days(self.on_post + self.trip + self.leave + self.absent)

    def days(self, state: str) -> Decimal:
        """Days of one state, in halves: `tally.days("leave")`."""
        return _days(getattr(self, state))

    def counted(self, trips_count: bool) -> Decimal:
        """Days that count: in office less leave and verified absence, trips as the pack says (Z-24)."""
        return _days(self.on_post + (self.trip if trips_count else 0))


def _days(halves: int) -> Decimal:
    return Decimal(halves) / 2


def least_days(rule: int | dict[str, Any], window: Window, held: Collection[date], calendar: WorkCalendar) -> Decimal:
    """The least days of a window for somebody in office on the days `held` (exempted days left out), in halves.

    A number is prorated by calendar days: 20 a month for 15 of 30 days are 10. A share of working days is taken of the
    working days among them (Z-22). Rounded down to half a day, in favour of the person.
    """
    if isinstance(rule, dict):
        working = sum(calendar.is_workday(day) for day in held)
        exact = Fraction(rule["numerator"], rule["denominator"]) * working
    else:
        exact = Fraction(rule * len(held), (window.last - window.first).days + 1)
    return Decimal(int(exact * 2)) / 2
