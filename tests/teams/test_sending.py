"""What a sending unit sees: those it has sent, wherever they are, and nothing of the division it happens to sit in."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from tests.teams.conftest import SignIn, station
from webapp import clock
from webapp.access import Grant, Viewer
from webapp.audit import AuditEntry
from webapp.errors import OutOfScope
from webapp.org.models import Organisation, Person, Posting
from webapp.teams.rules import years_later

ELSEWHERE = "533301"  # a neighbouring county


@pytest.fixture
def sent(county: Session, sender: Organisation) -> Posting:
    """One sent on post here, one who has left, one in a neighbouring county, one of another sending unit."""
    other = factories.organisation(county, "演示县税务局", "sending_unit", COUNTY)
    row = station(county, "first_secretary", name="岚知川", sender=sender)
    left = station(county, name="穗承澜", starts_on=date(2023, 3, 1), ends_on=date(2025, 2, 28), sender=sender)
    left.end_reason = "任期届满"
    station(county, code=ELSEWHERE, name="禾远汀", sender=sender)
    station(county, name="别家人", sender=other)
    county.commit()
    return row


def viewer_of(sender: Organisation, permission: str | None) -> Viewer:
    grant = Grant("desk", COUNTY, 1, sender.id, "sending_unit")
    return Viewer("account", "经办", 1, 999_999, (grant,), permission=permission)


def test_the_page_shows_own_people_in_any_county_and_no_others(sending: FlaskClient, sent: Posting) -> None:
    page = sending.get("/sending/").text
    assert "岚知川" in page and "禾远汀" in page
    assert "穗承澜" not in page and "别家人" not in page
    past = sending.get("/sending/?view=past").text
    assert "穗承澜" in past and "任期届满" in past and "岚知川" not in past
    assert "别家人" not in sending.get("/sending/?view=every").text
    assert "没有等待本单位办理的召回和补派" in page


def test_a_term_that_is_nearly_over_is_told_though_no_last_day_is_known(
    county: Session, sending: FlaskClient, sender: Organisation
) -> None:
    post = station(county, "first_secretary", VILLAGE, sender=sender)
    post.starts_on = clock.today() - timedelta(days=400)
    county.commit()
    assert "近期没有任期已满、任职将满的人员" in sending.get("/sending/").text
    post.starts_on = years_later(clock.today(), -2) + timedelta(days=10)
    county.commit()
    page = sending.get("/sending/").text
    assert "1 名在岗人员任职将满" in page and "1 名在岗人员任期已满" not in page
    post.starts_on = years_later(clock.today(), -2) - timedelta(days=10)
    county.commit()
    page = sending.get("/sending/").text
    assert "1 名在岗人员任期已满，请" in page and "1 名在岗人员任职将满" not in page


def test_another_sending_unit_sees_none_of_them(sent: Posting, sign_in: SignIn) -> None:
    stranger = sign_in("desk", COUNTY, kind="sending_unit")
    page = stranger.get("/sending/?view=every").text
    assert "岚知川" not in page and "没有登记为本单位选派的驻村人员" in page


def test_the_file_holds_the_same_rows_and_is_audited(county: Session, sending: FlaskClient, sent: Posting) -> None:
    told = sending.get("/sending/?format=csv").text
    assert "岚知川" in told and "演示县水利局" in told and "别家人" not in told and "穗承澜" not in told
    county.rollback()
    assert county.scalars(select(AuditEntry.after).where(AuditEntry.action == "team.export")).all() == [{"rows": 2}]


def test_nothing_else_of_the_county_opens(sending: FlaskClient, sent: Posting) -> None:
    for path in ("/worklogs/", "/tasks/", "/teams/", f"/teams/postings/{sent.id}", f"/org/people/{sent.person_id}"):
        assert sending.get(path).status_code == 403, path
    found = sending.get("/search?q=岚知川")
    assert found.status_code == 200 and "第一书记" not in found.text
    for path in ("/", "/inbox/", "/calendar/", "/me", "/org/", "/burden/"):
        assert sending.get(path).status_code in (200, 302, 403), path


@pytest.mark.parametrize("permission", [None, "recall.carry_out", "org.read", "home.read"])
def test_posts_open_behind_the_door_of_the_page_alone(
    county: Session, sender: Organisation, sent: Posting, permission: str | None
) -> None:
    county.info["viewer"] = viewer_of(sender, permission)
    assert viewer_of(sender, permission).prefixes == ()
    assert county.scalars(select(Posting.id)).all() == []
    county.info["viewer"] = viewer_of(sender, "sending.read")
    villages = county.scalars(select(Posting.unit_code).order_by(Posting.unit_code)).all()
    assert villages == [ELSEWHERE, VILLAGE, VILLAGE]
    assert set(county.scalars(select(Person.name))) == {"岚知川", "穗承澜", "禾远汀"}


def test_posts_are_read_and_never_written(county: Session, sender: Organisation, sent: Posting) -> None:
    county.info["viewer"] = viewer_of(sender, "sending.read")
    county.scalars(select(Posting).where(Posting.id == sent.id)).one().end_reason = "健康"
    with pytest.raises(OutOfScope):
        county.flush()
