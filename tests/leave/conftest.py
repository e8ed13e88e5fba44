"""A Monday morning with a calendar, somebody stationed in a village, and those who decide on leave."""

import uuid
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from tests.mornings import morning_at
from webapp.access import Viewer, acting_as
from webapp.leave import service
from webapp.leave.models import LeaveRequest
from webapp.leave.rules import Asking

MORNING = factories.at("2026-11-09 09:30")
MASTER = b"k" * 32


morning = morning_at(MORNING)


@dataclass
class People:
    """The first secretary who asks, and who decides above."""

    member: Viewer
    secretary: Viewer
    deputy: Viewer
    department: Viewer


@pytest.fixture
def people(county: Session) -> People:
    return People(
        member=factories.viewer(county, "first_secretary", VILLAGE),
        secretary=factories.viewer(county, "secretary", TOWNSHIP),
        deputy=factories.viewer(county, "deputy", TOWNSHIP),
        department=factories.viewer(county, "desk", COUNTY, kind="organisation_department"),
    )


def day(text: str) -> date:
    return date.fromisoformat(text)


def asking(viewer: Viewer, first: str, last: str, **changes: object) -> Asking:
    """ "2026-11-10 am" to "2026-11-11 pm"."""
    first_day, first_half = first.split()
    last_day, last_half = last.split()
    values: dict[str, object] = {
        "posting_id": viewer.grants[0].posting_id,
        "kind": "personal",
        "first_day": day(first_day),
        "first_half": first_half,
        "last_day": day(last_day),
        "last_half": last_half,
    }
    return Asking(**(values | changes))  # type: ignore[arg-type]


def ask(
    session: Session, viewer: Viewer, first: str, last: str, at: object = MORNING, **changes: object
) -> LeaveRequest:
    """A request of a person, as the form makes it."""
    with acting_as(session, viewer):
        return service.ask(
            session,
            str(uuid.uuid4()),
            asking(viewer, first, last, **changes),
            master=MASTER,
            at=at,  # type: ignore[arg-type]
        )
