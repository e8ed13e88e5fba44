"""Terms in words, and what a team lacks: overlap days never make it too large, nothing is judged before it is there."""

from datetime import date, timedelta

import pytest

from webapp.clock import years_later
from webapp.org.rules import END_REASONS
from webapp.teams.rules import Post, Size, affects_grade, overlapping, reminders, shortfalls, tenure

DAY = date(2026, 10, 12)
SIZE = Size(3, 5, 7)


@pytest.mark.parametrize(
    ("starts_on", "last"),
    [
        (date(2024, 4, 8), date(2026, 4, 7)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2024, 3, 1), date(2026, 2, 28)),
        (date(2022, 2, 28), date(2024, 2, 27)),
    ],
)
def test_two_years_end_on_the_day_before(starts_on: date, last: date) -> None:
    assert tenure(starts_on, 2).ends_on == last


def test_a_leap_day_keeps_its_place_in_leap_years() -> None:
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 4, 7), "今天期满"),
        (date(2026, 4, 6), "还有 1 天"),
        (date(2026, 3, 8), "还有 30 天"),
        (date(2026, 3, 7), "还有 1 个月"),
        (date(2025, 4, 7), "还有 1 年"),
        (date(2025, 2, 6), "还有 1 年 2 个月"),
        (date(2026, 4, 10), "已期满 3 天"),
        (date(2026, 6, 8), "已期满 2 个月"),
    ],
)
def test_what_is_left_is_said_in_words(on: date, words: str) -> None:
    assert tenure(date(2024, 4, 8), 2).words(on) == words


def test_an_extension_moves_the_end_only_to_a_later_day() -> None:
    longer = tenure(date(2024, 4, 8), 2, date(2027, 4, 7))
    assert (longer.ends_on, longer.extended) == (date(2027, 4, 7), True)
    assert tenure(date(2024, 4, 8), 2, date(2025, 4, 7)).ends_on == date(2026, 4, 7)


def test_a_term_is_ending_from_the_day_of_the_pack_on() -> None:
    one = tenure(date(2024, 4, 8), 2)
    assert not one.ending(one.ends_on - timedelta(days=91), 90)
    assert one.ending(one.ends_on - timedelta(days=90), 90) and one.ending(one.ends_on + timedelta(days=200), 90)


def first(**changes) -> Post:  # type: ignore[no-untyped-def]
    return Post(**{"role": "first_secretary", "starts_on": date(2025, 1, 6), "ends_on": None} | changes)


def member(**changes) -> Post:  # type: ignore[no-untyped-def]
    return Post(**{"role": "team_member", "starts_on": date(2025, 1, 6), "ends_on": None} | changes)


def test_a_full_team_is_told_nothing() -> None:
    assert shortfalls([first(), member(), member()], DAY, SIZE, ["脱贫村"]) == []


def test_a_village_without_designation_and_without_team_is_told_nothing() -> None:
    assert shortfalls([], DAY, SIZE, []) == [] == shortfalls([first()], DAY, SIZE, [])


def test_each_lack_names_its_reason() -> None:
    told = shortfalls([member()], DAY, SIZE, ["脱贫村", "党组织软弱涣散村"])
    assert told == [
        "缺第一书记：脱贫村、党组织软弱涣散村应当选派第一书记。",
        "人数不足：在岗 1 人，规则包要求每队至少 3 人。",
    ]
    assert shortfalls([member()] * 3, DAY, SIZE, []) == ["缺队长：工作队由第一书记任队长，现在只有队员。"]
    assert "人数超出：在岗 6 人" in shortfalls([first(), *[member()] * 5], DAY, SIZE, [])[0]


def test_who_has_left_or_is_to_come_does_not_count() -> None:
    posts = [first(), member(), member(ends_on=DAY - timedelta(days=1)), member(starts_on=DAY + timedelta(days=1))]
    assert shortfalls(posts, DAY, SIZE, ["脱贫村"]) == ["人数不足：在岗 2 人，规则包要求每队至少 3 人。"]


@pytest.mark.parametrize("ahead", range(-2, 12))
def test_only_days_shared_with_the_successor_are_days_of_overlap(ahead: int) -> None:
    """The leaver's last day is 12 + `ahead`; the successor came on 10 October; the pack gives seven days."""
    leaver = first(ends_on=DAY + timedelta(days=ahead))
    successor = first(starts_on=date(2026, 10, 10))
    told = shortfalls([leaver, successor, *[member()] * 4], DAY, SIZE, ["脱贫村"])
    exempt = 0 <= ahead <= 4  # first day of the seven ≤ 10 October
    assert overlapping(leaver, [leaver, successor], DAY, 7) is exempt
    assert (told == []) is (exempt or ahead < 0)


def test_a_rule_of_the_locality_is_judged_or_left_to_people() -> None:
    rules = ({"words": "同一派出单位组队。", "check": "one_sending_unit"}, {"words": "年龄一般不超过四十五周岁。"})
    size = Size(3, 5, 7, rules)
    mixed = [first(sending_unit="水利局"), member(sending_unit="税务局"), member()]
    assert shortfalls(mixed, DAY, size, []) == ["派出单位不一致：同一派出单位组队。现有水利局、税务局。"]
    assert shortfalls([first(sending_unit="水利局"), member(), member()], DAY, size, []) == []
    assert reminders(size) == ["年龄一般不超过四十五周岁。"]


def test_only_a_recall_for_fault_may_touch_a_grade() -> None:
    assert [reason for reason in END_REASONS if affects_grade(reason)] == ["不胜任", "违规召回"]
    assert not affects_grade(None)
