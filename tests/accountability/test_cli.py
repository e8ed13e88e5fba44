"""`tasks act`, `tasks show`, `tasks rebuild`: the guards of the pages, one document, states recomputed from events."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DEMAND, DUE, MORNING, Parties, act, brought_to, issued, parties
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability import parts
from webapp.accountability.cli import tasks
from webapp.accountability.models import Assignment
from webapp.config import Settings

Run = Callable[..., Result]


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


@pytest.fixture
def run(app: Flask, settings: Settings, county: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command of the group on what was made so far."""
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    def invoke(*args: str) -> Result:
        county.commit()
        return app.test_cli_runner().invoke(tasks, list(args))

    with clock.held_at(MORNING):
        yield invoke


def login_of(session: Session, viewer: Viewer) -> str:
    assert viewer.person_id is not None
    return factories.account(session, viewer.person_id).login


def test_a_village_acts_by_command(county: Session, people: Parties, run: Run) -> None:
    row = issued(county, people.first_desk).assignments[0]
    number, login = row.task.number, login_of(county, people.village)
    first = run("act", number, VILLAGE, "acknowledge", "--as", login, "--json")
    assert first.exit_code == 0, first.stderr
    said = json.loads(first.stdout)
    assert (said["state"], said["unit_code"], said["due_on"]) == ("acknowledged", VILLAGE, "2026-10-23")
    second = run("act", number, VILLAGE, "report", "--as", login, "--reason", "已排查 42 户，台账已建。")
    assert second.stdout == "已反馈，现为“已反馈”。\n"
    county.expire_all()
    assert row.report_text == "已排查 42 户，台账已建。"
    assert [event.person_id for event in row.events[1:]] == [people.village.person_id] * 3


def test_a_return_without_a_reason_changes_nothing(county: Session, people: Parties, run: Run) -> None:
    row = brought_to(county, people, "reported")
    login = login_of(county, people.second_desk)
    result = run("act", row.task.number, VILLAGE, "return", "--as", login)
    assert (result.exit_code, result.stderr) == (1, "没有填写理由。请补填后再提交。\n")
    county.expire_all()
    assert row.state == "reported"


def test_nobody_verifies_by_command_what_a_second_post_reported(county: Session, people: Parties, run: Run) -> None:
    row = brought_to(county, people, "reported")
    factories.posting(county, "desk", COUNTY, people.village.person_id)
    result = run("act", row.task.number, VILLAGE, "verify", "--as", login_of(county, people.village))
    assert result.exit_code == 1
    assert "您反馈过这项任务，不能由您核验" in result.stderr


@pytest.mark.parametrize(
    ("role", "unit", "sentence"),
    [
        ("desk", NEIGHBOUR_COUNTY, "没有这个编号的任务"),
        ("desk", TOWNSHIP, "没有这个编号的任务|这一步应由另一单位的经办人办理"),
        ("leader", COUNTY, "没有办理此事的权限"),
    ],
)
def test_the_command_has_the_guards_of_the_page(
    county: Session, people: Parties, run: Run, role: str, unit: str, sentence: str
) -> None:
    row = brought_to(county, people, "reported")
    result = run(
        "act", row.task.number, VILLAGE, "verify", "--as", login_of(county, factories.viewer(county, role, unit))
    )
    assert result.exit_code == 1
    assert any(words in result.stderr for words in sentence.split("|"))
    county.expire_all()
    assert row.state == "reported"


def test_a_part_is_split_reported_and_drawn_by_commands_alone(county: Session, people: Parties, run: Run) -> None:
    row = issued(county, people.first_desk, [TOWNSHIP]).assignments[0]
    number, township, village = row.task.number, login_of(county, people.township), login_of(county, people.village)
    assert run("act", number, TOWNSHIP, "acknowledge", "--as", township).exit_code == 0
    nobody = run("act", number, TOWNSHIP, "split", "--as", township)
    assert nobody.exit_code == 1 and "没有写明分解给哪些单位" in nobody.stderr
    assert run("act", number, TOWNSHIP, "split", "--to", VILLAGE, "--as", village).exit_code == 1, (
        "no right of a village"
    )
    done = run("act", number, TOWNSHIP, "split", "--to", VILLAGE, "--as", township)
    assert done.exit_code == 0, done.stderr
    early = run("draw", number, TOWNSHIP, "--as", township)
    assert early.exit_code == 1 and early.stderr
    assert run("act", number, VILLAGE, "acknowledge", "--as", village).exit_code == 0
    assert run("act", number, VILLAGE, "report", "--as", village, "--reason", "已排查 42 户。").exit_code == 0
    drawn = json.loads(run("draw", number, TOWNSHIP, "--as", township, "--json").stdout)
    assert (drawn["population"], drawn["size"], drawn["state"]) == (1, 1, "open") and drawn["seed"]


def test_a_unit_without_the_task_is_named(county: Session, people: Parties, run: Run) -> None:
    row = issued(county, people.first_desk).assignments[0]
    login = login_of(county, people.second_desk)
    result = run("act", row.task.number, SISTER_VILLAGE, "recall", "--as", login, "--reason", "重复")
    assert (result.exit_code, result.stderr) == (1, "这个单位没有承办这项任务。请核对任务编号和单位代码。\n")


def test_show_gives_states_events_and_derived_progress(county: Session, people: Parties, run: Run) -> None:
    task = issued(county, people.first_desk, [TOWNSHIP])
    whole = task.assignments[0]
    act(county, people.township, "acknowledge", whole)
    with acting_as(county, people.township):
        parts.split(county, whole.id, [VILLAGE, SISTER_VILLAGE], weights={VILLAGE: 3}, at=MORNING)
        village = county.query(Assignment).filter_by(unit_code=VILLAGE).one()
    act(county, people.village, "acknowledge", village)
    act(county, people.village, "report", village)
    act(county, people.township, "verify", village)
    act(county, people.township, "close", village)
    result = run("show", task.number, "--json")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["progress"] == {"numerator": 3, "denominator": 4}
    by_unit = {one["unit_code"]: one for one in document["assignments"]}
    assert list(by_unit) == [TOWNSHIP + "000", VILLAGE, SISTER_VILLAGE]
    assert by_unit[VILLAGE]["progress"] == {"numerator": 1, "denominator": 1}
    assert by_unit[VILLAGE]["parent_unit_code"] == TOWNSHIP + "000"
    kinds = [event["kind"] for event in by_unit[VILLAGE]["events"]]
    assert kinds == ["issue", "acknowledge", "start", "report", "verify", "close"]
    assert by_unit[VILLAGE]["events"][3]["text"] == "已排查 42 户，台账已建。"


def test_show_of_a_number_that_never_was(run: Run) -> None:
    result = run("show", "533323-2026-999", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"error": result.stderr.strip(), "faults": []}


def test_an_extension_is_rebuilt_with_its_first_deadline(county: Session, people: Parties, run: Run) -> None:
    row = brought_to(county, people, "acknowledged")
    act(county, people.village, "extend_ask", row)
    act(county, people.second_desk, "extend_grant", row)
    act(county, people.second_desk, "suspend", row)
    act(county, people.second_desk, "resume", row, factories.at("2026-10-15 09:00"))
    assert row.due_on > date(2026, 10, 30) > row.first_due_on == DUE
    assert run("rebuild", "--check").stdout == "各单位状态与办理记录一致。\n"


def test_a_state_that_its_events_do_not_say_is_named_and_mended(county: Session, people: Parties, run: Run) -> None:
    row = brought_to(county, people, "closed")
    issued(county, people.first_desk, [SISTER_VILLAGE], replace(DEMAND, title="另一项"))
    row.state, row.closed_on = "reported", None
    checked = run("rebuild", "--check")
    assert checked.exit_code == 1
    number = row.task.number
    assert f"{number}  {VILLAGE}  state：现为 reported，应为 closed" in checked.stdout
    assert "2 处与办理记录不一致" in checked.stdout
    county.expire_all()
    assert row.state == "reported", "a check changes nothing"
    assert run("rebuild").exit_code == 0
    county.expire_all()
    assert (row.state, row.closed_on) == ("closed", MORNING.date())
    assert run("rebuild", "--check").exit_code == 0
