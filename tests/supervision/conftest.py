"""People and days of the tests of 催办 and 督办."""

import pytest
from sqlalchemy.orm import Session

from tests.accountability.making import Parties, parties
from webapp.policy import duty_lists


@pytest.fixture
def people(county: Session) -> Parties:
    """Two at the county desk, one at the township desk, the village's secretary; calendar and duty list are known."""
    duty_lists.load(county)
    return parties(county)
