"""A Monday of November 2026 in 福贡县: somebody stationed by a sending unit with a desk, somebody by one without."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE
from tests.mornings import morning_at
from tests.teams.conftest import station
from webapp.access import Grant, Viewer, acting_as
from webapp.auth.service import start_session
from webapp.org.models import Organisation, Posting
from webapp.support.models import SupportItem
from webapp.support.opening import OPENING, open_items

MORNING = factories.at("2026-11-09 09:30")
TODAY = date(2026, 11, 9)
SignIn = Callable[..., FlaskClient]


morning = morning_at(MORNING)


@dataclass
class World:
    """Two sending units and whom they have sent, and those who record."""

    sender: Organisation
    other: Organisation
    first: Posting
    """First secretary of the first village, sent by the unit with a desk."""
    mate: Posting
    """Member in the sister village, sent by the unit without one."""
    desk: Viewer
    sends: Viewer


@pytest.fixture
def world(county: Session) -> World:
    sender = factories.organisation(county, "演示县水利局", "sending_unit", COUNTY)
    other = factories.organisation(county, "演示县税务局", "sending_unit", COUNTY)
    first = station(county, "first_secretary", VILLAGE, name="岚知川", sender=sender)
    mate = station(county, "team_member", SISTER_VILLAGE, name="穗承澜", sender=other)
    post = factories.posting(county, "desk", COUNTY)
    post.organisation_id = sender.id
    grant = Grant("desk", COUNTY, post.id, sender.id, "sending_unit")
    sends = Viewer("account", post.person.name, 0, post.person_id, (grant,), permission="support.record")
    desk = factories.viewer(county, "desk", COUNTY, kind="organisation_department").through("support.record")
    county.commit()
    return World(sender, other, first, mate, desk, sends)


@pytest.fixture
def opened(county: Session, world: World) -> World:
    """The same with the items of the year."""
    open_now(county)
    return world


@pytest.fixture
def sending(app: Flask, county: Session, opened: World) -> FlaskClient:
    """A browser at the desk of the sending unit."""
    token = start_session(
        county, factories.account(county, opened.sends.person_id or 0), address="127.0.0.1", browser="test"
    )
    county.commit()
    return browser(app, token)


def browser(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def open_now(session: Session, on: date = TODAY) -> int:
    with acting_as(session, OPENING):
        number = open_items(session, on)
    session.commit()
    return number


def number_of(session: Session, posting: Posting, kind: str) -> int:
    """An item's number, with no transaction left open that a browser would wait for."""
    number = item(session, posting, kind).id
    session.rollback()
    return number


def item(session: Session, posting: Posting, kind: str, year: int = 2026) -> SupportItem:
    return session.scalars(
        select(SupportItem).where(
            SupportItem.posting_id == posting.id, SupportItem.kind == kind, SupportItem.year == year
        )
    ).one()
