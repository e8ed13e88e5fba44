"""Many decisions in one act: all or none, undone as a whole within ten seconds, told truly."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING, act, changed, issued
from tests.accountability.reports import ELEVEN, NINE, VILLAGES, Desk
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import acting_as
from webapp.accountability import bulk, parts, reasons, sampling
from webapp.accountability.bulk import NotAll, Picked
from webapp.accountability.models import Assignment, AssignmentEvent
from webapp.audit import AuditEntry
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.policy import calendar


@pytest.fixture
def desk(county: Session) -> Desk:
    return Desk(county)


def test_all_are_verified_and_closed_in_one_act(county: Session, desk: Desk) -> None:
    batch = desk.decide("verify", desk.picked())
    assert (batch.chosen, desk.states()) == (4, ["closed"] * 4)
    assert [event.kind for event in desk.rows[VILLAGE].events[-2:]] == ["verify", "close"]
    desk.check_rebuilt()


def test_a_return_needs_a_reason_and_gives_it_to_each(county: Session, desk: Desk) -> None:
    with pytest.raises(Refused, match="没有填写理由"):
        desk.decide("return", desk.picked())
    desk.decide("return", desk.picked(VILLAGE, SISTER_VILLAGE), reason="缺整改时限")
    assert desk.states() == ["returned", "returned", "reported", "reported"]
    assert desk.rows[SISTER_VILLAGE].events[-1].reason == "缺整改时限"
    assert "理由：缺整改时限" in desk.told(VILLAGE)[-1]


def test_one_that_cannot_be_decided_keeps_all_as_they_were_and_is_named(county: Session) -> None:
    desk = Desk(county, states=("report", "acknowledge", "report", "report"))
    stale = desk.picked(VILLAGE, "533323101203")
    act(county, desk.colleague, "return", desk.rows["533323101203"])
    point = county.begin_nested()
    with pytest.raises(NotAll) as refused:
        desk.decide("verify", [*stale, *desk.picked(SISTER_VILLAGE)])
    point.rollback()
    assert [name for _, name, _ in refused.value.lines] == [
        desk.rows[code].unit.name for code in (SISTER_VILLAGE, "533323101203")
    ]
    assert "处于“已反馈”时才可以" in refused.value.lines[0][2]
    assert f"{desk.colleague.name}已于10月12日 09:30 退回补充" in refused.value.lines[1][2]
    assert desk.states() == ["reported", "acknowledged", "returned", "reported"]


def test_what_the_desk_itself_reported_stops_the_batch(county: Session, desk: Desk) -> None:
    both = factories.viewer(county, "desk", TOWNSHIP, desk.villages[VILLAGE].person_id)
    point = county.begin_nested()
    with pytest.raises(NotAll) as refused:
        desk.decide("verify", desk.picked(), viewer=both)
    point.rollback()
    assert [why for _, _, why in refused.value.lines] == ["您反馈过这项任务，不能由您核验。请由本单位其他同志核验。"]
    assert desk.states() == ["reported"] * 4


def test_only_what_the_unit_handed_down_can_be_picked(county: Session, desk: Desk) -> None:
    other = issued(county, desk.me, [VILLAGE], changed(title="另一项"), issuer_code=TOWNSHIP).assignments[0]
    with pytest.raises(NotFound):
        desk.decide("verify", [Picked(other.id, other.version)])
    with pytest.raises(Forbidden):
        desk.decide("verify", desk.picked(), viewer=factories.viewer(county, "desk", COUNTY))


def test_a_second_send_of_the_form_decides_once(county: Session, desk: Desk) -> None:
    picked, key = desk.picked(), str(uuid4())
    first = desk.decide("return", picked, reason="缺时限", key=key)
    assert desk.decide("return", picked, reason="缺时限", key=key).id == first.id
    assert [row.times_returned for row in desk.rows.values()] == [1] * 4


@pytest.mark.parametrize(("kind", "reason"), [("verify", None), ("return", "缺时限")])
def test_undone_within_ten_seconds_each_stands_as_before(
    county: Session, desk: Desk, kind: str, reason: str | None
) -> None:
    def held() -> list[tuple[object, ...]]:
        rows = (desk.rows[code] for code in VILLAGES)
        return [(r.state, r.times_returned, r.verified_on, r.verified_by_id, r.closed_on, r.closed_as) for r in rows]

    before = held()
    batch = desk.decide(kind, desk.picked(), reason=reason)
    assert held() != before
    desk.undo(batch)
    assert held() == before
    events = desk.rows[VILLAGE].events
    assert (events[-1].kind, events[-1].to_state, events[-1].person_id) == ("undo", "reported", desk.me.person_id)
    assert events[-2].kind in ("close", "return"), "what was undone stays written"
    assert county.scalar(select(func.count()).where(AuditEntry.action == "task.undo")) == 4
    desk.check_rebuilt()


def test_whoever_was_told_is_told_that_it_was_undone(county: Session, desk: Desk) -> None:
    desk.undo(desk.decide("return", desk.picked(), reason="缺时限"))
    sent, corrected = desk.told(VILLAGE)[-2:]
    assert "退回补充" in sent and "理由：缺时限" in sent
    assert corrected == "上帕镇已撤销刚才的退回，请以任务页面上的状态为准，不需因此重新反馈。"


def test_after_ten_seconds_nothing_is_undone(county: Session, desk: Desk) -> None:
    batch = desk.decide("return", desk.picked(), reason="缺时限")
    with pytest.raises(Refused, match="已超过 10 秒"):
        desk.undo(batch, ELEVEN)
    assert desk.states() == ["returned"] * 4


def test_a_second_click_on_undo_writes_nothing_more(county: Session, desk: Desk) -> None:
    batch = desk.decide("verify", desk.picked())
    desk.undo(batch)
    events = county.scalar(select(func.count()).select_from(AssignmentEvent))
    desk.undo(batch, ELEVEN)
    assert county.scalar(select(func.count()).select_from(AssignmentEvent)) == events


def test_once_somebody_acted_the_batch_stays_whole(county: Session, desk: Desk) -> None:
    batch = desk.decide("return", desk.picked(), reason="缺时限")
    act(county, desk.villages[SISTER_VILLAGE], "report", desk.rows[SISTER_VILLAGE])
    with pytest.raises(Conflict, match="一个都没有撤销"):
        desk.undo(batch)
    assert desk.states() == ["returned", "reported", "returned", "returned"]


def test_only_the_decider_undoes(county: Session, desk: Desk) -> None:
    batch = desk.decide("verify", desk.picked())
    with pytest.raises(Refused, match="没有您可以撤销的办理"):
        desk.undo(batch, viewer=desk.colleague)
    assert desk.states() == ["closed"] * 4


def drawn_of(county: Session, desk: Desk) -> tuple[list[str], list[str]]:
    """Codes that the sample drew, and those it did not."""
    with acting_as(county, desk.me):
        sampling.draw(county, desk.task.id, TOWNSHIP, MORNING)
    return (
        [code for code in VILLAGES if desk.rows[code].sampled],
        [code for code in VILLAGES if not desk.rows[code].sampled],
    )


def test_undoing_a_passed_sample_opens_it_and_what_it_closed_beside(county: Session, desk: Desk) -> None:
    drawn, undrawn = drawn_of(county, desk)
    batch = desk.decide("verify", desk.picked(*drawn))
    assert desk.rows[undrawn[0]].closed_as == "unsampled"
    desk.undo(batch)
    assert desk.states() == ["reported"] * 4
    sample = sampling.sample_of(county, desk.task.id, TOWNSHIP)
    assert sample is not None and sample.state == "open"
    assert desk.told(undrawn[0])[-1].startswith("上帕镇已撤销刚才的核验销号")
    desk.check_rebuilt()


def test_undoing_a_failed_sample_is_refused_once_its_failure_was_used(county: Session, desk: Desk) -> None:
    drawn, undrawn = drawn_of(county, desk)
    batch = desk.decide("return", desk.picked(drawn[0]), reason="缺时限")
    act(county, desk.colleague, "verify", desk.rows[undrawn[0]], MORNING + timedelta(seconds=3))
    with pytest.raises(Conflict, match="抽样结果改变后"):
        desk.undo(batch)
    assert desk.rows[drawn[0]].state == "returned"


def test_a_closing_is_not_undone_below_what_was_reported_on_it(county: Session) -> None:
    calendar.seed(county)
    first, township = factories.viewer(county, "desk", COUNTY), factories.viewer(county, "desk", TOWNSHIP)
    village = factories.viewer(county, "secretary", VILLAGE)
    whole = issued(county, first, [TOWNSHIP]).assignments[0]
    act(county, township, "acknowledge", whole)
    with acting_as(county, township):
        parts.split(county, whole.id, [VILLAGE], at=MORNING)
    part = county.scalars(select(Assignment).where(Assignment.unit_code == VILLAGE)).one()
    act(county, village, "acknowledge", part)
    act(county, village, "report", part)
    with acting_as(county, township):
        picked = [Picked(part.id, part.version)]
        key = str(uuid4())
        bulk.decide(county, part.task_id, TOWNSHIP, picked, "verify", key=key, reason=None, at=MORNING)
    act(county, township, "report", whole)
    with acting_as(county, township), pytest.raises(Conflict, match="已据此反馈"):
        bulk.undo(county, key, at=MORNING + NINE)
    assert part.state == "closed"


def test_reasons_are_kept_once_a_unit(county: Session, desk: Desk) -> None:
    with acting_as(county, desk.me):
        reasons.store(county, TOWNSHIP, "缺整改时限")
        reasons.store(county, TOWNSHIP, " 缺整改时限 ")
        kept = reasons.reasons_of(county, TOWNSHIP)
        assert [one.text for one in kept] == ["缺整改时限"]
        assert reasons.drop(county, TOWNSHIP, [kept[0].id]) == 1
    with acting_as(county, factories.viewer(county, "desk", COUNTY)), pytest.raises(Forbidden):
        reasons.store(county, TOWNSHIP, "别的单位的理由")
