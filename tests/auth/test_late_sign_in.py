"""Somebody whose posts have ended signs in to settle the own matters of that time, and finds nothing of the unit."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.worklogs.sending import send, token_of
from webapp import clock
from webapp.auth import passwords
from webapp.auth.models import SignInSession
from webapp.filters import date_cn
from webapp.org.models import Posting
from webapp.org.queries import names
from webapp.policy.service import parameter
from webapp.worklogs.models import WorkLog

PASSWORD = "Kuai-shan-7-he"
HASH = passwords.hashed(PASSWORD)
END = date(2026, 11, 20)

Enter = Callable[[], tuple[FlaskClient, int]]


@pytest.fixture
def post(county: Session) -> Posting:
    row = factories.posting(county, "first_secretary", factories.VILLAGE, ends_on=END)
    account = factories.account(county, row.person_id, "former")
    account.password_hash = HASH
    county.commit()
    return row


@pytest.fixture
def enter(client: FlaskClient, post: Posting) -> Enter:
    """Sign in by the form; the browser and the status of the answer."""

    def entered() -> tuple[FlaskClient, int]:
        return client, client.post("/login", data={"login": "former", "password": PASSWORD}).status_code

    return entered


@pytest.fixture
def last_day(county: Session, post: Posting) -> date:
    days = parameter(county, "tenure.late_send_days", on=END, unit_code=factories.VILLAGE)
    county.rollback()  # the lock goes with the transaction
    return END + timedelta(days=days)


@pytest.fixture
def after_the_end() -> Iterator[None]:
    with clock.held_at(clock.day_start(END + timedelta(days=3))):
        yield


def test_home_says_until_when_and_opens_nothing_else(
    enter: Enter, last_day: date, after_the_end: None, county: Session
) -> None:
    browser, status = enter()
    assert status == 302
    page = browser.get("/").text
    assert "任职已结束" in page and f"最迟可在{date_cn(last_day)}发送" in page
    village = names(county, [factories.VILLAGE])[factories.VILLAGE]
    county.rollback()
    assert f"{village}（任职已结束）" in page
    assert "/outbox/" in page
    for path in ("/tasks/", "/worklogs/", "/org/", "/teams/", "/roster/", "/presence/", "/calendar/"):
        assert browser.get(path).status_code == 403, path
    assert browser.get("/me").status_code == 200


def test_phone_gets_its_key_and_a_token_and_sends_days_on_post(
    enter: Enter, after_the_end: None, county: Session
) -> None:
    browser, _ = enter()
    key = browser.get("/worklogs/draft-key").json
    assert key is not None and key["slot"] and key["key"]
    data = browser.get("/outbox/data").json
    assert data is not None and [one["ends_on"] for one in data["posts"]] == [END.isoformat()]
    assert data["assignments"] == [] and data["sheet_lines"] == []
    token = token_of(browser)
    assert send(browser, token, day=END.isoformat()).status_code == 201
    late = send(browser, token, day=(END + timedelta(days=1)).isoformat(), id="0" * 8 + "-1111-4111-8111-" + "1" * 12)
    assert late.status_code == 422 and "day" in late.json["fields"]  # type: ignore[index]
    county.rollback()
    assert county.scalars(select(WorkLog.day)).all() == [END]


def test_the_plain_form_takes_days_on_post_as_well(enter: Enter, after_the_end: None, county: Session) -> None:
    browser, _ = enter()
    assert browser.get("/worklogs/new").status_code == 200
    form = {
        "id": "33333333-3333-4333-8333-333333333333",
        "unit_code": factories.VILLAGE,
        "day": END.isoformat(),
        "duty_area": "service",
        "text": "走访三户",
    }
    late = browser.post("/worklogs/new", data=form | {"day": (END + timedelta(days=1)).isoformat()})
    assert late.status_code == 400 and "走访三户" in late.text
    assert browser.post("/worklogs/new", data=form).location == "/"
    assert "工作日志已保存" in browser.get("/").text
    assert county.scalars(select(WorkLog.day)).all() == [END]


def test_logs_of_team_mates_stay_closed(enter: Enter, after_the_end: None, county: Session) -> None:
    mate = factories.posting(county, "team_member", factories.VILLAGE)
    county.add(
        WorkLog(
            id="22222222-2222-4222-8222-222222222222",
            author_id=mate.person_id,
            posting_id=mate.id,
            unit_code=factories.VILLAGE,
            day=END,
            duty_area="service",
            created_at=clock.now(),
        )
    )
    county.commit()
    browser, _ = enter()
    data = browser.get("/outbox/data").json
    assert data is not None and data["logs"] == []


@pytest.mark.parametrize(("days", "status"), [(0, 302), (1, 403)])
def test_door_closes_with_the_last_day_for_sending(enter: Enter, last_day: date, days: int, status: int) -> None:
    with clock.held_at(clock.day_end(last_day + timedelta(days=days)) - timedelta(minutes=1)):
        assert enter()[1] == status


def test_session_of_the_post_ends_with_it(enter: Enter, county: Session) -> None:
    with clock.held_at(clock.day_end(END) - timedelta(minutes=5)):
        browser, _ = enter()
        assert browser.get("/worklogs/").status_code == 200
    with clock.held_at(clock.day_end(END)):
        assert browser.get("/").status_code == 302
    county.rollback()
    assert county.scalars(select(SignInSession.end_reason)).all() == ["no_posting"]


def test_new_post_opens_the_same_session_again(enter: Enter, after_the_end: None, county: Session) -> None:
    browser, _ = enter()
    assert browser.get("/tasks/").status_code == 403
    person = county.scalars(select(Posting.person_id)).one()
    factories.posting(county, "first_secretary", factories.VILLAGE, person_id=person, starts_on=clock.today())
    county.commit()
    assert browser.get("/tasks/").status_code == 200
