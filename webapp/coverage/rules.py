"""Which set a secretary has, what counts in it, and which date can stand (P-27 … P-30). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from webapp.words import day_words

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class VisitSet:
    """What the rule pack says is to be visited: divisions of a level, or natural groups; all of them, or at least one."""

    level: int
    """Level of the divisions that are visited, or of the villages that hold the groups."""
    groups: bool = False
    every: bool = True
    words: str = ""
    source: str = ""


MEANINGS = {
    "all_villages_in_term": VisitSet(5),
    "all_townships_in_term": VisitSet(4),
    "at_least_one_link_township": VisitSet(4, every=False),
    "all_natural_villages_in_term": VisitSet(5, groups=True),
}
"""The words of the packs, and what they mean."""


@dataclass(frozen=True)
class Period:
    """One term of office; both days included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Span:
    """The days of one set: a secretary's days on post within one term; `term` is None where it was not imported."""

    starts_on: date
    ends_on: date | None
    term: Period | None

    def holds(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def closed(self, on: date) -> bool:
        return self.ends_on is not None and self.ends_on < on


def spans(starts_on: date, ends_on: date | None, terms: Iterable[Period]) -> list[Span]:
    """The sets of one posting, the earliest first: it is cut where a term begins or ends (P-30)."""
    found: list[Span] = []
    begins: date | None = starts_on
    for term in sorted(terms, key=lambda one: one.starts_on):
        first = max(term.starts_on, starts_on)
        last = term.ends_on if ends_on is None else min(term.ends_on, ends_on)
        if begins is None or first > last or first < begins:
            continue
        if first > begins:
            found.append(Span(begins, first - _DAY, None))
        found.append(Span(first, last, term))
        begins = last + _DAY if ends_on is None or last < ends_on else None
    if begins is not None:
        found.append(Span(begins, ends_on, None))
    return found


@dataclass(frozen=True)
class Place:
    """A unit that can be visited, as it is or was: until when it existed and what it was merged into."""

    key: str
    name: str
    branch: str
    """The code of the unit under which it stands in the tree."""
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    reason: str | None = None

    def exists(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Target:
    """A unit of the denominator and the date on which it was visited."""

    place: Place
    visited_on: date | None
    through: str | None = None
    """The name of the merged unit whose visit counts here (P-28)."""


@dataclass
class Coverage:
    """Distinct units visited ÷ units in the area on the counting date, with what left the set and why (P-27, P-28)."""

    targets: list[Target] = field(default_factory=list)
    left: list[tuple[Place, str]] = field(default_factory=list)
    """Units that ceased within the span, with the reason."""
    missing: list[str] = field(default_factory=list)
    """Codes of villages whose natural groups were not imported: 缺."""

    @property
    def visited(self) -> int:
        return sum(target.visited_on is not None for target in self.targets)

    @property
    def remaining(self) -> list[Target]:
        return [target for target in self.targets if target.visited_on is None]


def coverage(places: Mapping[str, Place], visits: Iterable[tuple[str, date]], span: Span, counted_on: date) -> Coverage:
    """One set on its counting date; targets in the order of their keys. A visit paid before a merger counts for the
    successor, and of several dates that meet in one unit the earliest stands."""
    reached: dict[str, tuple[date, str | None]] = {}
    for key, day in visits:
        if span.holds(day) and key in places:
            last = _heir(places, key, day, counted_on)
            through = places[key].name if last != key else None
            if last not in reached or day < reached[last][0]:
                reached[last] = (day, through)
    found = Coverage()
    for key in sorted(places):
        place = places[key]
        if place.exists(counted_on):
            found.targets.append(Target(place, *reached.get(key, (None, None))))
        elif place.valid_to is not None and span.starts_on <= place.valid_to < counted_on:
            found.left.append((place, _why(places, place)))
    return found


def _heir(places: Mapping[str, Place], key: str, day: date, counted_on: date) -> str:
    seen = {key}
    while True:
        place = places[key]
        ended = place.valid_to is not None and place.valid_to < counted_on
        if not ended or place.successor not in places or place.successor in seen or (place.valid_to or day) < day:
            return key
        key = place.successor or key
        seen.add(key)


def _why(places: Mapping[str, Place], place: Place) -> str:
    if place.successor is not None and place.successor in places:
        return f"{day_words(place.valid_to)}并入{places[place.successor].name}" if place.valid_to else "已并入"
    return place.reason or "已撤销"


def day_fault(day: date, place: Place, span: Span, today: date) -> str | None:
    """Why a date cannot stand for a unit in a set, or None."""
    if day > today:
        return f"走访日期晚于今天（{day_words(today)}）。请改正。"
    if day < span.starts_on:
        return f"走访日期早于本轮遍访开始的{day_words(span.starts_on)}。请改正，此前的走访属于上一轮。"
    if not span.holds(day):
        return "走访日期晚于本轮遍访结束的日期。请改正。"
    if not place.exists(day):
        return f"{place.name}在{day_words(day)}不存在。请核对日期。"
    return None
