"""`calendar import`: one document on stdout, exit code 1 when the file is at fault."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.policy.calendar import is_loaded
from webapp.policy.cli import calendar

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    def running(text: str, *options: str) -> Result:
        file = tmp_path / "2027.csv"
        file.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(calendar, ["import", str(file), *options])

    return running


def test_a_year_is_imported_and_told_in_one_document(run: Run, session: Session) -> None:
    text = "day,kind,name\n2027-01-01,off,元旦\n2027-01-09,work,元旦调休上班\n"
    tried = run(text, "--dry-run", "--json")
    assert json.loads(tried.stdout)["dry_run"] is True
    assert not is_loaded(session, 2027)
    session.rollback()
    done = run(text, "--source", "国办发明电〔2026〕9号", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["year"], said["days"], said["moved"], said["dry_run"]) == (2027, 2, 0, False)
    assert is_loaded(session, 2027)


def test_a_file_at_fault_ends_with_one_and_names_the_row(run: Run, session: Session) -> None:
    result = run("day,kind,name\n2027-01-01,work,元旦\n")
    assert result.exit_code == 1
    assert "第 2 行" in result.stderr
    assert not is_loaded(session, 2027)
