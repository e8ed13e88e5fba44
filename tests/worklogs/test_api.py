"""What a device sends is taken once, judged field by field, and never answered with somebody else's words."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, VILLAGE
from tests.worklogs.making import ID, assignment, sheet_line
from tests.worklogs.sending import body, send, token_of
from webapp import clock
from webapp.auth.models import DeviceToken, SignInSession
from webapp.org.models import Posting
from webapp.worklogs.models import WorkLog, WorkLogBinding, WorkLogTask, WorkLogVersion


@pytest.fixture
def author(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("first_secretary", VILLAGE)


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """The same phone without any cookie."""
    return app.test_client()


def rows(session: Session, model: type) -> int:
    session.rollback()
    count = session.scalar(select(func.count()).select_from(model)) or 0
    session.rollback()
    return count


def test_new_log_costs_few_statements(author: FlaskClient, phone: FlaskClient, counted: list[str]) -> None:
    token = token_of(author)
    send(phone, token)  # notes that the token was used
    counted.clear()
    assert send(phone, token, id=ID[:-1] + "9").status_code == 201
    asked = [words for words in counted if words.startswith("SELECT")]
    written = [words for words in counted if words.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert (len(asked), len(written)) == (5, 2), "\n".join(counted)


def test_log_is_taken_once_by_token_without_a_session(author: FlaskClient, phone: FlaskClient, county: Session) -> None:
    token = token_of(author)
    first = send(phone, token)
    assert (first.status_code, first.json["id"], first.json["version"]) == (201, ID, 1)
    assert {"saved_at", "server_time", "saves", "saved_typing"} <= first.json.keys()
    again = send(phone, token)
    assert (again.status_code, again.json["version"], again.json["saved_at"]) == (200, 1, first.json["saved_at"])
    assert (rows(county, WorkLog), rows(county, WorkLogVersion)) == (1, 1)


def test_session_with_its_form_token_sends_as_well(app: Flask, author: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    handed = author.get("/worklogs/draft-key").json
    assert "X-CSRFToken" in author.post("/api/worklogs", json=body()).json["error"]
    sent = author.post("/api/worklogs", json=body(), headers={"X-CSRFToken": handed["csrf_token"]})
    assert sent.status_code == 201


def test_token_needs_no_form_token(app: Flask, author: FlaskClient, phone: FlaskClient) -> None:
    token = token_of(author)
    app.config["WTF_CSRF_ENABLED"] = True
    assert send(phone, token).status_code == 201


def test_without_token_and_session_the_answer_is_401_in_json(phone: FlaskClient) -> None:
    answer = send(phone)
    assert (answer.status_code, "error" in answer.json) == (401, True)
    assert send(phone, "not-a-token").status_code == 401


def test_other_body_under_the_id_shows_both(author: FlaskClient, phone: FlaskClient, county: Session) -> None:
    token = token_of(author)
    send(phone, token)
    answer = send(phone, token, text="另一段话")
    assert answer.status_code == 409
    assert (answer.json["held"]["text"], answer.json["held"]["version"]) == ("走访三户，修好水管", 1)
    assert answer.json["sent"]["text"] == "另一段话"
    assert rows(county, WorkLogVersion) == 1


def test_two_phones_edit_offline_and_the_person_merges(author: FlaskClient, phone: FlaskClient) -> None:
    token = token_of(author)
    send(phone, token)
    one = send(phone, token, base_version=1, text="第一部手机")
    assert (one.status_code, one.json["version"]) == (201, 2)
    other = send(phone, token, base_version=1, text="第二部手机")
    assert (other.status_code, other.json["held"]["version"]) == (409, 2)
    merged = send(phone, token, base_version=2, text="两部合起来")
    assert (merged.status_code, merged.json["version"]) == (201, 3)
    late = send(phone, token, base_version=1, text="第一部手机")
    assert (late.status_code, late.json["version"]) == (200, 2), "an answer that was lost on the way is given again"


def test_log_of_a_team_mate_is_not_told(
    sign_in: Callable[..., FlaskClient], author: FlaskClient, phone: FlaskClient
) -> None:
    send(phone, token_of(author))
    mate = token_of(sign_in("team_member", VILLAGE))
    for base in (None, 1):
        answer = send(phone, mate, base_version=base, text="我的内容")
        assert (answer.status_code, answer.json["held"]) == (409, None)
        assert "走访三户" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "字" * 10_001}, "text"),
        ({"text": None}, "text"),
        ({"duty_area": "fun"}, "duty_area"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": None}, "day"),
        ({"day": "2001-01-01"}, "day"),
        ({"unit_code": OTHER_VILLAGE}, "unit_code"),
        ({"unit_code": ["a"]}, "unit_code"),
        ({"id": "1"}, "id"),
        ({"base_version": "1"}, "base_version"),
        ({"assignment_ids": [987654]}, "assignment_ids"),
        ({"assignment_ids": [True]}, "assignment_ids"),
        ({"assignment_ids": [2**70]}, "assignment_ids"),
        ({"sheet_lines": [987654]}, "sheet_lines"),
        ({"device_time": "2026-11-04T08:00:00"}, "device_time"),
        ({"device_time": "9999-12-31T23:59:59-12:00"}, "device_time"),
    ],
)
def test_field_that_cannot_be_taken_is_named(
    author: FlaskClient, county: Session, changes: dict[str, object], field: str
) -> None:
    answer = send(author, **changes)
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])
    assert rows(county, WorkLog) == 0


def test_personal_number_is_asked_to_be_taken_out_and_the_mended_log_is_taken(
    author: FlaskClient, county: Session
) -> None:
    refused = send(author, text="走访张某户，电话13800138000。")
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["text"])
    assert "手机号码" in refused.json["fields"]["text"] and "请删去" in refused.json["fields"]["text"]
    assert rows(county, WorkLog) == 0
    assert send(author, text="走访二组张某户。").status_code == 201
    assert send(author, text="走访二组张某户。").status_code == 200


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 100_000, b"[]", b"\xff\xfe", b"null"])
def test_body_that_is_no_log_is_refused(author: FlaskClient, raw: bytes) -> None:
    answer = author.post("/api/worklogs", data=raw, content_type="application/json")
    assert (answer.status_code, bool(answer.json["error"])) == (422, True)


def test_body_over_the_limit_is_too_large(author: FlaskClient) -> None:
    assert send(author, text="字" * 300_000).status_code == 413
    huge = json.dumps({"text": "a" * 4_000_000})
    answer = author.post("/api/worklogs", data=huge, content_type="application/json")
    assert (answer.status_code, "error" in answer.json) == (413, True)


def test_tomorrow_is_asked_again(author: FlaskClient, county: Session) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    answer = send(author, day=tomorrow.isoformat())
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["day"])


def test_clock_that_is_minutes_ahead_at_midnight_is_excused(author: FlaskClient, county: Session) -> None:
    just_before = factories.at("2026-11-04 23:55")
    with clock.held_at(just_before):
        clocks = dict.fromkeys(("device_time", "sent_time"), "2026-11-05T00:01:00+08:00")
        ahead = send(author, day="2026-11-05", **clocks)
    assert ahead.status_code == 201
    county.rollback()
    version = county.scalars(select(WorkLogVersion)).one()
    assert (version.skew_seconds, version.device_time) == (360, factories.at("2026-11-05 00:01"))


def test_day_from_a_clock_a_year_off_is_asked_again_and_the_right_day_is_taken(author: FlaskClient) -> None:
    wrong = clock.local(clock.now()) - timedelta(days=366)
    clocks = dict.fromkeys(("device_time", "sent_time"), wrong.isoformat())
    first = send(author, day=wrong.date().isoformat(), **clocks)
    assert (first.status_code, list(first.json["fields"])) == (422, ["day"])
    assert "慢约 366 天" in first.json["fields"]["day"]
    assert send(author, **clocks).status_code == 201


@pytest.mark.parametrize(("sent_back", "skew"), [(timedelta(minutes=2), -120), (None, None)])
def test_weeks_in_a_valley_are_no_wrong_clock(
    author: FlaskClient, county: Session, sent_back: timedelta | None, skew: int | None
) -> None:
    """A log waited there for 33 days; the second case is a page from before phones told when they send."""
    then = (now := clock.local(clock.now())) - timedelta(days=33)
    clocks = {"device_time": then.isoformat()} | ({"sent_time": (now - sent_back).isoformat()} if sent_back else {})
    assert send(author, day=then.date().isoformat(), **clocks).status_code == 201
    county.rollback()
    version = county.scalars(select(WorkLogVersion)).one()
    assert (version.skew_seconds, version.device_time) == (skew, then)


def ended(session: Session, client: FlaskClient, days_ago: int) -> date:
    """The person's post in `VILLAGE` ended; returns its last day."""
    last = clock.today() - timedelta(days=days_ago)
    post = session.scalars(
        select(Posting).where(Posting.person_id == client.person_id, Posting.unit_code == VILLAGE)  # type: ignore[attr-defined]
    ).one()
    post.ends_on = last
    session.commit()
    return last


@pytest.mark.parametrize(("days_ago", "status"), [(1, 201), (14, 201), (15, 401)])
def test_token_sends_logs_of_an_ended_post_for_late_send_days(
    author: FlaskClient, phone: FlaskClient, county: Session, days_ago: int, status: int
) -> None:
    token = token_of(author)
    last = ended(county, author, days_ago)
    assert send(phone, token, day=last.isoformat()).status_code == status


def test_day_after_the_post_is_refused_and_the_session_ends(
    author: FlaskClient, phone: FlaskClient, county: Session
) -> None:
    token = token_of(author)
    county.execute(update(SignInSession).values(created_at=clock.now() - timedelta(days=1)))
    ended(county, author, 1)
    assert send(phone, token).json["fields"].keys() == {"day"}
    assert send(author).status_code == 401, "the session ended with the post"


def test_post_in_another_village_leaves_the_form_of_the_old_one_open(author: FlaskClient, county: Session) -> None:
    factories.posting(county, "team_member", SISTER_VILLAGE, author.person_id)  # type: ignore[attr-defined]
    here = assignment(county, VILLAGE).id
    last = ended(county, author, 3)
    assert send(author, day=last.isoformat(), assignment_ids=[here]).status_code == 201


def test_log_serves_tasks_and_sheet_lines_and_says_what_it_saved(author: FlaskClient, county: Session) -> None:
    task = assignment(county, VILLAGE, title="排查饮水管网").id
    line = sheet_line(county, VILLAGE, "环境整治情况")
    county.commit()
    answer = send(author, assignment_ids=[task], sheet_lines=[line])
    assert answer.json["saves"] == [
        {"kind": "task", "title": "排查饮水管网"},
        {"kind": "sheet_line", "title": "环境整治情况"},
    ]
    assert answer.json["saved_typing"] == (
        "这条日志已关联任务“排查饮水管网”、月报事项“环境整治情况”，填报时可以直接引用，不用再写一遍。"
    )
    assert (rows(county, WorkLogTask), rows(county, WorkLogBinding)) == (1, 1)
    assert send(author, assignment_ids=[task], sheet_lines=[line]).status_code == 200
    assert send(author, base_version=1, assignment_ids=[], sheet_lines=[]).status_code == 201
    assert (rows(county, WorkLogTask), rows(county, WorkLogBinding)) == (0, 0)


def test_line_of_a_neighbour_is_not_served(author: FlaskClient, county: Session) -> None:
    line = sheet_line(county, OTHER_VILLAGE, "别村事项")
    county.commit()
    assert send(author, sheet_lines=[line]).json["fields"].keys() == {"sheet_lines"}


def test_token_reads_nothing(author: FlaskClient, phone: FlaskClient) -> None:
    token = token_of(author)
    send(phone, token)
    for path in ("/", f"/worklogs/{ID}", "/worklogs/", "/outbox/data", "/worklogs/draft-key", "/account/sessions"):
        answer = phone.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in (302, 401), path
    assert phone.post("/outbox/device", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_desk_has_no_logs_to_send(sign_in: Callable[..., FlaskClient]) -> None:
    assert send(sign_in("desk", COUNTY)).status_code == 403


def test_too_many_are_told_to_wait(app: Flask, author: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token_of(author)
    for _ in range(29):
        author.post("/outbox/device")
    refused = author.post("/outbox/device", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (429, True)


def test_tokens_are_few_and_the_first_made_ends_first(author: FlaskClient, phone: FlaskClient, county: Session) -> None:
    first = token_of(author)
    author.delete_cookie("dandang-device")  # another browser of the same person
    others = []
    for _ in range(5):
        others.append(token_of(author))
        author.delete_cookie("dandang-device")
    assert send(phone, first).status_code == 401
    assert [send(phone, token).status_code for token in others] == [201, 200, 200, 200, 200]
    county.rollback()
    assert county.scalar(select(func.count()).where(DeviceToken.ended_at.is_(None)).select_from(DeviceToken)) == 5
