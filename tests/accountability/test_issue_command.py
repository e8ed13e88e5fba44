"""`tasks issue`: the guards of the pages, all of it or nothing, and targets nobody knows are named."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING, Parties, parties
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability.cli import tasks
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.auth.models import Account
from webapp.config import Settings
from webapp.org import groups

Issue = Callable[..., Result]
TASK = f"""
issuer: "{COUNTY}"
title: 冬春防火隐患排查
document_no: 福政办发〔2026〕31号
content: 对房前屋后火灾隐患开展一次排查。
evidence: 隐患台账一份
due_on: 2026-10-23
minutes: 30
fields:
  - {{label: 灭火器数量, kind: int, unit: 个}}
weights: {{"{VILLAGE}": 3}}
"""


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


@pytest.fixture
def issue(
    app: Flask, settings: Settings, county: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Issue]:
    """Issue what a file says, in the name of a person."""
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    def run(viewer: Viewer, text: str, *options: str) -> Result:
        assert viewer.person_id is not None
        known = county.scalar(select(Account.login).where(Account.person_id == viewer.person_id))
        login = known or factories.account(county, viewer.person_id).login
        county.commit()
        file = tmp_path / "task.yaml"
        file.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(tasks, ["issue", str(file), "--as", login, *options])

    with clock.held_at(MORNING):
        yield run


def counted(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count(Assignment.id))) or 0


def test_good_targets_are_issued_and_wrong_ones_named(county: Session, people: Parties, issue: Issue) -> None:
    text = TASK + f'targets: ["{VILLAGE}", "{SISTER_VILLAGE}", "{NEIGHBOUR_VILLAGE}", 没有这个村, "999999"]\n'
    result = issue(people.first_desk, text, "--json")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["units"] == [VILLAGE, SISTER_VILLAGE]
    assert said["left_out"] == [
        f"有 3 个没有认出：{NEIGHBOUR_VILLAGE}、没有这个村、999999。请核对名称，或改用区划代码。"
    ]
    rows = county.execute(select(Assignment.unit_code, Assignment.weight).order_by(Assignment.unit_code)).tuples().all()
    assert rows == [(VILLAGE, 3), (SISTER_VILLAGE, 1)]
    task = county.scalars(select(AccountabilityTask)).one()
    assert (task.number, task.document_no) == (said["number"], "福政办发〔2026〕31号")


def test_a_weight_of_a_unit_that_is_not_asked_is_named(county: Session, people: Parties, issue: Issue) -> None:
    result = issue(people.first_desk, TASK + f'targets: ["{SISTER_VILLAGE}"]\n', "--json")
    assert result.exit_code == 0, result.stderr
    (said,) = json.loads(result.stdout)["left_out"]
    assert said == f"weights 中的 {VILLAGE} 不是承办单位，权重没有采用。请核对 weights 和承办单位。"


def test_the_same_file_twice_is_one_task(county: Session, people: Parties, issue: Issue) -> None:
    text = TASK + f'targets: ["{VILLAGE}"]\n'
    first = issue(people.first_desk, text, "--json")
    assert json.loads(issue(people.second_desk, text, "--json").stdout)["number"] == json.loads(first.stdout)["number"]
    assert counted(county) == 1


def test_subtrees_and_groups_are_targets(county: Session, people: Parties, issue: Issue) -> None:
    with acting_as(county, people.first_desk):
        groups.save(county, groups.Wanted(COUNTY, "临江村", "", ("533323201201",)), MORNING)
    text = TASK + f'subtrees: [{{root: "{TOWNSHIP}", level: 5}}]\ngroups: [临江村]\n'
    result = issue(people.first_desk, text, "--json")
    assert result.exit_code == 0, result.stderr
    units = json.loads(result.stdout)["units"]
    assert "533323201201" in units and len(units) > 2
    assert all(code.startswith((TOWNSHIP, "533323201201")) for code in units)


def test_guards_and_scopes_are_those_of_the_pages(county: Session, people: Parties, issue: Issue) -> None:
    text = TASK + f'targets: ["{VILLAGE}"]\n'
    for viewer in (people.village, people.township, factories.viewer(county, "leader", COUNTY)):
        assert issue(viewer, text).exit_code == 1
    assert counted(county) == 0


def test_what_is_wrong_is_said_and_nothing_is_issued(county: Session, people: Parties, issue: Issue) -> None:
    targets = f'targets: ["{VILLAGE}"]\n'
    for text, words in (
        (TASK.replace("2026-10-23", "2026-10-12") + targets, "不得要求当日报送"),
        (TASK.replace("title:", "titel:") + targets, "titel"),
        (TASK + targets + "groups: [没有的分组]\n", "没有名为“没有的分组”的分组"),
        (TASK + targets + "lead: 没有的局\n", "没有名为“没有的局”的部门"),
        (TASK + targets + "urgent: true\nurgent_approver: 没有此人\n", "批准人“没有此人”"),
        (TASK, "没有选择承办单位"),
        (TASK.replace("issuer:", "basis:") + targets, "第 2 行缺少“issuer”或“owner”。请补上。"),
    ):
        result = issue(people.first_desk, text)
        assert result.exit_code == 1 and words in result.stderr, (words, result.output)
    assert counted(county) == 0
