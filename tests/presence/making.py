"""Spot checks for tests, made through the services by people of their own."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from tests.presence.conftest import MORNING
from webapp.access import Viewer, acting_as
from webapp.presence import drawing
from webapp.presence.drawing import Drawing
from webapp.presence.models import Inspection, InspectionPlan


@dataclass
class People:
    """One person for each part of a spot check in VILLAGE."""

    person: Viewer
    inspector: Viewer
    township: Viewer
    decider: Viewer
    other_decider: Viewer

    def all(self) -> list[Viewer]:
        return [self.person, self.inspector, self.township, self.decider, self.other_decider]


def people(session: Session) -> People:
    return People(
        person=factories.viewer(session, "first_secretary", VILLAGE),
        inspector=factories.viewer(session, "desk", COUNTY),
        township=factories.viewer(session, "desk", TOWNSHIP),
        decider=factories.viewer(session, "desk", COUNTY),
        other_decider=factories.viewer(session, "secretary", COUNTY),
    )


def wanted(inspector: Viewer, unit_code: str = COUNTY, seed: str = "7", size: int | None = 1) -> Drawing:
    return Drawing(
        unit_code=unit_code,
        seed=seed,
        request_id=f"00000000-0000-4000-8000-{unit_code:>06.6}{seed:>06.6}",
        first_on=date(2026, 10, 12),
        last_on=date(2026, 10, 31),
        size=size,
        inspector_id=inspector.person_id,
    )


def drawn(session: Session, some: People) -> Inspection:
    """The spot check of the one person who is on post."""
    with acting_as(session, some.inspector):
        plan: InspectionPlan = drawing.draw(session, wanted(some.inspector), MORNING)
    return plan.inspections[0]
