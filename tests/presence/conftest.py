"""A Monday with a calendar, and people on post in two villages of one township."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.policy import calendar

MORNING = factories.at("2026-10-12 09:30")


@pytest.fixture(autouse=True)
def morning(county: Session) -> Iterator[None]:
    with clock.held_at(MORNING):
        calendar.seed(county)
        county.commit()
        yield
