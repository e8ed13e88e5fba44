"""Pages ask the database a fixed number of questions, however many rows they show."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.test_pages import issue, typed
from tests.factories import TOWNSHIP, VILLAGE
from tests.statements import sent
from webapp.org.models import Division

BUDGET = 12


@pytest.fixture
def asked(app: Flask) -> Callable[[Callable[[], object]], list[str]]:
    """The statements that one request sends."""

    def statements(request: Callable[[], object]) -> list[str]:
        with sent(app) as found:
            request()
        return found

    return statements


def get(client: FlaskClient, path: str) -> Callable[[], object]:
    def request() -> None:
        assert client.get(path).status_code == 200

    return request


def test_pages_keep_their_budget(
    clients: Clients, county: Session, asked: Callable[[Callable[[], object]], list[str]]
) -> None:
    first = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    get(clients.first_desk, "/tasks/")()  # what the application reads once a minute is read now
    few = {path: len(asked(get(clients.first_desk, path))) for path in paths(first.id, first.number)}
    villages = list(county.scalars(select(Division.code).where(Division.parent_code == TOWNSHIP)))
    county.rollback()
    many = issue(clients.second_desk, county, ",".join(villages))[VILLAGE]
    for path, number in few.items():
        assert number <= BUDGET, "\n".join(
            [
                "",
                path,
                *(" ".join(one.split("FROM", 1)[-1].split())[:150] for one in asked(get(clients.first_desk, path))),
            ]
        )
    for path, small in zip(paths(many.id, many.number), few.values(), strict=True):
        found = asked(get(clients.first_desk, path))
        assert len(found) == small, (path, found)


def test_the_check_before_issuing_keeps_its_budget(
    clients: Clients, county: Session, asked: Callable[[Callable[[], object]], list[str]]
) -> None:
    villages = list(county.scalars(select(Division.code).where(Division.parent_code == TOWNSHIP)))
    county.rollback()
    form = typed(go="check", units=",".join(villages))
    place = clients.first_desk.post("/tasks/new", data=form).headers["Location"]
    assert "下达任务给" in clients.first_desk.get(place).text
    found = asked(get(clients.first_desk, place))
    assert len(found) <= BUDGET, found


def paths(assignment_id: int, number: str) -> tuple[str, ...]:
    return (
        "/tasks/",
        f"/tasks/assignments/{assignment_id}",
        f"/tasks/{number}",
        "/tasks/new?form=7a1c8f0e-5b1a-4c0e-9d55-3a4f5f6b7c8d",
    )
