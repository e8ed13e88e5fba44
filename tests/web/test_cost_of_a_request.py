"""What a request costs, in counts that no neighbour on the machine disturbs: function calls, statements compiled anew."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.accountability.making import DEMAND, issued
from tests.factories import COUNTY, VILLAGE, viewer
from tests.worklogs.sending import send, token_of
from webapp.extensions import db
from webapp.org.models import Division
from webapp.policy import calendar

ANSWER = tuple[str, str, str]
LIST: ANSWER = ("desk", COUNTY, "/tasks/")
CALLS: dict[ANSWER, int] = {
    LIST: 29_400,
    ("first_secretary", VILLAGE, "/"): 31_000,
    ("first_secretary", VILLAGE, "/worklogs/new"): 21_800,
    ("desk", COUNTY, "/inbox/"): 12_100,
}
LOG = 9_400
"""The most that a page, or a log that arrives, may cost: a tenth above what it does on PostgreSQL, whose driver is written in Python."""


@pytest.fixture
def full(county: Session) -> None:
    """A list of more rows than one page shows."""
    calendar.seed(county)
    villages = county.scalars(select(Division.code).where(Division.level == 5, Division.code.startswith(COUNTY)))
    issued(county, viewer(county, "desk", COUNTY), sorted(villages)[:30], DEMAND)
    county.commit()


def calls_of(request: Callable[[], object]) -> int:
    """Function calls of the interpreter, its own and those into C."""
    number = 0

    def note(_frame: FrameType, kind: str, _argument: Any) -> None:
        nonlocal number
        number += kind in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        request()
    finally:
        sys.setprofile(before)
    return number


def compiled_anew(app: Flask, request: Callable[[], object]) -> list[str]:
    """The statements of a request that were not found among the compiled ones."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        if context is not None and context.compiled is not None and context.cache_hit.name != "CACHE_HIT":
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        request()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return found


@pytest.mark.parametrize("page", CALLS, ids=lambda page: f"{page[0]} {page[2]}")
def test_a_page_keeps_its_budget_of_calls(page: ANSWER, full: None, sign_in: Callable[..., FlaskClient]) -> None:
    role, unit, path = page
    client = sign_in(role, unit)
    for _ in range(2):  # what is made once is made now
        assert client.get(path).status_code == 200
    assert calls_of(lambda: client.get(path)) <= CALLS[page]


@pytest.mark.parametrize("page", CALLS, ids=lambda page: f"{page[0]} {page[2]}")
def test_what_one_person_asked_is_compiled_for_the_next(
    page: ANSWER, full: None, app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    role, unit, path = page
    sign_in(role, unit).get(path)
    assert compiled_anew(app, lambda: sign_in(role, unit).get(path)) == []


def test_a_log_that_arrives_keeps_its_budget_of_calls(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    phone = sign_in("first_secretary", VILLAGE)
    token = token_of(phone)

    def sent() -> None:
        assert send(phone, token, id=str(uuid4())).status_code == 201

    sent()
    sent()
    assert calls_of(sent) <= LOG
