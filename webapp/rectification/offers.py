"""Which acts a person finds on an issue's page, and why others cannot be done now. Reads nothing."""

from dataclasses import dataclass
from datetime import date

from webapp.access import Viewer
from webapp.accountability.rules import Move
from webapp.errors import Refused
from webapp.rectification.models import Issue
from webapp.rectification.moving import keep_apart, unit_of
from webapp.rectification.rules import MOVES, OPEN

_WAITS = {
    "request": {
        "new": "认领并写明整改措施后，才能申请销号。",
        "claimed": "写明整改措施、开始整改后，才能申请销号。",
        "closure_requested": "已经申请，等待上级核验。",
        "verified": "已核验通过，等待上级销号。",
    },
    "verify": dict.fromkeys(OPEN, "牵头单位申请销号后才能核验。"),
    "close": {"closure_requested": "核验通过后才能销号。"},
}
"""Acts whose absence is explained to the side that makes them, by state."""
_MAIN = {
    "new": "claim",
    "claimed": "start",
    "in_rectification": "request",
    "returned": "request",
    "closure_requested": "verify",
    "verified": "close",
    "closed": "held",
}


@dataclass(frozen=True)
class Offer:
    """One act: allowed, or barred with the reason."""

    move: Move
    main: bool = False
    barred: str | None = None


def offers(row: Issue, viewer: Viewer, on: date) -> list[Offer]:
    """The next act first, then the others, then what has to wait; what the viewer's posts never allow is left out."""
    found = []
    for move in MOVES.values():
        if unit_of(move, row) not in viewer.units_with(move.permission):
            continue
        barred = _barred(move, row, viewer, on)
        main = _MAIN.get(row.state) == move.kind
        if barred is None or barred:
            found.append(Offer(move, main, barred))
    return sorted(found, key=lambda offer: (offer.barred is not None, not offer.main))


def _barred(move: Move, row: Issue, viewer: Viewer, on: date) -> str | None:
    """None when the act can be done, else why not; "" where saying so helps nobody."""
    if row.state not in move.from_states:
        return _WAITS.get(move.kind, {}).get(row.state, "")
    if move.kind == "withdraw" and row.requested_by_id != viewer.person_id:
        return ""
    if move.kind == "lateral" and (row.issue_class != "common" or row.task_id is not None):
        return ""
    look = row.look
    if move.kind == "held" and (look is None or look.result is not None or not look.drawn):
        return ""
    if move.kind == "relapse" and (look is None or look.result is not None or (on > look.due_on and not look.drawn)):
        return ""
    if move.separate:
        try:
            keep_apart(viewer, row)
        except Refused as refused:
            return refused.sentence
    return None
