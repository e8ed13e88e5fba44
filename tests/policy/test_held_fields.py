"""Whatever a form calls it: the data of the shipped ledgers are found by name, by label and by synonym (X-4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.policy import held_fields
from webapp.policy.held_fields import look_up, normal
from webapp.policy.reading import Unreadable
from webapp.policy.work_areas import ledger_fields


def keys(name: str, label: str) -> set[str]:
    return {field.key for field in look_up(name, label)}


def test_all_fields_of_the_work_areas_are_known_with_a_chinese_owner() -> None:
    fields = ledger_fields()
    assert len(fields) == 329
    english = {field.owner for field in fields if field.owner.isascii()}
    assert not english


@pytest.mark.parametrize("field", ledger_fields(), ids=lambda field: field.key)
def test_each_is_found_by_name_by_label_and_with_its_ledger(field) -> None:  # type: ignore[no-untyped-def]
    assert field.key in keys(field.name, "从来没有的叫法")
    assert field.key in keys("f1", field.label)
    assert keys("f1", f"{field.ledger_title}{field.label}") >= {field.key}


@pytest.mark.parametrize(
    "label",
    [
        "搬迁户数",
        " 搬迁 户数 ",
        "本村搬迁户数（户）",
        "本月本村搬迁户数",
        "搬迁户数【单位：户】",
        "全乡镇的搬迁户数",
        "截至目前搬迁户数",
    ],
)
def test_a_label_is_found_as_people_vary_it(label: str) -> None:
    assert keys("f1", label) == {"resettlement_site.households"}


@pytest.mark.parametrize("label", ["灭火器数量", "受灾户数", "搬迁", "村民意见", "户数", "防火巡查次数"])
def test_what_nobody_holds_is_new(label: str) -> None:
    assert keys("f1", label) == set()


def test_each_synonym_leads_to_its_field() -> None:
    assert sum(len(words) for words in held_fields.synonyms().values()) > 150
    for key, words_of in held_fields.synonyms().items():
        for words in words_of:
            assert key in keys("f1", words), words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("synonyms: {nowhere.field: [某个数]}", "没有这个台账项目"),
        ("synonyms: {posting.role: [驻村职务（队内）]}", "就是一个台账项目的名称"),
        ("synonyms: {posting.role: [某职务], posting.sending_unit: [本村某职务]}", "已指向“posting.role”"),
        ("synonyms: {posting.role: [职]}", "第 1 行"),
        ("other: {}", "第 1 行"),
    ],
)
def test_a_synonym_that_misleads_is_refused(text: str, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        held_fields.parse("synonyms.yaml", text.encode())
    assert told in str(refused.value)


@given(st.text(min_size=1, max_size=60))
def test_a_label_is_compared_in_one_form(label: str) -> None:
    assert normal(normal(label)) == normal(label)
    assert normal(f" {label} ") == normal(label)


@given(st.text(alphabet="村户数本月年乡镇的（）()户元万%情况 ", min_size=1, max_size=20))
def test_likely_labels_keep_a_name(label: str) -> None:
    assert normal(normal(label)) == normal(label)
    assert bool(normal(label)) == bool(label.strip())
