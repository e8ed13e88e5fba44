"""Whatever people try, in whatever order: the states of R-2, no way around separation of duty, and events that tell all."""

from random import Random

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY
from tests.rectification.making import EVIDENCE, LEAD, MORNING, act, entered, parties
from webapp.access import Grant, Viewer, acting_as
from webapp.errors import Conflict, DandangError
from webapp.rectification import second_looks
from webapp.rectification.models import Issue
from webapp.rectification.rules import MOVES

KINDS = [kind for kind in MOVES if kind not in ("correct", "lateral")]
FORM = "00000000-0000-4000-8000-{:012d}"


def rebuilt(row: Issue) -> tuple[str, int]:
    """State and round as the events alone tell them, each event starting where the last one ended."""
    state, turn = None, 1
    for event in row.events:
        assert event.from_state == state, (event.kind, event.from_state, state)
        move = MOVES.get(event.kind)
        if move is not None:
            assert state in move.from_states
            assert event.to_state == (move.to_state or state)
        state = event.to_state
        turn += event.kind == "relapse"
    assert state is not None
    return state, turn


@pytest.mark.parametrize("seed", range(8))
def test_a_random_walk_keeps_the_rules(county: Session, seed: int) -> None:
    people, lot = parties(county), Random(seed)  # noqa: S311 - a walk that can be walked again
    second = factories.posting(county, "desk", COUNTY, people.township.person_id)
    grants = (*people.township.grants, Grant("desk", COUNTY, second.id))
    both = Viewer("account", "两岗", account_id=0, person_id=people.township.person_id, grants=grants)
    row = entered(county, people.first_desk)
    viewers = [people.first_desk, people.second_desk, people.township, people.colleague, people.village, both]
    for step in range(60):
        kind = lot.choice([*KINDS, "draw"])
        # Most of the time by somebody who may, so that walks come far.
        likely = people.township if kind in LEAD else people.second_desk
        viewer = likely if lot.random() < 0.7 else lot.choice(viewers)
        before = (row.state, row.version, len(row.events))
        try:
            if kind == "draw":
                with acting_as(county, viewer):
                    second_looks.draw(county, COUNTY, FORM.format(step), MORNING)
            else:
                act(county, viewer, kind, row)
        except (DandangError, Conflict):
            assert (row.state, row.version, len(row.events)) == before, "a refusal changes nothing"
            continue
        assert row.evidence == list(EVIDENCE), "R-7: fixed at the start"
    assert rebuilt(row) == (row.state, row.round)
    asked = {event.person_id for event in row.events if event.kind == "request"}
    for event in row.events:
        if MOVES.get(event.kind) and MOVES[event.kind].separate:
            assert event.person_id not in asked
            assert event.actor_unit == COUNTY
    assert sum(event.kind == "close" for event in row.events) == len(row.looks)


def test_the_walks_come_far_enough(county: Session) -> None:
    """The walks above would prove nothing if they never closed and reopened an issue."""
    people = parties(county)
    row = entered(county, people.first_desk)
    for kind in ("claim", "start", "request", "verify", "close", "relapse", "start", "request", "verify", "close"):
        act(county, people.township if kind in LEAD else people.second_desk, kind, row)
    assert rebuilt(row) == ("closed", 2)
