"""The burden ledger: sums by unit and the month of the first deadline, struck out when recalled (X-5)."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING, Parties, act, brought_to, changed, issued, parties
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import acting_as
from webapp.accountability import parts
from webapp.burden import upcoming
from webapp.burden.models import BurdenEntry, Demand
from webapp.burden.queries import foreseen, month_load
from webapp.burden.rules import Ceilings, Load, too_many_minutes, too_many_requests
from webapp.errors import Refused

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _no_sheet_is_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is still to be opened counts as well: test_upcoming.py. Here stands what was asked."""
    monkeypatch.setattr(upcoming, "sources", [])


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def test_a_month_sums_what_every_level_asks(county: Session, people: Parties) -> None:
    issued(county, people.first_desk, [VILLAGE, TOWNSHIP])
    issued(county, people.township, [VILLAGE], demand=changed(minutes=25, regular=True), issuer_code=TOWNSHIP)
    issued(county, people.first_desk, [VILLAGE], demand=changed(due_on=date(2026, 11, 3)))
    assert month_load(county, [VILLAGE, TOWNSHIP, SISTER_VILLAGE], date(2026, 10, 23)) == {
        VILLAGE: Load(2, 55, 1),
        TOWNSHIP: Load(1, 30, 0),
    }
    assert month_load(county, [VILLAGE], NOVEMBER) == {VILLAGE: Load(1, 30, 0)}


def test_a_load_is_read_within_scope(county: Session, people: Parties) -> None:
    issued(county, people.first_desk, [VILLAGE])
    with acting_as(county, factories.viewer(county, "desk", factories.OTHER_TOWNSHIP)):
        assert month_load(county, [VILLAGE], OCTOBER) == {}


def test_an_extension_leaves_the_load_in_the_month_of_the_first_deadline(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "acknowledged")
    act(county, people.village, "extend_ask", row)
    row.extensions[0].wanted_due_on = date(2026, 11, 6)
    act(county, people.second_desk, "extend_grant", row)
    assert month_load(county, [VILLAGE], OCTOBER) == {VILLAGE: Load(1, 30, 0)}
    assert month_load(county, [VILLAGE], NOVEMBER) == {}
    seen = foreseen(county, [VILLAGE], date(2026, 11, 6))[VILLAGE]
    assert (seen.load.items, seen.same_day, seen.others) == (0, 1, ())  # its answer still falls due on that day


def test_a_recalled_demand_costs_nothing(county: Session, people: Parties) -> None:
    brought_to(county, people, "recalled")
    assert month_load(county, [VILLAGE], OCTOBER) == {}


def test_more_minutes_than_a_village_should_bear_are_refused_for_all(county: Session, people: Parties) -> None:
    issued(county, people.first_desk, [VILLAGE], demand=changed(minutes=45))
    with pytest.raises(Refused, match="上帕村委会当月用时将超过 60 分钟上限"):
        issued(county, people.second_desk, [VILLAGE, SISTER_VILLAGE], demand=changed(minutes=16))
    assert month_load(county, [VILLAGE, SISTER_VILLAGE], OCTOBER) == {VILLAGE: Load(1, 45, 0)}
    issued(county, people.second_desk, [VILLAGE, SISTER_VILLAGE], demand=changed(minutes=15))


def test_what_is_issued_and_what_is_split_stands_in_the_form_directory(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, [TOWNSHIP])
    act(county, people.township, "acknowledge", task.assignments[0])
    with acting_as(county, people.township):
        parts.split(county, task.assignments[0].id, [VILLAGE], at=MORNING)
    granted = county.scalars(select(Demand).order_by(Demand.id)).all()
    assert [(one.owner_code, one.title, one.minutes) for one in granted] == [
        (COUNTY, task.title, 30),
        (TOWNSHIP, task.title, 30),
    ]
    entries = county.execute(select(BurdenEntry.unit_code, BurdenEntry.demand_id).order_by(BurdenEntry.id)).all()
    assert [tuple(one) for one in entries] == [(TOWNSHIP, granted[0].id), (VILLAGE, granted[1].id)]
    assert task.demand_id == granted[0].id


def test_one_regular_request_a_village_and_month(county: Session, people: Parties) -> None:
    regular = changed(regular=True)
    issued(county, people.first_desk, [VILLAGE], demand=regular)
    with pytest.raises(Refused, match="上帕村委会当月的常规事项已达 1 项上限"):
        issued(county, people.second_desk, [VILLAGE, SISTER_VILLAGE], demand=regular)
    issued(county, people.first_desk, [SISTER_VILLAGE], demand=regular)
    issued(county, people.first_desk, [VILLAGE], demand=changed(regular=True, due_on=date(2026, 11, 3)))


def test_townships_have_no_ceiling_of_regular_requests(county: Session, people: Parties) -> None:
    for _ in range(2):
        issued(county, people.first_desk, [TOWNSHIP], demand=changed(regular=True))


def test_the_ceilings_protect_villages() -> None:
    ceilings, heavy = Ceilings(requests_month=1, minutes_month=60), Load(3, 61, 2)
    assert too_many_requests(VILLAGE, heavy, ceilings)
    assert too_many_minutes(VILLAGE, heavy, ceilings)
    assert not too_many_requests(COUNTY, heavy, ceilings)
    assert not too_many_minutes(TOWNSHIP, heavy, ceilings)
    assert not too_many_minutes(VILLAGE, Load(1, 60, 1), ceilings)
    assert Load().plus(30, True) == Load(1, 30, 1)
