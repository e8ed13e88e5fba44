"""A moment on a working day, and the people of one issue as signed-in clients."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from tests.rectification.making import MORNING
from webapp import clock
from webapp.policy import calendar


@dataclass
class Clients:
    first_desk: FlaskClient
    second_desk: FlaskClient
    township: FlaskClient
    village: FlaskClient


@pytest.fixture
def morning() -> Iterator[None]:
    with clock.held_at(MORNING):
        yield


@pytest.fixture
def clients(morning: None, county: Session, sign_in: Callable[..., FlaskClient]) -> Clients:
    calendar.seed(county)
    county.commit()
    return Clients(
        first_desk=sign_in("desk", COUNTY),
        second_desk=sign_in("desk", COUNTY),
        township=sign_in("desk", TOWNSHIP),
        village=sign_in("secretary", VILLAGE),
    )
