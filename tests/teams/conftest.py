"""One morning of October 2026 in 福贡县, a village that must have a team, and makers of stationed people."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from tests.mornings import morning_at
from webapp.auth.service import start_session
from webapp.org.models import Organisation, Posting, VillageDesignation

MORNING = factories.at("2026-10-12 09:30")
TODAY = date(2026, 10, 12)
SignIn = Callable[..., FlaskClient]


morning = morning_at(MORNING)


@pytest.fixture
def sender(county: Session) -> Organisation:
    """A sending unit of the county."""
    row = factories.organisation(county, "演示县水利局", "sending_unit", COUNTY)
    county.commit()
    return row


@pytest.fixture
def sending(app: Flask, county: Session, sender: Organisation) -> FlaskClient:
    """The desk of the sending unit itself."""
    post = factories.posting(county, "desk", COUNTY)
    post.organisation_id = sender.id
    token = start_session(county, factories.account(county, post.person_id), address="127.0.0.1", browser="test")
    county.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def designate(session: Session, code: str = VILLAGE, kind: str = "formerly_poor") -> VillageDesignation:
    row = VillageDesignation(unit_code=code, kind=kind, valid_from=date(2021, 5, 20), document_no="福办〔2021〕3号")
    session.add(row)
    session.flush()
    return row


def station(
    session: Session,
    role: str = "team_member",
    code: str = VILLAGE,
    *,
    name: str | None = None,
    starts_on: date = date(2025, 3, 3),
    ends_on: date | None = None,
    sender: Organisation | None = None,
) -> Posting:
    """A person stationed in a village, under a name of one's own where it is looked for."""
    row = factories.posting(session, role, code, factories.person(session, name).id, starts_on, ends_on)
    row.sending_unit_id = sender.id if sender else None
    session.flush()
    return row
