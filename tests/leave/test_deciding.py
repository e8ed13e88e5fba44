"""Who decides: tiers, substitutes, and what nobody may do."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from tests.leave.conftest import MORNING, People, ask, day
from webapp.access import Grant, Viewer, acting_as
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.leave import acts
from webapp.leave.models import LeaveRequest
from webapp.leave.service import tier
from webapp.notices.models import InboxMessage
from webapp.org.models import Delegation, Posting
from webapp.presence import confirming
from webapp.presence.month_models import PresenceList, PresenceMonth

__all__ = ["confirming"]


def decide(session: Session, viewer: Viewer, row: LeaveRequest, verb: str = "approve", **more: object) -> LeaveRequest:
    with acting_as(session, viewer):
        return acts.decide(session, row.id, verb, at=MORNING, **more)  # type: ignore[arg-type]


def away(session: Session, viewer: Viewer, first: str = "2026-11-09 am", last: str = "2026-11-20 pm") -> None:
    """Put somebody on granted leave, whoever decided on it."""
    ask(session, viewer, first, last, kind="annual", at=MORNING - timedelta(days=4)).state = "approved"
    session.flush()


def delegate(session: Session, viewer: Viewer, to: int) -> None:
    session.add(
        Delegation(
            unit_code=TOWNSHIP,
            posting_id=viewer.grants[0].posting_id,
            to_person_id=to,
            starts_on=day("2026-11-09"),
            ends_on=day("2026-11-30"),
            reason="外出",
            made_at=MORNING,
        )
    )
    session.flush()


def test_the_township_approves_what_is_short(county: Session, people: People) -> None:
    row = decide(county, people.secretary, ask(county, people.member, "2026-11-10 am", "2026-11-12 pm"))
    assert (row.state, row.decided_at) == ("approved", MORNING)
    bodies = county.scalars(select(InboxMessage.body).where(InboxMessage.person_id == people.member.person_id)).all()
    assert bodies == ["请假已批准。返岗后请销假。"]


def test_longer_leave_goes_from_the_township_to_the_department(county: Session, people: People) -> None:
    row = decide(county, people.secretary, ask(county, people.member, "2026-11-10 am", "2026-11-13 pm"))
    assert (row.state, row.step, row.approver_id) == ("reviewed", 2, people.department.person_id)
    with pytest.raises(Forbidden):
        decide(county, people.secretary, row)
    assert decide(county, people.department, row).state == "approved"
    assert [one.kind for one in row.events] == ["ask", "review", "approve"]


def test_a_decided_request_keeps_the_tier_and_the_days_it_was_decided_under(county: Session, people: People) -> None:
    """What goes on from it is asked for, withdrawn, or back earlier later on; the new request is added up."""
    first = decide(county, people.secretary, ask(county, people.member, "2026-11-10 am", "2026-11-11 pm"))
    later = MORNING + timedelta(hours=2)
    more = ask(county, people.member, "2026-01-01 am", "2026-11-15 pm", at=later, extends_id=first.id)
    told = [
        (one.number, one.total_days, len(one.together)) for one in (tier(county, row, later) for row in (first, more))
    ]
    assert told == [(1, 2, 0), (2, 6, 1)]
    with acting_as(county, people.secretary):
        acts.decide(county, more.id, "decline", reason="人手不足", at=later)
    with acting_as(county, people.member):
        back = factories.at("2026-11-11 08:30")
        acts.report_return(county, first.id, on=day("2026-11-11"), half="am", at=back)
    told = [
        (one.number, one.total_days, len(one.together)) for one in (tier(county, row, back) for row in (first, more))
    ]
    assert told == [(1, 2, 0), (2, 6, 1)]


def test_leave_entered_afterwards_into_a_confirmed_month_is_the_countys_to_decide(
    county: Session, people: People
) -> None:
    row = ask(county, people.member, "2026-10-20 am", "2026-10-20 pm", urgent=True)
    assert tier(county, row, MORNING).number == 1
    month = PresenceMonth(unit_code=TOWNSHIP, month="2026-10", current=1)
    month.lists.append(
        PresenceList(
            unit_code=TOWNSHIP, number=1, people=[], digest="", confirmed_at=MORNING - timedelta(days=3),
            confirmed_by_id=people.secretary.person_id, confirmed_by_name="乡镇",
        )
    )  # fmt: skip
    county.add(month)
    county.flush()
    decide(county, people.secretary, row)
    assert (row.state, row.approver_id, tier(county, row, MORNING).raised) == (
        "reviewed",
        people.department.person_id,
        True,
    )


def test_what_was_added_meanwhile_raises_the_tier_at_the_decision(county: Session, people: People) -> None:
    first = ask(county, people.member, "2026-11-10 am", "2026-11-12 pm")
    ask(county, people.member, "2026-11-13 am", "2026-11-13 pm")
    assert decide(county, people.secretary, first).state == "reviewed"


def test_no_needs_a_reason_and_is_told(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm")
    with pytest.raises(Refused, match="没有填写不批准的理由"):
        decide(county, people.secretary, row, "decline", reason=" ")
    assert decide(county, people.secretary, row, "decline", reason="当天有防汛值守").state == "declined"


def test_others_do_not_decide_and_neighbours_do_not_see(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm")
    with pytest.raises(Forbidden, match=f"现由{people.secretary.name}办理"):
        decide(county, people.deputy, row)
    with pytest.raises(NotFound):
        decide(county, factories.viewer(county, "secretary", "533323201"), row)


def test_nobody_decides_on_own_leave(county: Session, people: People) -> None:
    """The secretary's own goes to the county; a member who also sits at the township has the deputy."""
    row = ask(county, people.secretary, "2026-11-10 am", "2026-11-10 pm")
    assert (row.step, row.approver_id) == (2, people.department.person_id)
    posting = county.get(Posting, people.member.grants[0].posting_id)
    assert posting is not None
    own = factories.viewer(county, "secretary", "533323202", posting.person_id)
    row.approver_posting_id, row.approver_id = own.grants[0].posting_id, own.person_id
    row.person_id, row.posting_id, row.unit_code = posting.person_id, posting.id, "533323202101"[:9]
    county.flush()
    with pytest.raises(Refused, match="不能由自己审批"):
        decide(county, Viewer("account", "x", person_id=own.person_id, grants=own.grants), row)


def test_an_absent_approver_is_stood_in_for_by_delegation_first(county: Session, people: People) -> None:
    helper = factories.viewer(county, "desk", TOWNSHIP)
    assert helper.person_id is not None
    away(county, people.secretary)
    delegate(county, people.secretary, helper.person_id)
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm")
    assert (row.route, row.approver_id) == ("delegation", helper.person_id)
    own = people.secretary.grants[0]
    grant = Grant("secretary", TOWNSHIP, own.posting_id, on_behalf_of=people.secretary.person_id, on_behalf_name="书记")
    standing_in = Viewer("account", helper.name, 0, helper.person_id, (*helper.grants, grant))
    assert decide(county, standing_in, row).state == "approved"


def test_without_delegation_the_deputy_stands_in(county: Session, people: People) -> None:
    away(county, people.secretary)
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm")
    assert (row.step, row.route, row.approver_id) == (1, "deputy", people.deputy.person_id)
    assert row.events[-1].route == "deputy"


def test_an_approver_and_deputy_on_leave_send_it_to_the_next_tier(county: Session, people: People) -> None:
    away(county, people.secretary)
    away(county, people.deputy)
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm")
    assert (row.step, row.route, row.approver_id) == (2, "next_tier", people.department.person_id)
    assert decide(county, people.department, row).state == "approved"


def test_a_delegate_on_leave_is_passed_over(county: Session, people: People) -> None:
    away(county, people.secretary)
    away(county, people.deputy)
    assert people.deputy.person_id is not None
    delegate(county, people.secretary, people.deputy.person_id)
    assert ask(county, people.member, "2026-11-10 am", "2026-11-10 pm").route == "next_tier"


def test_leave_that_is_over_by_noon_counts_by_half_days(county: Session, people: People) -> None:
    away(county, people.secretary, "2026-11-09 am", "2026-11-09 am")
    assert ask(county, people.member, "2026-11-10 am", "2026-11-10 am").route == "deputy"
    noon = factories.at("2026-11-09 12:01")
    assert ask(county, people.member, "2026-11-11 am", "2026-11-11 am", at=noon).route == "direct"


def test_silence_passes_on_to_deputy_then_county_then_stays(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm")

    def look(at: datetime) -> tuple[int, str, int | None]:
        with acting_as(county, acts.PASSING_ON):
            acts.pass_on_unanswered(county, at=at)
        return row.step, row.route, row.approver_id

    assert look(MORNING + timedelta(hours=23)) == (1, "direct", people.secretary.person_id)
    assert look(MORNING + timedelta(hours=24)) == (1, "deputy", people.deputy.person_id)
    assert look(MORNING + timedelta(hours=25)) == (1, "deputy", people.deputy.person_id)
    assert look(MORNING + timedelta(hours=48)) == (2, "next_tier", people.department.person_id)
    assert look(MORNING + timedelta(hours=96)) == (2, "next_tier", people.department.person_id)
    assert row.answer_by is None
    assert not acts.unanswered(county, MORNING + timedelta(days=30))
    assert [(one.kind, one.to_name) for one in row.events] == [
        ("ask", people.secretary.name),
        ("route", people.deputy.name),
        ("route", people.department.name),
    ]


def test_without_anybody_it_waits_until_somebody_is_appointed(county: Session) -> None:
    member = factories.viewer(county, "team_member", VILLAGE)
    row = ask(county, member, "2026-11-12 am", "2026-11-12 pm")
    assert (row.route, row.approver_id) == ("nobody", None)
    found = factories.viewer(county, "desk", COUNTY, kind="organisation_department")
    with acting_as(county, acts.PASSING_ON):
        assert acts.pass_on_unanswered(county, at=MORNING + timedelta(hours=24)) == 1
    assert row.approver_id == found.person_id


def test_a_second_click_is_one_act_and_a_stale_page_is_refused(county: Session, people: People) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-10 pm")
    seen = row.version
    decide(county, people.secretary, row, version=seen)
    assert decide(county, people.secretary, row, version=seen).state == "approved"
    assert len(row.events) == 2
    with pytest.raises(Conflict, match="已办理“批准”"):
        decide(county, people.secretary, row, "decline", reason="晚了", version=seen)
    with pytest.raises(Refused, match="不能再"):
        decide(county, people.secretary, row, "decline", reason="晚了")
