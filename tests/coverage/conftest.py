"""A county secretary in office since March 2024, the office that enters dates, and a calendar."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP
from tests.mornings import morning_at
from webapp.org.models import Posting

MORNING = factories.at("2026-10-12 09:30")
TODAY = date(2026, 10, 12)
SINCE = date(2024, 3, 1)
SignIn = Callable[..., FlaskClient]


morning = morning_at(MORNING)


@pytest.fixture
def secretary(county: Session) -> Posting:
    """The county's secretary."""
    row = factories.posting(county, "secretary", COUNTY, starts_on=SINCE)
    county.commit()
    return row


@pytest.fixture
def township_secretary(county: Session) -> Posting:
    row = factories.posting(county, "secretary", TOWNSHIP, starts_on=SINCE)
    county.commit()
    return row


@pytest.fixture
def office(secretary: Posting, sign_in: SignIn) -> FlaskClient:
    """The county secretary's own office."""
    return sign_in("desk", COUNTY, kind="secretary_office")
