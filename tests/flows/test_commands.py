"""`evaluate`, `reports` and `deliveries` as scripts use them: one JSON line, words on stderr, exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.cli import register
from tests.factories import COUNTY
from webapp.delivery.models import Delivery
from webapp.notices.models import InboxMessage

pytestmark = pytest.mark.usefixtures("subscribed", "prefect")
ON_TIME = "2026-05-06T09:00"


@pytest.fixture
def flask(app: Flask) -> Any:
    register(app)

    def run(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=list(words))

    return run


def test_deliveries_run_gives_one_json_line_and_can_be_repeated(flask: Any, county: Session, subscribed: int) -> None:
    documents = []
    for _ in range(2):
        result = flask("deliveries", "run", "--at", ON_TIME, "--json")
        assert result.exit_code == 0, result.stderr
        assert result.stdout.count("\n") == 1
        assert "收件箱" in result.stderr
        documents.append(json.loads(result.stdout))
    assert documents[0] == documents[1]
    [row] = documents[0]
    assert (row["window"], row["recipient"], row["state"]) == ("2026-04", subscribed, "delivered")
    assert len(row["sha256"]) == 64
    assert county.scalar(select(func.count()).select_from(InboxMessage)) == 1
    county.rollback()


def test_before_the_day_nothing_is_due(flask: Any, county: Session) -> None:
    result = flask("deliveries", "run", "--at", "2026-05-05T23:59", "--json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert county.scalar(select(func.count()).select_from(Delivery)) == 0
    county.rollback()


def test_render_and_verify(flask: Any, tmp_path: Path) -> None:
    out = tmp_path / "四月.pdf"
    result = flask("reports", "render", "period-report", "--root", COUNTY, "--period", "2026-04", "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert "核验码" in result.stderr
    assert out.read_bytes().startswith(b"%PDF")
    assert flask("reports", "verify", str(out)).exit_code == 0
    out.write_bytes(out.read_bytes() + b"\n")
    result = flask("reports", "verify", str(out))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "核验不通过" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("reports", "render", "period-report", "--root", COUNTY, "--period", "2026-13", "--out", "{}"), 1, "周期"),
        (("reports", "render", "period-report", "--root", COUNTY, "--period", "2099-01", "--out", "{}"), 1, "尚未开始"),
        (("reports", "render", "period-report", "--root", "999999", "--period", "2026-04", "--out", "{}"), 1, "区划"),
        (
            ("reports", "render", "period-report", "--root", "5333x", "--period", "2026-04", "--out", "{}"),
            1,
            "区划代码",
        ),
        (
            ("reports", "render", "period-report", "--root", COUNTY, "--period", "2026-04", "--out", "/nowhere/a.pdf"),
            1,
            "文件夹",
        ),
        (
            ("reports", "render", "evaluation-report", "--root", COUNTY, "--period", "2026Q1", "--out", "{}"),
            1,
            "没有启动考核",
        ),
        (
            (
                *("reports", "render", "period-report", "--root", COUNTY, "--period", "2026Q1", "--out", "{}"),
                *("--assessment", "无此文号"),
            ),
            1,
            "文号",
        ),
        (("reports", "render", "ranking", "--root", COUNTY, "--period", "2026-04", "--out", "{}"), 2, "ranking"),
        (("reports", "render", "period-report", "--period", "2026-04", "--out", "{}"), 2, "--root"),
        (("reports", "verify", "/nowhere/a.pdf"), 2, "a.pdf"),
        (("deliveries", "run", "--at", "昨天", "--json"), 1, "2026-11-02T09:00"),
        (("deliveries", "run", "--at", "9999-12-31", "--json"), 1, "两年"),
        (("evaluate", "2026-13", "--root", COUNTY, "--json"), 1, "周期"),
        (("evaluate", "2026-04", "--root", "12", "--json"), 1, "区划"),
        (("evaluate", "2026-04"), 2, "--root"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    flask: Any, tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    out = tmp_path / "out.pdf"
    result = flask(*(word.replace("{}", str(out)) for word in words))
    assert result.exit_code == code
    assert told in result.stderr
    assert json.loads(result.stdout)["error"] == result.stderr.strip() if "--json" in words else result.stdout == ""
    assert not out.exists()


def test_evaluate_gives_one_json_line(flask: Any) -> None:
    first, again = (flask("evaluate", "2026-04", "--root", "533323000000", "--json") for _ in range(2))
    assert (first.exit_code, first.stdout) == (0, again.stdout), first.stderr
    document = json.loads(first.stdout)
    assert (document["run_key"], document["revision"]) == ("202604-533323-r1", 1)
    assert sum(document["states"].values()) > 0
