"""Runs: the same facts give the same run, wherever it was killed; changed facts give a new revision."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.evaluation.conftest import NOW, PLAN
from tests.evaluation.facts import noon
from tests.factories import at
from webapp.access import Viewer
from webapp.accountability.models import Assignment
from webapp.audit import AuditEntry
from webapp.errors import Conflict, NotFound, Refused
from webapp.evaluation import service
from webapp.evaluation.models import Assessment, IndicatorValue, Run, UnitScore
from webapp.evaluation.queries import all_values, run_by_key, states


def test_same_facts_give_the_same_run(facts: Session, compiled: Callable[..., Run]) -> None:
    first = compiled(facts)
    again = compiled(facts)

    assert (again.key, again.result_hash, again.revision) == ("202603-533323-r1", first.result_hash, 1)
    assert facts.scalar(select(func.count(Run.id))) == 1
    assert facts.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "run.done")) == 1


def test_changed_facts_give_a_new_revision_and_keep_the_old(facts: Session, compiled: Callable[..., Run]) -> None:
    first = compiled(facts)
    before = [(v.unit_code, v.indicator, v.numerator, v.state) for v in all_values(facts, first.id)]
    late = facts.scalars(
        select(Assignment).where(Assignment.due_on.between(date(2026, 3, 1), date(2026, 3, 31))).order_by(Assignment.id)
    ).first()
    late.first_reported_on = None if late.first_reported_on else late.issued_on
    facts.commit()

    second = compiled(facts)

    assert second.key == "202603-533323-r2"
    assert second.result_hash != first.result_hash
    assert [(v.unit_code, v.indicator, v.numerator, v.state) for v in all_values(facts, first.id)] == before


def test_what_happens_after_the_month_does_not_change_it(facts: Session, compiled: Callable[..., Run]) -> None:
    first = compiled(facts)
    for row in facts.scalars(select(Assignment).where(Assignment.closed_on.is_(None))):
        row.closed_on = date(2026, 5, 1)
        row.state = "closed"
    facts.commit()

    assert compiled(facts).key == first.key


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_killed_run_is_taken_up_again(facts: Session, steps: int, compiled: Callable[..., Run]) -> None:
    job = service.begin(facts, "2026-03", "533323", "", NOW)
    for step in (service.compile_county, service.score_county)[:steps]:
        step(facts, job.run_id, "533323")
    facts.commit()

    run = compiled(facts)

    assert (run.id, run.key, run.state) == (job.run_id, "202603-533323-r1", "done")
    assert compiled(facts).id == run.id


def test_a_county_that_was_half_written_is_replaced(facts: Session) -> None:
    job = service.begin(facts, "2026-03", "533323", "", NOW)
    service.compile_county(facts, job.run_id, "533323")
    facts.commit()
    count = facts.scalar(select(func.count()).select_from(IndicatorValue))
    service.compile_county(facts, job.run_id, "533323")
    facts.rollback()  # killed before the commit

    assert facts.scalar(select(func.count()).select_from(IndicatorValue)) == count


def test_roots_above_the_county_are_grouped_by_prefecture(facts: Session) -> None:
    job = service.begin(facts, "2026-03", "53", "", NOW)

    assert job.groups == (("5333", ("533301", "533323")),)
    assert job.steps == 5


def test_a_city_gives_its_counties_the_values_they_have_alone(facts: Session, compiled: Callable[..., Run]) -> None:
    alone = {(v.unit_code, v.indicator): (v.numerator, v.state) for v in all_values(facts, compiled(facts).id)}
    together = all_values(facts, compiled(facts, root="5333").id)

    assert {
        (v.unit_code, v.indicator): (v.numerator, v.state) for v in together if v.unit_code[:6] == "533323"
    } == alone
    assert {v.unit_code for v in together if len(v.unit_code) == 6} == {"533301", "533323"}


def test_a_township_can_be_a_root(facts: Session, compiled: Callable[..., Run]) -> None:
    values = all_values(facts, compiled(facts, root="533323101000").id)

    assert {v.unit_code[:9] for v in values} == {"533323101"}


def test_an_unfinished_period_is_provisional(facts: Session, compiled: Callable[..., Run]) -> None:
    run = compiled(facts, "2026-05")

    assert run.provisional
    assert run.cut_off == date(2026, 5, 11)
    final = compiled(facts, "2026-05", moment=at("2026-06-02 09:00"))
    assert (final.provisional, final.revision, final.cut_off) == (False, 2, date(2026, 5, 31))


@pytest.mark.parametrize("period", ["2026-06", "2026Q3", "2027", "2026-13", "abc"])
def test_a_period_in_the_future_or_none_at_all_is_refused(facts: Session, period: str) -> None:
    with pytest.raises(Refused, match="请"):
        service.begin(facts, period, "533323", "", NOW)


def test_a_period_that_begins_today_is_refused(facts: Session) -> None:
    with pytest.raises(Refused, match="今天开始"):
        service.begin(facts, "2026-06", "533323", "", at("2026-06-01 09:00"))


def test_an_unknown_root_is_refused(facts: Session) -> None:
    with pytest.raises(NotFound):
        service.begin(facts, "2026-03", "999999", "", NOW)


def test_a_finished_run_is_not_written_again(facts: Session, compiled: Callable[..., Run]) -> None:
    run = compiled(facts)
    with pytest.raises(Refused):
        service.compile_county(facts, run.id, "533323")


def test_a_plain_run_has_no_score_anywhere(facts: Session, compiled: Callable[..., Run]) -> None:
    run = compiled(facts)

    assert all(v.score is None for v in all_values(facts, run.id))
    assert facts.scalar(select(func.count()).select_from(UnitScore)) == 0


def test_an_assessment_is_scored_and_hashes_alike(
    facts: Session, compiled: Callable[..., Run], opened: Callable[..., Assessment]
) -> None:
    opened(facts, period="2026H1")
    first = compiled(facts, "2026H1", plan=PLAN)

    assert first.key == f"2026H1-533323-a{first.assessment_id}-r1"
    scored = [v for v in all_values(facts, first.id) if v.score is not None]
    assert {len(v.unit_code) for v in scored} <= {6, 9}
    sums = {(s.unit_code, s.dimension): s for s in facts.scalars(select(UnitScore))}
    total = sums["533323", "TOTAL"]
    assert 0 <= total.score <= total.attainable <= 1_000_000
    parts = [v.score for v in scored if v.unit_code == "533323"]
    assert abs(sum(parts) - total.score) <= 50 + len(parts)
    assert compiled(facts, "2026H1", plan=PLAN).id == first.id
    assert compiled(facts, "2026H1").result_hash != first.result_hash


def test_states_are_counted(facts: Session, compiled: Callable[..., Run]) -> None:
    run = compiled(facts)

    assert sum(states(facts, run.id).values()) == len(all_values(facts, run.id))


class TestOpening:
    def test_without_a_plan_number_nothing_opens(self, facts: Session, opened: Callable[..., Assessment]) -> None:
        with pytest.raises(Refused, match="文号"):
            opened(facts, plan=" ", period="2026H1")

    def test_a_month_or_quarter_is_not_assessed(self, facts: Session, opened: Callable[..., Assessment]) -> None:
        with pytest.raises(Refused, match="请选择半年或年度"):
            opened(facts, period="2026Q1")

    def test_one_comprehensive_item_a_unit_and_year(self, facts: Session, opened: Callable[..., Assessment]) -> None:
        opened(facts, period="2026H1")
        with pytest.raises(Conflict, match="同一年只能有一项"):
            opened(facts, plan="另一文号", period="2026H2")

    def test_a_unit_below_is_not_assessed_again(self, facts: Session, opened: Callable[..., Assessment]) -> None:
        opened(facts, unit="5333", period="2026H1")
        with pytest.raises(Conflict):
            opened(facts, plan="另一文号", period="2026H1")

    def test_the_same_number_opens_once(self, facts: Session, opened: Callable[..., Assessment]) -> None:
        opened(facts, period="2026H1")
        with pytest.raises(Conflict, match="已经启动"):
            opened(facts, unit="533301", period="2026H1")

    def test_a_unit_that_a_higher_level_assesses_drops_out(
        self, facts: Session, compiled: Callable[..., Run], opened: Callable[..., Assessment]
    ) -> None:
        opened(facts, period="2026H1")
        opened(facts, plan="怒考〔2026〕1号", unit="5333", period="2026")
        run = compiled(facts, "2026H1", plan=PLAN)

        assert set(states(facts, run.id)) == {"exempt"}
        assert facts.scalar(select(func.count()).select_from(UnitScore)) == 0

    def test_another_period_or_unit_is_refused(self, facts: Session, opened: Callable[..., Assessment]) -> None:
        opened(facts, period="2026H1")
        with pytest.raises(Refused, match="针对区划"):
            service.begin(facts, "2026", "533323", PLAN, NOW)
        with pytest.raises(NotFound):
            service.begin(facts, "2026H1", "533323", "没有的文号", NOW)


def test_a_township_sees_its_own_values_in_the_countys_run(facts: Session, compiled: Callable[..., Run]) -> None:
    run = compiled(facts)
    facts.info["viewer"] = Viewer.system("乡镇", "533323101")

    assert run_by_key(facts, run.key).id == run.id
    assert {v.unit_code[:9] for v in all_values(facts, run.id)} == {"533323101"}
    facts.info["viewer"] = Viewer.system("外县", "533301")
    with pytest.raises(NotFound):
        run_by_key(facts, run.key)


def test_noon_is_a_day_in_china() -> None:
    assert noon(date(2026, 3, 1)) == at("2026-03-01 12:00")
