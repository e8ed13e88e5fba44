"""Every route × method × role × own, child, parent, neighbour and closed-posting row, against the reviewed table."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests import factories
from tests.access.expected import EXPECTED
from tests.access.lines import PLACES, VIEWERS, Line
from tests.access.world import CONTENT, make_world
from webapp.accountability import attachments
from webapp.config import Settings
from webapp.delivery import archive
from webapp.org.models import Division
from webapp.worklogs import photos

SEEN = {200, 201, 204, 302, 303, 400, 409, 410, 413, 422, 503}


def _routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", method, rule


@pytest.fixture
def worlds(county: Session, settings: Settings) -> dict[str, dict[str, object]]:
    """A row of every table in every unit that a viewer of `VIEWERS` may ask for, by unit."""
    county.add(Division(code="533325", parent_code="5333", level=3, name="兰坪白族普米族自治县"))
    county.flush()
    units = {unit for _, unit, *_ in VIEWERS.values()} | {
        unit for places in PLACES.values() for unit in places.values()
    }
    made = {unit: make_world(county, unit) for unit in sorted(units)}
    county.commit()
    for unit in units:
        content = CONTENT + unit.encode()
        sha256 = archive.store_bytes(settings, content)
        for place in (photos.path_of(settings, sha256), attachments.path_of(settings, sha256)):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return made


@pytest.fixture
def viewers(app: Flask, county: Session, worlds: dict) -> dict[str, FlaskClient]:
    """A signed-in browser for each viewer, whose former posting elsewhere has ended."""
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a broken page shows in the list of wrong answers as 500
    clients = {}
    for name, (role, unit, *kind) in VIEWERS.items():
        token, person_id = factories.signed_in_person(county, role, unit, kind=kind[0] if kind else None)
        former = PLACES[unit]["closed"]
        factories.posting(county, role, former, person_id, starts_on=date(2024, 1, 1), ends_on=date(2025, 12, 31))
        clients[name] = app.test_client()
        with clients[name].session_transaction() as cookie:
            cookie["_user_id"] = token
    county.commit()
    return clients


def test_every_route_has_a_line_and_every_line_a_route(app: Flask) -> None:
    routes = {key for key, *_ in _routes(app)}
    missing, left = routes - set(EXPECTED), set(EXPECTED) - routes
    assert not missing, f"add a reviewed line to tests/access/expected.py for: {sorted(missing)}"
    assert not left, f"these routes are gone, take their lines out of tests/access/expected.py: {sorted(left)}"


def test_guards_are_those_of_the_table(app: Flask) -> None:
    guards = {key: app.view_functions[rule.endpoint].guard for key, _, rule in _routes(app)}  # type: ignore[attr-defined]
    wrong = {key: guards[key] for key in guards if key in EXPECTED and guards[key] != EXPECTED[key].permission}
    assert not wrong, f"the guard differs from the reviewed table: {wrong}"


def _address(app: Flask, rule: Rule, line: Line, rows: dict[str, object]) -> str:
    values = {name: rows[table] for name, table in line.rows.items()} | line.values
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_visitors_are_asked_to_sign_in(app: Flask, client: FlaskClient, worlds: dict) -> None:
    wrong = []
    for key, method, rule in _routes(app):
        line = EXPECTED.get(key)
        if line is None or line.permission == "public":
            continue
        status = client.open(_address(app, rule, line, worlds["533323"]), method=method).status_code
        if status != (302 if method == "GET" else 401):
            wrong.append(f"{key} → {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", VIEWERS)
def test_viewer(name: str, app: Flask, viewers: dict[str, FlaskClient], worlds: dict) -> None:
    own = VIEWERS[name][1]
    places = {"own": own} | PLACES[own]
    wrong = []
    for key, method, rule in _routes(app):
        line = EXPECTED.get(key)
        if line is None or line.permission == "public":
            continue
        for place in places if line.rows and name in line.viewers else ("own",):
            address = _address(app, rule, line, worlds[places[place]])
            with viewers[name].open(address, method=method) as response:
                status = response.status_code
            barred = name in line.barred and place in line.opens
            if name not in line.viewers or place in line.refuses or barred:
                right = status == 403
            elif line.rows and (place not in line.opens or name in line.blind):
                right = status == 404
            else:
                right = status in SEEN
            if not right:
                wrong.append(f"{key} · {place} row → {status}")
    assert not wrong, f"{name}:\n" + "\n".join(wrong)
