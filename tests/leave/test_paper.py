"""Leave that came on paper: entered by the township for somebody stationed, marked so, decided on by somebody else (X-10)."""

import uuid
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NEIGHBOUR_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.leave.conftest import MASTER, MORNING, People, ask, asking, day
from tests.leave.test_pages import SignIn
from webapp.access import Viewer, acting_as
from webapp.errors import Faulty, Forbidden, NotFound, Refused
from webapp.leave import acts, paper
from webapp.leave.models import LeaveRequest
from webapp.notices.models import InboxMessage
from webapp.org.models import Posting

LATER = factories.at("2026-11-16 09:00")


@pytest.fixture
def desk(county: Session) -> Viewer:
    return factories.viewer(county, "desk", TOWNSHIP)


def entered(
    session: Session, desk: Viewer, people: People, first: str, last: str, *, on: str = "2026-11-09", **changes: object
) -> LeaveRequest:
    typed = asking(people.member, first, last, **changes)
    with acting_as(session, desk):
        return paper.ask_for(
            session, typed.posting_id, str(uuid.uuid4()), typed, paper_on=day(on), master=MASTER, at=MORNING
        )


def in_two_posts(session: Session, role: str) -> Viewer:
    """A clerk of the township who also holds a post that decides."""
    clerk = factories.person(session)
    posts = [factories.viewer(session, one, TOWNSHIP, clerk.id) for one in ("desk", role)]
    return replace(posts[0], grants=posts[0].grants + posts[1].grants)


def test_it_is_the_persons_request_and_says_who_entered_it(county: Session, people: People, desk: Viewer) -> None:
    row = entered(county, desk, people, "2026-11-10 am", "2026-11-11 pm", kind="sick", reason="injury")
    assert (row.person_id, row.paper_by_id, row.paper_by_name) == (people.member.person_id, desk.person_id, desk.name)
    assert (row.paper_on, row.state, row.approver_id) == (day("2026-11-09"), "asked", people.secretary.person_id)
    assert [(one.kind, one.person_id, one.actor_name) for one in row.events] == [("ask", desk.person_id, desk.name)]
    with acting_as(county, Viewer.system("test", "")):
        told = county.scalars(select(InboxMessage.body).where(InboxMessage.person_id == people.member.person_id)).all()
    assert len(told) == 1 and "照您的纸质材料" in told[0]


def test_who_enters_does_not_decide_from_whatever_post(county: Session, people: People) -> None:
    both = in_two_posts(county, "deputy")
    row = entered(county, both, people, "2026-11-10 am", "2026-11-11 pm")
    row.approver_posting_id = next(g.posting_id for g in both.grants if g.role == "deputy")
    county.flush()
    with acting_as(county, both), pytest.raises(Refused, match="代录"):
        acts.decide(county, row.id, "approve", at=MORNING)
    with acting_as(county, people.secretary), pytest.raises(Forbidden):
        acts.decide(county, row.id, "approve", at=MORNING)


def test_nobody_is_asked_who_has_entered_it(county: Session, people: People) -> None:
    own = in_two_posts(county, "secretary")
    county.get_one(Posting, people.secretary.grants[0].posting_id).ends_on = day("2026-11-01")
    row = entered(county, own, people, "2026-11-10 am", "2026-11-11 pm")
    assert (row.route, row.approver_id) == ("deputy", people.deputy.person_id)


@pytest.mark.parametrize(
    ("first", "on", "field"),
    [
        ("2026-11-06 am", "2026-11-07", "urgent"),  # had begun when the paper was written
        ("2026-11-10 am", "2026-11-10", "paper_on"),  # a paper of tomorrow
        ("2026-11-10 pm", "2026-11-09", "first_day"),  # over leave that was asked for on the phone
    ],
)
def test_odd_papers_are_told_by_field(
    county: Session, people: People, desk: Viewer, first: str, on: str, field: str
) -> None:
    ask(county, people.member, "2026-11-10 pm", "2026-11-10 pm")
    with pytest.raises(Faulty) as refused:
        entered(county, desk, people, first, "2026-11-11 pm" if field != "urgent" else "2026-11-07 pm", on=on)
    assert list(refused.value.faults) == [field]
    assert "事假" not in str(refused.value.faults)


def test_a_paper_handed_in_before_the_leave_is_not_urgent_when_entered_late(
    county: Session, people: People, desk: Viewer
) -> None:
    row = entered(county, desk, people, "2026-11-07 am", "2026-11-09 am", on="2026-11-06")
    assert not row.urgent
    late = entered(county, desk, people, "2026-11-04 am", "2026-11-04 pm", on="2026-11-06", urgent=True)
    assert late.urgent


def test_a_return_on_paper_is_entered_too_and_nobody_elses_office_may(
    county: Session, people: People, desk: Viewer
) -> None:
    row = ask(county, people.member, "2026-11-10 am", "2026-11-12 pm")
    row.state = "approved"
    county.flush()
    for stranger in (people.secretary, factories.viewer(county, "desk", NEIGHBOUR_TOWNSHIP)):
        with acting_as(county, stranger), pytest.raises((Forbidden, NotFound)):
            acts.report_return(county, row.id, on=day("2026-11-13"), half="am", at=LATER)
    with acting_as(county, desk):
        acts.report_return(county, row.id, on=day("2026-11-12"), half="pm", at=LATER)
    assert (row.state, row.events[-1].person_id) == ("returned", desk.person_id)


def test_the_township_enters_it_on_the_page_once(county: Session, sign_in: SignIn) -> None:
    member: FlaskClient = sign_in("first_secretary", VILLAGE)
    clerk, secretary = sign_in("desk", TOWNSHIP), sign_in("secretary", TOWNSHIP)
    post = county.scalars(select(Posting.id).where(Posting.person_id == member.person_id)).one()  # type: ignore[attr-defined]
    county.rollback()
    assert f"/leave/paper/{post}" in clerk.get("/leave/paper").text
    typed = {
        "form_id": "0a1b2c3d-0000-4000-8000-000000000002",
        "paper_on": "2026-11-08",
        "kind": "personal",
        "first_day": "2026-11-10",
        "first_half": "am",
        "last_day": "2026-11-01",
        "last_half": "pm",
    }
    wrong = clerk.post(f"/leave/paper/{post}", data=typed)
    assert wrong.status_code == 400 and "结束时间早于开始时间" in wrong.text and 'value="2026-11-01"' in wrong.text
    typed["last_day"] = "2026-11-11"
    assert [clerk.post(f"/leave/paper/{post}", data=typed).status_code for _ in range(2)] == [303, 303]
    row = county.scalars(select(LeaveRequest)).one()
    number, version = row.id, row.version
    county.rollback()
    own = member.get(f"/leave/{number}").text
    assert "假条日期2026年11月8日" in own and "提出请假（纸质代录）" in own and "撤回请假" in own
    assert "批准" in secretary.get(f"/leave/{number}").text
    page = clerk.get(f"/leave/{number}").text
    assert "代录撤回请假" in page and "事假" not in page
    assert "纸质代录" in clerk.get("/leave/?format=csv").text
    stale = {"version": str(version + 5)}
    assert clerk.post(f"/leave/{number}/paper/withdraw", data=stale).status_code == 409
    assert clerk.post(f"/leave/{number}/paper/withdraw", data={"version": str(version)}).status_code == 303
    assert sign_in("desk", NEIGHBOUR_TOWNSHIP).get(f"/leave/paper/{post}").status_code == 404
