"""The server draws once: the same seed gives the same people, and a second call the draw that was made."""

import dataclasses
import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.presence import making
from tests.presence.conftest import MORNING
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability.sampling import drawn
from webapp.config import Settings
from webapp.errors import Faulty, Forbidden, Refused
from webapp.presence import drawing
from webapp.presence.cli import inspections
from webapp.presence.models import Inspection, InspectionPlan


def test_whoever_is_drawn_follows_from_the_stored_seed_and_those_on_post(county: Session) -> None:
    some = making.people(county)
    posts = [factories.posting(county, "team_member", SISTER_VILLAGE) for _ in range(9)]
    posts.append(factories.posting(county, "first_secretary", VILLAGE, some.person.person_id))
    factories.posting(county, "team_member", NEIGHBOUR_VILLAGE)
    factories.posting(county, "team_member", VILLAGE, ends_on=clock.today().replace(day=11))
    factories.posting(county, "secretary", VILLAGE)
    with acting_as(county, some.inspector):
        plan = drawing.draw(county, making.wanted(some.inspector, size=4), MORNING)
        again = drawing.draw(county, making.wanted(some.inspector, size=4), MORNING)
    assert again is plan and (plan.population, plan.size) == (11, 4)
    everybody = county.scalars(
        select(Inspection.posting_id).where(Inspection.plan_id == plan.id).order_by(Inspection.id)
    ).all()
    keys = [f"{post.unit_code}:{post.id}" for post in posts]
    keys.append(f"{VILLAGE}:{some.person.grants[0].posting_id}")
    assert [int(key.split(":")[1]) for key in drawn(keys, plan.seed, 4)] == list(everybody)


def test_nobody_looks_for_himself_and_without_a_size_the_pack_says_how_many(county: Session) -> None:
    some = making.people(county)
    factories.posting(county, "team_member", SISTER_VILLAGE, some.inspector.person_id)
    for _ in range(24):
        factories.posting(county, "team_member", SISTER_VILLAGE)
    with acting_as(county, some.inspector):
        plan = drawing.draw(county, making.wanted(some.inspector, size=None), MORNING)
    assert (plan.population, plan.size) == (25, 5)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"size": 0}, "size"),
        ({"first_on": None}, "first_on"),
        ({"first_on": clock.day_of(factories.at("2026-10-11 12:00"))}, "first_on"),
        ({"last_on": clock.day_of(factories.at("2026-10-11 12:00"))}, "last_on"),
        ({"inspector_id": None}, "inspector"),
    ],
)
def test_a_draw_that_cannot_be_names_its_field(county: Session, change: dict, field: str) -> None:
    some = making.people(county)
    with acting_as(county, some.inspector), pytest.raises(Faulty) as refused:
        drawing.draw(county, dataclasses.replace(making.wanted(some.inspector), **change), MORNING)
    assert list(refused.value.faults) == [field]


def test_a_unit_draws_only_from_its_own_people(county: Session) -> None:
    some = making.people(county)
    with acting_as(county, some.township), pytest.raises(Forbidden):
        drawing.draw(county, making.wanted(some.township, OTHER_TOWNSHIP), MORNING)
    with pytest.raises(Refused, match="没有在岗的驻村干部"):
        desk = factories.viewer(county, "desk", OTHER_TOWNSHIP)
        with acting_as(county, desk):
            drawing.draw(county, making.wanted(desk, OTHER_TOWNSHIP), MORNING)


def test_what_is_drawn_is_unknown_below_until_it_is_made(county: Session) -> None:
    some = making.people(county)
    row = making.drawn(county, some)
    statement = select(func.count(Inspection.id)).where(Inspection.id == row.id)
    for viewer, sees in ((some.person, 0), (some.township, 0), (some.decider, 1)):
        with acting_as(county, viewer):
            assert county.scalar(statement) == sees
    both = factories.viewer(county, "desk", COUNTY, some.person.person_id)
    with acting_as(county, both):
        assert county.scalar(statement) == 0, "a second post tells nobody of the own spot check"
    row.state = "found"
    county.flush()
    colleague = factories.viewer(county, "team_member", VILLAGE)
    for viewer, sees in ((some.person, 1), (some.township, 1), (colleague, 0)):
        with acting_as(county, viewer):
            assert county.scalar(statement) == sees


def test_the_command_prints_one_document_and_draws_nothing_twice(
    county: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.people(county)
    for _ in range(5):
        factories.posting(county, "team_member", SISTER_VILLAGE)
    county.commit()
    monkeypatch.setattr(Settings, "from_env", classmethod(lambda cls: settings))
    arguments = ["draw", "--root", TOWNSHIP.ljust(12, "0"), "--seed", "42", "--json"]
    first, second = (CliRunner().invoke(inspections, arguments) for _ in range(2))
    assert first.exit_code == 0, first.output
    document = json.loads(first.stdout)
    assert json.loads(second.stdout) == document
    assert (document["root"], document["seed"], document["size"]) == (TOWNSHIP, "42", len(document["inspections"]))
    units = [one["unit"] for one in document["inspections"]]
    assert units == sorted(units)
    for other in (["--size", "2"], ["--to", "2026-10-20"], ["--from", "2026-10-13"]):
        refused = CliRunner().invoke(inspections, arguments + other)
        assert refused.exit_code == 1 and "种子 42" in refused.stderr, other
        assert json.loads(refused.stdout)["error"] == refused.stderr.strip()
    with clock.held_at(factories.at("2026-10-13 09:30")):
        again = ["--size", str(document["size"]), "--from", document["from"], "--to", document["to"]]
        assert json.loads(CliRunner().invoke(inspections, arguments + again).stdout) == document
        assert json.loads(CliRunner().invoke(inspections, arguments).stdout) == document
    county.rollback()
    assert county.scalar(select(func.count(InspectionPlan.id))) == 1
    county.rollback()
    refused = CliRunner().invoke(inspections, ["draw", "--root", COUNTY, "--seed", "1", "--as", "nobody"])
    assert refused.exit_code == 1 and "nobody" in refused.stderr


def test_the_system_alone_needs_no_post(county: Session) -> None:
    some = making.people(county)
    with acting_as(county, Viewer.system("命令行", "")):
        assert drawing.draw(county, making.wanted(some.inspector), MORNING).drawn_by_name == "命令行"
