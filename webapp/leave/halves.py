"""Half-days: the unit in which somebody is away. Pure; a span includes both of its ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from webapp import clock
from webapp.policy.workdays import WorkCalendar
from webapp.words import day_words

Half = Literal["am", "pm"]
HALVES = {"am": "上午", "pm": "下午"}
NOON = 12
_HALF = Decimal("0.5")


def slot(day: date, half: str) -> int:
    """The number of a half-day; consecutive half-days have consecutive numbers."""
    return day.toordinal() * 2 + (half == "pm")


def slot_of(moment: datetime) -> int:
    """The half-day in which a moment lies in China; it changes at noon."""
    here = clock.local(moment)
    return slot(here.date(), "am" if here.hour < NOON else "pm")


def day_of_slot(number: int) -> date:
    """The day of a half-day."""
    return date.fromordinal(number // 2)


def half_of_slot(number: int) -> Half:
    """Which half of its day."""
    return "pm" if number % 2 else "am"


@dataclass(frozen=True, order=True)
class Span:
    """Half-days from `first` to `last`, by number."""

    first: int
    last: int

    @classmethod
    def of(cls, first_day: date, first_half: str, last_day: date, last_half: str) -> "Span":
        """`Span.of(date(2026, 11, 2), "pm", date(2026, 11, 3), "am")` is one day in two halves."""
        return cls(slot(first_day, first_half), slot(last_day, last_half))

    @property
    def first_day(self) -> date:
        return day_of_slot(self.first)

    @property
    def first_half(self) -> Half:
        return half_of_slot(self.first)

    @property
    def last_day(self) -> date:
        return day_of_slot(self.last)

    @property
    def last_half(self) -> Half:
        return half_of_slot(self.last)

    @property
    def following(self) -> tuple[date, Half]:
        """The half-day after it."""
        return day_of_slot(self.last + 1), half_of_slot(self.last + 1)

    @property
    def days(self) -> Decimal:
        """Calendar days, in halves."""
        return (self.last - self.first + 1) * _HALF

    @property
    def words(self) -> str:
        """2026年11月2日下午至11月3日上午; whole days without their halves."""
        whole = self.first_half == "am" and self.last_half == "pm"
        begin = f"{day_words(self.first_day)}{'' if whole else HALVES[self.first_half]}"
        if self.first == self.last or (whole and self.first_day == self.last_day):
            return begin
        shown = day_words(self.last_day)
        if self.first_day == self.last_day:
            shown = ""
        elif self.first_day.year == self.last_day.year:
            shown = shown.partition("年")[2]
        return f"{begin}至{shown}{'' if whole else HALVES[self.last_half]}"

    def overlaps(self, other: "Span") -> bool:
        """Whether a half-day lies in both."""
        return self.first <= other.last and other.first <= self.last

    def until(self, day: date, half: str) -> "Span | None":
        """What is left when somebody is back on post in a half-day; None when nothing is, itself when back later."""
        last = min(self.last, slot(day, half) - 1)
        return Span(self.first, last) if last >= self.first else None

    def within(self, first: date, last: date) -> "Span | None":
        """The part between two days, both included."""
        cut = Span(max(self.first, slot(first, "am")), min(self.last, slot(last, "pm")))
        return cut if cut.first <= cut.last else None

    def workdays(self, calendar: WorkCalendar) -> Decimal:
        """Working days, in halves."""
        inner = calendar.workdays_between(self.first_day, self.last_day) + calendar.is_workday(self.first_day)
        late = self.first_half == "pm" and calendar.is_workday(self.first_day)
        early = self.last_half == "am" and calendar.is_workday(self.last_day)
        return Decimal(inner) - (late + early) * _HALF

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))


def consecutive(one: Span, other: Span, calendar: WorkCalendar) -> bool:
    """Whether no working half-day lies between two spans: weekends and holidays do not part them (Z-29)."""
    before, after = sorted((one, other))
    if after.first <= before.last + 1:
        return True
    return Span(before.last + 1, after.first - 1).workdays(calendar) == 0


def joined(own: Span, others: Iterable[Span], calendar: WorkCalendar) -> Span:
    """The span that a request and all leave consecutive to it fill together, with the free days between them.

    Thursday and Friday, then Monday and Tuesday are six calendar days: to split a request must not lower its tier.
    """
    found, left = own, sorted(others)
    while near := [one for one in left if consecutive(found, one, calendar)]:
        found = Span(min(found.first, *(one.first for one in near)), max(found.last, *(one.last for one in near)))
        left = [one for one in left if one not in near]
    return found
