"""Half-days: each has one state, windows add up, moves count once, least days are prorated."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.errors import Refused
from webapp.leave.halves import Span, slot
from webapp.org.rules import holder
from webapp.policy.workdays import WorkCalendar
from webapp.presence.rules import (
    MARKS,
    PRESUMED,
    STATES,
    Post,
    Source,
    Stretch,
    Tally,
    Window,
    half_days,
    least_days,
    window_around,
    window_of,
)

QUARTER = window_of("2026Q4")
CALENDAR = WorkCalendar.of([], [], [2026])
FIRST = slot(QUARTER.first, "am")
SLOTS = st.integers(FIRST - 20, FIRST + 210)


@st.composite
def posts(draw: st.DrawFn) -> list[Post]:
    """Posts of one person, also several in a month, also sharing days, also reaching out of the window."""
    made = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        starts = QUARTER.first + timedelta(days=draw(st.integers(-40, 90)))
        length = draw(st.none() | st.integers(0, 60))
        made.append(
            Post(number, 7, "533323101201", starts, None if length is None else starts + timedelta(days=length))
        )
    return made


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    """Leave, trips and absences of any length, overlapping, also past the posts."""
    made = []
    for number in range(draw(st.integers(0, 6))):
        first = draw(SLOTS)
        span = Span(first, first + draw(st.integers(0, 40)))
        state = draw(st.sampled_from(("leave", "trip", "absent")))
        made.append(Stretch(draw(st.integers(1, 4)), state, span, Source(state, number)))
    return made


@given(posts(), stretches())
def test_each_half_day_of_each_post_has_exactly_one_state_and_a_person_is_somewhere_once(
    some: list[Post], away: list[Stretch]
) -> None:
    days = half_days(some, QUARTER, away, {})
    wanted = {slot(day, half) for day in QUARTER.days for half in ("am", "pm")}
    for post in some:
        assert set(days[post.id]) == wanted
        assert {half.state for half in days[post.id].values()} <= set(STATES)
    for number in wanted:
        held = [post for post in some if days[post.id][number].state != "off_post"]
        day = date.fromordinal(number // 2)
        assert len(held) == (1 if any(post.covers(day) for post in some) else 0)
        for post in held:
            over = [one.state for one in away if one.posting_id == post.id and number in set(one.span)]
            strongest = next((state for state in ("absent", "leave", "trip") if state in over), "on_post")
            assert days[post.id][number].state == strongest


@given(posts(), stretches())
def test_months_add_up_to_their_quarter(some: list[Post], away: list[Stretch]) -> None:
    whole = half_days(some, QUARTER, away, {})
    for post in some:
        months = sum(
            (
                Tally.of(half_days(some, window_of(month), away, {})[post.id].values())
                for month in ("2026-10", "2026-11", "2026-12")
            ),
            Tally(),
        )
        tally = Tally.of(whole[post.id].values())
        assert months == tally
        lost = Decimal(tally.leave + tally.absent) / 2
        assert tally.counted(True) == tally.in_office - lost
        assert tally.counted(False) == tally.in_office - lost - Decimal(tally.trip) / 2


def test_leave_that_reaches_past_the_post_stays_outside_it() -> None:
    post = Post(1, 7, "533323101201", date(2026, 10, 1), date(2026, 10, 10))
    away = [Stretch(1, "leave", Span.of(date(2026, 10, 9), "pm", date(2026, 10, 20), "pm"), Source("leave", 3))]
    days = half_days([post], window_of("2026-10"), away, {})[1]
    assert Tally.of(days.values()) == Tally(on_post=17, leave=3)
    assert days[slot(date(2026, 10, 11), "am")].state == "off_post"


def test_a_member_moved_twice_in_a_month_counts_each_day_once() -> None:
    some = [
        Post(1, 7, "533323101201", date(2026, 9, 1), date(2026, 10, 10)),
        Post(2, 7, "533323101202", date(2026, 10, 10), date(2026, 10, 20)),
        Post(3, 7, "533323201201", date(2026, 10, 20), None),
    ]
    october = window_of("2026-10")
    days = half_days(some, october, [], {})
    tallies = [Tally.of(days[post.id].values()) for post in some]
    assert [tally.in_office for tally in tallies] == [9, 10, 12]
    assert sum(tallies, Tally()).in_office == 31
    assert holder(some, date(2026, 10, 10)) is some[1]


def test_a_day_on_post_opens_to_what_was_found_and_else_to_the_presumption() -> None:
    post, day = Post(1, 7, "533323101201", date(2026, 1, 1), None), date(2026, 10, 3)
    found = {(1, slot(day, "am")): Source("roster", 5)}
    days = half_days([post], window_of("2026-10"), [], found)[1]
    assert days[slot(day, "am")].source == Source("roster", 5)
    assert days[slot(day, "pm")].source == PRESUMED


def _held(first: date, last: date) -> list[date]:
    return list(Window("month", first, last).days)


@pytest.mark.parametrize(
    ("rule", "window", "first", "last", "least"),
    [
        (20, "2026-11", date(2026, 11, 1), date(2026, 11, 30), "20"),
        (20, "2026-11", date(2026, 11, 16), date(2026, 11, 30), "10"),
        (22, "2026-11", date(2026, 11, 18), date(2026, 11, 30), "9.5"),
        (50, "2026Q4", date(2026, 10, 1), date(2026, 12, 31), "50"),
        (200, "2026", date(2026, 7, 1), date(2026, 12, 31), "100.5"),
        ({"numerator": 2, "denominator": 3, "of": "workdays"}, "2026-11", date(2026, 11, 2), date(2026, 11, 30), "14"),
        ({"numerator": 2, "denominator": 3, "of": "workdays"}, "2026-11", date(2026, 11, 7), date(2026, 11, 8), "0"),
    ],
)
def test_least_days_follow_the_days_in_office(rule, window, first, last, least) -> None:  # type: ignore[no-untyped-def]
    assert least_days(rule, window_of(window), _held(first, last), CALENDAR) == Decimal(least)


def test_windows_are_months_quarters_and_years_only() -> None:
    assert (window_of("2026Q1").first, window_of("2026Q1").last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert window_of("2028-02").last == date(2028, 2, 29)
    assert [window_around(kind, date(2026, 11, 5)).first for kind in ("month", "quarter", "year")] == [
        date(2026, 11, 1),
        date(2026, 10, 1),
        date(2026, 1, 1),
    ]
    for wrong in ("2026H1", "2026-13", "heute"):
        with pytest.raises(Refused):
            window_of(wrong)


def test_each_state_has_its_own_shape_and_letter() -> None:
    assert set(MARKS) == set(STATES) and len(set(MARKS.values())) == len(MARKS)
    assert len({shape for shape, _ in MARKS.values()}) == len({letter for _, letter in MARKS.values()}) == len(MARKS)
