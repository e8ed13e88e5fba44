"""A disaster order stops the clock of the unit that leads an issue (T-9)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.order_rules import words_of
from webapp.accountability.other_clocks import Clocks, Move, registered
from webapp.rectification.events import event_of
from webapp.rectification.models import Issue, IssueEvent
from webapp.rectification.rules import OPEN, UNCLOSED

RESUMES = ("return", "withdraw", "relapse", "correct")
"""With these the lead unit has to act anew, or against another deadline."""


def begun(row: Issue) -> tuple[date, Sequence[IssueEvent]]:
    """The day on which the lead unit got it, and what happened since its deadline was last set from the start."""
    events = list(row.events)
    timed = [n for n, one in enumerate(events) if one.kind in ("enter", "relapse") or "due_on" in _corrected(one)]
    got = [n for n, one in enumerate(events) if n in timed or "unit_code" in _corrected(one)]
    return clock.day_of(events[got[-1]].at), events[timed[-1] :]


def _corrected(event: IssueEvent) -> Sequence[str]:
    """The fields that a correction of the entry has changed."""
    changed: Sequence[str] = (event.data or {}).get("changed", ()) if event.kind == "correct" else ()
    return changed


def record(session: Session, row: Issue, move: Move) -> None:
    """Leave it among what happened."""
    reason = words_of(move.order)
    row.events.append(
        event_of(row, move.kind, row.state, move.actor, move.at, reason=reason, text=move.words, data=move.data)
    )


ISSUES = Clocks(
    words="个整改问题",
    permission="task.answer",
    model=Issue,
    unit="unit_code",
    running=OPEN,
    unfinished=UNCLOSED,
    begun=begun,
    record=record,
)
registered.append(ISSUES)
