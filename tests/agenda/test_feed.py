"""The calendar feed: its address is a secret, it names nobody, and it ends with its holder's rights."""

import logging
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.accountability.making import issued, parties
from tests.accountability.test_pages import text
from tests.factories import COUNTY, VILLAGE
from tests.supervision.making import on
from webapp import clock
from webapp.agenda.models import CalendarFeed
from webapp.audit import AuditEntry
from webapp.auth.models import Account, SignInSession, SignInThrottle
from webapp.auth.throttle import account_key
from webapp.config import ROOT
from webapp.org.models import Posting

MORNING = on("10-12 09:30")


@pytest.fixture
def holder(county: Session, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A village secretary with one task that is due on 23 October."""
    people = parties(county)
    issued(county, people.first_desk, [VILLAGE])
    county.commit()
    with clock.held_at(MORNING):
        return sign_in("secretary", VILLAGE)


def made(client: FlaskClient) -> str:
    """Make or renew the feed; gives its path."""
    with clock.held_at(MORNING):
        page = text(client.post("/calendar/"))
        exported = re.search(r'href="([^"]*format=xlsx)"', page)
        assert exported is not None
        with client.get(exported[1]) as file:
            assert file.status_code == 200
    found = re.search(r"http://127\.0\.0\.1:8000(/calendar/feed/[A-Za-z0-9_-]+\.ics)", page)
    assert found is not None
    return found[1]


def fetch(client: FlaskClient, path: str, at: str = "10-12 12:00") -> TestResponse:
    with clock.held_at(on(at)):
        return client.get(path)


def unfolded(answer: TestResponse) -> list[str]:
    return answer.get_data(as_text=True).replace("\r\n ", "").splitlines()


def test_a_feed_holds_kind_day_and_link_and_no_name(holder: FlaskClient, client: FlaskClient, county: Session) -> None:
    answer = fetch(client, made(holder))
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"].startswith("private")
    assert "Set-Cookie" not in answer.headers
    lines = unfolded(answer)
    for expected in (
        "BEGIN:VCALENDAR",
        "SUMMARY:责任任务到期",
        "DTSTART;VALUE=DATE:20261023",
        "DTEND;VALUE=DATE:20261024",
        "END:VCALENDAR",
    ):
        assert expected in lines
    assert lines.count("BEGIN:VEVENT") == 1
    assert any(re.fullmatch(r"URL:http://127\.0\.0\.1:8000/tasks/assignments/\d+", line) for line in lines)
    words = "".join(lines)
    for name in ("防火", "上帕", "福贡", "测试", VILLAGE):
        assert name not in words


def test_only_the_hash_is_kept(holder: FlaskClient, county: Session) -> None:
    token = made(holder).removeprefix("/calendar/feed/").removesuffix(".ics")
    assert len(token) >= 43  # 32 random bytes
    row = county.scalars(select(CalendarFeed)).one()
    assert token not in (row.token_hash, str(row.person_id))
    entries = county.scalars(select(AuditEntry).where(AuditEntry.action == "calendar.feed")).all()
    assert len(entries) == 1 and token not in repr([(e.before, e.after, e.reason, e.object_id) for e in entries])


def test_the_address_is_shown_once(holder: FlaskClient) -> None:
    path = made(holder)
    with clock.held_at(MORNING):
        page = text(holder.get("/calendar/"))
    assert path not in page
    assert "地址不再显示" in page


def test_renewing_ends_the_old_address_and_revoking_ends_all(
    holder: FlaskClient, client: FlaskClient, county: Session
) -> None:
    first, second = made(holder), made(holder)
    assert (fetch(client, first).status_code, fetch(client, second).status_code) == (404, 200)
    with clock.held_at(MORNING):
        holder.post("/calendar/feed/end")
        holder.post("/calendar/feed/end")
    assert fetch(client, second).status_code == 404
    assert county.scalars(select(CalendarFeed)).all() == []


def test_each_person_ends_the_own_feed_only(
    holder: FlaskClient, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    path = made(holder)
    with clock.held_at(MORNING):
        other = sign_in("desk", COUNTY)
        other.post("/calendar/feed/end")
        made(other)
    assert fetch(client, path).status_code == 200


def test_every_wrong_token_gets_the_same_answer(holder: FlaskClient, client: FlaskClient) -> None:
    path = made(holder)
    made(holder)
    bodies = set()
    for wrong in (path, "/calendar/feed/x.ics", f"/calendar/feed/{'A' * 43}.ics", "/calendar/feed/%00.ics"):
        answer = fetch(client, wrong)
        assert answer.status_code == 404
        bodies.add(re.sub(r'nonce="[^"]+"|[0-9A-F]{4}-[0-9A-F]{4}|next=[^"&]+', "", text(answer)))
    assert len(bodies) == 1


def ends_posting(session: Session, person_id: int) -> None:
    for post in session.scalars(select(Posting).where(Posting.person_id == person_id)):
        post.ends_on = date(2026, 10, 11)


def closes_account(session: Session, person_id: int) -> None:
    session.scalars(select(Account).where(Account.person_id == person_id)).one().closed_at = MORNING


def locks_account(session: Session, person_id: int) -> None:
    login = session.scalars(select(Account.login).where(Account.person_id == person_id)).one()
    lock = SignInThrottle(key=account_key(login), fails=20, last_failed_at=MORNING, locked_until=on("10-12 13:00"))
    session.add(lock)


@pytest.mark.parametrize("end", [ends_posting, closes_account, locks_account])
def test_it_ends_with_the_post_and_with_the_account(
    holder: FlaskClient, client: FlaskClient, county: Session, end: Callable[[Session, int], None]
) -> None:
    path = made(holder)
    assert fetch(client, path).status_code == 200
    end(county, holder.person_id)  # type: ignore[attr-defined]
    county.commit()
    assert fetch(client, path).status_code == 404


def test_a_lock_that_is_over_opens_it_again(holder: FlaskClient, client: FlaskClient, county: Session) -> None:
    path = made(holder)
    locks_account(county, holder.person_id)  # type: ignore[attr-defined]
    county.commit()
    assert fetch(client, path, "10-12 13:01").status_code == 200


def test_scope_is_that_of_the_day_it_is_fetched(holder: FlaskClient, client: FlaskClient, county: Session) -> None:
    path = made(holder)
    ends_posting(county, holder.person_id)  # type: ignore[attr-defined]
    factories.posting(
        county,
        "secretary",
        factories.SISTER_VILLAGE,
        holder.person_id,  # type: ignore[attr-defined]
        starts_on=date(2026, 10, 12),
    )
    county.commit()
    answer = fetch(client, path)
    assert answer.status_code == 200
    assert "BEGIN:VEVENT" not in unfolded(answer)


def test_fetching_touches_no_session_and_writes_nothing(
    holder: FlaskClient, county: Session, caplog: pytest.LogCaptureFixture
) -> None:
    path = made(holder)
    before = county.scalars(select(SignInSession.last_seen_at)).all()
    county.rollback()
    with caplog.at_level(logging.DEBUG):
        assert fetch(holder, path, "10-12 09:40").status_code == 200  # with the cookie of a signed-in browser
    assert county.scalars(select(SignInSession.last_seen_at)).all() == before
    assert path.split("/")[-1] not in caplog.text


def test_fetching_too_often_is_refused(holder: FlaskClient, client: FlaskClient) -> None:
    path = made(holder)
    answers = [fetch(client, path) for _ in range(61)]
    assert [answer.status_code for answer in (answers[59], answers[60])] == [200, 429]
    assert "Retry-After" in answers[60].headers


def test_the_shipped_web_server_logs_no_address_of_a_feed() -> None:
    nginx = (ROOT / "docs" / "nginx.conf.example").read_text(encoding="utf-8")
    servers = nginx.split("\nserver {")[1:]
    places = [re.search(r"location /calendar/feed/ \{(.*?)\n  \}", server, re.DOTALL) for server in servers]
    assert len(places) == 2
    assert all(place and "access_log off;" in place[1] and "error_log /dev/null" in place[1] for place in places)
