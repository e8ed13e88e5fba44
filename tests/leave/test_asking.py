"""Asking for leave: what is refused, who is asked to decide, and what is sealed."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import VILLAGE
from tests.leave.conftest import MASTER, MORNING, People, ask, asking, day
from webapp.access import acting_as
from webapp.errors import Faulty
from webapp.leave import queries, sealing, service
from webapp.leave.models import LeaveRequest, OfficialTrip


def fault(session: Session, people: People, first: str, last: str, **changes: object) -> dict[str, str]:
    with pytest.raises(Faulty) as refused:
        ask(session, people.member, first, last, **changes)
    return refused.value.faults


def test_three_days_go_to_the_township_secretary(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-12 pm")
    assert (row.state, row.step, row.route) == ("asked", 1, "direct")
    assert row.approver_id == people.secretary.person_id
    assert service.tier(county, row, MORNING).number == 1
    assert [(e.kind, e.to_name, e.route) for e in row.events] == [("ask", people.secretary.name, "direct")]


def test_half_a_day_more_needs_the_county_after_the_township(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-13 am")
    assert service.tier(county, row, MORNING).number == 2
    assert (row.step, row.approver_id) == (1, people.secretary.person_id)


def test_requests_parted_by_a_weekend_are_added_up(county: Session, people: People) -> None:
    ask(county, people.member, "2026-11-12 am", "2026-11-13 pm")
    row = ask(county, people.member, "2026-11-16 am", "2026-11-16 pm")
    found = service.tier(county, row, MORNING)
    assert (found.own_days, found.total_days, found.number) == (1, 5, 2)
    alone = ask(county, people.member, "2026-11-18 am", "2026-11-18 pm")
    assert service.tier(county, alone, MORNING).number == 1


def test_overlap_is_refused_by_name_and_touching_halves_are_not(county: Session, people: People) -> None:
    ask(county, people.member, "2026-11-10 am", "2026-11-11 am")
    found = fault(county, people, "2026-11-11 am", "2026-11-12 pm")
    assert "与本人的事假（2026年11月10日上午至11月11日上午）重叠" in found["first_day"]
    ask(county, people.member, "2026-11-11 pm", "2026-11-11 pm")


def test_leave_over_a_trip_is_refused(county: Session, people: People) -> None:
    grant = people.member.grants[0]
    county.add(
        OfficialTrip(
            form_id="trip",
            posting_id=grant.posting_id,
            person_id=people.member.person_id,
            unit_code=VILLAGE,
            kind="training",
            first_day=day("2026-11-10"),
            first_half="am",
            last_day=day("2026-11-10"),
            last_half="pm",
            subject="县里培训",
            reported_at=MORNING,
        )
    )
    county.flush()
    assert "因公外出" in fault(county, people, "2026-11-10 pm", "2026-11-11 pm")["first_day"]


def test_leave_does_not_reach_past_the_posting(county: Session, people: People) -> None:
    person = factories.person(county)
    member = factories.viewer(county, "team_member", VILLAGE, person.id)
    posting = person.postings[0]
    posting.ends_on = day("2026-11-12")
    county.flush()
    with pytest.raises(Faulty) as refused:
        ask(county, member, "2026-11-12 am", "2026-11-13 am")
    assert "您任职到2026年11月12日为止" in refused.value.faults["last_day"]
    posting.starts_on = day("2026-11-11")
    with pytest.raises(Faulty) as refused:
        ask(county, member, "2026-11-10 am", "2026-11-11 am")
    assert "才到岗" in refused.value.faults["first_day"]


def test_what_has_begun_is_entered_only_as_urgent(county: Session, people: People) -> None:
    assert "开始时间已过" in fault(county, people, "2026-11-08 pm", "2026-11-10 am")["urgent"]
    row = ask(county, people.member, "2026-11-08 pm", "2026-11-10 am", urgent=True)
    assert row.urgent and row.state == "asked"
    assert not ask(county, people.member, "2026-11-11 am", "2026-11-11 am", urgent=True).urgent


def test_odd_input_is_told_by_field(county: Session, people: People) -> None:
    assert "早于" in fault(county, people, "2026-11-11 pm", "2026-11-11 am")["last_day"]
    assert "366" in fault(county, people, "2026-11-11 am", "2028-11-11 am")["last_day"]
    found = fault(county, people, "2026-11-11 am", "2026-11-11 pm", kind="holiday", first_day=None, last_half="")
    assert set(found) == {"kind", "first_day", "last_half"}
    assert set(fault(county, people, "2026-11-11 am", "2026-11-11 pm", kind="sick")) == {"reason"}


def test_what_a_sick_leave_is_for_is_sealed_for_its_row(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm", kind="sick", reason="inpatient")
    other = ask(county, people.member, "2026-11-12 am", "2026-11-12 pm", kind="sick", reason="injury")
    assert row.reason_category and "inpatient" not in row.reason_category
    assert len(row.reason_category) == len(other.reason_category or "")
    assert sealing.unseal(MASTER, row) == "inpatient"
    row.reason_category = other.reason_category
    with pytest.raises(service.Refused):
        sealing.unseal(MASTER, row)
    usual = ask(county, people.member, "2026-11-17 am", "2026-11-17 pm", reason="injury")
    assert usual.reason_category is None


def test_the_same_form_asks_once_and_nobody_asks_for_another(county: Session, people: People) -> None:
    form = str(uuid.uuid4())
    typed = asking(people.member, "2026-11-10 am", "2026-11-10 pm")
    with acting_as(county, people.member):
        first = service.ask(county, form, typed, master=MASTER, at=MORNING)
        assert service.ask(county, form, typed, master=MASTER, at=MORNING).id == first.id
    with acting_as(county, people.secretary), pytest.raises(Faulty, match="只能为本人"):
        service.ask(county, str(uuid.uuid4()), typed, master=MASTER, at=MORNING)
    assert len(county.scalars(select(LeaveRequest)).all()) == 1


def test_absences_hold_what_was_granted_as_taken(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-13 pm")
    posting = people.member.grants[0].posting_id

    def found(first: str = "2026-11-01", last: str = "2026-11-30") -> list[str]:
        return [one.span.words for one in queries.absences(county, [posting], day(first), day(last))]

    assert found() == []
    row.state = "approved"
    assert found() == ["2026年11月10日至11月13日"]
    assert found(last="2026-11-10") == ["2026年11月10日"]
    row.returned_on, row.returned_half, row.state = day("2026-11-12"), "pm", "returned"
    assert found() == ["2026年11月10日上午至11月12日上午"]
    row.returned_on = day("2026-11-09")
    assert found() == []
    row.returned_on = day("2026-11-20")
    assert found() == ["2026年11月10日至11月13日"]
