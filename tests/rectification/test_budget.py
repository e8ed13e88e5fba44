"""Pages ask the database a fixed number of questions, however many rows they show."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from tests.rectification.conftest import Clients
from tests.rectification.test_pages import brought_to_closed, enter
from tests.statements import sent

BUDGET = 12


def asked(app: Flask, request: Callable[[], object]) -> list[str]:
    """The statements that one request sends."""
    with sent(app) as found:
        request()
    return found


def test_pages_keep_their_budget(app: Flask, clients: Clients, county: Session) -> None:
    row = brought_to_closed(clients, county, supports="上帕村委会")
    desk = clients.first_desk
    paths = (
        "/rectification/?state=every",
        f"/rectification/{row}",
        "/rectification/new",
        "/rectification/second-looks?state=every",
        f"/rectification/{row}/lateral",
        "/rectification/import",
    )
    desk.get(paths[0])  # what the application reads once a minute is read now
    few = {path: len(asked(app, lambda path=path: desk.get(path))) for path in paths}
    for number in range(12):
        brought_to_closed(clients, county, description=f"第 {number} 个问题", supports="达友村委会")
    for path, number in few.items():
        assert number <= BUDGET, (path, number)
        found = asked(app, lambda path=path: desk.get(path))
        assert len(found) == number, (path, found)


def test_entering_an_issue_asks_no_more_for_many_helpers(app: Flask, clients: Clients, county: Session) -> None:
    one = len(asked(app, lambda: enter(clients.first_desk, supports="上帕村委会")))
    many = len(asked(app, lambda: enter(clients.first_desk, supports="上帕村委会、达友村委会、木古甲村委会")))
    assert many <= one + 6, "each helper is a row, not a round of questions"
