"""A part of the system acting for a moment is no door for what the person had changed before."""

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.burden.models import BurdenEntry
from webapp.errors import OutOfScope


def foreign() -> BurdenEntry:
    return BurdenEntry(
        unit_code=NEIGHBOUR_VILLAGE,
        month=clock.today().replace(day=1),
        issuer_code=COUNTY,
        key="assignment:1",
        title="别县的事",
        minutes=10,
        regular=False,
    )


def test_pending_rows_are_judged_by_the_person_s_rules(county: Session) -> None:
    county.info["viewer"] = factories.viewer(county, "desk", COUNTY)
    county.add(foreign())
    with pytest.raises(OutOfScope), acting_as(county, Viewer.system("test", "")):
        county.flush()


def test_the_person_is_back_after_the_block(county: Session) -> None:
    desk = county.info["viewer"] = factories.viewer(county, "desk", COUNTY)
    with acting_as(county, Viewer.system("test", "")):
        county.add(foreign())
    assert county.info["viewer"] == desk
