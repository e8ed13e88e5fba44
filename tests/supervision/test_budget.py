"""Pages of 督办 and of the calendar ask the database a fixed number of questions, however many rows they show."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import changed, issued, parties
from tests.accountability.test_budget import asked, get
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.supervision.making import look, on
from webapp import clock

__all__ = ["asked"]

BUDGET = 12


@pytest.fixture
def desk(county: Session, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    with clock.held_at(on("11-03 10:00")):
        return sign_in("desk", COUNTY)


def test_more_rows_ask_no_more(
    county: Session, desk: FlaskClient, asked: Callable[[Callable[[], object]], list[str]]
) -> None:
    people = parties(county)
    factories.viewer(county, "secretary", SISTER_VILLAGE)
    first = issued(county, people.first_desk, [VILLAGE], changed(minutes=5)).assignments[0].id
    paths = ("/supervision/", f"/supervision/{first}", "/calendar/?month=2026-10", "/calendar/?month=2026-10&form=list")
    counts = []
    for _ in range(2):
        look(county, on("11-02 09:00"))
        county.commit()
        with clock.held_at(on("11-03 10:00")):
            get(desk, "/calendar/years/")()  # what the application reads once a minute is read now
            counts.append({path: len(asked(get(desk, path))) for path in paths})
        for _ in range(3):
            issued(county, people.first_desk, [TOWNSHIP, VILLAGE, SISTER_VILLAGE], changed(minutes=5))
    few, many = counts
    assert few == many
    assert max(many.values()) <= BUDGET, many
