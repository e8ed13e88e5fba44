"""R-6: a common issue gives one check list to sister units, through the burden gate."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.rectification.making import DUE, MORNING, act, changed, entered, parties
from webapp.access import acting_as
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.rules import WrongState
from webapp.burden.models import BurdenEntry, Demand
from webapp.errors import Faulty, Forbidden, OutOfScope, Refused
from webapp.rectification import lateral
from webapp.rectification.models import Issue

COMMON = changed(issue_class="common")


def hand_out(session: Session, row: Issue, units: tuple[str, ...] = (OTHER_TOWNSHIP,), **changes: object) -> Issue:
    terms = {"minutes": 10, "due_on": DUE, "at": MORNING} | changes
    return lateral.hand_out(session, row.id, units, **terms)  # type: ignore[arg-type]


def test_sister_units_are_asked_once_and_it_costs_them_in_the_ledger(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk, COMMON)
    with acting_as(county, people.second_desk):
        seen = row.version
        hand_out(county, row, version=seen)
        hand_out(county, row, version=seen)
        with pytest.raises(WrongState, match="不再重复要求"):
            hand_out(county, row)
    assert county.scalars(select(Assignment.unit_code)).all() == [OTHER_TOWNSHIP]
    task = county.get_one(AccountabilityTask, row.task_id)
    assert (task.issuer_code, task.basis, task.title) == (
        COUNTY,
        "省考核反馈〔2026〕1号",
        "举一反三自查：安置点公共厕所化粪池没有定期清掏。",
    )
    assert county.scalar(select(func.count()).select_from(Demand)) == 1
    assert county.scalars(select(BurdenEntry.minutes)).all() == [10]


def test_sisters_are_of_one_level_without_the_lead_unit_and_in_code_order(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk, COMMON)
    codes = [unit.code for unit in lateral.sisters(county, row, date(2026, 10, 12))]
    assert TOWNSHIP not in codes
    assert {len(code) for code in codes} == {len(TOWNSHIP)}
    assert codes == sorted(codes)
    assert all(code.startswith(COUNTY) for code in codes)


def test_the_gate_refuses_what_it_refuses_any_demand(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk, changed(issue_class="common", unit_code=VILLAGE, supports=()))
    with acting_as(county, factories.viewer(county, "desk", TOWNSHIP)):
        sister = factories.SISTER_VILLAGE
        for changes, words in (
            ({"due_on": date(2026, 10, 12)}, "不得要求当日"),
            ({"minutes": 0}, "分钟之间"),
            ({"minutes": 480}, "分钟上限"),
        ):
            with pytest.raises(Refused, match=words):
                hand_out(county, row, (sister,), **changes)
        for units in ((VILLAGE,), (OTHER_VILLAGE,), (TOWNSHIP,)):
            with pytest.raises(OutOfScope):
                hand_out(county, row, units)
        with pytest.raises(Refused, match="没有选择承办单位"):
            hand_out(county, row, ())
    # The page takes back what a refused form had stored; nothing of it has gone out meanwhile.
    assert county.scalar(select(AccountabilityTask.id).where(AccountabilityTask.state != "drafted")) is None
    assert row.task_id is None


def test_units_can_be_asked_whether_somebody_demands_traces_of_them(county: Session) -> None:
    people = parties(county)
    said = "存在要求村干部每天打卡签到、拍照留痕的问题。"
    row = entered(county, people.first_desk, changed(issue_class="common", description=said))
    with acting_as(county, people.second_desk):
        hand_out(county, row)
    assert county.scalars(select(Assignment.unit_code)).all() == [OTHER_TOWNSHIP]


def test_an_individual_issue_and_another_unit_give_none(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk)
    with acting_as(county, people.first_desk), pytest.raises(WrongState, match="个性问题"):
        hand_out(county, row)
    common = entered(county, people.first_desk, changed(issue_class="common", description="另一个"))
    with acting_as(county, people.township), pytest.raises(Forbidden):
        hand_out(county, common)


def test_an_issue_still_gives_its_list_after_it_was_closed(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk, COMMON)
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row)
    for kind in ("verify", "close"):
        act(county, people.second_desk, kind, row)
    with acting_as(county, people.second_desk):
        hand_out(county, row)
    assert (row.state, row.task_id is not None) == ("closed", True)


def test_a_faulty_date_is_said_at_its_field(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk, COMMON)
    with acting_as(county, people.second_desk), pytest.raises(Faulty) as refused:
        hand_out(county, row, due_on=date(2026, 10, 13))
    assert set(refused.value.faults) == {"due_on"}
