"""Which acts a person finds on an assignment's page, and why others cannot be done now. Reads nothing."""

from dataclasses import dataclass

from webapp.access import Viewer, separate_duties
from webapp.accountability.answering import left_to_record
from webapp.accountability.deadlines import pending
from webapp.accountability.models import Assignment
from webapp.accountability.moving import reporters
from webapp.accountability.rules import MOVES, OPEN, SHEET, Move
from webapp.errors import Refused

_WAITS = {
    "report": {
        "issued": "签收后就可以反馈。",
        "reported": "已经反馈，等待下达单位核验。",
        "verified": "已核实通过，等待下达单位销号。",
        "suspended": "任务已中止，恢复办理后再反馈。",
    },
    "verify": dict.fromkeys((*OPEN, "suspended"), "承办单位反馈后才能核验。"),
    "close": {"reported": "核实通过后才能销号。"},
}
"""Acts whose absence is explained to the side that makes them, by state."""
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


def offers(row: Assignment, viewer: Viewer, open_parts: int = 0) -> list[Offer]:
    """The next act first, then the others, then what has to wait; what the viewer's posts never allow is left out.

    `open_parts` is how many of its parts are not closed, recalled or exempt: until none is, it cannot be reported (T-3).
    """
    found = []
    for move in MOVES.values():
        unit = row.unit_code if move.side == "receiver" else row.issuer_code
        if unit not in viewer.units_with(move.permission):
            continue
        reason = _barred(move, row, viewer, open_parts)
        main = _MAIN.get(row.state) == move.kind
        if reason is None:
            found.append(Offer(move, main))
        elif reason:
            found.append(Offer(move, main, reason))
    return sorted(found, key=lambda offer: (offer.barred is not None, not offer.main))


def _barred(move: Move, row: Assignment, viewer: Viewer, open_parts: int) -> str | None:
    """None when the act can be done, else why not; "" where saying so helps nobody."""
    from_states = (*move.from_states, "acknowledged") if move.kind == "report" else move.from_states
    if move.kind == "report" and row.state in OPEN and (instead := left_to_record(row)) is not None:
        return instead
    if row.state not in from_states:
        return _WAITS.get(move.kind, {}).get(row.state, "")
    if move.kind == "report" and row.task.via == SHEET:
        return "月报单逐项填报，请在下面打开月报单填写。"
    if move.kind == "report" and open_parts:
        return f"分解给下级的还有 {open_parts} 个单位没有办结，全部销号、撤回或免办后就可以反馈。"
    asked = pending(row)
    if move.kind in ("extend_grant", "extend_refuse"):
        if asked is None:
            return ""
        if asked.asked_by_id == viewer.person_id:
            return "延期由您本人申请，应由他人决定。"
        if viewer.person_id in reporters(row) or row.unit_code in {grant.unit_code for grant in viewer.grants}:
            return "您反馈过这项任务或者在申请单位任职，延期应由他人决定。"
    if move.kind == "extend_ask" and asked is not None:
        return ""
    if move.kind == "withdraw" and row.reported_by_id != viewer.person_id:
        return ""
    if move.separate:
        try:
            separate_duties(viewer, reporters=reporters(row), reporting_unit=row.unit_code)
        except Refused as refused:
            return refused.sentence
    return None
