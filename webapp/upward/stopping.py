"""A disaster order stops the clock of the unit that has to answer a request (T-9, T-10)."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.order_rules import words_of
from webapp.accountability.other_clocks import Clocks, Move, registered
from webapp.accountability.parties import posted
from webapp.notices.service import notify_many
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
    """Leave it among what happened; the unit that asked is told."""
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
    notify_many(
        session,
        [
            (
                person_id,
                f"upward:{row.id}:{move.kind}:{move.order.id}:{person_id}",
                f"请示答复期限调整：{row.title[:100]}",
                f"因{said}。",
                f"/requests/{row.id}",
            )
            for person_id in people.with_permission("request.ask", row.unit_code)
        ],
        move.at,
    )


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
