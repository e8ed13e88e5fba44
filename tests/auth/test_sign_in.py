"""Signing in and out as a person does it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.audit import AuditEntry
from webapp.auth import passwords
from webapp.auth.models import Account, SignInSession, SignInThrottle

PASSWORD = "Kuai-shan-7-he"
HASH = passwords.hashed(PASSWORD)
REFUSED = "账号或密码不正确，或者账号已暂停登录"


@pytest.fixture
def desk(county: Session) -> Account:
    """An account at the county desk that has set its password."""
    post = factories.posting(county, "desk", factories.COUNTY)
    account = factories.account(county, post.person_id, "zhangsan")
    account.password_hash = HASH
    county.commit()
    return account


@pytest.fixture
def enter(app: Flask, desk: Account) -> Callable[..., object]:
    """`enter("zhangsan", PASSWORD)` → the answer to a sign-in from a fresh browser."""

    def entered(login: str = "zhangsan", password: str = PASSWORD, address: str = "10.0.0.1", **fields: str):
        return app.test_client().post(
            "/login",
            data={"login": login, "password": password, **fields},
            environ_overrides={"REMOTE_ADDR": address},
        )

    return entered


def _actions(session: Session) -> list[str]:
    found = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    session.rollback()
    return found


def test_right_password_opens_home(enter: Callable[..., object], county: Session) -> None:
    response = enter()
    assert (response.status_code, response.location) == (302, "/")
    assert _actions(county) == ["sign_in.ok"]


def test_login_is_forgiving_about_case_and_spaces(enter: Callable[..., object]) -> None:
    assert enter(" ZhangSan ").status_code == 302


@pytest.mark.parametrize("login", ["zhangsan", "nobody"])
def test_wrong_password_and_unknown_account_read_the_same(login: str, enter: Callable[..., object]) -> None:
    response = enter(login, "wrong")
    assert response.status_code == 401
    assert REFUSED in response.text
    assert "nobody" not in response.text.replace(f'value="{login}"', "")


@pytest.mark.parametrize("login", ["zhangsan", "nobody"])
def test_five_failures_lock_the_account_at_that_address(
    login: str, enter: Callable[..., object], county: Session
) -> None:
    for _ in range(5):
        assert enter(login, "wrong").status_code == 401
    response = enter(login)
    assert response.status_code == 401
    assert REFUSED in response.text
    assert _actions(county) == ["sign_in.failed"] * 5 + ["sign_in.locked"]


def test_lock_leaves_other_addresses_and_accounts_alone(enter: Callable[..., object]) -> None:
    for _ in range(6):
        enter("nobody", "wrong")
        enter("zhangsan", "wrong", address="10.0.0.2")
    assert enter(address="10.0.0.1").status_code == 302


def test_lock_ends_and_the_next_lasts_twice_as_long(enter: Callable[..., object]) -> None:
    start = clock.now()
    for _ in range(5):
        enter(password="wrong")
    with clock.held_at(start + timedelta(minutes=31)):
        for _ in range(5):
            enter(password="wrong")
    with clock.held_at(start + timedelta(minutes=80)):
        assert enter().status_code == 401
    with clock.held_at(start + timedelta(minutes=95)):
        assert enter().status_code == 302


def test_address_that_fails_on_many_accounts_waits(enter: Callable[..., object]) -> None:
    for number in range(20):
        enter(f"guess{number}", "wrong")
    response = enter()
    assert response.status_code == 429
    assert 1700 < int(response.headers["Retry-After"]) <= 1801
    assert enter(address="10.0.0.9").status_code == 302


def test_account_attacked_from_everywhere_opens_where_it_was_used(enter: Callable[..., object]) -> None:
    assert enter(address="10.0.0.1").status_code == 302
    for number in range(20):
        enter(password="wrong", address=f"192.0.2.{number}")
    assert enter(address="198.51.100.7").status_code == 401
    assert enter(address="10.0.0.1").status_code == 302


def test_typed_login_is_stored_nowhere(enter: Callable[..., object], county: Session) -> None:
    enter("My-Secret-Pass-1", "wrong")
    stored = [row.key for row in county.scalars(select(SignInThrottle))]
    stored += [str(row.object_id) + str(row.after) for row in county.scalars(select(AuditEntry))]
    assert not any("secret" in text.lower() for text in stored)


def test_closed_account_reads_like_an_unknown_one(enter: Callable[..., object], desk: Account, county: Session) -> None:
    desk.closed_at = clock.now()
    county.commit()
    response = enter()
    assert response.status_code == 401
    assert REFUSED in response.text


def test_person_without_a_post_stays_outside(enter: Callable[..., object], county: Session) -> None:
    with clock.held_at(factories.at("2024-12-31 12:00")):
        response = enter()
    assert response.status_code == 403
    assert "没有在任岗位" in response.text
    assert county.scalars(select(SignInSession)).all() == []


def test_outdated_hash_is_renewed(enter: Callable[..., object], desk: Account, county: Session) -> None:
    desk.password_hash = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    county.commit()
    enter()
    county.refresh(desk)
    assert not passwords.outdated(desk.password_hash)


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/tasks/?unit=533323", "/tasks/?unit=533323"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("/\\example.org", "/"),
        ("/%09/example.org", "/%09/example.org"),
        ("/\t/example.org", "/"),
        ("/login", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_page_is_one_of_ours(target: str, location: str, enter: Callable[..., object]) -> None:
    assert enter(next=target).location == location


def test_signing_in_forgets_what_the_cookie_held(app: Flask, desk: Account) -> None:
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["csrf_token"] = "planted"
    browser.post("/login", data={"login": "zhangsan", "password": PASSWORD})
    with browser.session_transaction() as cookie:
        assert cookie.get("csrf_token") != "planted"
        assert cookie["_user_id"]


def test_signing_out_ends_the_session_on_the_server(app: Flask, desk: Account, county: Session) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "zhangsan", "password": PASSWORD})
    with browser.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert browser.post("/logout").location == "/login"
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert thief.get("/account/sessions").status_code == 302
    assert _actions(county) == ["sign_in.ok", "sign_out"]


def test_sign_in_needs_the_form_token(app: Flask, desk: Account) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    response = app.test_client().post("/login", data={"login": "zhangsan", "password": PASSWORD})
    assert response.status_code == 400
