"""Errors as people meet them: a sentence, a reference number, and the typed text."""

import errno
import logging
import re
import sqlite3
from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.factories import COUNTY
from webapp.error_pages import BUSY, FULL
from webapp.errors import Conflict, DandangError, Refused
from webapp.guards import public

REFERENCE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")
TYPED = "今天走访了三户，解决了饮水问题。"


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """These tests add routes."""
    return own_app


@pytest.fixture
def raising(app: Flask) -> Callable[..., FlaskClient]:
    """`raising(error)` → a client whose POST and GET of /raise end in that error (or HTTP status)."""

    def prepared(error: Exception | int) -> FlaskClient:
        @app.route("/raise", methods=["GET", "POST"])
        @public
        def view() -> str:
            if isinstance(error, int):
                abort(error)
            raise error

        return app.test_client()

    return prepared


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 429, 500, 503])
def test_each_status_has_a_page_with_a_reference(
    raising: Callable[..., FlaskClient], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "dandang.errors"):
        page = raising(status).get("/raise")
    assert page.status_code == status
    reference = REFERENCE.search(page.text)
    assert reference and reference.group() in caplog.text
    assert "投诉建议" in page.text and "English" not in page.text and "Error" not in page.text


@pytest.mark.parametrize("error", [Refused("截止日期早于今天。请改期。"), Conflict("有变动。请刷新。")])
def test_a_named_error_says_its_sentence_and_keeps_the_text(
    raising: Callable[..., FlaskClient], error: DandangError
) -> None:
    page = raising(error).post("/raise", data={"text": TYPED})
    assert page.status_code == error.status
    assert error.sentence in page.text and TYPED in page.text and "再次提交" not in page.text


@pytest.mark.parametrize(
    ("words", "sentence"), [("database is locked", BUSY), ("database or disk is full", FULL), ("gone", "数据库暂时")]
)
def test_a_database_that_cannot_write_keeps_the_text_and_offers_to_send_again(
    raising: Callable[..., FlaskClient], words: str, sentence: str
) -> None:
    error = OperationalError("INSERT", {}, sqlite3.OperationalError(words))
    page = raising(error).post("/raise", data={"text": TYPED, "password": "secret-one"})
    assert page.status_code == 503 and page.headers["Retry-After"] == "30"
    assert sentence in page.text and "再次提交" in page.text and page.text.count(TYPED) == 2
    assert "secret-one" not in page.text


def test_a_full_disk_is_said_in_words(raising: Callable[..., FlaskClient]) -> None:
    page = raising(OSError(errno.ENOSPC, "No space left on device")).post("/raise", data={"text": TYPED})
    assert page.status_code == 503 and FULL in page.text and TYPED in page.text


def test_an_unexpected_error_shows_no_inner_words(app: Flask, raising: Callable[..., FlaskClient]) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    page = raising(ValueError("inner words")).post("/raise", data={"text": TYPED})
    assert page.status_code == 500 and "inner words" not in page.text and TYPED in page.text


def test_a_reader_of_json_gets_json(raising: Callable[..., FlaskClient]) -> None:
    answer = raising(Refused("一句话。")).post("/raise", headers={"Accept": "application/json"})
    assert answer.status_code == 400 and answer.json["error"] == "一句话。"


def test_a_form_without_valid_token_can_be_sent_again_as_it_was(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in("desk", COUNTY)
    page = client.post("/inbox/read?x=1", data={"csrf_token": "old", "text": TYPED})
    assert page.status_code == 400 and TYPED in page.text and 'action="/inbox/read?x=1"' in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token and client.post("/inbox/read", data={"csrf_token": token.group(1)}).status_code == 303


def test_a_body_over_the_limit_is_a_413_in_words(client: FlaskClient) -> None:
    page = client.post("/login", data={"login": "x" * 4_000_000})
    assert page.status_code == 413 and "内容太大" in page.text
    assert "请用浏览器的返回键回到上一页，所填内容还在" in page.text


def test_an_unknown_address_and_a_forbidden_page_keep_the_frame(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("audit_admin", COUNTY)
    assert "待办" in client.get("/nowhere").text
    forbidden = client.get("/complaints/")
    assert forbidden.status_code == 403 and "没有办理此事的权限" in forbidden.text
