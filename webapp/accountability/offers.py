"""Which acts a person finds on an assignment's page, and why others cannot be done now. Reads nothing."""

from dataclasses import dataclass

from webapp.access import Viewer, separate_duties
from webapp.accountability.deadlines import pending
from webapp.accountability.models import Assignment
from webapp.accountability.rules import MOVES, Move, why_not
from webapp.errors import Refused

_LOOKED_FOR = ("report", "verify", "close")
"""Acts whose absence is explained to the side that makes them."""
_MAIN = {
    "issued": "acknowledge",
    "acknowledged": "report",
    "in_progress": "report",
    "returned": "report",
    "reported": "verify",
    "verified": "close",
    "suspended": "resume",
}


@dataclass(frozen=True)
class Offer:
    """One act: allowed, or barred with the reason."""

    move: Move
    main: bool = False
    barred: str | None = None


def offers(row: Assignment, viewer: Viewer) -> list[Offer]:
    """Acts in the order of the table of moves; what the viewer's posts never allow is left out."""
    found = []
    for move in MOVES.values():
        unit = row.unit_code if move.side == "receiver" else row.issuer_code
        if unit not in viewer.units_with(move.permission):
            continue
        reason = _barred(move, row, viewer)
        main = _MAIN.get(row.state) == move.kind
        if reason is None:
            found.append(Offer(move, main))
        elif reason and move.kind in _LOOKED_FOR:
            found.append(Offer(move, main, reason))
    return found


def _barred(move: Move, row: Assignment, viewer: Viewer) -> str | None:
    """None when the act can be done, else why not; "" where saying so helps nobody."""
    from_states = (*move.from_states, "acknowledged") if move.kind == "report" else move.from_states
    if row.state not in from_states:
        return "" if row.state in ("closed", "recalled") else why_not(move, row.state)
    asked = pending(row)
    if move.kind in ("extend_grant", "extend_refuse"):
        if asked is None:
            return ""
        if asked.asked_by_id == viewer.person_id:
            return "延期由您本人申请，应由他人决定。"
    if move.kind == "extend_ask" and asked is not None:
        return ""
    if move.kind == "withdraw" and row.reported_by_id != viewer.person_id:
        return ""
    if move.separate:
        try:
            separate_duties(viewer, reporter_id=row.reported_by_id, reporting_unit=row.unit_code)
        except Refused as refused:
            return refused.sentence
    return None
