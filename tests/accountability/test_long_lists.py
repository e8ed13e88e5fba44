"""How a list over many units is read: off an index in the order of its days, never by sorting all its rows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.worklogs.making import assignment
from webapp.access import Viewer
from webapp.accountability import sought
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.sought import Sought
from webapp.db import learn_sizes
from webapp.org.models import Division

PROVINCE = "53"


@pytest.fixture
def busy(county: Session, database_url: str) -> Session:
    """Forty tasks at every village of the county, one a day; each second one is closed."""
    below = Division.code.startswith(factories.COUNTY) & (Division.level == 5)
    villages = county.scalars(select(Division.code).where(below).order_by(Division.code)).all()
    for number in range(40):
        task = assignment(county, villages[0], title=f"核对台账（第 {number} 次）").task
        day = date(2026, 9, 1) + timedelta(days=number)
        kept = {"issued_on": day, "due_on": day, "first_due_on": day, "changed_at": task.drafted_at, "version": 1}
        over = {"state": "closed", "closed_on": day} if number % 2 else {"state": "issued", "closed_on": None}
        rows = [
            kept | over | {"task_id": task.id, "unit_code": code, "issuer_code": factories.COUNTY}
            for code in villages[1:]
        ]
        county.execute(insert(Assignment), rows)
    county.commit()
    learn_sizes(database_url)
    return county


def plan(session: Session, wanted: Sought) -> str:
    """SQLite's own words on how it would read the list for a leader of the province."""
    session.info["viewer"] = Viewer.system("云南省", PROVINCE)
    statement = sought.rows(wanted).limit(25).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    return "\n".join(str(row[-1]) for row in session.connection().execute(text(f"EXPLAIN QUERY PLAN {statement}")))


@pytest.mark.parametrize(("state", "index"), [("open", "ix_assignment_open_due"), ("", "ix_assignment_due")])
def test_a_province_s_list_is_read_off_an_index_in_the_order_of_its_days(busy: Session, state: str, index: str) -> None:
    wanted = Sought(view="all", units=(PROVINCE,), state=state)
    shown = [row.due_on for row in busy.execute(sought.rows(wanted).limit(25))]
    assert shown == sorted(shown) and shown[0] == date(2026, 9, 1)
    if busy.get_bind().dialect.name == "sqlite":  # PostgreSQL prefers to sort a list that is as short as this one
        assert index in plan(busy, wanted)
        assert "FOR ORDER BY" not in plan(busy, wanted)


def test_the_index_of_what_is_not_over_leaves_no_unfinished_row_out(busy: Session) -> None:
    wanted = Sought(view="all", units=(PROVINCE,), state="open")
    by_state = select(Assignment.id).where(Assignment.state == "issued")
    assert set(busy.scalars(sought.keys(wanted))) == set(busy.scalars(by_state))


def test_words_are_sought_below_the_viewer_s_units_alone(busy: Session) -> None:
    name = busy.scalars(select(Division.name).where(Division.code == factories.VILLAGE)).one()
    for unit, found in ((factories.TOWNSHIP, {factories.VILLAGE}), (factories.OTHER_TOWNSHIP, set[str]())):
        rows = busy.execute(sought.rows(Sought(view="all", units=(unit,), words=name)))
        assert {row.unit_code for row in rows} == found


def test_a_task_is_seen_from_above_and_below_its_issuer_not_beside_it(busy: Session) -> None:
    county_task = select(AccountabilityTask.id).where(AccountabilityTask.title == "核对台账（第 0 次）")
    for unit, seen in ((factories.VILLAGE, True), ("5333", True), (factories.NEIGHBOUR_TOWNSHIP, False)):
        busy.info["viewer"] = Viewer.system("某单位", unit)
        assert (busy.scalar(county_task) is not None) is seen, unit
