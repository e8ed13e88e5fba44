"""The flow and its command: wiring, kills between steps, two at once, requests of pages."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.prefect_server import prefect_api
from tests.evaluation.facts import Facts
from tests.factories import at, viewer
from webapp import clock
from webapp.config import Settings
from webapp.evaluation import requests, service
from webapp.evaluation.models import Run, RunRequest
from webapp.policy.calendar import seed

NOW = at("2026-05-12 09:00")


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One private Prefect server for all tests of flows."""
    folder = tmp_path_factory.mktemp("prefect")
    settings = Settings(folder, "sqlite://", None, "", "http://127.0.0.1", folder, False, 0)
    with prefect_api(settings) as address:
        yield address


@pytest.fixture
def facts(county: Session, settings: Settings, prefect: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """The county with facts, in the instance that flows find in their environment; the clock stands in May 2026."""
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    seed(county)
    Facts(county, 7).fill(tasks=5, villages=6)
    with clock.held_at(NOW):
        yield county


def count_runs(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Run.id))) or 0


def test_the_flow_compiles_a_city_and_gives_the_same_run_again(facts: Session) -> None:
    from flows.evaluate_period import evaluate_period

    first = evaluate_period("2026-03", "533300000000")

    assert first == "202603-5333-r1"
    assert evaluate_period("2026-03", "5333") == first
    assert count_runs(facts) == 1


@pytest.mark.parametrize("step", ["compile_county", "score_county", "finish"])
def test_a_flow_killed_at_any_step_is_simply_run_again(
    facts: Session, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import evaluate_period as flow

    class Killed(BaseException):
        """Like a signal: no retry, no clean-up."""

    def kill(*_words: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(service, step, kill)
        with pytest.raises(Killed):
            flow.evaluate_period.fn("2026-03", "533323")
    facts.rollback()
    assert facts.scalar(select(Run.state)) == "running"
    facts.rollback()  # a test that reads would keep SQLite's lock from the flow

    key = flow.evaluate_period("2026-03", "533323")

    assert key == "202603-533323-r1"
    assert count_runs(facts) == 1
    assert facts.scalar(select(Run.state)) == "done"


def test_the_command_prints_one_json_line(facts: Session, app) -> None:  # type: ignore[no-untyped-def]
    from flows.evaluate_command import evaluate
    from webapp.evaluation.cli import runs

    facts.rollback()
    runner = app.test_cli_runner()
    result = runner.invoke(evaluate, ["2026-03", "--root", "533323000000", "--json"])
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == 1
    document = json.loads(result.stdout)
    assert set(document) == {"run_key", "revision", "states", "result_hash"}

    shown = json.loads(runner.invoke(runs, ["show", document["run_key"], "--json"]).stdout)
    assert len(shown["values"]) == sum(document["states"].values())
    assert {len(v["unit_code"]) for v in shown["values"]} == {12}
    assert {v["score"] for v in shown["values"]} == {None}


@pytest.mark.parametrize("words", [("2031-01", "533323"), ("2026-13", "533323"), ("2026-03", "999999"), ("x", "5")])
def test_the_command_refuses_with_one_sentence(facts: Session, app, words: tuple[str, str]) -> None:  # type: ignore[no-untyped-def]
    from flows.evaluate_command import evaluate

    facts.rollback()
    result = app.test_cli_runner().invoke(evaluate, [words[0], "--root", words[1], "--json"])

    assert (result.exit_code, json.loads(result.stdout)["error"]) == (1, result.stderr.strip())
    assert result.stderr.strip().endswith("。")


def test_the_command_without_a_root_is_wrong_usage(app) -> None:  # type: ignore[no-untyped-def]
    from flows.evaluate_command import evaluate

    assert app.test_cli_runner().invoke(evaluate, ["2026-03"]).exit_code == 2


def test_a_request_is_worked_off_once_and_shows_its_steps(facts: Session) -> None:
    from flows.evaluate_period import run_request

    number = requested(facts, "2026-03")
    assert run_request(number) == "202603-533323-r1"
    assert run_request(number) is None

    facts.rollback()
    row = facts.get_one(RunRequest, number, populate_existing=True)
    assert (row.state, row.run_key, row.steps_done, row.steps_total) == ("done", "202603-533323-r1", 2, 3)


def test_a_request_that_fails_says_why(facts: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.evaluate_period import FAILED, run_request

    refused = requested(facts, "2026-03")
    facts.get_one(RunRequest, refused).assessment_key = "没有的文号"
    facts.commit()
    assert run_request(refused) is None
    broken = requested(facts, "2026-04")
    monkeypatch.setattr(service, "begin", lambda *_words: 1 / 0)
    assert run_request(broken) is None

    facts.rollback()
    rows = [facts.get_one(RunRequest, number, populate_existing=True) for number in (refused, broken)]
    assert [row.state for row in rows] == ["failed", "failed"]
    assert "没有文号为" in rows[0].sentence
    assert rows[1].sentence == FAILED


def requested(session: Session, period: str) -> int:
    before = session.info["viewer"]
    session.info["viewer"] = viewer(session, "desk", "533323")
    row = requests.request_run(session, token=str(uuid.uuid4()), period=period, unit="533323", at=NOW)
    session.info["viewer"] = before
    number = row.id
    session.commit()
    return number


def test_two_at_once_make_one_run(facts: Session) -> None:
    from flows.evaluate_period import evaluate_period

    facts.rollback()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(copy_context().run, evaluate_period.fn, "2026-03", "533323") for _ in range(2)]
        assert [one.result() for one in both] == ["202603-533323-r1"] * 2
    assert count_runs(facts) == 1
