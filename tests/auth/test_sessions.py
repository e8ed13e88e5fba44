"""Server-side sessions: who is behind a cookie, and when it ends."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.auth import sessions


@pytest.fixture
def opened(county: Session) -> tuple[Session, str, int]:
    token, person_id = factories.signed_in_person(county, "desk", factories.COUNTY)
    county.commit()
    return county, token, person_id


def test_token_opens_the_postings_of_today(opened: tuple[Session, str, int]) -> None:
    session, token, person_id = opened
    found = sessions.find(session, token)
    assert found is not None and found.viewer is not None
    assert found.viewer.person_id == person_id
    assert [(grant.role, grant.unit_code) for grant in found.viewer.grants] == [("desk", factories.COUNTY)]


def test_unknown_token_opens_nothing(opened: tuple[Session, str, int]) -> None:
    assert sessions.find(opened[0], "somebody-else") is None


def test_idle_session_has_ended(opened: tuple[Session, str, int]) -> None:
    session, token, _ = opened
    with clock.held_at(clock.now() + timedelta(minutes=16)):
        found = sessions.find(session, token)
    assert found is not None and found.viewer is None and found.ended == "idle"
