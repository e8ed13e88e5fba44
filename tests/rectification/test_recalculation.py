"""An open issue follows a published list to a later day, and stands in the calendars of both sides."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import OTHER_TOWNSHIP
from tests.rectification.making import DUE, Parties, act, entered, parties
from webapp.access import Viewer, acting_as
from webapp.agenda.sources import issues
from webapp.policy import calendar_service
from webapp.policy.recalculation import recalculators
from webapp.rectification import recalculation
from webapp.rectification.models import Issue

AT = factories.at("2026-10-20 10:00")


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def rest(session: Session) -> int:
    """The day of the deadline becomes a day off; gives how many deadlines moved."""
    return calendar_service.set_day(session, DUE, kind="off", name="州庆", reason="州庆放假", source="文", at=AT)


def shown(session: Session, viewer: Viewer) -> list[tuple[date, str]]:
    with acting_as(session, viewer):
        return [(one.day, one.kind) for one in issues(session, viewer, date(2026, 11, 1), date(2026, 11, 30))]


def test_rectification_is_registered_with_the_calendar() -> None:
    assert recalculation.move_deadlines in recalculators


def test_it_moves_to_the_next_working_day_with_an_event(county: Session, people: Parties) -> None:
    row = entered(county, people.first_desk)
    assert rest(county) == 1
    assert (row.due_on, row.first_due_on) == (date(2026, 11, 9), DUE)
    event = row.events[-1]
    assert (event.kind, event.from_state, event.to_state, event.person_id) == ("recalculated", "new", "new", None)
    assert event.data == {"due_on": "2026-11-09", "before": "2026-11-06"}


def test_what_waits_for_its_closer_stays(county: Session, people: Parties) -> None:
    row = entered(county, people.first_desk)
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row)
    assert rest(county) == 0
    assert row.due_on == DUE


def test_each_side_reads_it_in_its_calendar_while_it_is_its_turn(county: Session, people: Parties) -> None:
    row = entered(county, people.first_desk)
    neighbour = factories.viewer(county, "desk", OTHER_TOWNSHIP)
    assert shown(county, people.township) == [(DUE, "整改到期")]
    assert shown(county, people.first_desk) == shown(county, neighbour) == []
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row)
    assert shown(county, people.township) == []
    assert shown(county, people.first_desk) == [(DUE, "销号核验到期")]


def test_a_lead_that_acts_meanwhile_does_not_fail_the_list(county: Session, people: Parties) -> None:
    row = entered(county, people.first_desk)
    assert row.state == "new"
    elsewhere = update(Issue).where(Issue.id == row.id).values(state="claimed", version=row.version + 1)
    county.execute(elsewhere.execution_options(synchronize_session=False))
    assert rest(county) == 1
    assert (row.state, row.due_on) == ("claimed", date(2026, 11, 9))
