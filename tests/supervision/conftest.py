"""People and days of the tests of 催办 and 督办."""

import pytest
from sqlalchemy.orm import Session

from tests.accountability.making import Parties, parties


@pytest.fixture
def people(county: Session) -> Parties:
    """Two at the county desk, one at the township desk, the village's secretary; the calendar is known."""
    return parties(county)
