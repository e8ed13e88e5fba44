"""A first secretary who leaves on 15 October, the successor from the 10th on; clients of both and of the county desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from tests.mornings import morning_at
from webapp.org.models import Handover, Posting

MORNING = factories.at("2026-10-14 09:30")
ARRIVAL, LAST_DAY, DUE = date(2026, 10, 10), date(2026, 10, 15), date(2026, 10, 22)


@dataclass
class Change:
    """One hand-over and who stands around it."""

    id: int
    leaver: FlaskClient
    successor: FlaskClient
    desk: FlaskClient


morning = morning_at(MORNING)


@pytest.fixture
def change(county: Session, sign_in: Callable[..., FlaskClient]) -> Change:
    clients = [sign_in("first_secretary", VILLAGE) for _ in range(2)]
    posts = [county.query(Posting).filter_by(person_id=one.person_id).one() for one in clients]  # type: ignore[attr-defined]
    posts[0].starts_on, posts[0].ends_on, posts[1].starts_on = date(2024, 5, 6), LAST_DAY, ARRIVAL
    row = Handover(unit_code=VILLAGE, leaver_posting_id=posts[0].id, successor_posting_id=posts[1].id, due_on=DUE)
    county.add(row)
    county.commit()
    number = row.id
    county.expunge_all()
    county.rollback()
    return Change(number, *clients, sign_in("desk", COUNTY))
