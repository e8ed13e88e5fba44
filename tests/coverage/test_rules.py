"""Sets follow from posting and term; the denominator is that of the counting date (P-27, P-28, P-30)."""

from datetime import date

import pytest

from webapp.coverage.rules import Period, Place, Span, coverage, day_fault, spans

TERM = Period(date(2021, 7, 1), date(2026, 6, 30))
NEXT = Period(date(2026, 7, 1), date(2031, 6, 30))
TODAY = date(2026, 10, 12)


def cut(starts: date, ends: date | None, *terms: Period) -> list[tuple[date, date | None, bool]]:
    return [(one.starts_on, one.ends_on, one.term is not None) for one in spans(starts, ends, terms)]


def test_a_posting_without_a_known_term_is_one_set_without_an_end() -> None:
    assert cut(date(2024, 3, 1), None) == [(date(2024, 3, 1), None, False)]


def test_a_secretary_who_takes_over_within_a_term_starts_at_the_first_day_in_office() -> None:
    assert cut(date(2024, 3, 1), date(2025, 5, 1), TERM) == [(date(2024, 3, 1), date(2025, 5, 1), True)]


def test_a_new_term_is_a_new_set_of_the_same_secretary() -> None:
    assert cut(date(2024, 3, 1), None, NEXT, TERM) == [
        (date(2024, 3, 1), date(2026, 6, 30), True),
        (date(2026, 7, 1), date(2031, 6, 30), True),
        (date(2031, 7, 1), None, False),
    ]


def test_days_before_and_between_known_terms_are_sets_of_their_own() -> None:
    late = Period(date(2026, 9, 1), date(2031, 6, 30))
    assert cut(date(2021, 1, 1), date(2026, 12, 31), TERM, late) == [
        (date(2021, 1, 1), date(2021, 6, 30), False),
        (date(2021, 7, 1), date(2026, 6, 30), True),
        (date(2026, 7, 1), date(2026, 8, 31), False),
        (date(2026, 9, 1), date(2026, 12, 31), True),
    ]


SPAN = Span(date(2024, 3, 1), None, None)
PLACES = {
    "a": Place("a", "甲村", "x"),
    "b": Place("b", "乙村", "x", valid_to=date(2025, 12, 31), successor="a"),
    "c": Place("c", "丙村", "y", valid_to=date(2025, 6, 30), reason="整村搬迁"),
    "d": Place("d", "丁村", "y", valid_from=date(2026, 1, 1)),
    "e": Place("e", "戊村", "y", valid_to=date(2023, 1, 1)),
}


def test_units_are_counted_once_and_only_those_of_the_counting_date() -> None:
    found = coverage(PLACES, [("d", date(2026, 2, 1)), ("d", date(2026, 5, 1))], SPAN, TODAY)
    assert [target.place.key for target in found.targets] == ["a", "d"]
    assert (found.visited, [target.place.key for target in found.remaining]) == (1, ["a"])
    assert [(place.key, why) for place, why in found.left] == [("b", "2025年12月31日并入甲村"), ("c", "整村搬迁")]


def test_on_an_earlier_day_the_earlier_units_count() -> None:
    found = coverage(PLACES, [], SPAN, date(2025, 1, 1))
    assert [target.place.key for target in found.targets] == ["a", "b", "c"]


def test_a_visit_before_a_merger_counts_for_the_successor() -> None:
    (target, _) = coverage(PLACES, [("b", date(2025, 3, 3))], SPAN, TODAY).targets
    assert (target.visited_on, target.through) == (date(2025, 3, 3), "乙村")


def test_a_visit_outside_the_span_belongs_to_another_set() -> None:
    assert coverage(PLACES, [("a", date(2024, 2, 29))], SPAN, TODAY).visited == 0


def test_a_circle_of_successors_ends() -> None:
    circle = {
        "a": Place("a", "甲", "x", valid_to=date(2025, 1, 1), successor="b"),
        "b": Place("b", "乙", "x", valid_to=date(2025, 1, 1), successor="a"),
    }
    assert coverage(circle, [("a", date(2024, 5, 1))], SPAN, TODAY).targets == []


@pytest.mark.parametrize(
    ("day", "key", "words"),
    [
        (date(2026, 10, 13), "a", "晚于今天"),
        (date(2024, 2, 29), "a", "早于本轮"),
        (date(2026, 1, 5), "b", "不存在"),
        (date(2025, 12, 31), "d", "不存在"),
    ],
)
def test_dates_that_cannot_stand(day: date, key: str, words: str) -> None:
    assert words in (day_fault(day, PLACES[key], SPAN, TODAY) or "")


def test_a_date_on_the_first_day_and_today_can_stand() -> None:
    assert day_fault(SPAN.starts_on, PLACES["a"], SPAN, TODAY) is None
    assert day_fault(TODAY, PLACES["a"], SPAN, TODAY) is None
