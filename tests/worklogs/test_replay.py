"""Stored submissions played again change no row; those that were lost come back."""

import json
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import OTHER_VILLAGE, VILLAGE
from tests.worklogs.sending import body
from webapp.config import Settings
from webapp.db import Base
from webapp.worklogs.cli import worklogs
from webapp.worklogs.models import WorkLog, WorkLogVersion


@pytest.fixture
def login(county: Session) -> str:
    post = factories.posting(county, "first_secretary", VILLAGE)
    name = factories.account(county, post.person_id).login
    county.commit()
    return name


@pytest.fixture
def run(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))

    def played(lines: list[object]) -> dict[str, object]:
        file = tmp_path / "stored.jsonl"
        file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")
        result = CliRunner().invoke(worklogs, ["replay", str(file), "--json"])
        told = json.loads(result.stdout)
        done = told["new"] + told["same"] + told["conflict"]
        assert result.exit_code == (0 if done or not told["refused"] else 1), result.output
        return told

    return played


def numbers(told: dict[str, object]) -> tuple[object, ...]:
    return told["new"], told["same"], told["conflict"], told["refused"]


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of work logs."""
    session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name.startswith("work_log")]
    rows = {table.name: sorted(map(tuple, session.execute(select(table))), key=str) for table in tables}
    session.rollback()
    return rows


def test_second_replay_changes_no_row(county: Session, login: str, run) -> None:  # type: ignore[no-untyped-def]
    stored = [body(id=str(uuid.uuid4()), text=f"走访第 {n} 户") | {"login": login} for n in range(450)]
    assert numbers(run(stored)) == (450, 0, 0, 0)
    before = everything(county)
    assert len(before["work_log_version"]) == 450
    assert numbers(run(stored)) == (0, 450, 0, 0)
    assert everything(county) == before


def test_nothing_but_refused_lines_is_a_refusal(county: Session, login: str, run) -> None:  # type: ignore[no-untyped-def]
    """`run` holds the exit code against the counts."""
    assert numbers(run(["{", body(id=str(uuid.uuid4())) | {"login": "nobody"}])) == (0, 0, 0, 2)


def test_new_edit_conflict_and_refusal_are_told_apart(county: Session, login: str, run) -> None:  # type: ignore[no-untyped-def]
    one = str(uuid.uuid4())
    first = body(id=one) | {"login": login}
    told = run(
        [
            first,
            "",
            first,
            first | {"base_version": 1, "text": "改了"},
            first | {"base_version": 1, "text": "又改了"},
            first | {"id": str(uuid.uuid4()), "unit_code": OTHER_VILLAGE},
            first | {"id": str(uuid.uuid4()), "login": "nobody"},
            "{",
            "[" * 100_000,
            "x" * 600_000,
        ]
    )
    assert numbers(told) == (2, 1, 1, 5)
    assert [reason["line"] for reason in told["reasons"]] == [8, 9, 10, 6, 7]
    county.rollback()
    assert county.scalars(select(WorkLog.id)).all() == [one]
    assert len(county.scalars(select(WorkLogVersion)).all()) == 2


def test_line_of_somebody_else_under_a_held_id_is_a_conflict(county: Session, login: str, run) -> None:  # type: ignore[no-untyped-def]
    stored = body(id=str(uuid.uuid4())) | {"login": login}
    run([stored])
    mate = factories.account(county, factories.posting(county, "team_member", VILLAGE).person_id).login
    county.commit()
    assert numbers(run([stored | {"login": mate}])) == (0, 0, 1, 0)
