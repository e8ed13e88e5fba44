"""Every allowed and every refused move, and what each leaves behind (T-1, T-5)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING, RECEIVER, Parties, act, brought_to, issued, parties
from webapp.access import acting_as
from webapp.accountability import deadlines, service
from webapp.accountability.models import STATES, Extension
from webapp.accountability.rules import MOVES, WrongState
from webapp.audit import AuditEntry
from webapp.errors import Forbidden, Refused
from webapp.notices.models import InboxMessage


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


ALLOWED = {
    "issued": {"acknowledge", "recall", "exempt", "suspend", "extend_ask"},
    # A report from 已签收 writes the start as well, so that the chain is whole.
    "acknowledged": {"start", "progress", "report", "recall", "exempt", "suspend", "extend_ask"},
    "in_progress": {"progress", "report", "recall", "exempt", "suspend", "extend_ask"},
    "reported": {"withdraw", "return", "verify", "recall", "exempt"},
    "returned": {"progress", "report", "recall", "exempt", "suspend", "extend_ask"},
    "verified": {"close"},
    "closed": set(),
    "recalled": set(),
    "exempt": set(),
    "suspended": {"recall", "exempt", "resume"},
}
DECIDED_ON_REQUEST = ("extend_grant", "extend_refuse")


@pytest.mark.parametrize("state", list(STATES))
def test_the_table_of_moves(county: Session, people: Parties, state: str) -> None:
    """Each move from the state, one after the other; the database is put back in between."""
    row = brought_to(county, people, state)
    for kind in set(MOVES) - {"split"}:  # a village has nobody below it, see test_parts
        events = len(row.events)
        viewer = people.village if kind in RECEIVER else people.second_desk
        point = county.begin_nested()
        if kind in ALLOWED[state]:
            act(county, viewer, kind, row)
            last = row.events[-1]
            assert (last.kind, last.to_state, last.person_id) == (kind, row.state, viewer.person_id)
            assert county.scalars(select(AuditEntry).where(AuditEntry.action == f"task.{kind}")).all()
            for earlier, later in pairwise(row.events):
                assert later.from_state == earlier.to_state, kind
        else:
            # A request for an extension that nobody made is refused in the same way.
            with pytest.raises(WrongState):
                act(county, viewer, kind, row)
            assert len(row.events) == events, kind
        point.rollback()
        assert row.state == state, kind


@pytest.mark.parametrize("state", list(ALLOWED))
def test_the_other_side_cannot_make_a_move(county: Session, people: Parties, state: str) -> None:
    row = brought_to(county, people, state)
    for kind in (*ALLOWED[state], *DECIDED_ON_REQUEST):
        stranger = people.second_desk if kind in RECEIVER else people.village
        with pytest.raises(Forbidden):
            act(county, stranger, kind, row)
    assert row.state == state


def test_a_desk_between_the_levels_does_not_decide(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "reported")
    for kind in ("return", "verify", "recall"):
        with pytest.raises(Forbidden):
            act(county, people.township, kind, row)


def test_the_days_that_indicators_read(county: Session, people: Parties) -> None:
    row = issued(county, people.first_desk).assignments[0]
    days = [MORNING + timedelta(days=n) for n in range(8)]
    act(county, people.village, "acknowledge", row, days[1])
    act(county, people.village, "report", row, days[2])
    act(county, people.second_desk, "return", row, days[3])
    act(county, people.village, "report", row, days[4])
    act(county, people.second_desk, "verify", row, days[5])
    act(county, people.second_desk, "close", row, days[7])
    assert (row.issued_on, row.acknowledged_on) == (date(2026, 10, 12), date(2026, 10, 13))
    assert (row.first_reported_on, row.last_reported_on) == (date(2026, 10, 14), date(2026, 10, 16))
    assert (row.verified_on, row.closed_on, row.times_returned) == (date(2026, 10, 17), date(2026, 10, 19), 1)
    kinds = [event.kind for event in row.events]
    assert kinds == ["issue", "acknowledge", "start", "report", "return", "report", "verify", "close"]


def test_a_withdrawn_report_never_counted_as_an_answer(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "reported")
    act(county, people.village, "withdraw", row)
    assert row.state == "in_progress"
    assert (row.first_reported_on, row.last_reported_on) == (None, None)
    later = MORNING + timedelta(days=1)
    act(county, people.village, "report", row, later)
    act(county, people.second_desk, "return", row, later)
    act(county, people.village, "report", row, later + timedelta(days=1))
    act(county, people.village, "withdraw", row, later + timedelta(days=1))
    assert (row.first_reported_on, row.last_reported_on) == (date(2026, 10, 13), date(2026, 10, 13))


def test_only_the_reporter_withdraws(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "reported")
    colleague = factories.viewer(county, "first_secretary", row.unit_code)
    with pytest.raises(Refused, match="提交人收回"):
        act(county, colleague, "withdraw", row)


def test_a_reason_is_required_to_return(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "reported")
    with acting_as(county, people.second_desk), pytest.raises(Refused, match="没有填写理由"):
        service.return_for_revision(county, row.id, reason=" \n", at=MORNING)
    assert row.state == "reported"


def test_each_side_is_told(county: Session, people: Parties) -> None:
    brought_to(county, people, "returned")
    told = county.scalars(select(InboxMessage).order_by(InboxMessage.id)).all()
    by_person = {person: [m.body for m in told if m.person_id == person] for person in {m.person_id for m in told}}
    assert any("下达任务" in body for body in by_person[people.village.person_id or 0])
    assert any("缺整改时限" in body for body in by_person[people.village.person_id or 0])
    assert any("请核验" in body for body in by_person[people.first_desk.person_id or 0])
    assert all("/" not in body for bodies in by_person.values() for body in bodies)


def test_an_extension_moves_the_deadline_and_keeps_the_first_one(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "acknowledged")
    act(county, people.village, "extend_ask", row)
    with pytest.raises(WrongState, match="等待答复"):
        act(county, people.village, "extend_ask", row)
    act(county, people.second_desk, "extend_grant", row)
    assert (row.first_due_on, row.due_on) == (date(2026, 10, 23), date(2026, 10, 30))
    assert row.extensions[0].state == "granted"
    assert "由2026年10月23日改为2026年10月30日" in (row.events[-1].text or "")


def test_a_refused_extension_leaves_the_deadline(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "acknowledged")
    act(county, people.village, "extend_ask", row)
    act(county, people.second_desk, "extend_refuse", row)
    assert (row.due_on, row.extensions[0].state) == (row.first_due_on, "refused")
    act(county, people.village, "extend_ask", row)
    assert county.query(Extension).count() == 2


def test_nothing_to_decide_without_a_request(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "acknowledged")
    with pytest.raises(WrongState, match="没有等待答复"):
        act(county, people.second_desk, "extend_grant", row)


def test_a_request_lapses_once_the_task_is_answered(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")
    act(county, people.village, "extend_ask", row)
    act(county, people.village, "report", row)
    with pytest.raises(WrongState):
        act(county, people.second_desk, "extend_grant", row)


def test_an_extension_asks_for_a_later_working_day(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "acknowledged")
    for wanted, words in (
        (date(2026, 10, 23), "晚于今天和现行期限"),
        (date(2026, 10, 31), "休息日"),
        (date(9999, 12, 31), "过远"),
    ):
        with acting_as(county, people.village), pytest.raises(Refused, match=words):
            deadlines.ask_extension(county, row.id, wanted_due_on=wanted, reason="道路中断", at=MORNING)


def test_a_resumed_task_has_the_working_days_it_had(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")
    act(county, people.second_desk, "suspend", row, MORNING)
    act(county, people.second_desk, "resume", row, MORNING + timedelta(days=7))
    assert row.state == "in_progress"
    assert row.due_on == date(2026, 10, 30)  # five working days later
    assert row.first_due_on == date(2026, 10, 23)
    moved = row.extensions[0]
    assert (moved.state, moved.wanted_due_on, moved.reason) == ("granted", row.due_on, "响应解除")
    assert (moved.decided_at, moved.decided_by_id) == (MORNING + timedelta(days=7), people.second_desk.person_id)


def test_an_old_request_does_not_move_a_resumed_deadline_back(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "in_progress")
    act(county, people.village, "extend_ask", row)  # until 30 October
    act(county, people.second_desk, "suspend", row, MORNING)
    act(county, people.second_desk, "resume", row, MORNING + timedelta(days=14))
    with pytest.raises(Refused, match="不需要再延期"):
        act(county, people.second_desk, "extend_grant", row, MORNING + timedelta(days=14))
    assert row.due_on == date(2026, 11, 6)
