"""Splitting down the levels: who gets a part, when the whole may be reported, and what progress follows (T-3, T-4)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DUE, MORNING, act, issued
from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import drill, parts, sampling, service
from webapp.accountability.models import AccountabilityTask, Assignment, VerificationSample
from webapp.accountability.progress import Node, derive, overall
from webapp.accountability.rules import WrongState
from webapp.burden.models import BurdenEntry
from webapp.errors import Conflict, Forbidden, NotFound, OutOfScope, Refused
from webapp.notices.models import InboxMessage
from webapp.org.models import Division
from webapp.policy import calendar

VILLAGES = (VILLAGE, SISTER_VILLAGE)


@dataclass
class Chain:
    """County desk, township desk and village secretaries; the township's assignment of one task."""

    county: Viewer
    other_county: Viewer
    township: Viewer
    other_township: Viewer
    villages: dict[str, Viewer]
    row: Assignment

    @property
    def task(self) -> AccountabilityTask:
        return self.row.task


@pytest.fixture
def chain(county: Session) -> Chain:
    calendar.seed(county)
    desk = factories.viewer(county, "desk", COUNTY)
    township = factories.viewer(county, "desk", TOWNSHIP)
    villages = {code: factories.viewer(county, "secretary", code) for code in VILLAGES}
    row = issued(county, desk, [TOWNSHIP]).assignments[0]
    act(county, township, "acknowledge", row)
    return Chain(
        desk,
        factories.viewer(county, "desk", COUNTY),
        township,
        factories.viewer(county, "desk", TOWNSHIP),
        villages,
        row,
    )


def split(session: Session, chain: Chain, units: tuple[str, ...] = VILLAGES, **words: object) -> dict[str, Assignment]:
    with acting_as(session, chain.township):
        parts.split(session, chain.row.id, units, at=MORNING, **words)  # type: ignore[arg-type]
    return children(session, chain)


def children(session: Session, chain: Chain) -> dict[str, Assignment]:
    rows = session.scalars(select(Assignment).where(Assignment.parent_id == chain.row.id))
    return {row.unit_code: row for row in rows}


def finish(session: Session, chain: Chain, row: Assignment, *, close: bool = True) -> None:
    village = chain.villages[row.unit_code]
    for kind in ("acknowledge", "start", "report"):
        act(session, village, kind, row)
    for kind in ("verify", "close") if close else ():
        act(session, chain.township, kind, row)


def test_the_township_hands_down_and_its_villages_are_told(county: Session, chain: Chain) -> None:
    rows = split(county, chain, weights={VILLAGE: 3})
    assert {code: (row.issuer_code, row.weight, row.state, row.due_on) for code, row in rows.items()} == {
        VILLAGE: (TOWNSHIP, 3, "issued", DUE),
        SISTER_VILLAGE: (TOWNSHIP, 1, "issued", DUE),
    }
    assert chain.row.state == "in_progress"
    assert [event.kind for event in chain.row.events] == ["issue", "acknowledge", "start", "split"]
    told = county.scalars(
        select(InboxMessage.body).where(InboxMessage.path == f"/tasks/assignments/{rows[VILLAGE].id}")
    )
    assert told.all() == ["上帕镇下达任务，请于2026年10月23日前反馈。"]
    entries = county.scalars(select(BurdenEntry.unit_code).where(BurdenEntry.issuer_code == TOWNSHIP)).all()
    assert sorted(entries) == sorted(VILLAGES)


def test_what_cannot_be_split_is_said_and_nothing_is_half_done(county: Session, chain: Chain) -> None:
    cases: tuple[tuple[type[Exception], str, dict[str, object]], ...] = (
        (OutOfScope, "不在下达单位的下级范围内", {"units": (VILLAGE, OTHER_VILLAGE)}),
        (Refused, "至少选择一个单位", {"units": ()}),
        (Refused, "不能晚于本单位的期限", {"due_on": date(2026, 10, 26)}),
        (Refused, "不得要求当日报送", {"due_on": date(2026, 10, 12)}),
        (Refused, "答复时间不足 3 个工作日", {"due_on": date(2026, 10, 14)}),
        (Refused, "权重应是 1 至 100", {"weights": {VILLAGE: 101}}),
    )
    for kind, said, words in cases:
        with pytest.raises(kind, match=said):
            split(county, chain, **words)  # type: ignore[arg-type]
        assert children(county, chain) == {}
    with acting_as(county, chain.villages[VILLAGE]), pytest.raises(NotFound):  # the township's own is not in its sight
        parts.split(county, chain.row.id, [VILLAGE], at=MORNING)


def test_a_unit_gets_a_task_once_and_others_may_follow(county: Session, chain: Chain) -> None:
    split(county, chain, (VILLAGE,))
    with pytest.raises(Refused, match="已有这项任务"):
        split(county, chain)
    assert set(split(county, chain, (SISTER_VILLAGE,))) == set(VILLAGES)


def test_a_second_click_splits_once(county: Session, chain: Chain) -> None:
    seen = chain.row.version
    split(county, chain, version=seen)
    assert len(split(county, chain, version=seen)) == 2
    with acting_as(county, chain.other_township), pytest.raises(Conflict):
        parts.split(county, chain.row.id, [SISTER_VILLAGE], at=MORNING, version=seen)


def test_the_whole_is_reported_when_every_part_is_over(county: Session, chain: Chain) -> None:
    rows = split(county, chain)
    finish(county, chain, rows[VILLAGE])
    with pytest.raises(WrongState, match="还有 1 个单位没有办结"):
        act(county, chain.township, "report", chain.row)
    act(county, chain.township, "exempt", rows[SISTER_VILLAGE])
    act(county, chain.township, "report", chain.row)
    assert chain.row.state == "reported"


def test_each_level_verifies_what_it_handed_down(county: Session, chain: Chain) -> None:
    rows = split(county, chain)
    finish(county, chain, rows[VILLAGE], close=False)
    with pytest.raises(Forbidden):
        act(county, chain.county, "verify", rows[VILLAGE])
    act(county, chain.township, "verify", rows[VILLAGE])
    assert rows[VILLAGE].verified_by_unit == TOWNSHIP


def test_a_part_is_not_extended_past_the_deadline_of_the_whole(county: Session, chain: Chain) -> None:
    part = split(county, chain)[VILLAGE]
    act(county, chain.villages[VILLAGE], "acknowledge", part)
    act(county, chain.villages[VILLAGE], "extend_ask", part)
    assert "晚于" in part.events[-1].text and "2026年10月23日，须由其先向上级申请延期" in part.events[-1].text
    with pytest.raises(Refused, match="本单位这项任务的期限是2026年10月23日，下级不能晚于本单位。请先向上级申请延期"):
        act(county, chain.township, "extend_grant", part)
    assert part.due_on == DUE
    act(county, chain.township, "extend_ask", chain.row)
    act(county, chain.county, "extend_grant", chain.row)
    act(county, chain.township, "extend_grant", part)
    assert part.due_on == chain.row.due_on == date(2026, 10, 30)


def test_recalling_the_whole_recalls_its_open_parts(county: Session, chain: Chain) -> None:
    rows = split(county, chain)
    finish(county, chain, rows[VILLAGE])
    act(county, chain.county, "recall", chain.row)
    assert (rows[VILLAGE].state, rows[SISTER_VILLAGE].state) == ("closed", "recalled")
    left = county.scalars(select(BurdenEntry.key).where(BurdenEntry.unit_code == SISTER_VILLAGE)).all()
    assert left == []


def test_a_fault_goes_back_to_the_village_and_all_between_work_again(county: Session, chain: Chain) -> None:
    rows = split(county, chain)
    for row in rows.values():
        finish(county, chain, row)
    act(county, chain.township, "report", chain.row)
    with acting_as(county, chain.county):
        parts.return_to(county, chain.row.id, VILLAGE, reason="缺整改时限", at=MORNING)
    assert (chain.row.state, rows[VILLAGE].state, rows[SISTER_VILLAGE].state) == ("returned", "returned", "closed")
    assert (rows[VILLAGE].times_returned, chain.row.times_returned) == (1, 1)
    assert rows[VILLAGE].closed_on is None and rows[VILLAGE].verified_on is None
    act(county, chain.villages[VILLAGE], "report", rows[VILLAGE])
    for kind in ("verify", "close"):
        act(county, chain.township, kind, rows[VILLAGE])
    act(county, chain.township, "report", chain.row)
    with acting_as(county, chain.county), pytest.raises(Refused, match="没有承办"):
        parts.return_to(county, chain.row.id, OTHER_VILLAGE, reason="缺", at=MORNING)


def test_a_sample_is_drawn_once_and_the_others_close_as_not_verified(county: Session, chain: Chain) -> None:
    rows = split(county, chain, _villages(county, 6))
    with acting_as(county, chain.township), pytest.raises(WrongState, match="全部反馈后才能抽样"):
        sampling.draw(county, chain.task.id, TOWNSHIP, MORNING)
    for code, row in rows.items():
        chain.villages.setdefault(code, factories.viewer(county, "secretary", code))
        finish(county, chain, row, close=False)
    with acting_as(county, chain.township):
        sample = sampling.draw(county, chain.task.id, TOWNSHIP, MORNING)
        assert sampling.draw(county, chain.task.id, TOWNSHIP, MORNING).seed == sample.seed
    assert (sample.population, sample.size) == (6, 3)
    chosen = sampling.drawn(list(rows), sample.seed, sample.size)
    assert sorted(code for code, row in rows.items() if row.sampled) == chosen
    undrawn = next(row for row in rows.values() if not row.sampled)
    with pytest.raises(WrongState, match="没有被抽中"):
        act(county, chain.township, "verify", undrawn)
    with pytest.raises(WrongState, match="不能再收回"):
        act(county, chain.villages[undrawn.unit_code], "withdraw", undrawn)
    for code in chosen:
        assert undrawn.state == "reported"
        for kind in ("verify", "close"):
            act(county, chain.township, kind, rows[code])
    county.expire_all()
    assert {row.closed_as for row in rows.values() if row.sampled} == {"verified"}
    left = [row for row in rows.values() if not row.sampled]
    assert {(row.state, row.closed_as, row.verified_on) for row in left} == {("closed", "unsampled", None)}
    assert county.scalars(select(VerificationSample.state)).all() == ["passed"]


def test_one_failed_sample_obliges_to_verify_all(county: Session, chain: Chain) -> None:
    rows = split(county, chain, _villages(county, 6))
    for code, row in rows.items():
        chain.villages.setdefault(code, factories.viewer(county, "secretary", code))
        finish(county, chain, row, close=False)
    with acting_as(county, chain.township):
        sample = sampling.draw(county, chain.task.id, TOWNSHIP, MORNING)
    drawn, undrawn = (next(row for row in rows.values() if row.sampled is mark) for mark in (True, False))
    act(county, chain.township, "return", drawn)
    assert sample.state == "failed"
    act(county, chain.township, "verify", undrawn)
    assert undrawn.state == "verified"


@pytest.mark.parametrize(("population", "size"), [(1, 1), (3, 3), (12, 3), (16, 4), (40, 8)])
def test_the_size_of_a_sample(population: int, size: int) -> None:
    assert sampling.size_of(population, Decimal("0.2"), 3) == size


def test_a_reporter_of_a_part_cannot_verify_the_whole(county: Session, chain: Chain) -> None:
    rows = split(county, chain)
    for row in rows.values():
        finish(county, chain, row)
    act(county, chain.township, "report", chain.row)
    both = factories.viewer(county, "desk", COUNTY, chain.township.person_id)
    with acting_as(county, both), pytest.raises(Refused, match="不能由您核验"):
        service.verify(county, chain.row.id, at=MORNING)


def test_the_numbers_are_the_same_at_each_step(county: Session, chain: Chain) -> None:
    rows = split(county, chain, weights={VILLAGE: 3})
    finish(county, chain, rows[VILLAGE])
    nodes = drill.nodes(county, chain.task.id)
    top = drill.standing(nodes)
    assert (top.progress, top.states) == (Fraction(3, 4), {"closed": 1, "issued": 1})
    (township,) = drill.branches(county, nodes, COUNTY)
    assert (township.unit_code, township.standing, township.deeper) == (TOWNSHIP, top, True)
    below = drill.branches(county, drill.nodes(county, chain.task.id, TOWNSHIP), TOWNSHIP)
    assert [one.unit_code for one in below] == sorted(VILLAGES)
    assert sum(one.standing.total for one in below) == top.total
    assert [one.standing.progress for one in below] == [Fraction(1), Fraction(0)]


def _villages(session: Session, number: int) -> tuple[str, ...]:
    found = session.scalars(select(Division.code).where(Division.parent_code == TOWNSHIP).order_by(Division.code))
    return tuple(found.all()[:number])


# A busy machine says nothing about what is tested.
PATIENT = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
STATES = st.sampled_from(["issued", "reported", "closed", "recalled", "exempt"])


@PATIENT
@given(
    st.lists(
        st.tuples(STATES, st.integers(1, 9), st.lists(st.tuples(STATES, st.integers(1, 9)), max_size=4)), max_size=5
    )
)
def test_progress_is_the_weighted_mean_of_what_counts(tree: list) -> None:
    nodes, expected, weights, serial = [], Fraction(0), 0, 0
    for place, (state, weight, below) in enumerate(tree):
        serial += 1
        parent = serial
        nodes.append(Node(parent, None, f"533323{place:03}", state, weight))
        counting = []
        for number, (own, share) in enumerate(below):
            serial += 1
            nodes.append(Node(serial, parent, f"533323{place:03}{number:03}", own, share))
            if own not in ("recalled", "exempt"):
                counting.append((own == "closed", share))
        if state in ("recalled", "exempt"):
            continue
        if counting:
            mine = Fraction(sum(share for done, share in counting if done), sum(share for _, share in counting))
        else:
            mine = Fraction(state == "closed")
        assert derive(nodes)[parent] == mine
        expected, weights = expected + mine * weight, weights + weight
    assert overall(nodes) == (expected / weights if weights else None)
