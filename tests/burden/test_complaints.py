"""Anonymous complaints are anonymous: nothing in the database or the logs leads to an account or an hour."""

import logging
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, func, inspect, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import COUNTY, NEIGHBOUR_COUNTY, TOWNSHIP, at
from webapp import clock
from webapp.audit import AuditEntry
from webapp.auth.models import SignInSession
from webapp.burden import views_complaints
from webapp.burden.models import Complaint
from webapp.burden.throttle import DailyTokens
from webapp.policy import calendar
from webapp.policy.service import load_packs

WORDS = "同一张表本月向村里要了三次，能不能共用。"
RECEIPT = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}")


def form_token(client: FlaskClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/complaints/new").text)
    assert found
    return found.group(1)


def send(client: FlaskClient, form: str, **changes: str) -> TestResponse:
    return client.post("/complaints/new", data={"token": form, "county": COUNTY, "text": WORDS, **changes})


def receipt_in(page: str) -> str:
    found = RECEIPT.search(page)
    assert found, page
    return found.group()


def read(session: Session, statement: Select[Any]) -> Any:
    """One value; the lock that this session takes with it is given back at once."""
    value = session.scalar(statement)
    session.rollback()
    return value


def dump(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the schema's own."""
    tables = inspect(session.get_bind()).get_table_names()
    rows = {name: sorted(map(tuple, session.execute(text(f'SELECT * FROM "{name}"'))), key=str) for name in tables}
    session.rollback()
    return rows


def test_a_signed_in_complaint_leaves_no_trace_of_the_account(
    county: Session, sign_in: Callable[..., FlaskClient], app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in("first_secretary", "533323101201")
    token = form_token(client)
    seen_before = read(county, select(SignInSession.last_seen_at))
    before = dump(county)
    with caplog.at_level(logging.DEBUG):
        page = send(client, token)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    after = dump(county)
    assert {name for name in after if after[name] != before[name]} == {"complaint"}
    row = county.execute(select(Complaint)).scalar_one()
    assert row.text == WORDS and row.unit_code == COUNTY
    assert row.receipt_hash not in page.text and receipt_in(page.text) not in str(after)
    assert read(county, select(SignInSession.last_seen_at)) == seen_before
    assert read(county, select(func.count(AuditEntry.id))) == 0
    assert "127.0.0.1" not in caplog.text and WORDS not in caplog.text
    assert {column.name for column in Complaint.__table__.columns} == {
        "id", "unit_code", "day", "text", "receipt_hash", "answer", "answered_on",
    }  # fmt: skip


def test_a_visitor_needs_no_sign_in_and_a_double_click_is_one_complaint(county: Session, client: FlaskClient) -> None:
    token = form_token(client)
    first, second = send(client, token), send(client, token)
    assert receipt_in(first.text) == receipt_in(second.text)
    assert read(county, select(func.count()).select_from(Complaint)) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": "  "}, "没有填写内容"),
        ({"county": ""}, "没有填写县"),
        ({"county": "不存在的县"}, "没有找到"),
        ({"token": "made-up"}, "请核对后再次提交"),
        ({"text": "长" * 3001}, "超过 3000 字"),
    ],
)
def test_a_refused_form_keeps_the_text(
    county: Session, client: FlaskClient, changes: dict[str, str], told: str
) -> None:
    page = send(client, form_token(client), **changes)
    assert page.status_code == 400 and told in page.text
    assert changes.get("text", WORDS).strip() in page.text
    assert read(county, select(func.count()).select_from(Complaint)) == 0


def test_a_form_of_another_site_is_refused(county: Session, client: FlaskClient) -> None:
    data = {"token": form_token(client), "county": COUNTY, "text": WORDS}
    page = client.post("/complaints/new", data=data, headers={"Origin": "https://elsewhere.example"})
    assert page.status_code == 400 and read(county, select(func.count()).select_from(Complaint)) == 0


def test_too_many_complaints_of_one_day_are_slowed_down_and_refused_ones_are_not_counted(
    county: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_complaints, "MOST_A_DAY", 2)
    empty = [send(client, form_token(client), text=" ").status_code for _ in range(3)]
    taken = [send(client, form_token(client)) for _ in range(3)]
    assert (empty, [page.status_code for page in taken]) == ([400] * 3, [200, 200, 429])
    assert WORDS in taken[2].text and "请明天再来" in taken[2].text


def test_the_office_answers_and_the_receipt_shows_it(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    visitor, desk = sign_in("team_member", "533323101201"), sign_in("desk", COUNTY, kind="burden_relief")
    receipt = receipt_in(send(visitor, form_token(visitor)).text)
    assert "正在办理" in visitor.post("/complaints/receipt", data={"receipt": receipt}).text
    assert WORDS in desk.get("/complaints/").text
    number = read(county, select(Complaint.id))
    for bad, said in ((" ", "没有填写答复。请写明处理情况。"), ("长" * 3001, "答复超过 3000 字。请精简后提交。")):
        refused = desk.post(f"/complaints/{number}/answer", data={"answer": bad})
        assert refused.status_code == 400 and said in refused.text and WORDS in refused.text
        assert f'name="answer" rows="4">{bad}</textarea>' in refused.text and 'class="act-more" open' in refused.text
    for _ in range(2):
        assert desk.post(f"/complaints/{number}/answer", data={"answer": "已取消重复报表。"}).status_code == 303
    late = desk.post(f"/complaints/{number}/answer", data={"answer": "另一种答复。"})
    assert late.status_code == 409 and "已取消重复报表。" in late.text and "您填写的答复：另一种答复。" in late.text
    typed = receipt.lower().replace("-", " ")
    assert "已取消重复报表。" in visitor.post("/complaints/receipt", data={"receipt": typed}).text
    assert visitor.post("/complaints/receipt", data={"receipt": "2222-2222"}).status_code == 404


def test_only_the_county_s_own_office_reads_them(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    neighbour, visitor = sign_in("desk", NEIGHBOUR_COUNTY, kind="burden_relief"), sign_in("leader", "53")
    send(visitor, form_token(visitor))
    number = read(county, select(Complaint.id))
    assert WORDS not in neighbour.get("/complaints/").text
    assert neighbour.post(f"/complaints/{number}/answer", data={"answer": "答复"}).status_code == 404
    others = [visitor, sign_in("desk", TOWNSHIP), sign_in("desk", COUNTY), sign_in("secretary", COUNTY)]
    assert [other.get("/complaints/").status_code for other in others] == [403] * 4
    assert {other.post(f"/complaints/{number}/answer", data={"answer": "答复"}).status_code for other in others} == {
        403
    }


def test_the_receipt_s_address_shows_what_became_of_it_and_hands_nothing_on(
    county: Session, client: FlaskClient
) -> None:
    page = send(client, form_token(client))
    receipt = receipt_in(page.text)
    assert f'href="/complaints/{receipt}"' in page.text
    for path in (receipt, receipt.lower().replace("-", "")):
        followed = client.get(f"/complaints/{path}")
        assert followed.status_code == 200 and WORDS in followed.text
    assert followed.headers["Referrer-Policy"] == "no-referrer" and followed.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in followed.headers
    unknown = client.get("/complaints/2222-3333-4444-5555")
    assert unknown.status_code == 404 and "没有这个回执码" in unknown.text
    assert unknown.headers["Referrer-Policy"] == "no-referrer"
    assert 'action="/complaints/receipt"' in unknown.text


def test_the_office_sees_by_when_it_has_to_answer(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    calendar.seed(county)
    county.commit()
    visitor = sign_in("team_member", "533323101201")
    with clock.held_at(at("2026-09-28 10:00")):
        receipt = receipt_in(send(visitor, form_token(visitor)).text)
        office = sign_in("desk", COUNTY, kind="burden_relief")
        # ten working days: seven holidays between them, and a Saturday worked
        assert "2026年10月16日（周五）前答复（10 个工作日）" in office.get("/complaints/").text
        assert "2026年10月16日（周五）前答复" in visitor.get(f"/complaints/{receipt}").text
    with clock.held_at(at("2026-10-20 10:00")):
        late = sign_in("desk", COUNTY, kind="burden_relief")
        assert "逾期未答复" in late.get("/complaints/").text


def test_a_county_may_promise_the_answer_sooner(
    county: Session, sign_in: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    (tmp_path / "fugong.yaml").write_text(
        "slug: fugong-2026\ntitle: 福贡县补充规定\nbase: standing-2026\ndivision: '533323000000'\n"
        "valid_from: '2026-03-01'\nparameters:\n  burden:\n"
        "    complaint_answer_workdays: {value: 5, mark: local example}\n",
        encoding="utf-8",
    )
    calendar.seed(county)
    load_packs(county, tmp_path)
    county.commit()
    visitor = sign_in("team_member", "533323101201")
    with clock.held_at(at("2026-10-12 10:00")):
        receipt = receipt_in(send(visitor, form_token(visitor)).text)
        assert "2026年10月19日（周一）前答复" in visitor.get(f"/complaints/{receipt}").text


def test_a_broken_database_brings_no_receipt_into_the_log(
    county: Session, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = receipt_in(send(client, form_token(client)).text)
    hashed = read(county, select(Complaint.receipt_hash))
    county.execute(text("ALTER TABLE complaint RENAME TO gone"))
    county.commit()
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.DEBUG):
        statuses = [client.get(f"/complaints/{receipt}").status_code, send(client, form_token(client)).status_code]
    assert min(statuses) >= 500 and caplog.records
    assert receipt not in caplog.text and hashed not in caplog.text and WORDS not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_addresses_are_told_apart_for_a_day_and_forgotten_with_it() -> None:
    tokens, today = DailyTokens(), date(2026, 10, 12)
    assert [tokens.allows("complain", "203.0.113.7", 2, today) for _ in range(3)] == [True, True, False]
    assert tokens.allows("complain", "203.0.113.8", 2, today) and tokens.allows("follow", "203.0.113.7", 2, today)
    held = vars(tokens)
    assert "203.0.113.7" not in str(held)
    salt = held["_salt"]
    assert tokens.allows("complain", "203.0.113.7", 2, date(2026, 10, 13))
    assert held["_salt"] != salt and len(held["_counts"]) == 1
