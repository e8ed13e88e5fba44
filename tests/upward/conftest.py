"""A morning with a calendar, and the people on both sides of a request."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from tests.mornings import morning_at

MORNING = factories.at("2026-10-12 09:30")
SignIn = Callable[..., FlaskClient]
FORM = {
    "form_id": "0a1b2c3d-0000-4000-8000-000000000001",
    "unit": VILLAGE,
    "asked": TOWNSHIP,
    "kind": "funds",
    "title": "修复村组水毁道路",
    "content": "八月暴雨冲毁二组道路 300 米，请补助材料费。",
    "amount": "120,000",
    "basis": "",
    "due_on": "2026-10-15",
}


morning = morning_at(MORNING)


@pytest.fixture
def county_desk(sign_in: SignIn) -> FlaskClient:
    return sign_in("desk", COUNTY)


@pytest.fixture
def township_desk(sign_in: SignIn) -> FlaskClient:
    return sign_in("desk", TOWNSHIP)


@pytest.fixture
def village(sign_in: SignIn, township_desk: FlaskClient, county_desk: FlaskClient) -> FlaskClient:
    """The village secretary; the desks above are occupied."""
    return sign_in("secretary", VILLAGE)
