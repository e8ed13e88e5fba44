"""The cookie on its way through a request."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.auth.models import SignInSession
from webapp.guards import public, requires


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """These tests add routes."""
    return own_app


@pytest.fixture
def probed(app: Flask) -> Flask:
    """The application with a page that tells who looks."""

    @requires("task.issue")
    def probe() -> dict[str, object]:
        return {"name": g.viewer.name, "units": list(g.viewer.prefixes)}

    @public
    def open_probe() -> dict[str, object]:
        return {"kind": g.viewer.kind}

    app.add_url_rule("/probe", view_func=probe, methods=["GET", "POST"])
    app.add_url_rule("/open-probe", view_func=open_probe)
    return app


def test_viewer_holds_the_posting(probed: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in("desk", factories.COUNTY).get("/probe").json["units"] == [factories.COUNTY]


def test_role_without_the_permission_is_refused(probed: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    response = sign_in("team_member", factories.VILLAGE).get("/probe")
    assert response.status_code == 403


def test_visitor_is_nobody(probed: Flask, client: FlaskClient) -> None:
    assert client.get("/open-probe").json == {"kind": "nobody"}


def test_last_seen_is_noted_once_a_minute(probed: Flask, sign_in: Callable[..., FlaskClient], county: Session) -> None:
    browser = sign_in("desk", factories.COUNTY)
    seen = select(SignInSession.last_seen_at)
    first = county.scalar(seen)
    county.rollback()
    start = clock.now()
    for seconds, moved in ((30, False), (90, True)):
        with clock.held_at(start + timedelta(seconds=seconds)):
            browser.get("/probe")
        assert (county.scalar(seen) != first) is moved
        county.rollback()


def test_busy_database_does_not_stop_a_page(
    probed: Flask, sign_in: Callable[..., FlaskClient], county: Session
) -> None:
    browser = sign_in("desk", factories.COUNTY)
    row = county.scalars(select(SignInSession).with_for_update()).one()
    row.browser = "locked"
    county.flush()
    with clock.held_at(clock.now() + timedelta(minutes=5)):
        assert browser.get("/probe").status_code == 200
    county.rollback()
