"""`leave decide` and `leave pass-on`, at the same doors as the pages."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from flows import jobs
from tests import factories
from tests.factories import TOWNSHIP
from tests.leave.conftest import MORNING, People, ask
from webapp import clock
from webapp.config import Settings
from webapp.leave.cli import leave_commands
from webapp.leave.models import LeaveRequest


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))


def run(*words: str) -> Result:
    return CliRunner().invoke(leave_commands, list(words))


def waiting(session: Session, people: People) -> int:
    row: LeaveRequest = ask(session, people.member, "2026-11-10 am", "2026-11-10 pm")
    factories.account(session, people.secretary.person_id or 0, "ld-secretary")
    factories.account(session, people.deputy.person_id or 0, "ld-deputy")
    number = row.id
    session.commit()
    return number


def test_the_one_whose_turn_it_is_decides(county: Session, people: People) -> None:
    number = waiting(county, people)
    other = run("decide", str(number), "approve", "--as", "ld-deputy")
    assert other.exit_code == 1 and "您不能代为审批" in other.stderr
    unknown = run("decide", str(number), "approve", "--as", "nobody")
    assert unknown.exit_code == 1 and "没有登录名" in unknown.stderr
    bare = run("decide", str(number), "decline", "--as", "ld-secretary")
    assert bare.exit_code == 1 and "没有填写不批准的理由" in bare.stderr
    done = run("decide", str(number), "approve", "--as", "ld-secretary", "--json")
    assert json.loads(done.stdout)["state"] == "approved"
    assert run("decide", "999999", "approve", "--as", "ld-secretary").exit_code == 1
    assert run("decide", str(number), "maybe", "--as", "ld-secretary").exit_code == 2


def test_nothing_is_passed_on_in_time(county: Session, people: People) -> None:
    waiting(county, people)
    assert json.loads(run("pass-on", "--json").stdout) == {"passed_on": 0}
    with_words = run("pass-on")
    assert "已转请代办 0 件" in with_words.stdout and TOWNSHIP not in with_words.stdout


def test_the_scheduler_passes_on_what_nobody_answered(county: Session, people: People) -> None:
    number, deputy = waiting(county, people), people.deputy.person_id
    jobs.pass_on_leave()
    county.expire_all()
    assert county.get_one(LeaveRequest, number).route == "direct"
    county.rollback()
    with clock.held_at(MORNING + timedelta(hours=25)):
        jobs.pass_on_leave()
    row = county.get_one(LeaveRequest, number)
    assert (row.route, row.approver_id, row.events[-1].actor_name) == ("deputy", deputy, "请假转办")
