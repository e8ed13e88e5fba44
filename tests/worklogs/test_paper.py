"""The township enters what came on paper: marked so, audited, once, and without reading anybody's logs."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.worklogs.making import ID, assignment
from webapp import clock
from webapp.audit import AuditEntry
from webapp.org.models import Posting
from webapp.worklogs.models import WorkLog, WorkLogVersion


@pytest.fixture
def desk(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("desk", TOWNSHIP)


def post_in(session: Session, unit_code: str, role: str = "first_secretary") -> int:
    number = factories.posting(session, role, unit_code).id
    session.commit()
    return number


def typed(**changes: object) -> dict[str, object]:
    usual = {"id": ID, "day": clock.today().isoformat(), "duty_area": "service", "text": "纸上写的"}
    return {**usual, **changes}


def test_log_on_paper_is_entered_once_and_marked(desk: FlaskClient, county: Session) -> None:
    number = post_in(county, VILLAGE)
    task = assignment(county, VILLAGE).id
    county.commit()
    assert "代录一条" in desk.get("/worklogs/paper").get_data(as_text=True)
    assert "排查饮水管网" in desk.get(f"/worklogs/paper/{number}").get_data(as_text=True)
    for _ in range(2):
        assert desk.post(f"/worklogs/paper/{number}", data=typed(tasks=[task])).status_code == 303
    county.rollback()
    [version] = county.scalars(select(WorkLogVersion)).all()
    log = county.scalars(select(WorkLog)).one()
    assert (version.paper, version.saved_by_id, log.posting_id) == (True, desk.person_id, number)  # type: ignore[attr-defined]
    assert len(county.scalars(select(AuditEntry).where(AuditEntry.action == "worklog.paper")).all()) == 1


def test_author_sees_that_it_came_on_paper_and_the_township_reads_nothing(
    sign_in: Callable[..., FlaskClient], desk: FlaskClient, county: Session
) -> None:
    author = sign_in("first_secretary", VILLAGE)
    number = county.scalars(select(Posting.id).where(Posting.person_id == author.person_id)).one()  # type: ignore[attr-defined]
    county.rollback()
    desk.post(f"/worklogs/paper/{number}", data=typed())
    assert "纸质代录" in author.get(f"/worklogs/{ID}").get_data(as_text=True)
    assert desk.get(f"/worklogs/{ID}").status_code == 403


def test_person_of_another_township_is_not_found(desk: FlaskClient, county: Session) -> None:
    number = post_in(county, OTHER_VILLAGE)
    assert desk.get(f"/worklogs/paper/{number}").status_code == 404
    assert desk.post(f"/worklogs/paper/{number}", data=typed()).status_code == 404


def test_somebody_who_is_not_stationed_has_no_log(desk: FlaskClient, county: Session) -> None:
    answer = desk.post(f"/worklogs/paper/{post_in(county, VILLAGE, 'secretary')}", data=typed())
    assert (answer.status_code, "不在该村驻村" in answer.get_data(as_text=True)) == (400, True)


def test_wrong_day_keeps_what_was_typed(desk: FlaskClient, county: Session) -> None:
    page = desk.post(f"/worklogs/paper/{post_in(county, VILLAGE)}", data=typed(day="2001-01-01"))
    words = page.get_data(as_text=True)
    assert (page.status_code, "起在该村任职" in words, "纸上写的" in words) == (400, True, True)
