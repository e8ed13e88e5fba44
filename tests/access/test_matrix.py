"""Every route × method × role × own, child, parent, neighbour and closed-posting row, against the reviewed table.

A page that gives its list as a file is asked for the file, too: it opens where the page opens and holds the same units.
"""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from werkzeug.test import TestResponse

from tests.access.conftest import Viewing, World
from tests.access.expected import EXPECTED
from tests.access.lines import FURTHER, PLACES, VIEWERS, Line
from tests.access.routes import address, gives_files, routes
from tests.access.world import fillers_in
from webapp import downloads

UNLIKE = {
    "GET /delegations/": "the page also offers colleagues for a new one",
    "GET /org/<code>": "the page also names who is on post",
    "GET /presence/months/<int:month_id>": "the page also names who confirmed each version",
    "GET /runs/<key>/<unit>/<code>": "the page also says of which run the figure is",
    "GET /tasks/<number>/paper": "the file is the empty table in which a township enters replies on paper",
    "GET /sheets/": "the page shows the villages' state, the file their answers",
}
"""Pages whose file shows less or more than the page: no other place's rows, but not the same words."""
SEEN = {200, 201, 204, 302, 303, 400, 409, 410, 413, 422, 503}


def test_every_route_has_a_line_and_every_line_a_route(app: Flask) -> None:
    known = {key for key, *_ in routes(app)}
    missing, left = known - set(EXPECTED), set(EXPECTED) - known
    assert not missing, f"add a reviewed line to tests/access/expected.py for: {sorted(missing)}"
    assert not left, f"these routes are gone, take their lines out of tests/access/expected.py: {sorted(left)}"


def test_guards_are_those_of_the_table(app: Flask) -> None:
    guards = {key: app.view_functions[rule.endpoint].guard for key, _, rule in routes(app)}  # type: ignore[attr-defined]
    wrong = {key: guards[key] for key in guards if key in EXPECTED and guards[key] != EXPECTED[key].permission}
    assert not wrong, f"the guard differs from the reviewed table: {wrong}"


def test_visitors_are_asked_to_sign_in(app: Flask, client: FlaskClient, world: World) -> None:
    wrong = []
    rows = world("533323")
    for key, method, rule in routes(app):
        line = EXPECTED.get(key)
        if line is None or line.permission == "public":
            continue
        status = client.open(address(app, rule, line, rows), method=method).status_code
        if status != (302 if method == "GET" else 401):
            wrong.append(f"{key} → {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name in VIEWERS if name not in FURTHER])
def test_viewer(name: str, app: Flask, viewing: Viewing, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _walk(name, app, viewing, world, monkeypatch)


@pytest.mark.one_database
@pytest.mark.parametrize("name", sorted(FURTHER))
def test_further_viewer(name: str, app: Flask, viewing: Viewing, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Posts whose statements are those of the viewers above, at another level or with other permissions."""
    _walk(name, app, viewing, world, monkeypatch)


def _walk(name: str, app: Flask, viewing: Viewing, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "EXPORTS", parse("1000 per hour"))
    own = VIEWERS[name][1]
    places = {place: world(unit) for place, unit in ({"own": own} | PLACES[own]).items()}
    wrong = []
    for key, method, rule in routes(app):
        line = EXPECTED.get(key)
        if line is None or line.permission == "public":
            continue
        files = method == "GET" and gives_files(app, rule)
        for place in places if line.rows and name in line.viewers else ("own",):
            with viewing(name).open(address(app, rule, line, places[place]), method=method) as response:
                status, shown = response.status_code, response.text if files and response.status_code == 200 else ""
            if not _right(line, name, place, status):
                wrong.append(f"{key} · {place} row → {status}")
            if files and status != 403:  # the same door stands before page and file
                with viewing(name).open(address(app, rule, line, places[place], format="csv")) as file:
                    told = _file_fault(key, places, status, shown, file)
                wrong += [f"{key} · {place} row as CSV {told}"] if told else []
    assert not wrong, f"{name}:\n" + "\n".join(wrong)


def _right(line: Line, name: str, place: str, status: int) -> bool:
    barred = name in line.barred and place in line.opens
    if name == "province desk" and place == "own" and place in line.refuses:
        # Nobody stands above it to decide: refused either way, with a sentence; 303 leads to it, what is done answers 302.
        return status in (303, 400, 403)
    if name not in line.viewers or place in line.refuses or barred:
        return status == 403
    if line.rows and (place not in line.opens or name in line.blind):
        return status == 404
    return status in SEEN


def _file_fault(key: str, places: dict[str, dict[str, Any]], status: int, shown: str, file: TestResponse) -> str:
    """What is wrong with the file of a page: it opens where the page does not, or holds rows of other places."""
    if file.status_code not in ((status,) if status in (403, 404) else (status, 400)):
        return f"→ {file.status_code} where the page says {status}"
    if status != 200 or file.mimetype != "text/csv":  # noqa: PLR2004
        return ""
    page, held = (
        {place for place, rows in places.items() if fillers_in(text) & set(rows["fillers"])}
        for text in (shown, file.get_data(as_text=True))
    )
    beyond = held - page - {"own", "child"}
    if beyond or (page != held and key not in UNLIKE):
        return f"holds rows of {sorted(held)} where the page shows those of {sorted(page)}"
    return ""
