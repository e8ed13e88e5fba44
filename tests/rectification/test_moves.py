"""R-1 … R-4, R-7: states, who moves them, evidence that is fixed at the start, and close-out one level above."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, NEIGHBOUR_TOWNSHIP, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.rectification.making import (
    AGAIN,
    EVIDENCE,
    ISSUE,
    LEAD,
    MORNING,
    act,
    brought_to,
    changed,
    entered,
    parties,
)
from webapp.access import Grant, Viewer, acting_as
from webapp.accountability.moving import Outdated
from webapp.accountability.rules import WrongState
from webapp.audit import AuditEntry
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.notices.models import InboxMessage
from webapp.rectification import entering, service
from webapp.rectification.models import STATES, Issue, IssueEvent
from webapp.rectification.rules import MOVES
from webapp.rectification.service import NOT_PUT_RIGHT


def test_the_chain_from_entry_to_close_out(county: Session) -> None:
    row = brought_to(county, parties(county), "closed")
    events = [(event.kind, event.from_state, event.to_state) for event in row.events]
    assert events == [
        ("enter", None, "new"),
        ("claim", "new", "claimed"),
        ("start", "claimed", "in_rectification"),
        ("request", "in_rectification", "closure_requested"),
        ("verify", "closure_requested", "verified"),
        ("close", "verified", "closed"),
    ]
    assert row.measure == "与清运公司签订合同，每月清掏。"
    assert row.closed_on == date(2026, 10, 12)
    assert row.number == f"{COUNTY}-2026-W{row.id}"
    actions = county.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "issue"))
    assert set(actions) == {f"rectification.{kind}" for kind, *_ in events}


@pytest.mark.parametrize("state", STATES)
def test_each_state_allows_its_moves_and_no_other(county: Session, state: str) -> None:
    people = parties(county)
    row = brought_to(county, people, state)
    before = len(row.events)
    for kind, move in MOVES.items():
        if kind in ("correct", "lateral", "held", "relapse") or state in move.from_states:
            continue
        with pytest.raises(WrongState):
            act(county, people.township if kind in LEAD else people.second_desk, kind, row)
    assert (row.state, len(row.events)) == (state, before)


def test_only_the_level_above_closes_and_only_the_lead_unit_answers(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "closure_requested")
    for viewer in (people.township, people.colleague):
        for kind in ("verify", "return"):
            with pytest.raises(Forbidden):
                act(county, viewer, kind, row)
    fresh = entered(county, people.first_desk, changed(description="另一个问题"))
    for viewer in (people.first_desk, people.village):
        with pytest.raises(Forbidden):
            act(county, viewer, "claim", fresh)


def test_nobody_closes_what_he_asked_to_close_under_another_posting(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "closure_requested")
    second = factories.posting(county, "desk", COUNTY, people.township.person_id)
    grants = (*people.township.grants, Grant("desk", COUNTY, second.id))
    both = Viewer("account", "两岗", account_id=0, person_id=people.township.person_id, grants=grants)
    only_county = Viewer("account", "已调任", account_id=0, person_id=people.township.person_id, grants=grants[1:])
    for viewer in (both, only_county):
        for kind in ("verify", "return"):
            with pytest.raises(Refused, match="不能由您决定"):
                act(county, viewer, kind, row)
    assert row.state == "closure_requested"


@pytest.mark.parametrize("kind", ["verify", "return"])
def test_nobody_decides_for_a_delegator_who_is_posted_in_the_unit_that_puts_right(county: Session, kind: str) -> None:
    """R-3: the delegator asked for nothing himself, yet works in the leading township besides the county."""
    people = parties(county)
    row = brought_to(county, people, "closure_requested")
    giver = factories.posting(county, "desk", COUNTY)
    passed = Grant("desk", COUNTY, giver.id, on_behalf_of=giver.person_id, on_behalf_name="某主任")
    deputy = factories.viewer(county, "supervisor", COUNTY)
    delegate = replace(deputy, grants=(*deputy.grants, passed))
    factories.posting(county, "deputy", TOWNSHIP, giver.person_id)
    with pytest.raises(Refused, match="委托您审批的同志在整改单位任职"):
        act(county, delegate, kind, row)
    assert row.state == "closure_requested"


def test_a_delegate_decides_for_a_delegator_who_has_left_the_unit(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "closure_requested")
    giver = factories.posting(county, "desk", COUNTY)
    factories.posting(county, "deputy", TOWNSHIP, giver.person_id, ends_on=date(2026, 6, 30))
    passed = Grant("desk", COUNTY, giver.id, on_behalf_of=giver.person_id, on_behalf_name="某主任")
    deputy = factories.viewer(county, "supervisor", COUNTY)
    act(county, replace(deputy, grants=(*deputy.grants, passed)), "verify", row)
    assert row.state == "verified"


def test_a_unit_cannot_close_its_own_issue_whatever_is_entered(county: Session) -> None:
    people = parties(county)
    for closer in (TOWNSHIP, VILLAGE, OTHER_TOWNSHIP, NEIGHBOUR_COUNTY):
        with pytest.raises(Faulty, match="不能自己销号"):
            entered(county, people.first_desk, changed(closer_code=closer))
    own = entered(county, people.township, changed(source="self_check"), issuer_code=TOWNSHIP)
    assert own.closer_code == COUNTY
    assert entered(county, people.first_desk, changed(closer_code="53", description="省级督办")).closer_code == "53"


@pytest.mark.parametrize(
    ("field", "values", "words"),
    [
        ("due_on", {"due_on": date(2026, 10, 9)}, "整改期限早于今天"),
        ("due_on", {"due_on": date(2026, 10, 12)}, "不得要求当日"),
        ("due_on", {"due_on": date(2026, 10, 13)}, "整改时间不足 3 个工作日"),
        ("due_on", {"due_on": date(2026, 10, 24)}, "休息日"),
        ("evidence", {"evidence": ()}, "没有填写佐证要求"),
        ("evidence", {"evidence": ("整改前后照片",)}, "禁止要求照片"),
        ("evidence", {"evidence": ("清单", "清单")}, "有两项佐证要求相同"),
        ("evidence", {"evidence": tuple(f"材料{n}" for n in range(11))}, "最多 10 项"),
        ("unit", {"unit_code": NEIGHBOUR_TOWNSHIP}, "不在登记单位及其下级范围内"),
        ("unit", {"unit_code": "533323999"}, "没有代码为 533323999 的单位"),
        ("supports", {"supports": (TOWNSHIP,)}, "不用再列为配合单位"),
        ("description", {"description": ""}, "没有填写问题描述"),
        ("leader", {"leader": "某" * 61}, "责任领导超过 60 字"),
        ("source", {"source": "hearsay"}, "问题来源不正确"),
        ("issue_class", {"issue_class": ""}, "没有填写问题性质"),
        ("source", {"source": ""}, "没有填写问题来源"),
    ],
)
def test_what_cannot_be_entered_is_said_at_its_field(
    county: Session, field: str, values: dict[str, object], words: str
) -> None:
    people = parties(county)
    with pytest.raises(Faulty) as refused:
        entered(county, people.first_desk, changed(**values))
    assert words in refused.value.faults[field]
    assert county.scalar(select(Issue.id)) is None


def test_a_closed_unit_gets_no_issue(county: Session) -> None:
    people = parties(county)
    county.get_one(factories.Division, TOWNSHIP).valid_to = date(2026, 9, 30)
    county.flush()
    with pytest.raises(Faulty, match="区划已撤销"):
        entered(county, people.first_desk)


def test_the_same_form_enters_once_and_another_text_is_a_conflict(county: Session) -> None:
    people, form = parties(county), str(uuid4())
    first = entered(county, people.first_desk, request_id=form)
    assert entered(county, people.first_desk, request_id=form).id == first.id
    with pytest.raises(Conflict, match=first.number):
        entered(county, people.first_desk, changed(description="别的问题"), request_id=form)
    with pytest.raises(Refused, match="表单已失效"):
        entered(county, people.first_desk, request_id="x")


def test_evidence_is_answered_item_by_item(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "in_rectification")
    with acting_as(county, people.township), pytest.raises(Faulty) as refused:
        service.request_closure(county, row.id, outcome="已清掏。", proofs=["合同一份"], at=MORNING)
    assert refused.value.faults == {"proof_1": f"没有写明“{EVIDENCE[1]}”的名称和存放处。请补填。"}
    assert row.state == "in_rectification"


def test_no_evidence_can_be_asked_for_that_was_not_named_at_the_start(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "closure_requested")
    with acting_as(county, people.second_desk):
        for lacking, words in ((["近三年台账"], "登记时没有列明"), ([], "没有选择缺少哪一项")):
            with pytest.raises(Refused, match=words):
                service.return_issue(county, row.id, lacking=lacking, reason="请补", at=MORNING)
        service.return_issue(county, row.id, lacking=[NOT_PUT_RIGHT], reason="仍有外溢", at=MORNING)
    assert (row.state, row.times_returned) == ("returned", 1)
    assert row.events[-1].data == {"lacking": [NOT_PUT_RIGHT]}


def test_evidence_is_fixed_once_claimed(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk)
    more = changed(evidence=(*EVIDENCE, "验收单"))
    with acting_as(county, people.second_desk):
        entering.correct(county, row.id, more, at=MORNING)
    assert row.evidence == [*EVIDENCE, "验收单"]
    act(county, people.township, "claim", row)
    with acting_as(county, people.second_desk), pytest.raises(WrongState):
        entering.correct(county, row.id, ISSUE, at=MORNING)
    assert row.evidence == [*EVIDENCE, "验收单"]


def test_a_correction_moves_the_issue_to_the_right_unit_with_its_events(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk)
    with acting_as(county, people.first_desk):
        entering.correct(county, row.id, changed(unit_code=OTHER_TOWNSHIP, supports=()), at=MORNING)
    assert {event.unit_code for event in row.events} == {OTHER_TOWNSHIP}
    assert row.supports == []
    with acting_as(county, people.township):
        assert county.scalars(select(Issue.id)).all() == []
        assert county.scalars(select(IssueEvent.id)).all() == []
    told = county.scalars(select(InboxMessage.body).where(InboxMessage.person_id == people.township.person_id))
    assert any("本单位不需再办理" in body for body in told)


def test_the_deadline_moves_only_later_and_the_first_one_stays(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "in_rectification")
    first = row.due_on
    act(county, people.second_desk, "extend", row)
    assert (row.first_due_on, row.due_on) == (first, AGAIN)
    with acting_as(county, people.second_desk):
        for day, words in ((first, "应晚于现行期限"), (date(2026, 12, 20), "休息日")):
            with pytest.raises(Faulty, match=words):
                service.extend(county, row.id, due_on=day, reason="再延", at=MORNING)
    with pytest.raises(Forbidden):
        act(county, people.township, "extend", row)


def test_only_the_asker_takes_the_request_back(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "closure_requested")
    with pytest.raises(Refused, match="只能由申请人收回"):
        act(county, people.colleague, "withdraw", row)
    act(county, people.township, "withdraw", row)
    assert (row.state, row.requested_on) == ("in_rectification", None)


def test_who_is_told(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "closure_requested")

    def told(viewer: Viewer) -> list[str]:
        found = select(InboxMessage.key).where(InboxMessage.person_id == viewer.person_id)
        return [
            key.split(":")[2] for key in county.scalars(found.order_by(InboxMessage.id)) if key.startswith("issue:")
        ]

    assert told(people.township) == ["enter"]
    assert told(people.village) == ["enter"]
    assert told(people.first_desk) == told(people.second_desk) == ["request"]
    act(county, people.second_desk, "return", row)
    assert told(people.colleague) == ["enter", "return"]


def test_a_second_click_is_harmless_and_a_stale_page_is_told_who_was_faster(county: Session) -> None:
    people = parties(county)
    row = entered(county, people.first_desk)
    seen = row.version
    act(county, people.township, "claim", row, version=seen)
    act(county, people.township, "claim", row, version=seen)
    assert [event.kind for event in row.events] == ["enter", "claim"]
    with pytest.raises(Outdated, match=people.township.name):
        act(county, people.colleague, "claim", row, version=seen)


def test_a_neighbour_sees_nothing_and_a_helper_sees_it_without_deciding(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "closure_requested")
    other = factories.viewer(county, "desk", OTHER_TOWNSHIP)
    sister = factories.viewer(county, "secretary", factories.SISTER_VILLAGE)
    for viewer in (other, sister):
        with acting_as(county, viewer):
            assert county.scalars(select(Issue.id)).all() == []
            assert county.scalars(select(IssueEvent.id)).all() == []
        with pytest.raises(NotFound):
            act(county, viewer, "claim", row)
    with acting_as(county, people.village):
        assert county.scalars(select(Issue.id)).all() == [row.id]
    with pytest.raises(Forbidden):
        act(county, people.village, "withdraw", row)
