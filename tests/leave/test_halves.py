"""Half-days: cutting, adding up and adjacency, with seeded properties."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.leave.halves import Span, consecutive, joined, slot
from webapp.policy.workdays import WorkCalendar

NOVEMBER = WorkCalendar.of([], [], {2026})
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
halves = st.sampled_from(["am", "pm"])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(days)
    begin = slot(first, draw(halves))
    return Span(begin, begin + draw(st.integers(0, 40)))


def test_a_day_in_two_halves_is_one_day() -> None:
    span = Span.of(date(2026, 11, 2), "pm", date(2026, 11, 3), "am")
    assert span.days == Decimal(1)
    assert span.words == "2026年11月2日下午至11月3日上午"
    assert Span.of(date(2026, 11, 2), "am", date(2026, 11, 2), "pm").words == "2026年11月2日"
    assert Span.of(date(2026, 11, 2), "am", date(2026, 11, 2), "am").words == "2026年11月2日上午"
    assert Span.of(date(2026, 11, 2), "am", date(2026, 11, 3), "am").words == "2026年11月2日上午至11月3日上午"


def test_a_weekend_does_not_part_two_requests_and_a_working_half_day_does() -> None:
    week = Span.of(date(2026, 11, 5), "am", date(2026, 11, 6), "pm")
    following = Span.of(date(2026, 11, 9), "am", date(2026, 11, 10), "pm")
    assert consecutive(week, following, NOVEMBER)
    assert joined(week, [following], NOVEMBER).days == Decimal(6)
    short = Span.of(date(2026, 11, 5), "am", date(2026, 11, 6), "am")
    assert not consecutive(short, following, NOVEMBER)


def test_a_holiday_does_not_part_two_requests() -> None:
    national = WorkCalendar.of([date(2026, 10, n) for n in range(1, 8)], [], {2026})
    before = Span.of(date(2026, 9, 30), "pm", date(2026, 9, 30), "pm")
    after = Span.of(date(2026, 10, 8), "am", date(2026, 10, 8), "am")
    assert consecutive(before, after, national)
    assert not consecutive(before, after, NOVEMBER)


def test_working_days_leave_weekends_out_and_count_halves() -> None:
    assert Span.of(date(2026, 11, 6), "pm", date(2026, 11, 9), "am").workdays(NOVEMBER) == Decimal(1)
    assert Span.of(date(2026, 11, 7), "am", date(2026, 11, 8), "pm").workdays(NOVEMBER) == Decimal(0)
    made_up = WorkCalendar.of([], [date(2026, 11, 7)], {2026})
    assert Span.of(date(2026, 11, 7), "pm", date(2026, 11, 8), "pm").workdays(made_up) == Decimal("0.5")


@given(spans())
def test_working_days_agree_with_a_count_half_by_half(span: Span) -> None:
    slow = sum(date.fromordinal(number // 2).weekday() < 5 for number in span)
    assert span.workdays(NOVEMBER) == Decimal(slow) / 2


@given(spans(), days, halves)
def test_a_return_cuts_what_lies_after_it_and_nothing_else(span: Span, back: date, half: str) -> None:
    left = set(span.until(back, half) or ())
    assert left == {number for number in span if number < slot(back, half)}


@given(spans(), days, st.integers(0, 60))
def test_a_window_holds_what_lies_in_it(span: Span, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    inside = {n for n in span if first <= date.fromordinal(n // 2) <= last}
    assert set(span.within(first, last) or ()) == inside


@settings(max_examples=60)
@given(spans(), st.lists(spans(), max_size=6))
def test_splitting_a_request_never_lowers_what_it_adds_up_to(own: Span, others: list[Span]) -> None:
    whole = joined(own, others, NOVEMBER)
    assert whole.days >= own.days
    assert all(whole.days >= one.days for one in others if consecutive(own, one, NOVEMBER))
    pieces = [Span(number, number) for number in own]
    assert joined(pieces[0], pieces[1:], NOVEMBER) == own
    assert joined(pieces[-1], pieces[:-1], NOVEMBER) == own
    assert joined(own, list(reversed(others)), NOVEMBER) == whole
