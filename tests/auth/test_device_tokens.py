"""A device token ends with what ends trust in the device, and not with the mere passing of a session."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from tests.worklogs.sending import send, token_of
from webapp import clock
from webapp.access import Viewer
from webapp.auth import accounts, device_tokens, passwords, throttle
from webapp.auth.limits import limits
from webapp.auth.models import Account, DeviceToken, SignInSession

PASSWORD = "Shanqu-2026-xin"


@pytest.fixture
def author(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("first_secretary", VILLAGE)


def account_of(session: Session, client: FlaskClient) -> Account:
    return session.scalars(select(Account).where(Account.person_id == client.person_id)).one()  # type: ignore[attr-defined]


def status(app: Flask, token: str) -> int:
    return send(app.test_client(), token).status_code


def test_token_is_kept_as_a_hash_only(author: FlaskClient, county: Session) -> None:
    token = token_of(author)
    row = county.scalars(select(DeviceToken)).one()
    assert token not in (row.token_hash, row.name)
    assert row.name == "安卓手机，谷歌内核浏览器"
    assert row.expires_at - row.created_at == timedelta(days=30)


def test_token_outlives_the_idle_session_and_ends_after_its_days(app: Flask, author: FlaskClient) -> None:
    token = token_of(author)
    with clock.held_at(clock.now() + timedelta(hours=20)):
        assert author.get("/worklogs/").status_code == 302
        assert status(app, token) == 201
    with clock.held_at(clock.now() + timedelta(days=31)):
        assert status(app, token) == 401


def test_signing_out_ends_the_token(app: Flask, author: FlaskClient) -> None:
    token = token_of(author)
    author.post("/logout")
    assert status(app, token) == 401


def test_signing_out_ends_the_token_that_an_earlier_session_of_this_browser_made(
    app: Flask, author: FlaskClient, county: Session
) -> None:
    token = token_of(author)
    own = account_of(county, author)
    own.password_hash = passwords.hashed(PASSWORD)
    county.execute(update(SignInSession).values(ended_at=clock.now(), end_reason="idle"))
    county.commit()
    author.post("/login", data={"login": own.login, "password": PASSWORD})
    assert status(app, token) == 201
    author.post("/logout")
    assert status(app, token) == 401


def test_fetching_a_token_brings_back_no_older_session(author: FlaskClient) -> None:
    answer = author.post("/outbox/device")
    names = [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
    assert names == ["dandang-device"]


def test_sign_out_elsewhere_leaves_this_device(app: Flask, author: FlaskClient, county: Session) -> None:
    token = token_of(author)
    other, _ = factories.start_session(county, account_of(county, author), address=None, browser=None), None
    county.commit()
    elsewhere = app.test_client()
    with elsewhere.session_transaction() as cookie:
        cookie["_user_id"] = other
    elsewhere.post("/logout")
    assert status(app, token) == 201


def test_new_password_ends_the_token(app: Flask, author: FlaskClient, county: Session) -> None:
    token = token_of(author)
    account_of(county, author).password_hash = passwords.hashed(PASSWORD)
    county.commit()
    answer = author.post(
        "/account/password", data={"current": PASSWORD, "new": "Xinde-2027-mima", "repeat": "Xinde-2027-mima"}
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert status(app, token) == 401


@pytest.mark.parametrize("act", ["close", "end_sessions", "reset_password"])
def test_administrators_end_the_token(app: Flask, author: FlaskClient, county: Session, act: str) -> None:
    token = token_of(author)
    arguments = (PASSWORD,) if act == "reset_password" else ()
    getattr(accounts, act)(county, Viewer.system("test", ""), account_of(county, author).id, *arguments)
    county.commit()
    assert status(app, token) == 401


def test_a_stranger_s_wrong_passwords_do_not_cut_the_phone_off(
    app: Flask, author: FlaskClient, county: Session
) -> None:
    token = token_of(author)
    own, allowed = account_of(county, author), limits(county)
    for number in range(allowed.fails * throttle.WIDE):
        for address in ("127.0.0.1", f"203.0.113.{number}"):
            throttle.count_attempt(county, own.login, address, own.id, allowed, clock.now())
    county.commit()
    assert throttle.locked_now(county, own.login, "127.0.0.1", clock.now()) is not None
    county.rollback()
    assert status(app, token) == 201
    accounts.end_sessions(county, Viewer.system("test", ""), account_of(county, author).id)
    county.commit()
    assert status(app, token) == 401


def test_person_sees_and_ends_own_devices(app: Flask, author: FlaskClient, county: Session) -> None:
    token = token_of(author)
    page = author.get("/account/sessions").get_data(as_text=True)
    assert "可以直接发送日志的设备" in page and "安卓手机，谷歌内核浏览器（本机）" in page
    number = county.scalars(select(DeviceToken.id)).one()
    county.rollback()
    assert author.post(f"/account/devices/{number}/end").status_code == 302
    assert status(app, token) == 401
    assert "可以直接发送日志的设备" not in author.get("/account/sessions").get_data(as_text=True)


def test_device_of_somebody_else_does_not_exist(
    sign_in: Callable[..., FlaskClient], app: Flask, author: FlaskClient, county: Session
) -> None:
    token = token_of(author)
    number = county.scalars(select(DeviceToken.id)).one()
    county.rollback()
    assert sign_in("desk", COUNTY).post(f"/account/devices/{number}/end").status_code == 404
    assert status(app, token) == 201


def test_new_token_of_this_browser_ends_the_one_before(app: Flask, author: FlaskClient) -> None:
    before = token_of(author)
    after = token_of(author)
    assert (status(app, before), status(app, after)) == (401, 201)


def test_sender_holds_one_permission(author: FlaskClient, county: Session) -> None:
    token = token_of(author)
    sender = device_tokens.sender(county, token, note=False)
    assert sender is not None
    held = {permission for grant in sender.grants for permission in grant.permissions}
    assert (held, sender.team_villages, sender.may("worklog.read")) == ({"worklog.submit"}, (), False)
