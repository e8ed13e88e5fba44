"""A disaster order stops the clock of the unit that has to answer a request (T-9, T-10)."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.order_rules import words_of
from webapp.accountability.other_clocks import Clocks, Move, registered, tell_moved
from webapp.accountability.parties import posted
from webapp.upward.models import OPEN, UpwardEvent, UpwardRequest

TURNS = ("ask", "pass")
"""From these on another unit has to answer."""


def begun(row: UpwardRequest) -> tuple[date, Sequence[UpwardEvent]]:
    """The day on which the unit that answers got it, and what happened since it was given time of its own.

    Passed on with the time that was left, the days on which the clock stood still before are counted already.
    """
    events = list(row.events)
    timed = [0] + [n for n, (a, b) in enumerate(pairwise(events), 1) if b.kind == "pass" and b.due_on != a.due_on]
    got = next(event for event in reversed(events) if event.kind in TURNS)
    return clock.day_of(got.at), events[timed[-1] :]


def record(session: Session, row: UpwardRequest, move: Move) -> None:
    """Leave it among what happened; whoever asked is told, and once that person is gone those who ask for the unit now."""
    said = f"{words_of(move.order)}，{move.words}"
    row.events.append(
        UpwardEvent(
            unit_code=row.unit_code,
            at=move.at,
            kind=move.kind,
            person_id=move.actor.person_id,
            actor_name=move.actor.name,
            actor_unit=move.actor.unit_code,
            asked_code=row.asked_code,
            due_on=row.due_on,
            text=said,
            data=move.data,
        )
    )
    session.flush()
    people = posted(session, [row.unit_code], clock.day_of(move.at), root=row.unit_code)
    asking = people.with_permission("request.ask", row.unit_code)
    told = [row.asked_by_id] if row.asked_by_id in asking else asking
    line = f"请示“{row.title}”：因{said}。"
    tell_moved(session, move.order, move.kind, dict.fromkeys(told, [line]), "/requests/", move.at)


REQUESTS = Clocks(
    words="件请示",
    permission="request.answer",
    model=UpwardRequest,
    unit="asked_code",
    running=OPEN,
    unfinished=OPEN,
    begun=begun,
    record=record,
)
registered.append(REQUESTS)
