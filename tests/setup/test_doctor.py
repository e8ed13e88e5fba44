"""The examination: each fault is found, told in a sentence, and comes with a way to mend it."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock, doctor
from webapp.auth.models import Account
from webapp.config import Settings
from webapp.db import engine_for
from webapp.delivery.models import Heartbeat
from webapp.org.cli import divisions
from webapp.policy import calendar


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.libraries, "can_load", lambda library: "subset" not in library)
    finding = doctor.system_libraries()
    assert finding.state == "fail"
    assert "libharfbuzz-subset0" in finding.sentence
    assert "./dandang setup" in finding.mend


def test_fonts_that_were_never_made(tmp_path: Path) -> None:
    assert doctor.fonts(tmp_path / "none").state == "fail"


@pytest.mark.parametrize(("free", "state"), [(100 * 2**30, "ok"), (2**30, "warn"), (2**20, "fail")])
def test_disk(tmp_path: Path, free: int, state: str) -> None:
    assert doctor.disk(tmp_path, free).state == state


def test_key_must_be_there_whole_and_private(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    assert doctor.key(file).state == "fail"
    file.write_bytes(os.urandom(32))
    file.chmod(0o600)
    assert doctor.key(file).state == "ok"
    file.chmod(0o640)
    assert "chmod 600" in doctor.key(file).mend
    file.chmod(0o600)
    file.write_bytes(b"short")
    assert "已损坏" in doctor.key(file).sentence


def test_migrated_database_is_well(database_url: str) -> None:
    assert doctor.database(engine_for(database_url)).state == "ok"


def test_empty_and_unreachable_databases_are_told_apart(tmp_path: Path) -> None:
    empty = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    assert doctor.database(empty).sentence == "尚未建表。"
    empty.dispose()
    gone = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", connect_args={"connect_timeout": 2})
    finding = doctor.database(gone)
    assert finding.sentence.startswith("连接不上")
    assert "DATABASE_URL" in finding.mend
    gone.dispose()


def test_mail_without_settings_serves_the_inbox_only() -> None:
    finding = doctor.mail(None)
    assert finding.state == "ok"
    assert "收件箱" in finding.sentence


def test_mail_server_that_answers_and_one_that_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        assert doctor.mail(address).state == "ok"
    assert doctor.mail(address).state == "fail"
    assert doctor.mail("smtp://127.0.0.1:port").state == "fail"


@pytest.mark.parametrize(
    ("url", "production", "state"),
    [
        ("https://dandang.example.org", True, "ok"),
        ("http://127.0.0.1:8000", False, "ok"),
        ("http://10.0.0.5:8000", False, "warn"),
        ("http://127.0.0.1:8000", True, "fail"),
    ],
)
def test_address(url: str, production: bool, state: str) -> None:
    assert doctor.address(url, production).state == state


def test_clock_of_another_age(session: Session) -> None:
    assert doctor.system_clock(session).state == "ok"
    with clock.held_at(datetime(1970, 1, 1, tzinfo=UTC)):
        assert doctor.system_clock(session).state == "fail"


def test_processes_by_their_last_sign_of_life(session: Session) -> None:
    assert [finding.state for finding in doctor.processes(session)] == ["warn", "warn"]
    session.add(Heartbeat(name="scheduler", at=clock.now(), detail="1"))
    session.add(Heartbeat(name="prefect", at=clock.now() - timedelta(hours=1), detail="1"))
    session.flush()
    assert [finding.state for finding in doctor.processes(session)] == ["ok", "warn"]


def test_next_year_is_missed_in_december_only(session: Session) -> None:
    calendar.seed(session)
    last = calendar.published_until()
    for month, state in ((11, "ok"), (12, "warn")):
        with clock.held_at(datetime(last, month, 15, tzinfo=UTC)):
            finding = doctor.next_year(session)
        assert finding.state == state
        assert "暂定" in finding.sentence
    with clock.held_at(datetime(last - 1, 12, 15, tzinfo=UTC)):
        assert doctor.next_year(session).sentence.endswith("已导入。")
    with clock.held_at(datetime(last + 1, 1, 4, tzinfo=UTC)):
        assert doctor.next_year(session).state == "fail"


def test_demo_accounts_are_a_warning_and_in_production_a_fault(county: Session) -> None:
    assert doctor.demo_accounts(county, production=True).state == "ok"
    _token, person = factories.signed_in_person(county, "desk", "533323", None)
    account = county.query(Account).filter_by(person_id=person).one()
    account.is_demo = True
    county.flush()
    assert doctor.demo_accounts(county, production=False).state == "warn"
    assert doctor.demo_accounts(county, production=True).state == "fail"


def test_command_says_how_to_mend_and_fails(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DANDANG_FONTS", str(settings.instance / "no fonts"))
    result = app.test_cli_runner().invoke(doctor.doctor)
    assert result.exit_code == 1
    assert "[故障] 字体" in result.output
    assert "处理：请运行 ./dandang setup 重新制作字体。" in result.output


def test_other_commands_say_that_there_are_no_tables(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANDANG_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    result = app.test_cli_runner().invoke(divisions, ["show", "53"])
    assert result.exit_code == 1
    assert "请先运行 ./dandang setup" in result.output
    engine_for(f"sqlite:///{tmp_path / 'empty.db'}").dispose()
