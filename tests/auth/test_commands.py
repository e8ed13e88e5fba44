"""`accounts …` and `audit verify`, run as an operator does, without the server."""

import json
import os

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.auth import cli, passwords, sealing
from webapp.auth.models import Account
from webapp.config import Settings
from webapp.org.models import Posting


@pytest.fixture
def run(county: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    """`run(cli.accounts, "create", …)` → click's result; the instance is the test's own."""
    monkeypatch.setenv("DANDANG_INSTANCE", os.fspath(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    def ran(group, *words: str) -> Result:
        county.rollback()
        return CliRunner().invoke(group, words)

    return ran


CREATE = ("create", "wang", "--name", "王某", "--role", "desk", "--division", "533323000000")


def test_create_makes_person_posting_and_account(run, county: Session) -> None:
    result = run(cli.accounts, *CREATE)
    assert result.exit_code == 0
    account = county.scalars(select(Account).where(Account.login == "wang")).one()
    assert passwords.matches(account.password_hash, result.stdout.strip())
    assert account.must_change_password
    posting = county.scalars(select(Posting).where(Posting.person_id == account.person_id)).one()
    assert (posting.role, posting.unit_code) == ("desk", "533323")


def test_create_as_json_is_one_document_in_one_line(run) -> None:
    result = run(cli.accounts, *CREATE, "--json")
    assert result.stdout.count("\n") == 1
    made = json.loads(result.stdout)
    assert (made["login"], made["role"], made["unit_code"]) == ("wang", "desk", "533323000000")
    assert len(made["password"]) >= 12


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"desk": "chief"}, "没有“chief”这个角色"),
        ({"desk": "first_secretary"}, "驻村第一书记只在村级设立"),
        ({"533323000000": "999999"}, "没有代码为“999999”的现行区划"),
        ({"533323000000": "53332"}, "区划代码“53332”不正确"),
        ({"wang": "王"}, "账号名须为"),
    ],
)
def test_create_refuses_in_a_sentence(run, change: dict[str, str], sentence: str) -> None:
    result = run(cli.accounts, *(change.get(word, word) for word in CREATE))
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


def test_create_refuses_a_taken_login(run) -> None:
    run(cli.accounts, *CREATE)
    result = run(cli.accounts, *CREATE)
    assert result.exit_code == 1
    assert "账号“wang”已被使用" in result.stderr


def test_reset_password_makes_a_new_one(run, county: Session) -> None:
    first = run(cli.accounts, *CREATE).stdout.strip()
    second = run(cli.accounts, "reset-password", "wang").stdout.strip()
    account = county.scalars(select(Account).where(Account.login == "wang")).one()
    assert first != second
    assert passwords.matches(account.password_hash, second)


def test_reset_password_of_nobody(run) -> None:
    result = run(cli.accounts, "reset-password", "nobody")
    assert result.exit_code == 1
    assert "没有账号“nobody”" in result.stderr


def test_verify_tells_a_whole_log_from_a_cut_one(run, county: Session, settings: Settings) -> None:
    for number in range(3):
        audit.record(county, "task.verify", "assignment", number)
    county.flush()
    sealing.seal(county)
    county.commit()
    sealing.store_head(sealing.heads_file(settings.instance), county)
    assert run(cli.audit, "verify").exit_code == 0
    head = sealing.heads_file(settings.instance)
    head.write_text(head.read_text().replace('"sequence": 3', '"sequence": 4'))
    result = run(cli.audit, "verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["broken_entry"] == 3
    assert "已被删除" in result.stderr
