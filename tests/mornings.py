"""The moment at which the tests of a feature stand, with the calendar of its year known."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from webapp import clock
from webapp.policy import calendar


def morning_at(moment: datetime) -> Any:
    """A fixture for the conftest of a feature: all its tests stand at a moment."""

    @pytest.fixture(autouse=True)
    def morning(county: Session) -> Iterator[None]:
        with clock.held_at(moment):
            calendar.seed(county)
            county.commit()
            yield

    return morning
