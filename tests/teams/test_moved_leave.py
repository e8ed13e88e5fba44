"""Leave of who is moved: what nobody has decided on goes to whoever is over the new post, what is granted is read there."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.leave.conftest import ask
from tests.teams.conftest import MORNING, SignIn, station
from tests.teams.test_life import act
from tests.teams.test_rotation import move, send, table
from webapp.access import Grant, Viewer
from webapp.leave.models import LeaveRequest
from webapp.notices.models import InboxMessage
from webapp.org.models import Posting

MOVE = {"to": OTHER_VILLAGE, "day": "2026-10-20", "document_no": "福组〔2026〕9号", "text": "两村工作需要"}


@pytest.fixture
def old_chief(county: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in("secretary", TOWNSHIP)


@pytest.fixture
def new_chief(county: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in("secretary", OTHER_TOWNSHIP)


@pytest.fixture
def member(county: Session, old_chief: FlaskClient, new_chief: FlaskClient) -> Viewer:
    post = station(county, name="砚守原")
    county.commit()
    grant = Grant("team_member", VILLAGE, post.id)
    return Viewer("account", "砚守原", account_id=0, person_id=post.person_id, grants=(grant,))


def asked(session: Session, member: Viewer, first: str, last: str) -> int:
    row = ask(session, member, f"2026-10-{first} am", f"2026-10-{last} pm", at=MORNING)
    number = row.id
    session.commit()
    return number


def told(session: Session, person_id: int | None) -> str:
    session.rollback()
    rows = session.execute(select(InboxMessage.subject, InboxMessage.body).where(InboxMessage.person_id == person_id))
    return "\n".join(f"{subject} {body}" for subject, body in rows)


@pytest.mark.parametrize("by_file", [False, True])
def test_undecided_leave_goes_along_and_the_new_township_decides(
    county: Session, sign_in: SignIn, member: Viewer, old_chief: FlaskClient, new_chief: FlaskClient, by_file: bool
) -> None:
    desk = sign_in("desk", COUNTY)
    stays, across, there = (asked(county, member, *days) for days in (("14", "15"), ("19", "21"), ("26", "27")))
    if by_file:
        assert send(desk, table(move("砚守原", to=OTHER_VILLAGE)), go="import").status_code == 303
    else:
        assert act(desk, county, member.grants[0].posting_id, "adjust", **MOVE).status_code == 303
    assert old_chief.get(f"/leave/{stays}").status_code == 200 and new_chief.get(f"/leave/{stays}").status_code == 404
    assert old_chief.get(f"/leave/{there}").status_code == 404, "its days are no longer the old township's"
    assert old_chief.get(f"/leave/{across}").status_code == 200, "its first day was spent on the old post"
    county.rollback()
    versions = {row.id: row.version for row in county.scalars(select(LeaveRequest))}
    county.rollback()
    for number in (across, there):
        page = new_chief.get(f"/leave/{number}").text
        assert "提出请假" in page and "本人自2026年10月20日起调整到" in page
        refused = old_chief.post(f"/leave/{number}/approve", data={"version": versions[number]})
        assert refused.status_code in (403, 404)
        granted = new_chief.post(f"/leave/{number}/approve", data={"version": versions[number]})
        assert granted.status_code == 303
    county.rollback()
    assert {row.id: (row.state, row.unit_code) for row in county.scalars(select(LeaveRequest))} == {
        stays: ("asked", VILLAGE),
        across: ("approved", OTHER_VILLAGE),
        there: ("approved", OTHER_VILLAGE),
    }
    assert "请假待审批：砚守原" in told(county, new_chief.person_id)  # type: ignore[attr-defined]
    assert "请假已转出：砚守原" in told(county, old_chief.person_id)  # type: ignore[attr-defined]
    own = told(county, member.person_id)
    assert "请假转请" in own and "没有在时限内答复" not in own


def test_granted_leave_is_read_by_the_township_into_which_it_reaches(
    county: Session, sign_in: SignIn, member: Viewer, new_chief: FlaskClient
) -> None:
    desk = sign_in("desk", COUNTY)
    before, across = (asked(county, member, *days) for days in (("14", "15"), ("19", "21")))
    for row in county.scalars(select(LeaveRequest)):
        row.state = "approved"
    county.commit()
    assert new_chief.get(f"/leave/{across}").status_code == 404
    assert act(desk, county, member.grants[0].posting_id, "adjust", **MOVE).status_code == 303
    page = new_chief.get(f"/leave/{across}")
    assert page.status_code == 200 and "提出请假" in page.text
    assert new_chief.get(f"/leave/{before}").status_code == 404
    for path in ("/leave/calendar?month=2026-10", f"/presence/{OTHER_TOWNSHIP}000/2026-10"):
        assert f"/leave/{across}" in new_chief.get(path).text, path
    assert sign_in("team_member", OTHER_VILLAGE).get(f"/leave/{across}").status_code == 404
    county.rollback()
    assert county.get_one(LeaveRequest, across).unit_code == VILLAGE


def test_a_trial_names_the_leave_that_waits_and_hands_nothing_on(
    county: Session, sign_in: SignIn, member: Viewer
) -> None:
    desk = sign_in("desk", COUNTY)
    asked(county, member, "14", "15")
    there = asked(county, member, "26", "27")
    page = send(desk, table(move("砚守原", to=OTHER_VILLAGE))).text
    assert page.count("砚守原（2026年10月26日") == 1 and "的审批人办理）" in page and "10月14日" not in page
    county.rollback()
    assert county.get_one(LeaveRequest, there).unit_code == VILLAGE
    assert county.scalars(select(Posting.ends_on).where(Posting.person_id == member.person_id)).all() == [None]
