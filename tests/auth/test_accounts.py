"""Accounts of others: three offices, each with its own acts."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.audit import AuditEntry
from webapp.auth import passwords, sealed_password
from webapp.auth.models import Account, SignInSession

Stored = Callable[[Select[Any]], list[Any]]


@pytest.fixture
def system(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("system_admin", factories.COUNTY)


def _sealed(client: FlaskClient, path: str) -> str:
    return client.get(path).text.split('name="sealed"')[1].split('value="')[1].split('"')[0]


def _opened(client: FlaskClient, sealed: str) -> str:
    return sealed_password.opened(client.application.config["SETTINGS"].master_key(), sealed) or ""


def test_new_account_shows_its_password_once_and_again_on_a_second_click(
    system: FlaskClient, county: Session, stored: Stored
) -> None:
    post = factories.posting(county, "desk", factories.TOWNSHIP)
    county.commit()
    form = {"person_id": post.person_id, "login": "xin", "sealed": _sealed(system, "/accounts/new")}
    first, second = (system.post("/accounts/new", data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    one_time = _opened(system, form["sealed"])
    assert one_time in first.text and one_time in second.text
    account = stored(select(Account).where(Account.login == "xin"))[0]
    assert account.must_change_password and passwords.matches(account.password_hash, one_time)
    assert len(stored(select(AuditEntry).where(AuditEntry.action == "account.create"))) == 1


@pytest.mark.parametrize("login", ["a", "有名字", "has space", "-x-y"])
def test_login_of_wrong_shape_is_refused(login: str, system: FlaskClient, county: Session, stored: Stored) -> None:
    post = factories.posting(county, "desk", factories.TOWNSHIP)
    county.commit()
    form = {"person_id": post.person_id, "login": login, "sealed": _sealed(system, "/accounts/new")}
    response = system.post("/accounts/new", data=form)
    assert response.status_code == 400
    assert "账号名须为" in response.text and login in response.text


def test_reset_ends_sessions_and_sets_a_one_time_password(
    system: FlaskClient, sign_in: Callable[..., FlaskClient], county: Session, stored: Stored
) -> None:
    desk = sign_in("desk", factories.TOWNSHIP)
    account = stored(select(Account).where(Account.person_id == desk.person_id))[0]
    sealed = _sealed(system, f"/accounts/{account.id}/reset")
    assert system.post(f"/accounts/{account.id}/reset", data={"sealed": sealed}).status_code == 200
    account = stored(select(Account).where(Account.id == account.id))[0]
    assert passwords.matches(account.password_hash, _opened(system, sealed))
    assert desk.get("/me").status_code == 302


@pytest.mark.parametrize("role", ["security_admin", "audit_admin"])
def test_system_administrator_does_not_touch_the_other_offices(
    role: str, system: FlaskClient, sign_in: Callable[..., FlaskClient], county: Session, stored: Stored
) -> None:
    person = sign_in(role, factories.COUNTY).person_id
    account = stored(select(Account).where(Account.person_id == person))[0]
    sealed = _sealed(system, f"/accounts/{account.id}/reset")
    response = system.post(f"/accounts/{account.id}/reset", data={"sealed": sealed})
    assert response.status_code == 400
    assert "不能由系统管理员办理" in response.text
    assert system.post(f"/accounts/{account.id}/close").status_code == 400


def test_person_who_moved_on_belongs_to_the_new_administrator(
    sign_in: Callable[..., FlaskClient], county: Session, stored: Stored
) -> None:
    """Once posted in the village, now at the county desk: the township's administrator sees and does not reset."""
    local = sign_in("system_admin", factories.TOWNSHIP)
    moved = sign_in("desk", factories.COUNTY).person_id
    past = {"starts_on": factories.at("2024-01-01").date(), "ends_on": factories.at("2024-12-31").date()}
    factories.posting(county, "team_member", factories.VILLAGE, moved, **past)
    account = stored(select(Account).where(Account.person_id == moved))[0]
    county.commit()
    sealed = _sealed(local, f"/accounts/{account.id}/reset")
    response = local.post(f"/accounts/{account.id}/reset", data={"sealed": sealed})
    assert response.status_code == 400
    assert "在您管辖范围以外任职" in response.text


def test_closed_account_is_signed_out_everywhere(
    system: FlaskClient, sign_in: Callable[..., FlaskClient], county: Session, stored: Stored
) -> None:
    desk = sign_in("desk", factories.TOWNSHIP)
    account = stored(select(Account.id).where(Account.person_id == desk.person_id))[0]
    assert system.post(f"/accounts/{account}/close").status_code == 302
    assert system.post(f"/accounts/{account}/close").status_code == 302
    assert desk.get("/me").status_code == 302


def test_security_administrator_ends_sessions_and_opens_locks(
    sign_in: Callable[..., FlaskClient], county: Session, stored: Stored
) -> None:
    guard, desk = sign_in("security_admin", factories.COUNTY), sign_in("desk", factories.TOWNSHIP)
    account = stored(select(Account).where(Account.person_id == desk.person_id))[0]
    login, number = account.login, account.id
    stranger = guard.application.test_client()
    for _ in range(5):
        stranger.post("/login", data={"login": login, "password": "wrong"})
    assert "已暂停" in guard.get("/accounts/sessions/").text
    assert guard.post(f"/accounts/{number}/unlock").status_code == 302
    assert guard.post(f"/accounts/{number}/sessions/end").status_code == 302
    page = guard.get("/accounts/sessions/").text
    assert "已暂停" not in page
    assert desk.get("/me").status_code == 302


def test_person_sees_and_ends_own_sessions(
    sign_in: Callable[..., FlaskClient], county: Session, stored: Stored
) -> None:
    browser = sign_in("desk", factories.COUNTY)
    account = stored(select(Account))[0]
    county.add(
        SignInSession(
            token_hash="elsewhere",
            account_id=account.id,
            created_at=clock.now(),
            last_seen_at=clock.now(),
            address="10.0.0.7",
            browser="Mozilla/5.0 (Windows NT 10.0) Chrome/130 Edg/130",
        )
    )
    county.commit()
    page = browser.get("/account/sessions").text
    assert "Windows 电脑，Edge 浏览器" in page and "10.0.0.7" in page
    row = stored(select(SignInSession).where(SignInSession.token_hash == "elsewhere"))[0]
    browser.post(f"/account/sessions/{row.id}/end")
    assert "10.0.0.7" not in browser.get("/account/sessions").text


def test_audit_administrator_finds_a_sign_in_by_day_person_and_kind(
    sign_in: Callable[..., FlaskClient], county: Session, stored: Stored
) -> None:
    auditor, system = sign_in("audit_admin", factories.COUNTY), sign_in("system_admin", factories.COUNTY)
    post = factories.posting(county, "desk", factories.TOWNSHIP)
    county.commit()
    form = {"person_id": post.person_id, "login": "xin", "sealed": _sealed(system, "/accounts/new")}
    system.post("/accounts/new", data=form)
    today = clock.today().isoformat()
    assert "账号：开设" in auditor.get(f"/audit/?day={today}&kind=account").text
    assert "没有符合条件的记录" in auditor.get("/audit/?kind=sign_in").text
    assert "没有符合条件的记录" in auditor.get("/audit/?person=无此人").text
    assert auditor.get("/audit/?day=2026-13-40").status_code == 400
