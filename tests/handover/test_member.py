"""A team member who leaves hands on the own open work; the first secretary of the day takes it over."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import VILLAGE
from tests.handover.conftest import DUE, LAST_DAY, Change
from tests.worklogs.making import assignment
from webapp import clock
from webapp.handover.models import HandoverLine
from webapp.org.models import Handover, Posting
from webapp.worklogs.models import WorkLog, WorkLogTask

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def member(county: Session, change: Change, sign_in: SignIn) -> FlaskClient:
    """A team member who leaves; the first secretary of the day takes over what is left."""
    client = sign_in("team_member", VILLAGE)
    post = county.query(Posting).filter_by(person_id=client.person_id).one()  # type: ignore[attr-defined]
    post.ends_on = LAST_DAY
    county.add(Handover(unit_code=VILLAGE, leaver_posting_id=post.id, due_on=DUE))
    county.commit()
    client.sheet = county.scalars(select(Handover.id).where(Handover.leaver_posting_id == post.id)).one()  # type: ignore[attr-defined]
    client.post_id = post.id  # type: ignore[attr-defined]
    county.rollback()
    return client


def test_a_member_hands_on_what_the_member_had_to_do_with(county: Session, member: FlaskClient) -> None:
    number = member.sheet  # type: ignore[attr-defined]
    mine = assignment(county, VILLAGE).id
    assignment(county, VILLAGE, title="别人的任务")
    county.commit()
    assert "清单上还没有事项" in member.get(f"/handover/{number}").text
    log = "22222222-2222-4222-8222-222222222222"
    own = {"id": log, "author_id": member.person_id, "posting_id": member.post_id, "unit_code": VILLAGE}  # type: ignore[attr-defined]
    county.add(WorkLog(**own, day=date(2026, 10, 13), duty_area="service", created_at=clock.now()))
    county.flush()
    county.add(WorkLogTask(log_id=log, assignment_id=mine, saved_by_id=member.person_id))  # type: ignore[attr-defined]
    county.commit()
    assert "排查饮水管网" in member.get(f"/handover/{number}").text
    assert member.post(f"/handover/{number}/hand-in").status_code == 303
    listed = select(HandoverLine.source).where(HandoverLine.handover_id == number)
    assert county.scalars(listed).all() == [f"task:{mine}"]


def test_a_list_with_nothing_on_it_is_accepted_by_one_act(county: Session, change: Change, member: FlaskClient) -> None:
    path = f"/handover/{member.sheet}"  # type: ignore[attr-defined]
    assert change.successor.post(f"{path}/accept").status_code == 400
    assert member.post(f"{path}/hand-in").status_code == 303
    assert "确认接收" in change.successor.get(path).text
    assert [change.successor.post(f"{path}/accept").status_code for _ in range(2)] == [303, 303]
    done = county.get_one(Handover, member.sheet).done_on  # type: ignore[attr-defined]
    assert done == date(2026, 10, 14)
