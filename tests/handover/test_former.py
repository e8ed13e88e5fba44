"""After the last day on post the leaver keeps the own matters of that time, and nothing of the unit."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DEMAND, issued
from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE
from tests.handover.conftest import Change
from webapp import clock
from webapp.auth.models import SignInSession
from webapp.handover.models import HandoverLine
from webapp.leave.models import LeaveRequest
from webapp.notices.models import InboxMessage
from webapp.org.models import Handover, Person, Posting
from webapp.presence.models import Inspection, InspectionEvent, InspectionPlan

SignIn = Callable[..., FlaskClient]
NEXT_MORNING = factories.at("2026-10-16 08:00")


def sessions_begin(county: Session, at: datetime) -> None:
    county.execute(update(SignInSession).values(created_at=at, last_seen_at=at))
    county.commit()


@pytest.fixture
def gone(county: Session, change: Change) -> Iterator[Change]:
    """The leaver signs in on the morning after the last day."""
    sessions_begin(county, NEXT_MORNING)
    with clock.held_at(NEXT_MORNING):
        yield change


def name_of(county: Session, client: FlaskClient) -> str:
    name = county.get_one(Person, client.person_id).name  # type: ignore[attr-defined]
    county.rollback()
    return name


def check(county: Session, post: Posting, state: str) -> int:
    """A spot check of a post, with somebody's draw."""
    inspector = factories.person(county)
    plan = InspectionPlan(
        unit_code=COUNTY,
        seed=uuid4().hex[:8],
        request_id=str(uuid4()),
        first_on=date(2026, 10, 12),
        last_on=date(2026, 10, 15),
        size=1,
        population=2,
        inspector_id=inspector.id,
        inspector_name=inspector.name,
        drawn_by_name=inspector.name,
        drawn_at=clock.now(),
    )
    county.add(plan)
    county.flush()
    row = Inspection(
        plan_id=plan.id,
        root_code=COUNTY,
        unit_code=VILLAGE,
        person_id=post.person_id,
        posting_id=post.id,
        inspector_id=inspector.id,
        inspector_name=inspector.name,
        state=state,
        outcome="void" if state == "closed" else None,
        changed_at=clock.now(),
    )
    county.add(row)
    county.flush()
    county.add(
        InspectionEvent(
            inspection_id=row.id,
            unit_code=VILLAGE,
            person_id=post.person_id,
            kind="find",
            actor_name="",
            at=clock.now(),
        )
    )
    county.commit()
    return row.id


def test_home_leads_to_the_sheet_which_is_filled_in_and_handed_in(county: Session, gone: Change) -> None:
    desk = factories.viewer(county, "desk", COUNTY)
    issued(county, desk, [VILLAGE], replace(DEMAND, title="入户核对饮水"), factories.at("2026-09-14 09:30"))
    county.commit()
    assert f'href="/handover/{gone.id}"' in gone.leaver.get("/").text
    page = gone.leaver.get(f"/handover/{gone.id}").text
    assert "入户核对饮水" in page and 'href="/tasks/' not in page
    assert name_of(county, gone.successor) in page
    row = {"form_id": str(uuid4()), "kind": "contract", "title": "光伏租赁合同", "detail": ""}
    assert gone.leaver.post(f"/handover/{gone.id}/lines", data=row).status_code == 303
    assert gone.leaver.post(f"/handover/{gone.id}/hand-in").status_code == 303
    assert county.get_one(Handover, gone.id).listed_on == date(2026, 10, 16)
    told = select(InboxMessage.subject).where(InboxMessage.person_id == gone.successor.person_id)  # type: ignore[attr-defined]
    assert county.scalars(told).one().startswith("交接清单已提交")
    typed = county.scalars(select(HandoverLine.id).where(HandoverLine.kind == "contract")).one()
    county.rollback()
    accepted = gone.successor.post(f"/handover/{gone.id}/accept", data={"line": str(typed)})
    assert accepted.status_code == 303
    assert name_of(county, gone.successor) in gone.leaver.get(f"/handover/{gone.id}").text.split('id="lines"')[1]


def test_own_rows_open_and_no_others(county: Session, gone: Change, sign_in: SignIn) -> None:
    mate = factories.posting(county, "team_member", VILLAGE, ends_on=date(2026, 10, 15))
    other = Handover(unit_code=VILLAGE, leaver_posting_id=mate.id, due_on=date(2026, 10, 22))
    county.add(other)
    county.flush()
    number = other.id
    theirs = check(county, mate, "found")
    for path in ("/inbox/", "/leave/", "/inspections/", "/handover/", "/me", "/outbox/"):
        assert gone.leaver.get(path).status_code == 200, path
    for path in ("/tasks/", "/worklogs/", "/org/", "/teams/", "/roster/", "/presence/", "/calendar/", "/leave/new"):
        assert gone.leaver.get(path).status_code == 403, path
    assert gone.leaver.get(f"/handover/{number}").status_code == 404
    assert f"/handover/{number}" not in gone.leaver.get("/handover/?view=every").text
    assert gone.leaver.get(f"/inspections/{theirs}").status_code == 404


@pytest.mark.parametrize(("state", "status"), [("found", 303), ("closed", 302)])
def test_a_spot_check_keeps_the_door_open_for_the_statement(
    county: Session, change: Change, state: str, status: int
) -> None:
    post = county.get_one(Handover, change.id).leaver
    number = check(county, post, state)
    county.execute(update(Handover).values(done_on=date(2026, 10, 15)))
    later = factories.at("2026-12-10 09:00")
    sessions_begin(county, later)
    with clock.held_at(later):
        said = {"text": "当天在乡里开会", "version": "1"}
        sent = change.leaver.post(
            f"/inspections/{number}/state",
            data=said,
            content_type="multipart/form-data",
            headers={"Accept": "text/html"},
        )
        assert sent.status_code == (303 if state == "found" else 401), sent.text
        if state == "found":
            assert "当天在乡里开会" in change.leaver.get(f"/inspections/{number}").text


@pytest.mark.parametrize(
    ("role", "unit"), [("secretary", VILLAGE), ("deputy", SISTER_VILLAGE), ("system_admin", COUNTY)]
)
def test_the_sheet_is_kept_with_whatever_post_comes_later(
    county: Session, change: Change, role: str, unit: str
) -> None:
    mate = factories.posting(county, "team_member", VILLAGE, ends_on=date(2026, 10, 15))
    other = Handover(unit_code=VILLAGE, leaver_posting_id=mate.id, due_on=date(2026, 10, 22))
    county.add(other)
    factories.posting(county, role, unit, change.leaver.person_id, starts_on=date(2026, 11, 2))  # type: ignore[attr-defined]
    county.execute(update(Handover).values(done_on=date(2026, 10, 20)))
    county.flush()
    number = other.id
    later = factories.at("2026-12-10 09:00")
    sessions_begin(county, later)
    with clock.held_at(later):
        page = change.leaver.get(f"/handover/{change.id}")
        assert page.status_code == 200 and name_of(county, change.successor) in page.text
        assert change.leaver.get(f"/handover/{number}").status_code == 404
        assert change.leaver.get("/worklogs/").status_code == 403


def test_leave_of_the_post_is_read_and_shown_as_own(county: Session, change: Change) -> None:
    leave = {
        "kind": "personal",
        "first_day": "2026-10-15",
        "first_half": "am",
        "last_day": "2026-10-15",
        "last_half": "pm",
    }
    posts = county.get_one(Handover, change.id)
    factories.posting(county, "secretary", factories.TOWNSHIP)
    numbers = []
    for client, post_id in ((change.leaver, posts.leaver_posting_id), (change.successor, posts.successor_posting_id)):
        county.commit()
        form = leave | {"form_id": str(uuid4()), "posting": str(post_id)}
        assert client.post("/leave/new", data=form).status_code == 303
        numbers.append(county.scalars(select(LeaveRequest.id).where(LeaveRequest.posting_id == post_id)).one())
    sessions_begin(county, NEXT_MORNING)
    with clock.held_at(NEXT_MORNING):
        page = change.leaver.get("/leave/").text
        assert f"/leave/{numbers[0]}" in page and f"/leave/{numbers[1]}" not in page
        assert "事假" in change.leaver.get(f"/leave/{numbers[0]}").text
        assert change.leaver.get(f"/leave/{numbers[1]}").status_code == 404
