"""Delegated approvals in the viewer: which rights pass, for how long, and that a post of one's own is needed."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.access import Viewer, separate_duties
from webapp.auth import sessions
from webapp.errors import Refused
from webapp.org.models import Delegation, Posting
from webapp.org.queries import valid_grants

DAY = date(2026, 10, 12)


def delegated(session: Session, posting: Posting, to_person: int, starts_on: date = DAY, ends_on: date = DAY) -> None:
    session.add(
        Delegation(
            unit_code=posting.unit_code,
            posting_id=posting.id,
            to_person_id=to_person,
            starts_on=starts_on,
            ends_on=ends_on,
            reason="外出培训",
            made_at=clock.now(),
        )
    )
    session.flush()


def viewer_on(session: Session, person_id: int, day: date) -> Viewer:
    return Viewer("account", "代办", account_id=0, person_id=person_id, grants=valid_grants(session, person_id, day))


def test_approvals_pass_and_nothing_else(county: Session) -> None:
    boss = factories.posting(county, "desk", factories.COUNTY)
    helper = factories.posting(county, "supervisor", factories.COUNTY)
    delegated(county, boss, helper.person_id)
    viewer = viewer_on(county, helper.person_id, DAY)
    assert viewer.may("task.verify") and viewer.may("task.issue")
    assert not viewer.may("posting.write") and not viewer.may("task.answer")
    passed_on = [grant for grant in viewer.grants if grant.on_behalf_of is not None]
    assert [(grant.on_behalf_of, grant.on_behalf_name) for grant in passed_on] == [(boss.person_id, boss.person.name)]


@pytest.mark.parametrize("days", [-1, 1])
def test_only_between_its_two_days(county: Session, days: int) -> None:
    boss = factories.posting(county, "desk", factories.COUNTY)
    helper = factories.posting(county, "supervisor", factories.COUNTY)
    delegated(county, boss, helper.person_id)
    assert not viewer_on(county, helper.person_id, DAY + timedelta(days=days)).may("task.verify")


def test_it_ends_with_the_posting_of_who_delegated(county: Session) -> None:
    boss = factories.posting(county, "desk", factories.COUNTY, ends_on=DAY - timedelta(days=1))
    helper = factories.posting(county, "supervisor", factories.COUNTY)
    delegated(county, boss, helper.person_id)
    assert not viewer_on(county, helper.person_id, DAY).may("task.verify")


def test_a_delegation_opens_nothing_to_somebody_without_a_post(county: Session) -> None:
    today = clock.today()
    boss = factories.posting(county, "desk", factories.COUNTY)
    token, person_id = factories.signed_in_person(county, "supervisor", factories.COUNTY)
    delegated(county, boss, person_id, today, today)
    found = sessions.find(county, token)
    assert found is not None and found.viewer is not None and found.viewer.may("task.verify")
    own = next(row for row in county.query(Posting) if row.person_id == person_id)
    own.ends_on = today - timedelta(days=1)
    county.flush()
    ended = sessions.find(county, token)
    assert ended is not None and ended.viewer is None and ended.ended == "no_posting"


def test_it_does_not_lead_past_separation_of_duty(county: Session) -> None:
    boss = factories.posting(county, "desk", factories.COUNTY)
    helper = factories.posting(county, "supervisor", factories.COUNTY)
    delegated(county, boss, helper.person_id)
    viewer = viewer_on(county, helper.person_id, DAY)
    with pytest.raises(Refused, match="委托您审批的同志反馈过"):
        separate_duties(
            viewer,
            reporters={boss.person_id},
            reporting_unit=factories.TOWNSHIP,
            on_behalf_of=boss.person_id,
        )
