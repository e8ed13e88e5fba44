"""The work areas load, and an indicator that counts traces instead of results is refused (X-8)."""

import pytest

from webapp.errors import NotFound
from webapp.evaluation.collectors.values import COLLECTORS
from webapp.policy import work_areas
from webapp.policy.reading import Unreadable

OURS = (work_areas.FOLDER / "WA35_duty_tracking.yaml").read_text(encoding="utf-8")


def test_all_areas_load() -> None:
    assert len(work_areas.work_areas()) == 35
    assert len(work_areas.indicators()) == 81
    assert len({item.code for item in work_areas.templates()}) == 116
    assert work_areas.template("WA28-T4").every == "year"
    with pytest.raises(NotFound):
        work_areas.indicator("ZZZ-9")
    with pytest.raises(NotFound):
        work_areas.template("WA99-T1")


def test_at_least_eight_indicators_on_tasks_and_postings_have_months() -> None:
    monthly = [item for item in work_areas.indicators() if item.area == "WA35" and "month" in item.periods]
    assert len(monthly) >= 8


def test_every_collector_has_its_indicator_with_words_for_pages() -> None:
    for code in COLLECTORS:
        assert work_areas.indicator(code).explanation


@pytest.mark.parametrize(
    "words",
    ["work logs written", "photos sent", "sign-ins in the month", "login days", "visits made", "minutes online"],
)
def test_an_indicator_that_counts_traces_is_refused(words: str) -> None:
    text = OURS.replace("numerator: assignments first reported on by their due date", f"numerator: {words}")
    assert text != OURS
    with pytest.raises(Unreadable, match="留痕"):
        work_areas.parse("WA35.yaml", text.encode())


def test_an_unknown_key_is_refused() -> None:
    text = OURS.replace("  divided: true\n", "  divided: true\n  log_count: 3\n", 1)
    with pytest.raises(Unreadable, match="log_count"):
        work_areas.parse("WA35.yaml", text.encode())
