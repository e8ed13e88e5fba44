from datetime import date

import pytest

from webapp.words import clean, form_id_from
from webapp.worklogs.rules import Entry, WrongEntry, checked, judge_day, parse_day


@pytest.mark.parametrize("typed", ["2026-11-04", "2026/11/4", "2026年11月4日", "２０２６－１１－０４", " 2026.11.04 "])
def test_day_is_read_as_people_type_it(typed: str) -> None:
    assert parse_day(typed) == date(2026, 11, 4)


@pytest.mark.parametrize("typed", ["", "2026-02-30", "昨天", "11-04", "2026-11-04; DROP", "99999-1-1", "0000-00-00"])
def test_wrong_day_is_named_with_what_to_do(typed: str) -> None:
    with pytest.raises(WrongEntry) as refused:
        parse_day(typed)
    assert refused.value.field == "day"
    assert refused.value.sentence.endswith("。")


def test_future_day_is_refused() -> None:
    with pytest.raises(WrongEntry, match="晚于今天"):
        judge_day(date(2026, 11, 5), date(2026, 11, 4), [(date(2026, 1, 1), None)])


def test_day_before_the_post_is_refused_naming_its_first_day() -> None:
    with pytest.raises(WrongEntry, match="2026年3月1日"):
        judge_day(date(2026, 2, 28), date(2026, 11, 4), [(date(2026, 3, 1), None)])


def test_first_day_of_the_post_and_today_are_taken() -> None:
    judge_day(date(2026, 3, 1), date(2026, 11, 4), [(date(2026, 3, 1), None)])
    judge_day(date(2026, 11, 4), date(2026, 11, 4), [(date(2026, 3, 1), None)])


def test_each_post_held_in_the_village_counts_and_the_time_between_does_not() -> None:
    posts = [(date(2026, 9, 1), None), (date(2025, 3, 1), date(2026, 2, 28))]
    judge_day(date(2026, 2, 28), date(2026, 11, 4), posts)
    with pytest.raises(WrongEntry, match="您2026年3月1日不在该村任职"):
        judge_day(date(2026, 3, 1), date(2026, 11, 4), posts)
    with pytest.raises(WrongEntry, match="自2025年3月1日起"):
        judge_day(date(2025, 2, 28), date(2026, 11, 4), posts)


def test_one_character_is_enough() -> None:
    assert checked(Entry("533323101201", date(2026, 11, 4), "party", "会")).text == "会"


@pytest.mark.parametrize(
    ("area", "text", "field"),
    [
        ("", "走访", "duty_area"),
        ("party", "", "text"),
        ("party", "字" * 10_001, "text"),
        ("service", "走访张某户，电话13800138000", "text"),
        ("service", "身份证533323198001011234已核对", "text"),
    ],
)
def test_wrong_field_is_named(area: str, text: str, field: str) -> None:
    with pytest.raises(WrongEntry) as refused:
        checked(Entry("533323101201", date(2026, 11, 4), area, text))
    assert refused.value.field == field


def test_text_loses_control_characters_and_keeps_its_lines() -> None:
    assert clean(" 上午\x00开会\r\n下午走访\x07 ") == "上午开会\n下午走访"


def test_body_hash_does_not_depend_on_the_order_of_tasks() -> None:
    first = Entry("533323101201", date(2026, 11, 4), "party", "走访", (2, 1, 2))
    assert first.body_hash == Entry("533323101201", date(2026, 11, 4), "party", "走访", (1, 2)).body_hash
    assert first.body_hash != Entry("533323101201", date(2026, 11, 4), "party", "走访", (1,)).body_hash


def test_unreadable_id_is_replaced() -> None:
    known = "0b7cbe6a-1f0c-4b57-8f3b-6f2b1f6d0c11"
    assert form_id_from(known.upper()) == known
    assert form_id_from("../../etc") != form_id_from("../../etc")
