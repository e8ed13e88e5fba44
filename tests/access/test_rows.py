"""Which rows a session sees and writes: every model, every shape of statement."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, case, delete, exists, false, func, insert, select, text, union_all, update
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from tests import factories
from tests.access.world import make_world, scoped_models
from webapp.access import Grant, Reference, Scoped, Viewer, acting_as, insert_rows
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.app import load_models
from webapp.db import Base, session_scope
from webapp.errors import OutOfScope
from webapp.notices.models import InboxMessage
from webapp.org.models import Division, Person, Posting
from webapp.permissions import PERMISSIONS
from webapp.statements import models_in

load_models()
ROLES = sorted({key.split(":")[0] for key in PERMISSIONS})
# Tables with nothing to hide; a new one is reviewed before it is added here.
REFERENCE = {
    "CalendarChange",
    "CalendarDay",
    "CalendarYear",
    "Demand",
    "DemandField",
    "Division",
    "Heartbeat",
    "JobRun",
    "Organisation",
    "RulePackRecord",
    "VillageDesignation",
    "Duty",
    "NaturalGroup",
    "OfficeTerm",
}


def _viewer(role: str, unit_code: str, person_id: int = 0) -> Viewer:
    return Viewer("account", "某", account_id=0, person_id=person_id, grants=(Grant(role, unit_code, 0),))


@pytest.fixture
def places(county: Session) -> dict[str, dict[str, Any]]:
    """A row of every table at home (a village of 福贡县) and at the neighbour's (a village of 泸水市)."""
    units = {"home": factories.VILLAGE, "neighbour": factories.NEIGHBOUR_VILLAGE}
    made = {place: make_world(county, unit) for place, unit in units.items()}
    county.commit()
    return made


def test_every_model_is_scoped_or_reference() -> None:
    models = {mapper.class_ for mapper in Base.registry.mappers}
    undecided = [model.__name__ for model in models if not issubclass(model, Scoped | Reference)]
    assert not undecided, f"inherit Scoped (with its rule) or Reference: {undecided}"


def test_reference_models_are_the_reviewed_ones() -> None:
    found = {mapper.class_.__name__ for mapper in Base.registry.mappers if issubclass(mapper.class_, Reference)}
    assert found == REFERENCE


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model.__name__)
def test_neighbours_row_is_not_there(model: type[Any], county: Session, places: dict) -> None:
    everything = county.scalar(select(func.count()).select_from(model))
    neighbour = places["neighbour"][model.__table__.name]
    key = getattr(model, next(iter(model.__mapper__.primary_key)).key)
    assert everything == 2, "the world has a row of this table in both places"
    for role in ROLES:
        for unit in (factories.COUNTY, factories.TOWNSHIP, factories.VILLAGE):
            county.info["viewer"] = _viewer(role, unit)
            county.expunge_all()
            assert county.scalars(select(key).where(key == neighbour)).all() == [], f"{role} of {unit}"


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model.__name__)
def test_nobody_sees_no_row(model: type[Any], county: Session, places: dict) -> None:
    county.info["viewer"] = Viewer.nobody()
    assert county.scalar(select(func.count()).select_from(model)) == 0


def test_flow_sees_its_root_only(county: Session, places: dict) -> None:
    county.info["viewer"] = Viewer.system("测算", factories.COUNTY)
    assert county.scalars(select(Assignment.unit_code)).all() == [factories.VILLAGE]


def test_posting_that_does_not_carry_the_permission_opens_nothing(county: Session, places: dict) -> None:
    two = (Grant("desk", factories.NEIGHBOUR_COUNTY, 1), Grant("leader", factories.COUNTY, 2))
    viewer = Viewer("account", "某", account_id=0, person_id=0, grants=two)
    county.info["viewer"] = viewer.through("task.issue")
    assert county.scalars(select(Assignment.unit_code)).all() == [factories.NEIGHBOUR_VILLAGE]


def test_session_without_a_viewer_raises(database_url: str) -> None:
    with pytest.raises(RuntimeError, match="no viewer"), session_scope(database_url, None) as session:
        session.scalars(select(Division)).all()


def test_write_without_a_viewer_raises(county: Session) -> None:
    county.info["viewer"] = None
    county.add(Person(name="某", created_at=factories.at("2026-11-02 09:00")))
    with pytest.raises(RuntimeError, match="no viewer"):
        county.flush()


def test_a_statement_carries_the_rules_of_what_it_touches_and_of_no_more() -> None:
    plain = select(Assignment.id).where(Assignment.task_id.in_(select(AccountabilityTask.id)))
    assert models_in(plain) == (AccountabilityTask, Assignment)
    joined = models_in(select(Assignment).options(joinedload(Assignment.task)))
    assert Assignment in joined and AccountabilityTask in joined


other = aliased(Assignment)
SHAPES: dict[str, Select[Any]] = {
    "entity": select(Assignment),
    "columns": select(Assignment.unit_code),
    "alias": select(other),
    "columns of an alias": select(other.id),
    "count": select(func.count(Assignment.id)),
    "count of rows": select(func.count()).select_from(Assignment),
    "count of a page": select(func.count()).select_from(select(Assignment).subquery()),
    "sub-query": select(select(Assignment.unit_code).subquery().c.unit_code),
    "common table": select(select(Assignment.unit_code).cte().c.unit_code),
    "alias of a sub-query": select(aliased(Assignment, select(Assignment).subquery())),
    "in": select(Division).where(Division.code.in_(select(Assignment.unit_code))),
    "exists": select(Division).where(select(Assignment.id).where(Assignment.unit_code == Division.code).exists()),
    "scalar sub-query": select(select(func.count(Assignment.id)).scalar_subquery()),
    "union": union_all(select(Assignment.id), select(Assignment.id).where(false())),
    "union in a sub-query": select(union_all(select(Assignment.id), select(Assignment.id).where(false())).subquery()),
    "grouped": select(func.max(Assignment.id)).group_by(Assignment.unit_code),
    "join": select(Division.code).join(Assignment, Assignment.unit_code == Division.code),
    "any": select(AccountabilityTask).where(AccountabilityTask.assignments.any()),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_statement_of_any_shape_is_scoped(shape: str, county: Session, places: dict) -> None:
    county.info["viewer"] = _viewer("desk", factories.COUNTY)
    found = county.execute(SHAPES[shape]).all()
    assert len(found) == 1
    assert found[0][0] in (1, factories.VILLAGE) or not isinstance(found[0][0], int | str)


RAW: dict[str, Callable[[], Any]] = {
    "text": lambda: text("SELECT * FROM assignment"),
    "core table": lambda: select(Assignment.__table__),
    "count of a core table": lambda: select(func.count()).select_from(Assignment.__table__),
    "entity from text": lambda: select(Assignment).from_statement(text("SELECT * FROM assignment")),
    "bare exists": lambda: select(exists().where(Assignment.id > 0)),
    "exists in a case": lambda: select(case((exists().where(Assignment.id > 0), 1), else_=0)),
    "window": lambda: select(func.row_number().over(order_by=Assignment.id)),
    "insert": lambda: insert(Assignment).values(unit_code=factories.NEIGHBOUR_VILLAGE),
    "update where reading is wider than writing": lambda: update(AccountabilityTask).values(title="x"),
    "delete where reading is wider than writing": lambda: delete(AccountabilityTask),
}


@pytest.mark.parametrize("shape", RAW)
def test_statement_that_no_rule_reaches_raises(shape: str, county: Session, places: dict) -> None:
    county.info["viewer"] = _viewer("desk", factories.COUNTY)
    with pytest.raises(RuntimeError):
        county.execute(RAW[shape]())


def test_update_and_delete_of_sets_stay_inside(county: Session, places: dict) -> None:
    county.info["viewer"] = _viewer("desk", factories.COUNTY)
    assert county.execute(update(Assignment).values(report_text="x")).rowcount == 1
    mine = select(InboxMessage.person_id)
    owner = county.info["viewer"] = _viewer("desk", factories.COUNTY, places["home"]["person"])
    assert county.execute(delete(InboxMessage)).rowcount == 1
    county.info["viewer"] = Viewer.system("test", "")
    assert county.scalars(mine).all() == [places["neighbour"]["person"]] != [owner.person_id]


def test_row_by_its_key_is_scoped(county: Session, places: dict) -> None:
    county.info["viewer"] = _viewer("desk", factories.COUNTY)
    assert county.get(Assignment, places["home"]["assignment"]) is not None
    assert county.get(Assignment, places["neighbour"]["assignment"]) is None


@pytest.mark.parametrize("loading", ["lazy", "joined", "select in"])
def test_related_rows_are_scoped(loading: str, county: Session, places: dict) -> None:
    """A task of the county with an assignment in the neighbour's county shows the own one only."""
    own = county.get_one(Assignment, places["home"]["assignment"])
    county.get_one(Assignment, places["neighbour"]["assignment"]).task_id = own.task_id
    county.commit()
    county.expunge_all()
    county.info["viewer"] = _viewer("desk", factories.COUNTY)
    option = {"lazy": (), "joined": (joinedload,), "select in": (selectinload,)}[loading]
    statement = select(AccountabilityTask).options(*(load(AccountabilityTask.assignments) for load in option))
    task = county.scalars(statement).unique().one()
    assert [row.unit_code for row in task.assignments] == [factories.VILLAGE]


def test_row_outside_is_not_written(county: Session) -> None:
    person = factories.person(county)
    county.info["viewer"] = _viewer("desk", factories.COUNTY)
    county.add(
        Posting(person_id=person.id, role="desk", unit_code="533301", starts_on=factories.at("2026-11-02").date())
    )
    with pytest.raises(OutOfScope):
        county.flush()


def test_row_is_not_moved_outside(county: Session, places: dict) -> None:
    county.info["viewer"] = _viewer("desk", factories.COUNTY)
    county.get_one(Assignment, places["home"]["assignment"]).unit_code = factories.NEIGHBOUR_VILLAGE
    with pytest.raises(OutOfScope):
        county.flush()


def test_many_rows_are_judged_one_by_one(county: Session) -> None:
    person = factories.person(county).id
    day = factories.at("2026-11-02").date()
    rows = [{"person_id": person, "role": "desk", "unit_code": u, "starts_on": day} for u in ("533323", "533301")]
    viewer = county.info["viewer"] = _viewer("desk", factories.COUNTY)
    with pytest.raises(OutOfScope):
        insert_rows(county, Posting, rows)
    insert_rows(county, Posting, rows[:1])
    assert county.info["viewer"] == viewer
    assert county.scalar(select(func.count()).select_from(Posting)) == 1


def test_part_of_the_system_acts_for_one_block(county: Session, places: dict) -> None:
    viewer = county.info["viewer"] = _viewer("desk", factories.COUNTY)
    with acting_as(county, Viewer.system("递送", factories.NEIGHBOUR_COUNTY)):
        assert county.scalars(select(Assignment.unit_code)).all() == [factories.NEIGHBOUR_VILLAGE]
    assert county.info["viewer"] is viewer
    assert county.scalars(select(Assignment.unit_code)).all() == [factories.VILLAGE]


def test_viewer_comes_back_after_an_error(county: Session) -> None:
    viewer = county.info["viewer"]
    with pytest.raises(ValueError, match="x"), acting_as(county, Viewer.nobody()):
        raise ValueError("x")
    assert county.info["viewer"] is viewer
