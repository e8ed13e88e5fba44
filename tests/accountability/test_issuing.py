"""Issuing goes to all targets or to none, once; nobody verifies his own; of two who act at once one wins."""

import threading
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DEMAND, DUE, MORNING, Parties, act, brought_to, changed, issued, parties
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import db as database
from webapp.access import Grant, Viewer, acting_as
from webapp.accountability import service
from webapp.accountability.issuing import issue
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent
from webapp.audit import AuditEntry
from webapp.burden.models import BurdenEntry
from webapp.db import session_scope
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, OutOfScope, Refused
from webapp.org.models import Division


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_all_targets_in_one_act(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, [VILLAGE, TOWNSHIP, SISTER_VILLAGE])
    assert [row.unit_code for row in task.assignments] == [TOWNSHIP, VILLAGE, SISTER_VILLAGE]
    assert {(row.state, row.due_on, row.first_due_on) for row in task.assignments} == {("issued", DUE, DUE)}
    assert [row.vacant for row in task.assignments] == [False, False, True]
    assert count(county, AssignmentEvent) == 3
    assert count(county, BurdenEntry) == 3
    entry = county.scalars(select(AuditEntry).where(AuditEntry.action == "task.issue")).one()
    assert entry.after is not None and entry.after["units"] == [TOWNSHIP, VILLAGE, SISTER_VILLAGE]


def test_one_wrong_target_and_nothing_is_issued(county: Session, people: Parties) -> None:
    wrong: list[tuple[list[str], type[Exception]]] = [
        ([VILLAGE, NEIGHBOUR_VILLAGE], OutOfScope),
        ([VILLAGE, COUNTY], OutOfScope),
        ([VILLAGE, "533323101999"], Refused),
        ([], Refused),
    ]
    for units, error in wrong:
        with pytest.raises(error):
            issued(county, people.first_desk, units)
    assert (count(county, AccountabilityTask), count(county, Assignment), count(county, BurdenEntry)) == (0, 0, 0)


def test_a_closed_unit_is_named(county: Session, people: Parties) -> None:
    county.get_one(Division, SISTER_VILLAGE).valid_to = date(2026, 9, 30)
    with pytest.raises(Refused, match="已撤销"):
        issued(county, people.first_desk, [SISTER_VILLAGE])


def test_only_desks_issue(county: Session, people: Parties) -> None:
    for role in ("leader", "supervisor", "secretary", "system_admin"):
        with pytest.raises(Forbidden):
            issued(county, factories.viewer(county, role, COUNTY))


def test_a_desk_issues_for_its_own_unit_only(county: Session, people: Parties) -> None:
    with pytest.raises(Forbidden):
        issued(county, people.township, [VILLAGE], issuer_code=COUNTY)
    assert issued(county, people.township, [VILLAGE], issuer_code=TOWNSHIP).issuer_code == TOWNSHIP


def test_the_same_form_twice_is_one_task(county: Session, people: Parties) -> None:
    form = str(uuid4())
    first = issued(county, people.first_desk, request_id=form)
    assert issued(county, people.first_desk, request_id=form) is first
    with pytest.raises(Conflict, match="已经用来下达"):
        issued(county, people.first_desk, demand=changed(title="另一件事"), request_id=form)
    with pytest.raises(Refused, match="表单已失效"):
        issued(county, people.first_desk, request_id="17")
    with pytest.raises(Forbidden):
        issued(county, people.township, request_id=form)
    assert count(county, AccountabilityTask) == 1


def test_the_deadline_runs_over_holidays_and_made_up_days(county: Session, people: Parties) -> None:
    for due_on, at, allowed in (
        (date(2026, 10, 8), "2026-09-28 10:00", True),  # the third working day, the holiday not counted
        (date(2026, 9, 30), "2026-09-28 10:00", False),  # only two
        (date(2026, 10, 10), "2026-09-30 10:00", True),  # a Saturday made up, the third working day
        (date(2026, 10, 9), "2026-09-30 10:00", False),
        (date(2026, 10, 5), "2026-09-20 10:00", False),  # a holiday
        (date(2026, 10, 17), "2026-10-08 10:00", False),  # an ordinary Saturday
        (date(2027, 1, 4), "2026-12-28 10:00", True),  # a year that counts Monday to Friday
        (date(2027, 1, 3), "2026-12-21 10:00", False),  # its Sunday
    ):
        demand = changed(due_on=due_on, minutes=15)
        if allowed:
            assert issued(county, people.first_desk, demand=demand, at=factories.at(at)).due_on == due_on
            continue
        with pytest.raises(Faulty) as refused:
            issued(county, people.first_desk, demand=demand, at=factories.at(at))
        assert list(refused.value.faults) == ["due_on"]


def test_what_a_demand_needs(county: Session, people: Parties) -> None:
    for field in ("title", "content", "basis", "evidence"):
        with pytest.raises(Faulty) as refused:
            issued(county, people.first_desk, demand=changed(**{field: ""}))
        assert list(refused.value.faults) == [field]


def test_nobody_decides_what_he_reported_under_another_post(county: Session, people: Parties) -> None:
    row = issued(county, people.first_desk).assignments[0]
    both = replace(
        people.village, grants=(*people.village.grants, Grant("desk", COUNTY, people.first_desk.grants[0].posting_id))
    )
    act(county, both, "acknowledge", row)
    act(county, both, "report", row)
    for kind in ("verify", "return"):
        with pytest.raises(Refused, match="您反馈过"):
            act(county, both, kind, row)
    act(county, people.second_desk, "verify", row)
    with pytest.raises(Refused, match="您反馈过"):
        act(county, both, "close", row)


@pytest.mark.parametrize("kind", ["exempt", "recall", "suspend"])
def test_nobody_relieves_the_unit_he_belongs_to(county: Session, people: Parties, kind: str) -> None:
    row = issued(county, people.first_desk).assignments[0]
    both = replace(
        people.village, grants=(*people.village.grants, Grant("desk", COUNTY, people.first_desk.grants[0].posting_id))
    )
    with pytest.raises(Refused, match="您在反馈单位任职"):
        act(county, both, kind, row)
    act(county, people.second_desk, kind, row)


def test_whoever_reported_a_returned_version_does_not_verify_the_next(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "returned")
    act(county, factories.viewer(county, "first_secretary", VILLAGE), "report", row)
    moved = replace(people.village, grants=people.first_desk.grants)  # from the village to the county desk
    for kind in ("verify", "return"):
        with pytest.raises(Refused, match="您反馈过"):
            act(county, moved, kind, row)
    act(county, people.first_desk, "verify", row)
    with pytest.raises(Refused, match="您反馈过"):
        act(county, moved, "close", row)


def test_nobody_decides_for_a_unit_he_belongs_to(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "reported")
    member = factories.viewer(county, "team_member", VILLAGE)
    both = replace(member, grants=(*member.grants, Grant("desk", COUNTY, people.first_desk.grants[0].posting_id)))
    with pytest.raises(Refused, match="反馈单位任职"):
        act(county, both, "verify", row)


def test_a_neighbour_neither_sees_nor_moves_a_row(county: Session, people: Parties) -> None:
    row = issued(county, people.first_desk).assignments[0]
    for viewer in (
        factories.viewer(county, "secretary", SISTER_VILLAGE),
        factories.viewer(county, "desk", OTHER_TOWNSHIP),
        factories.viewer(county, "desk", "533301"),
    ):
        with acting_as(county, viewer):
            assert county.scalars(select(Assignment)).all() == []
            assert county.scalars(select(AssignmentEvent)).all() == []
            assert county.scalars(select(AccountabilityTask)).all() == []
            with pytest.raises(NotFound):
                service.acknowledge(county, row.id, at=MORNING)


def test_two_who_decide_at_once_leave_one_decision(county: Session, people: Parties, database_url: str) -> None:
    row = brought_to(county, people, "reported")
    row_id, seen = row.id, row.version
    county.commit()
    together = threading.Barrier(2)
    said: list[str] = []

    def decide(viewer: Viewer, kind: str) -> None:
        together.wait()
        try:
            with session_scope(database_url, viewer) as own:
                if kind == "verify":
                    service.verify(own, row_id, at=MORNING, version=seen)
                else:
                    service.return_for_revision(own, row_id, reason="缺整改时限", at=MORNING, version=seen)
            said.append("done")
        except Conflict as conflict:
            said.append(conflict.sentence)

    threads = [
        threading.Thread(target=decide, args=(people.first_desk, "verify")),
        threading.Thread(target=decide, args=(people.second_desk, "return")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(words == "done" for words in said) == [False, True]
    assert any("没有生效" in words for words in said)
    county.expire_all()
    assert row.state in ("verified", "returned")
    assert [event.kind for event in row.events][-2:] in (["report", "verify"], ["report", "return"])


def test_the_same_form_sent_twice_at_once_is_one_task(county: Session, people: Parties, database_url: str) -> None:
    county.commit()
    form, together = str(uuid4()), threading.Barrier(2)
    ids: list[int] = []

    def send() -> None:
        together.wait()
        with session_scope(database_url, people.first_desk) as own:
            ids.append(issue(own, DEMAND, [VILLAGE], issuer_code=COUNTY, request_id=form, at=MORNING).id)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 2 and len(set(ids)) == 1
    database.intend_to_write(False)
    assert count(county, Assignment) == 1
