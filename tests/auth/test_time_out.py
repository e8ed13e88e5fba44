"""What was typed survives a session that ended in the meantime; first passwords; back after signing out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.auth import keeping, passwords
from webapp.auth.models import Account, SignInSession

PASSWORD = "Kuai-shan-7-he"
HASH = passwords.hashed(PASSWORD)
TYPED = {"text": "走访三户，商量修渠。", "day": "2026-11-23", "csrf_token": "x"}


@pytest.fixture
def member(sign_in: Callable[..., FlaskClient], county: Session) -> tuple[FlaskClient, Account]:
    """A team member's browser and account, with a password."""
    browser = sign_in("team_member", factories.VILLAGE)
    account = county.scalars(select(Account)).one()
    account.password_hash = HASH
    county.commit()
    return browser, account


def _value(page: str, name: str) -> str:
    return page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]


def _sealed(page: str) -> str:
    return _value(page, "kept")


def _late() -> object:
    return clock.held_at(clock.now() + timedelta(minutes=16))


def test_page_asked_for_comes_after_signing_in(member: tuple[FlaskClient, Account]) -> None:
    with _late():
        response = member[0].get("/worklogs/?month=2026-10")
        assert response.location == "/login?next=/worklogs/?month%3D2026-10"
        assert "已超过 15 分钟没有操作" in member[0].get(response.location).text


def test_typed_text_is_kept_and_sent_again(member: tuple[FlaskClient, Account]) -> None:
    browser, account = member
    with _late():
        refused = browser.post("/worklogs/new", data=TYPED)
        assert refused.status_code == 401
        assert "刚才的内容还没有提交" in refused.text
        assert TYPED["text"] not in refused.text
        fields = {"login": account.login, "password": PASSWORD, "kept": _sealed(refused.text)}
        again = browser.post("/login", data=fields)
    assert again.status_code == 200
    assert TYPED["text"] in again.text
    assert 'action="/worklogs/new"' in again.text
    assert 'name="csrf_token" value="x"' not in again.text


def test_form_sent_again_carries_a_token_that_is_taken(app: Flask, member: tuple[FlaskClient, Account]) -> None:
    browser, account = member
    app.config["WTF_CSRF_ENABLED"] = True
    token = _value(browser.get("/me").text, "csrf_token")
    with _late():
        page = browser.post("/worklogs/new", data=TYPED | {"csrf_token": token}).text
        fields = {name: _value(page, name) for name in ("kept", "csrf_token")}
        again = browser.post("/login", data=fields | {"login": account.login, "password": PASSWORD}).text
        main = again[again.index("<main") :]
        sent = browser.post("/worklogs/new", data=TYPED | {"csrf_token": _value(main, "csrf_token")})
    assert "页面停留时间过长" not in sent.text
    assert "登录已失效" not in sent.text


def test_typed_text_opens_for_nobody_else(member: tuple[FlaskClient, Account], county: Session) -> None:
    browser, _ = member
    post = factories.posting(county, "team_member", factories.VILLAGE)
    factories.account(county, post.person_id, "other").password_hash = HASH
    county.commit()
    with _late():
        sealed = _sealed(browser.post("/worklogs/new", data=TYPED).text)
        response = browser.post("/login", data={"login": "other", "password": PASSWORD, "kept": sealed})
        assert response.location == "/"
        assert "没有提交成功的内容已经清除" in browser.get("/me").text


def test_wrong_password_keeps_the_typed_text(member: tuple[FlaskClient, Account]) -> None:
    browser, account = member
    with _late():
        sealed = _sealed(browser.post("/worklogs/new", data=TYPED).text)
        refused = browser.post("/login", data={"login": account.login, "password": "wrong", "kept": sealed})
    assert _sealed(refused.text) == sealed


def test_forged_kept_text_is_passed_over(app: Flask) -> None:
    assert keeping.unseal(app.config["SETTINGS"].master_key(), "gAAAAAB-forged") is None


def test_request_by_script_is_told_in_json(member: tuple[FlaskClient, Account]) -> None:
    with _late():
        response = member[0].post("/worklogs/new", data=TYPED, headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert response.json is not None and "请重新登录" in response.json["error"]


def test_end_of_posting_ends_the_session_for_good(
    member: tuple[FlaskClient, Account], county: Session, stored: Callable[..., list]
) -> None:
    browser, account = member
    posting = account.person.postings[0]
    posting.ends_on = clock.today()
    county.commit()
    assert browser.get("/me").status_code == 200
    with clock.held_at(clock.day_end(clock.today())), clock.held_at(clock.now()):
        row = county.scalars(select(SignInSession)).one()
        row.last_seen_at, row.created_at = clock.now(), clock.now() - timedelta(hours=1)
        county.commit()
        assert browser.get("/me").status_code == 302
        assert "您的任职已经结束" in browser.get("/login").text
    posting.ends_on = None
    county.commit()
    assert browser.get("/me").status_code == 302
    assert stored(select(SignInSession.end_reason)) == ["no_posting"]


@pytest.mark.parametrize("reason", ["first", "too old"])
def test_nothing_else_before_a_new_password(reason: str, member: tuple[FlaskClient, Account], county: Session) -> None:
    browser, account = member
    if reason == "first":
        account.must_change_password = True
    else:
        account.password_set_at = clock.now() - timedelta(days=91)
    county.commit()
    assert browser.get("/worklogs/").location == "/account/password?next=/worklogs/"
    new = "Yun-lu-9-shu"
    response = browser.post("/account/password?next=/worklogs/", data={"current": PASSWORD, "new": new, "repeat": new})
    assert response.location == "/worklogs/"
    assert browser.get("/worklogs/").status_code == 200


def test_demo_password_does_not_age(member: tuple[FlaskClient, Account], county: Session) -> None:
    browser, account = member
    account.is_demo, account.password_set_at = True, clock.now() - timedelta(days=400)
    county.commit()
    assert browser.get("/me").status_code == 200


def test_new_password_ends_all_other_sessions(member: tuple[FlaskClient, Account], app: Flask, county: Session) -> None:
    browser, account = member
    elsewhere = app.test_client()
    elsewhere.post("/login", data={"login": account.login, "password": PASSWORD})
    assert elsewhere.get("/me").status_code == 200
    new = "Yun-lu-9-shu"
    with browser.session_transaction() as cookie:
        before = cookie["_user_id"]
    browser.post("/account/password", data={"current": PASSWORD, "new": new, "repeat": new})
    assert elsewhere.get("/me").status_code == 302
    assert browser.get("/me").status_code == 200
    with browser.session_transaction() as cookie:
        assert cookie["_user_id"] != before


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"current": "wrong"}, "原密码不正确"),
        ({"repeat": "Yun-lu-9-shux"}, "两次输入的新密码不一致"),
        ({"new": "Short-1", "repeat": "Short-1"}, "新密码不足 10 位"),
        ({"new": "yunluyunluyunlu", "repeat": "yunluyunluyunlu"}, "字符种类不足 3 种"),
        ({"new": "Password2026!", "repeat": "Password2026!"}, "常见密码"),
        ({"new": PASSWORD, "repeat": PASSWORD}, "与原密码相同"),
    ],
)
def test_refused_password_says_why(fields: dict[str, str], sentence: str, member: tuple[FlaskClient, Account]) -> None:
    typed = {"current": PASSWORD, "new": "Yun-lu-9-shu", "repeat": "Yun-lu-9-shu"} | fields
    response = member[0].post("/account/password", data=typed)
    assert response.status_code == 400
    assert sentence in response.text


def test_pages_are_not_kept_by_the_browser(member: tuple[FlaskClient, Account]) -> None:
    assert member[0].get("/me").headers["Cache-Control"] == "no-store"
