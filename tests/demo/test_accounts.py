"""The demo's accounts: whoever tries the demo can be anybody in it, with a password that the instance's key gives."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.demo.conftest import KEY
from webapp import clock
from webapp.auth import passwords
from webapp.auth.limits import limits
from webapp.auth.models import Account
from webapp.demo import accounts


def test_accounts_for_each_role_and_two_at_each_desk(loaded: Session) -> None:
    with clock.held_at(factories.at("2026-11-24 10:00")):
        listed = accounts.listed(loaded, KEY)
    assert len(listed) <= 46
    assert len({account.login for account in listed}) == len(listed)
    assert all(len(account.unit_code) == 12 for account in listed)
    offices = {account.office: account.login for account in listed if account.office}
    assert offices == {
        "书记办公室": "xian-shuban",
        "减负办": "xian-jianfu",
        "组织部": "xian-zuzhi",
        "派出单位": "xian-paichu",
    }
    found = Counter((account.role, account.unit_code) for account in listed if not account.office)
    desks = {unit: number for (role, unit), number in found.items() if role == "desk"}
    assert len(desks) == 10 and set(desks.values()) == {2}
    secretaries = {unit for role, unit in found if role == "secretary"}
    assert secretaries == {"530000000000", "533300000000", "533323000000", "533323101000", "533323101201"}
    roles = {"secretary", "deputy", "first_secretary", "team_member", "desk", "supervisor", "leader"}
    assert {role for role, _ in found} == roles | {"system_admin", "security_admin", "audit_admin"}


def test_passwords_keep_the_rules_and_follow_from_the_key(loaded: Session) -> None:
    with clock.held_at(factories.at("2026-11-24 10:00")):
        listed = accounts.listed(loaded, KEY)
    for account in listed:
        passwords.check_new(account.password, limits(loaded), login=account.login, name="某某（演示）")
        assert accounts.password_of(account.login, KEY) == account.password
        assert accounts.password_of(account.login, b"x" * 32) != account.password
    stored = loaded.scalars(select(Account.password_hash)).all()
    assert set(stored) == {f"hash of {account.password}" for account in listed}
