"""Spacing of reminders, the day 督办 goes up, and the order of the ladder. Pure."""

from datetime import date, time

import pytest

from webapp.policy.workdays import WorkCalendar
from webapp.supervision.rules import Limits, automatic, goes_up, next_steps

# National Day 2026: 1 to 7 October off, Saturday 10 October made up.
CALENDAR = WorkCalendar.of([date(2026, 10, n) for n in range(1, 8)], [date(2026, 10, 10)], [2026])
LIMITS = Limits(before=1, after=2, near_due=3, escalate=5, grace=15, hours=(time(8, 30), time(18)))
DUE = date(2026, 9, 29)


@pytest.mark.parametrize(
    ("number", "on", "due"),
    [
        (1, date(2026, 9, 23), False),
        (1, date(2026, 9, 24), True),  # three working days before
        (1, date(2026, 9, 29), True),  # the last day itself
        (2, date(2026, 9, 29), False),
        (1, date(2026, 9, 30), True),  # one working day late
        (2, date(2026, 10, 8), False),  # two
        (2, date(2026, 10, 9), False),  # three
        (2, date(2026, 10, 10), True),  # four, the made-up Saturday
        (3, date(2026, 10, 20), False),
    ],
)
def test_automatic_reminders_are_spread_over_the_days_until_it_goes_up(number: int, on: date, due: bool) -> None:
    assert automatic(number, DUE, on, LIMITS, CALENDAR) is due


def test_a_pack_without_reminders_sends_none() -> None:
    silent = Limits(before=0, after=0, near_due=3, escalate=5, grace=15, hours=(time(8, 30), time(18)))
    assert not automatic(1, DUE, DUE, silent, CALENDAR)
    assert not automatic(1, DUE, date(2026, 10, 20), silent, CALENDAR)


@pytest.mark.parametrize(
    ("on", "usual", "duty"),
    [
        (date(2026, 10, 10), False, False),
        (date(2026, 10, 12), True, False),  # the fifth working day late
        (date(2026, 10, 14), True, False),  # the fifteenth calendar day: the last of the grace period
        (date(2026, 10, 15), True, True),
    ],
)
def test_the_day_it_goes_up(on: date, usual: bool, duty: bool) -> None:
    assert goes_up(DUE, on, secretary_duty=False, limits=LIMITS, calendar=CALENDAR) is usual
    assert goes_up(DUE, on, secretary_duty=True, limits=LIMITS, calendar=CALENDAR) is duty


@pytest.mark.parametrize(
    ("standing", "following"),
    [
        ((), ("remind", "talk")),
        (("remind",), ("circular",)),
        (("talk",), ("circular",)),
        (("talk", "circular"), ("listed_supervision",)),
        (("talk", "circular", "listed_supervision"), ("accountability",)),
        (("talk", "circular", "listed_supervision", "accountability"), ()),
    ],
)
def test_the_ladder_is_climbed_rung_by_rung(standing: tuple[str, ...], following: tuple[str, ...]) -> None:
    assert next_steps(standing) == following
