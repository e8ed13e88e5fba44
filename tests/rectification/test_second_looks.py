"""R-4, R-5: one sample by the server, a second look in time, and a relapse that reopens the old number."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, OTHER_TOWNSHIP, TOWNSHIP
from tests.rectification.making import AGAIN, DUE, MORNING, Parties, act, brought_to, changed, parties
from webapp.access import Viewer, acting_as
from webapp.accountability.rules import WrongState
from webapp.accountability.sampling import drawn
from webapp.db import session_scope
from webapp.errors import Faulty, Forbidden, Refused
from webapp.policy.service import parameter
from webapp.rectification import second_looks
from webapp.rectification.models import Issue, SecondLook, SecondLookSample


def closed(session: Session, people: Parties, number: int) -> list[Issue]:
    return [
        brought_to(session, people, "closed", changed(description=f"第 {n} 个问题", supports=())) for n in range(number)
    ]


def draw(session: Session, people: Parties, request_id: str | None = None) -> SecondLookSample:
    with acting_as(session, people.second_desk):
        return second_looks.draw(session, COUNTY, request_id or str(uuid4()), MORNING)


def test_the_last_day_of_the_second_look_is_the_packs(county: Session) -> None:
    row = brought_to(county, parties(county), "closed")
    days = parameter(county, "issue.second_look_days", on=date(2026, 10, 12), unit_code=COUNTY)
    assert row.look is not None
    assert row.look.due_on == date(2026, 10, 12) + timedelta(days=days)


def test_the_server_draws_once_and_anybody_can_draw_the_same_again(county: Session) -> None:
    people = parties(county)
    rows = closed(county, people, 6)
    form = str(uuid4())
    sample = draw(county, people, form)
    share = parameter(county, "verify.sample_share", on=date(2026, 10, 12), unit_code=COUNTY)
    least = parameter(county, "verify.sample_min", on=date(2026, 10, 12), unit_code=COUNTY)
    assert (sample.population, sample.size) == (6, max(least, -(-6 * share // 1)))
    chosen = {str(look.issue_id) for look in county.scalars(select(SecondLook)) if look.drawn}
    assert chosen == set(drawn([str(row.id) for row in rows], sample.seed, sample.size))
    assert draw(county, people, form).id == sample.id
    with pytest.raises(WrongState, match="没有等待抽取"):
        draw(county, people)


def test_what_is_closed_later_waits_for_the_next_sample(county: Session) -> None:
    people = parties(county)
    closed(county, people, 1)
    first = draw(county, people)
    brought_to(county, people, "closed", changed(description="后来的问题"))
    second = draw(county, people)
    assert (first.population, second.population) == (1, 1)
    assert first.seed != second.seed


def test_only_the_closing_unit_draws(county: Session) -> None:
    people = parties(county)
    closed(county, people, 1)
    for viewer, unit in ((people.township, COUNTY), (people.second_desk, TOWNSHIP), (people.village, COUNTY)):
        with acting_as(county, viewer), pytest.raises(Forbidden):
            second_looks.draw(county, unit, str(uuid4()), MORNING)
    with acting_as(county, people.second_desk), pytest.raises(Refused, match="表单已失效"):
        second_looks.draw(county, COUNTY, "x", MORNING)


def test_the_lead_unit_sees_the_seed_and_a_neighbour_does_not(county: Session) -> None:
    people = parties(county)
    closed(county, people, 1)
    sample = draw(county, people)
    county.flush()
    with acting_as(county, people.township):
        assert county.scalars(select(SecondLookSample.seed)).all() == [sample.seed]
    with acting_as(county, factories.viewer(county, "desk", OTHER_TOWNSHIP)):
        assert county.scalars(select(SecondLookSample.seed)).all() == []
        assert county.scalars(select(SecondLook.id)).all() == []


def test_a_drawn_issue_that_holds_is_done(county: Session) -> None:
    people = parties(county)
    (row,) = closed(county, people, 1)
    with pytest.raises(WrongState, match="没有被抽中"):
        act(county, people.second_desk, "held", row)
    draw(county, people)
    act(county, people.second_desk, "held", row)
    assert row.look is not None
    assert (row.state, row.look.result, row.look.looked_on) == ("closed", "held", date(2026, 10, 12))
    for kind in ("held", "relapse"):
        with pytest.raises(WrongState, match="已有结果"):
            act(county, people.second_desk, kind, row)


def test_a_relapse_reopens_the_old_number_with_the_old_evidence(county: Session) -> None:
    people = parties(county)
    (row,) = closed(county, people, 1)
    draw(county, people)
    number, evidence = row.number, list(row.evidence)
    act(county, people.second_desk, "relapse", row)
    assert (row.state, row.round, row.number, row.evidence) == ("claimed", 2, number, evidence)
    assert (row.due_on, row.first_due_on, row.closed_on, row.proofs) == (AGAIN, AGAIN, None, None)
    for kind in ("start", "request"):
        act(county, people.township, kind, row)
    for kind in ("verify", "close"):
        act(county, people.second_desk, kind, row)
    assert [(look.round, look.result) for look in row.looks] == [(1, "relapsed"), (2, None)]
    assert draw(county, people).population == 1


def test_a_relapse_needs_a_deadline_that_can_be_kept(county: Session) -> None:
    people = parties(county)
    (row,) = closed(county, people, 1)
    with acting_as(county, people.second_desk):
        for day in (date(2026, 10, 9), date(2026, 10, 12), date(2026, 10, 24)):
            with pytest.raises(Faulty):
                second_looks.relapse(county, row.id, words="外溢", due_on=day, at=MORNING)
        with pytest.raises(Refused, match="没有填写反弹情况"):
            second_looks.relapse(county, row.id, words=" ", due_on=DUE, at=MORNING)
    assert row.state == "closed"


def test_an_old_matter_is_not_held_on_to_but_a_drawn_one_is_still_looked_at(county: Session) -> None:
    people = parties(county)
    rows = closed(county, people, 6)
    draw(county, people)
    late = factories.at("2027-03-01 09:30")
    undrawn = next(row for row in rows if row.look and not row.look.drawn)
    chosen = next(row for row in rows if row.look and row.look.drawn)
    with acting_as(county, people.second_desk):
        with pytest.raises(WrongState, match="作为新问题登记"):
            second_looks.relapse(county, undrawn.id, words="外溢", due_on=date(2027, 4, 1), at=late)
        second_looks.relapse(county, chosen.id, words="外溢", due_on=date(2027, 4, 1), at=late)
    assert (undrawn.state, chosen.state) == ("closed", "claimed")


def test_the_unit_that_put_it_right_does_not_look_again(county: Session) -> None:
    people = parties(county)
    (row,) = closed(county, people, 1)
    draw(county, people)
    for viewer in (people.township, people.colleague):
        with pytest.raises(Forbidden):
            act(county, viewer, "held", row)


def test_two_who_draw_at_once_leave_one_sample(county: Session, database_url: str) -> None:
    people = parties(county)
    closed(county, people, 4)
    county.commit()
    together = threading.Barrier(2)
    said: list[str] = []

    def press(viewer: Viewer) -> None:
        together.wait()
        try:
            with session_scope(database_url, viewer) as own:
                second_looks.draw(own, COUNTY, str(uuid4()), MORNING)
            said.append("drawn")
        except WrongState as refused:
            said.append(refused.sentence)

    threads = [threading.Thread(target=press, args=(viewer,)) for viewer in (people.first_desk, people.second_desk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(words == "drawn" for words in said) == [False, True], said
    county.expire_all()
    (sample,) = county.scalars(select(SecondLookSample)).all()
    assert {look.sample_id for look in county.scalars(select(SecondLook))} == {sample.id}
