"""Who plays in the random walk of the moves: colleagues, people with two posts, delegates."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer
from webapp.org.models import Delegation, Posting
from webapp.org.queries import valid_grants
from webapp.policy import calendar


@dataclass
class Cast:
    """Who takes part: colleagues at each level, people with two posts, and delegates of both kinds."""

    viewers: list[Viewer]
    posts: dict[int, set[str]]
    """Person → units in which the person is posted."""
    may_decide: dict[int, set[str]]
    """Person → units whose approvals the person holds, by an own post or by a delegation."""


def cast(session: Session) -> Cast:
    """Post everybody and pass two approvals on; viewers stand in the order of their names here."""
    calendar.seed(session)
    people: dict[str, int] = {}
    for name, posts in {
        "county": [("desk", COUNTY)],
        "county again": [("desk", COUNTY)],
        "township": [("desk", TOWNSHIP)],
        "township again": [("desk", TOWNSHIP)],
        "village": [("secretary", VILLAGE)],
        "village again": [("first_secretary", VILLAGE)],
        "sister": [("secretary", SISTER_VILLAGE)],
        "county and village": [("desk", COUNTY), ("deputy", VILLAGE)],
        "township and village": [("desk", TOWNSHIP), ("deputy", VILLAGE)],
        "county and township": [("desk", COUNTY), ("desk", TOWNSHIP)],
        "stands in for the county": [("supervisor", COUNTY)],
        "stands in for one with two posts": [("deputy", TOWNSHIP)],
    }.items():
        people[name] = factories.person(session, name).id
        for role, unit in posts:
            factories.posting(session, role, unit, people[name])
    for giver, unit, receiver in (
        ("county", COUNTY, "stands in for the county"),
        ("township and village", TOWNSHIP, "stands in for one with two posts"),
    ):
        post = session.scalars(
            select(Posting).where(Posting.person_id == people[giver], Posting.unit_code == unit)
        ).one()
        session.add(
            Delegation(
                unit_code=unit,
                posting_id=post.id,
                to_person_id=people[receiver],
                starts_on=MORNING.date(),
                ends_on=MORNING.date() + timedelta(days=400),
                reason="外出培训",
                made_at=MORNING,
            )
        )
    session.flush()
    viewers = [
        Viewer("account", name, account_id=0, person_id=one, grants=valid_grants(session, one, MORNING.date()))
        for name, one in people.items()
    ]
    return Cast(
        viewers,
        {v.person_id: {g.unit_code for g in v.grants if g.on_behalf_of is None} for v in viewers if v.person_id},
        {v.person_id: set(v.units_with("task.verify")) for v in viewers if v.person_id},
    )
