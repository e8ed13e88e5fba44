"""An open request follows a published list to a later day; what was answered stays (T-10)."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import TOWNSHIP
from tests.upward.conftest import FORM
from webapp.access import acting_as
from webapp.agenda.sources import requests_to_answer
from webapp.policy import calendar_service
from webapp.upward.models import UpwardRequest

AT = factories.at("2026-10-12 11:00")


def rest(session: Session, day: date) -> int:
    """The county desk makes a weekday a day off; gives how many deadlines moved."""
    return calendar_service.set_day(session, day, kind="off", name="州庆", reason="州庆放假", source="文", at=AT)


def the_request(session: Session) -> UpwardRequest:
    return session.scalars(select(UpwardRequest)).one()


def test_it_moves_to_the_next_working_day_and_the_first_deadline_stays_visible(
    village: FlaskClient, county: Session
) -> None:
    village.post("/requests/new", data=FORM)
    assert rest(county, date(2026, 10, 15)) == 1
    row = the_request(county)
    assert (row.due_on, row.first_due_on) == (date(2026, 10, 16), date(2026, 10, 15))
    assert rest(county, date(2026, 10, 14)) == 0


def test_what_was_answered_stays(village: FlaskClient, township_desk: FlaskClient, county: Session) -> None:
    village.post("/requests/new", data=FORM)
    row = the_request(county)
    number, version = row.id, row.version
    county.rollback()
    answer = {"version": str(version), "outcome": "agreed", "text": "同意补助。"}
    assert township_desk.post(f"/requests/{number}/answer", data=answer).status_code == 303
    assert rest(county, date(2026, 10, 15)) == 0
    assert the_request(county).due_on == date(2026, 10, 15)


def test_the_asked_desk_reads_it_in_its_calendar_and_the_neighbour_does_not(
    village: FlaskClient, county: Session
) -> None:
    village.post("/requests/new", data=FORM)
    found = {}
    for unit in (TOWNSHIP, factories.OTHER_TOWNSHIP):
        viewer = factories.viewer(county, "desk", unit)
        with acting_as(county, viewer):
            entries = requests_to_answer(county, viewer, date(2026, 10, 1), date(2026, 10, 31))
        found[unit] = [(entry.day, entry.kind, entry.title) for entry in entries]
    assert found == {
        TOWNSHIP: [(date(2026, 10, 15), "请示答复到期", "修复村组水毁道路")],
        factories.OTHER_TOWNSHIP: [],
    }


def test_a_desk_that_acts_meanwhile_does_not_fail_the_list(village: FlaskClient, county: Session) -> None:
    village.post("/requests/new", data=FORM)
    row = the_request(county)
    elsewhere = update(UpwardRequest).where(UpwardRequest.id == row.id)
    county.execute(
        elsewhere.values(state="acknowledged", version=row.version + 1).execution_options(synchronize_session=False)
    )
    assert rest(county, date(2026, 10, 15)) == 1
    assert (row.state, row.due_on) == ("acknowledged", date(2026, 10, 16))
