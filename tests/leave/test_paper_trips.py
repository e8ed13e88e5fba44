"""续假 and official trips that came on paper: the same mechanism as leave on paper (X-10)."""

import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NEIGHBOUR_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.leave.conftest import MASTER, MORNING, People, ask, asking, day
from tests.leave.test_pages import SignIn
from tests.leave.test_paper import in_two_posts
from tests.leave.test_trips import report, reporting
from webapp.access import Viewer, acting_as
from webapp.errors import Faulty, Forbidden, NotFound, Refused
from webapp.leave import acts, paper, trips
from webapp.leave.models import LeaveRequest, OfficialTrip
from webapp.notices.models import InboxMessage
from webapp.org.models import Posting


def extended(
    session: Session, clerk: Viewer, people: People, row: LeaveRequest, last: str, *, posting_id: int | None = None
) -> LeaveRequest:
    """A paper that goes on from granted leave, entered by a clerk."""
    typed = asking(people.member, last, last, extends_id=row.id)
    with acting_as(session, clerk):
        return paper.ask_for(
            session,
            posting_id or row.posting_id,
            str(uuid.uuid4()),
            typed,
            paper_on=day("2026-11-09"),
            master=MASTER,
            at=MORNING,
        )


def granted(session: Session, people: People) -> LeaveRequest:
    row = ask(session, people.member, "2026-11-10 am", "2026-11-11 am")
    row.state = "approved"
    session.flush()
    return row


def told(session: Session, viewer: Viewer) -> list[str]:
    with acting_as(session, Viewer.system("test", "")):
        return list(session.scalars(select(InboxMessage.body).where(InboxMessage.person_id == viewer.person_id)))


def test_a_leave_is_prolonged_from_paper_and_who_enters_it_does_not_decide(county: Session, people: People) -> None:
    both, row = in_two_posts(county, "deputy"), granted(county, people)
    longer = extended(county, both, people, row, "2026-11-13 pm")
    assert (longer.extends_id, longer.first_day, longer.first_half) == (row.id, day("2026-11-11"), "pm")
    assert (longer.paper_on, longer.paper_by_id, longer.person_id) == (
        day("2026-11-09"),
        both.person_id,
        people.member.person_id,
    )
    assert (longer.state, longer.step) == ("asked", 1)
    assert any("照您的纸质材料代为办理“提出请假”" in words for words in told(county, people.member))
    longer.approver_posting_id = next(g.posting_id for g in both.grants if g.role == "deputy")
    county.flush()
    with acting_as(county, both), pytest.raises(Refused, match="代录"):
        acts.decide(county, longer.id, "approve", at=MORNING)
    with pytest.raises(Refused, match="已经续过假"):
        extended(county, both, people, row, "2026-11-14 pm")


def test_nobody_elses_leave_is_prolonged_from_a_paper(county: Session, people: People) -> None:
    desk, row = factories.viewer(county, "desk", TOWNSHIP), granted(county, people)
    mate = factories.posting(county, "team_member", VILLAGE)
    with pytest.raises(Forbidden):
        extended(county, desk, people, row, "2026-11-13 pm", posting_id=mate.id)
    with pytest.raises(NotFound):
        extended(county, factories.viewer(county, "desk", NEIGHBOUR_TOWNSHIP), people, row, "2026-11-13 pm")


def test_a_trip_on_paper_is_the_persons_and_says_who_entered_it(county: Session, people: People) -> None:
    desk, mate = factories.viewer(county, "desk", TOWNSHIP), factories.viewer(county, "desk", TOWNSHIP)
    form_id, typed = str(uuid.uuid4()), reporting(people, "2026-11-10 am", "2026-11-11 am")

    def enter(on: str = "2026-11-08") -> OfficialTrip:
        with acting_as(county, desk):
            return paper.report_for(county, typed.posting_id, form_id, typed, paper_on=day(on), at=MORNING)

    with pytest.raises(Faulty, match="纸质材料的日期"):
        enter("2026-11-10")
    row = enter()
    assert enter().id == row.id
    assert (row.person_id, row.paper_on, row.paper_by_id, row.paper_by_name) == (
        people.member.person_id,
        day("2026-11-08"),
        desk.person_id,
        desk.name,
    )
    assert [(one.kind, one.person_id) for one in row.events] == [("report", desk.person_id)]
    assert ["照您的纸质材料" in words for words in told(county, people.member)] == [True]
    assert (len(told(county, mate)), told(county, desk)) == (1, [])


def test_corrections_and_cancellations_come_on_paper_to_the_own_township_alone(county: Session, people: People) -> None:
    row = report(county, people, "2026-11-10 am", "2026-11-11 am")
    longer = reporting(people, "2026-11-10 am", "2026-11-12 pm")
    for stranger in (people.secretary, factories.viewer(county, "desk", NEIGHBOUR_TOWNSHIP)):
        with acting_as(county, stranger), pytest.raises((Forbidden, NotFound)):
            trips.correct(county, row.id, longer, reason="延长", at=MORNING)
    with acting_as(county, factories.viewer(county, "desk", TOWNSHIP)):
        trips.correct(county, row.id, longer, reason="培训延长", at=MORNING)
        with pytest.raises(Faulty, match=f"{people.member.name}2026年11月20日才到岗"):
            county.get_one(Posting, row.posting_id).starts_on = day("2026-11-20")
            trips.correct(county, row.id, longer, reason="培训延长", at=MORNING)
        trips.cancel(county, row.id, reason="培训取消", at=MORNING)
    assert row.state == "cancelled"
    assert sorted(words.split("“")[1].split("”")[0] for words in told(county, people.member)) == [
        "取消因公外出",
        "更正因公外出",
    ]


def test_the_township_enters_trips_and_prolongs_leave_on_its_pages(county: Session, sign_in: SignIn) -> None:
    member: FlaskClient = sign_in("first_secretary", VILLAGE)
    clerk, stranger = sign_in("desk", TOWNSHIP), sign_in("desk", NEIGHBOUR_TOWNSHIP)
    post = county.scalars(select(Posting).where(Posting.person_id == member.person_id)).one()  # type: ignore[attr-defined]
    number, other = post.id, factories.posting(county, "team_member", SISTER_VILLAGE).id
    county.commit()
    assert f"/trips/paper/{number}" in clerk.get("/leave/paper").text and "/leave/paper" in clerk.get("/trips/").text
    typed = {
        "form_id": "0a1b2c3d-0000-4000-8000-000000000003",
        "paper_on": "2026-11-08",
        "kind": "meeting",
        "subject": "",
        "first_day": "2026-11-10",
        "first_half": "am",
        "last_day": "2026-11-10",
        "last_half": "pm",
    }
    wrong = clerk.post(f"/trips/paper/{number}", data=typed)
    assert (
        wrong.status_code == 400
        and "没有填写会议、培训或者项目工作的名称" in wrong.text
        and 'value="2026-11-10"' in wrong.text
    )
    typed["subject"] = "全县例会"
    assert [clerk.post(f"/trips/paper/{number}", data=typed).status_code for _ in range(2)] == [303, 303]
    assert stranger.get(f"/trips/paper/{number}").status_code == 404
    trip = county.scalars(select(OfficialTrip.id)).one()
    county.rollback()
    own = member.get(f"/trips/{trip}").text
    assert "报备单日期2026年11月8日" in own and "报备（纸质代录）" in own and f"/trips/{trip}/correct" in own
    assert "纸质代录" in clerk.get("/trips/?format=csv").text
    assert "代录更正" in clerk.get(f"/trips/{trip}").text
    step = f"/trips/{trip}/paper/correct"
    kept = clerk.post(step, data=typed | {"version": "1", "reason": "", "subject": "改名"})
    assert kept.status_code == 400 and "没有填写更正" in kept.text and 'value="改名"' in kept.text
    assert clerk.post(step, data=typed | {"version": "1", "reason": "改期", "last_half": "am"}).status_code == 303
    assert clerk.post(f"/trips/{trip}/paper/cancel", data={"version": "2", "reason": "取消"}).status_code == 303
    leave = {"form_id": "0a1b2c3d-0000-4000-8000-000000000004", "paper_on": "2026-11-08", "kind": "personal"}
    assert clerk.post(f"/leave/paper/{number}", data=typed | leave).status_code == 303
    row = county.scalars(select(LeaveRequest)).one()
    row.state, before = "approved", row.id
    county.commit()
    door = f"/leave/paper/{number}?extends={before}"
    assert door.replace("&", "&amp;") in clerk.get(f"/leave/{before}").text
    page = clerk.get(door).text
    assert "2026年11月11日（周三）上午开始" in page and 'name="first_day"' not in page
    assert 'value="personal" checked' not in page  # of what kind it is, the clerk does not see
    assert clerk.get(f"/leave/paper/{other}?extends={before}").status_code == 404
    sent = leave | {"form_id": "0a1b2c3d-0000-4000-8000-000000000005", "extends": str(before), "last_half": "pm"}
    refused = clerk.post(f"/leave/paper/{number}", data=sent | {"last_day": "2026-11-01"})
    assert refused.status_code == 400 and "接续原来的请假" in refused.text
    assert clerk.post(f"/leave/paper/{number}", data=sent | {"last_day": "2026-11-12"}).status_code == 303
    county.rollback()
    assert county.scalars(select(LeaveRequest.extends_id).order_by(LeaveRequest.id)).all() == [None, before]
