"""What fell due before somebody had come and taken it over is never that person's lateness (T-8, Z-17, Z-18)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DEMAND, issued
from tests.factories import COUNTY, VILLAGE
from tests.handover.conftest import ARRIVAL, LAST_DAY, Change
from webapp import clock
from webapp.accountability.models import Assignment
from webapp.auth.models import SignInSession
from webapp.db import Base
from webapp.handover.answering import BEFORE, Taken, post_for, posts_for
from webapp.handover.models import HandoverLine

ACCEPTED = date(2026, 10, 14)
LATER = "2026-10-22 09:30"


def task(session: Session, due_on: date, issued_at: str = "2026-09-14 09:30") -> None:
    desk = factories.viewer(session, "desk", COUNTY)
    demand = replace(DEMAND, title=f"{due_on} 到期", minutes=5, due_on=due_on)
    issued(session, desk, [VILLAGE], demand, factories.at(issued_at))
    session.commit()


def answers(session: Session, client: FlaskClient, today: date) -> dict[date, bool]:
    """Day of the deadline → whether one of the person's posts answers for it."""
    session.rollback()
    rows = session.scalars(select(Assignment)).all()
    found = posts_for(session, client.person_id, rows, today)  # type: ignore[attr-defined]
    held = {row.due_on: found[row.id] is not None for row in rows}
    session.rollback()
    return held


def test_a_post_answers_from_its_first_day_to_its_last() -> None:
    posts = [Taken(1, date(2024, 5, 6), LAST_DAY), Taken(2, LAST_DAY + timedelta(days=1), None)]
    assert [post_for(posts, day) for day in (date(2024, 5, 5), date(2024, 5, 6), LAST_DAY)] == [None, 1, 1]
    assert post_for(posts, LAST_DAY + timedelta(days=1)) == 2


def test_what_fell_due_before_arrival_or_acceptance_is_the_leaver_s(county: Session, change: Change) -> None:
    early, overlap, late = date(2026, 9, 24), ARRIVAL + timedelta(days=2), date(2026, 10, 19)
    for due_on in (early, overlap, ACCEPTED, late):
        task(county, due_on)
    assert answers(county, change.leaver, ACCEPTED) == {early: True, overlap: True, ACCEPTED: True, late: False}
    before_list = answers(county, change.successor, ACCEPTED)
    assert before_list == {early: False, overlap: False, ACCEPTED: True, late: True}
    change.leaver.post(f"/handover/{change.id}/hand-in")
    assert answers(county, change.successor, late + timedelta(days=1))[late] is False  # listed and not taken over yet
    county.rollback()
    ids = county.scalars(select(HandoverLine.id)).all()
    county.rollback()
    change.successor.post(f"/handover/{change.id}/accept", data={"line": [str(number) for number in ids]})
    taken = answers(county, change.successor, late + timedelta(days=1))
    assert taken == {early: False, overlap: False, ACCEPTED: True, late: True}


def test_what_was_issued_after_the_leaver_had_gone_is_the_successor_s(county: Session, change: Change) -> None:
    task(county, date(2026, 10, 27), "2026-10-16 09:30")
    assert answers(county, change.successor, date(2026, 10, 29)) == {date(2026, 10, 27): True}


def test_a_post_elsewhere_says_nothing(county: Session, change: Change) -> None:
    task(county, date(2026, 9, 24))
    rows = county.scalars(select(Assignment)).all()
    assert posts_for(county, change.desk.person_id, rows, ACCEPTED) == {}  # type: ignore[attr-defined]


def test_home_calls_it_due_before_to_the_successor_and_late_to_who_was_there(
    county: Session, change: Change, sign_in: Callable[..., FlaskClient]
) -> None:
    task(county, date(2026, 9, 24))
    page, there = change.successor.get("/").text, change.leaver.get("/").text
    assert "2026-09-24 到期" in page and BEFORE in page and "逾期" not in page
    assert "逾期" in there and BEFORE not in there
    task(county, date(2026, 10, 21), "2026-10-16 09:30")
    at = factories.at(LATER)
    county.execute(update(SignInSession).values(created_at=at, last_seen_at=at))
    county.commit()
    with clock.held_at(at):
        page = change.successor.get("/").text
    assert BEFORE in page and "逾期 1 个工作日" in page  # what came after is the successor's


def test_no_score_is_of_a_person() -> None:
    """Figures are of units, so a successor has none. Whoever builds one of persons asks `posts_for` whose lateness it is."""
    scored = [table for table in Base.metadata.tables.values() if "score" in table.columns]
    assert {table.name for table in scored} >= {"indicator_value", "unit_score"}
    people = {"person", "posting", "account"}
    assert [t.name for t in scored for key in t.foreign_keys if key.column.table.name in people] == []
