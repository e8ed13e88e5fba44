"""The gate with its database: held data, ceilings by the pack, granting once (X-4, X-5, X-11, X-16)."""

from datetime import date
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.burden.making import DUE, EXTINGUISHERS, MORNING, MOVED, changed, granted
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.audit import AuditEntry
from webapp.burden import gate
from webapp.burden.directory import end
from webapp.burden.gate import AskedField
from webapp.burden.models import Demand
from webapp.db import session_scope
from webapp.errors import Conflict, Faulty, OutOfScope
from webapp.policy import calendar


@pytest.fixture(autouse=True)
def _calendar(session: Session) -> None:
    calendar.seed(session)


def judged(session: Session, *units: str, **values: object) -> gate.Verdict:
    return gate.judge(session, changed(**values), units or (VILLAGE,), MORNING)


def test_a_plain_demand_passes_and_stands_in_the_directory(county: Session) -> None:
    desk = factories.viewer(county, "desk", COUNTY)
    with acting_as(county, desk):
        demand = gate.admit(county, changed(fields=(EXTINGUISHERS,)), [VILLAGE], MORNING)
    assert demand.directory_no == f"{COUNTY}-B{demand.id}" and demand.in_force(DUE)
    assert [(field.label, field.mode) for field in demand.fields] == [("灭火器数量", "enter")]
    assert county.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc())) == "demand.grant"


def test_the_same_key_is_granted_once(county: Session) -> None:
    first = gate.admit(county, changed(), [VILLAGE], MORNING)
    assert gate.admit(county, changed(title="另一个名称"), [VILLAGE], MORNING) is first
    assert county.scalar(select(func.count()).select_from(Demand)) == 1
    with pytest.raises(Conflict, match="已用于"):
        gate.admit(county, changed(owner_code=TOWNSHIP), [VILLAGE], MORNING)


def test_an_owner_outside_the_viewer_s_units_is_refused(county: Session) -> None:
    with acting_as(county, factories.viewer(county, "desk", TOWNSHIP)), pytest.raises(OutOfScope):
        gate.admit(county, changed(), [VILLAGE], MORNING)


def test_faults_come_by_field(county: Session) -> None:
    with pytest.raises(Faulty) as refused:
        gate.admit(county, changed(title="", due_on=date(2026, 10, 12)), [VILLAGE], MORNING)
    assert set(refused.value.faults) == {"title", "due_on"}


def test_a_held_field_is_prefilled_with_its_holder(county: Session) -> None:
    demand = granted(county, changed(fields=(EXTINGUISHERS, MOVED)))
    assert [(field.mode, field.holder) for field in demand.fields] == [
        ("enter", None),
        ("prefill", "发展改革（安置点台账）"),
    ]


def test_a_demand_for_held_fields_alone_is_refused_naming_the_holders(county: Session) -> None:
    told = judged(county, fields=(MOVED, AskedField("f2", "供水户数"))).faults["fields"]
    assert "“搬迁户数”由发展改革（安置点台账）掌握" in told and "“供水户数”由水利（供水工程台账）掌握" in told


@pytest.mark.parametrize(
    "field",
    [AskedField("f1", "安置户数"), AskedField("households_served", "户数"), AskedField("f1", "本村 搬迁户数（户）")],
)
def test_another_name_does_not_lead_past_the_holder(county: Session, field: AskedField) -> None:
    assert [one.field for one in judged(county, fields=(field,)).held] == [field]


def test_what_one_level_asks_the_others_in_its_line_do_not_ask_again(county: Session) -> None:
    known = granted(county, changed(key="task:9", owner_code=TOWNSHIP, owner_name="上帕镇", fields=(EXTINGUISHERS,)))
    again = AskedField("f7", "灭火器数量（个）", "int")
    other = AskedField("f8", "水带数量", "int")
    assert [one.holder for one in judged(county, fields=(again, other)).held] == [
        f"上帕镇“冬春防火隐患排查”（目录编号 {known.directory_no}）"
    ]
    told = judged(county, owner_code="5333", owner_name="怒江州", fields=(again,)).faults["fields"]
    assert "“灭火器数量（个）”由上帕镇“冬春防火隐患排查”（目录编号 533323101-B" in told


def test_it_is_not_held_for_units_that_were_not_asked(county: Session) -> None:
    granted(county, changed(key="task:9", fields=(EXTINGUISHERS,)))
    assert judged(county, SISTER_VILLAGE, fields=(EXTINGUISHERS,)).passes
    assert not judged(county, VILLAGE, SISTER_VILLAGE, fields=(EXTINGUISHERS,)).passes
    elsewhere = {"owner_code": NEIGHBOUR_COUNTY, "owner_name": "泸水市", "fields": (EXTINGUISHERS,)}
    assert judged(county, NEIGHBOUR_VILLAGE, **elsewhere).passes


def test_an_ended_or_expired_demand_holds_nothing(county: Session) -> None:
    demand = granted(county, changed(key="task:9", fields=(EXTINGUISHERS,), ends_on=DUE))
    later = gate.judge(
        county, changed(due_on=date(2026, 11, 20), fields=(EXTINGUISHERS,)), [VILLAGE], factories.at("2026-11-02 09:00")
    )
    assert later.passes
    end(county, demand.id, reason="已并入月报", at=MORNING)
    assert judged(county, fields=(EXTINGUISHERS,)).passes


def test_the_periods_of_one_series_do_not_bar_each_other(county: Session) -> None:
    monthly = {"kind": "sheet", "series": f"sheet:{COUNTY}", "fields": (EXTINGUISHERS,), "regular": True}
    granted(county, changed(key="sheet:2026-10", **monthly))
    november = {"due_on": date(2026, 11, 20)}
    assert judged(county, key="sheet:2026-11", **monthly, **november).passes
    assert not judged(county, key="task:2", fields=(EXTINGUISHERS,), **november).passes


def test_one_regular_demand_a_village_and_month(county: Session) -> None:
    granted(county, changed(regular=True))
    told = judged(county, VILLAGE, SISTER_VILLAGE, key="task:2", regular=True).faults["units"]
    assert told.startswith("上帕村委会当月的常规事项已达 1 项上限")
    assert judged(county, SISTER_VILLAGE, key="task:2", regular=True).passes
    assert judged(county, key="task:2", regular=True, due_on=date(2026, 11, 20)).passes
    assert judged(county, key="task:2", regular=False).passes


def test_minutes_of_all_demands_have_a_ceiling_that_urgency_does_not_lift(county: Session) -> None:
    granted(county, changed(minutes=40))
    assert judged(county, key="task:2", minutes=20).passes
    urgent = {"urgent": True, "urgent_approver": "和国华", "due_on": date(2026, 10, 12)}
    for values in ({}, urgent):
        told = judged(county, VILLAGE, SISTER_VILLAGE, key="task:2", minutes=21, **values).faults
        assert set(told) == {"units"} and told["units"].startswith("上帕村委会当月用时将超过 60 分钟上限")
        assert ("改到其他月份" in told["units"]) == (not values), "an emergency cannot wait for another month"


@pytest.mark.parametrize(
    ("values", "way_out"),
    [
        ({}, "请减少内容、改到其他月份，或者免除这些单位。"),
        ({"urgent": True}, "请减少内容，或者免除这些单位。"),
        ({"passed_on": True}, "请不选这些村（由本单位承办）、申请延期，或者请下达单位调整。"),
        ({"passed_on": True, "urgent": True}, "请不选这些村（由本单位承办），或者请下达单位调整。"),
    ],
)
def test_who_goes_over_a_ceiling_is_told_what_that_unit_can_do(
    county: Session, values: dict[str, bool], way_out: str
) -> None:
    told = judged(county, minutes=61, urgent_approver="和国华", **values).faults["units"]
    assert told.endswith(way_out)
    granted(county, changed(regular=True))
    told = judged(county, key="task:2", regular=True, urgent_approver="和国华", **values).faults["units"]
    assert ("改到其他月份" in told) == (not values) and ("不选这些村" in told) == ("passed_on" in values)


def test_townships_have_no_ceilings(county: Session) -> None:
    granted(county, changed(regular=True, minutes=300), [TOWNSHIP])
    assert judged(county, TOWNSHIP, key="task:2", regular=True, minutes=300).passes


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=6))
def test_no_way_leads_over_a_ceiling(county: Session, demands: list[tuple[int, bool]]) -> None:
    with county.begin_nested() as trial:
        minutes = regulars = 0
        for number, (asked, regular) in enumerate(demands):
            proposal = changed(key=f"task:{number}", minutes=asked, regular=regular)
            fits = minutes + asked <= 60 and (not regular or regulars < 1)
            assert gate.judge(county, proposal, [VILLAGE], MORNING).passes == fits
            if fits:
                granted(county, proposal)
                minutes, regulars = minutes + asked, regulars + regular
        trial.rollback()


def test_the_cost_of_each_target_stands_in_the_order_of_codes(county: Session) -> None:
    granted(county, changed(minutes=50), [SISTER_VILLAGE])
    verdict = judged(county, SISTER_VILLAGE, VILLAGE, key="task:2")
    assert [(cost.unit_code, cost.load.minutes, cost.heavy) for cost in verdict.costs] == [
        (VILLAGE, 30, False),
        (SISTER_VILLAGE, 80, True),
    ]


def test_a_county_s_own_pack_protects_its_villages_from_every_level(county: Session) -> None:
    loaded = county.info.pop("policy.packs", None)
    assert loaded is None or loaded
    with_own = replace_ceiling(county, 10)
    verdict = gate.judge(county, changed(owner_code="53", owner_name="云南省"), [VILLAGE, NEIGHBOUR_VILLAGE], MORNING)
    assert with_own and verdict.faults["units"].startswith("上帕村委会当月用时将超过 10 分钟上限")
    assert "新寨" not in verdict.faults["units"]


def replace_ceiling(session: Session, minutes: int) -> bool:
    """Put a county overlay beside the shipped packs of this session."""
    from webapp.policy import packs, service

    national = packs.shipped()[-1]
    body = {**national.body, "slug": "fugong", "base": national.slug, "division": COUNTY}
    entry = {**national.parameters["burden.minutes_month"], "value": minutes}
    body["parameters"] = {"burden": {"minutes_month": entry}}
    session.info["policy.packs"] = [*service.known_packs(session), packs.from_body(body)]
    return True


def test_two_issuers_in_the_same_moment_do_not_both_take_the_last_room(county: Session, database_url: str) -> None:
    county.commit()
    together, outcomes = Barrier(2), []

    def issue(number: int) -> None:
        try:
            with session_scope(database_url, Viewer.system(f"下达{number}", "")) as own:
                together.wait(10)
                granted(own, changed(key=f"task:{number}", title=f"第{number}项排查", regular=True))
        except Faulty as refused:
            outcomes.append(refused.faults["units"])
        else:
            outcomes.append("granted")

    issuers = [Thread(target=issue, args=(number,)) for number in (1, 2)]
    for issuer in issuers:
        issuer.start()
    for issuer in issuers:
        issuer.join(30)
    assert sorted(outcomes)[0] == "granted" and "已达 1 项上限" in sorted(outcomes)[1]
