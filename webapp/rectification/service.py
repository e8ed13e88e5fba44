"""Acts on an issue: each goes through the table of moves, leaves an event and an audit entry, and tells people."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.rules import required
from webapp.errors import Faulty, Refused
from webapp.private_numbers import fault_of, faults_in
from webapp.rectification.deadlines import check_due
from webapp.rectification.models import Issue
from webapp.rectification.moving import apply, begin
from webapp.rectification.rules import MOVES, PROOF_LIMIT, REASON_LIMIT, TEXT_LIMIT
from webapp.rectification.second_looks import await_look
from webapp.words import clean, day_words

NOT_PUT_RIGHT = "问题本身没有整改到位"
"""The one ground for a return beside the named evidence (R-7)."""


def claim(session: Session, issue_id: int, *, at: datetime, version: int | None = None) -> Issue:
    """认领: the lead unit takes the issue on; from now on its evidence is fixed (R-7)."""
    return _plain(session, "claim", issue_id, at=at, version=version)


def start(session: Session, issue_id: int, *, measure: str, at: datetime, version: int | None = None) -> Issue:
    """开始整改, with the measures that the lead unit will take."""
    said = required(measure, "整改措施", TEXT_LIMIT)
    row, actor, done = begin(session, "start", issue_id, version=version, text=said)
    if done:
        return row
    row.measure = said
    return apply(session, MOVES["start"], row, actor, at=at, text=said)


def note_progress(session: Session, issue_id: int, *, text: str, at: datetime, version: int | None = None) -> Issue:
    """登记进展: a word on how far it is; voluntary, and nothing is counted."""
    said = required(text, "进展", REASON_LIMIT)
    row, actor, done = begin(session, "progress", issue_id, version=version, text=said)
    if done:
        return row
    row.progress = said
    return apply(session, MOVES["progress"], row, actor, at=at, text=said)


def request_closure(
    session: Session,
    issue_id: int,
    *,
    outcome: str,
    proofs: Sequence[str],
    at: datetime,
    version: int | None = None,
) -> Issue:
    """申请销号: what was put right, and for each item of evidence named at the start what it is and where it lies.

    Raises `Faulty` with "outcome" and "proof_0" … at the fields.
    """
    said, given = clean(outcome), [clean(words) for words in proofs]
    row, actor, done = begin(session, "request", issue_id, version=version, text=said, data={"proofs": given})
    if done:
        return row
    faults = {}
    if not said:
        faults["outcome"] = "没有填写整改结果。请补填。"
    elif len(said) > TEXT_LIMIT:
        faults["outcome"] = f"整改结果超过 {TEXT_LIMIT} 字，现有 {len(said)} 字。请删减。"
    for place, item in enumerate(row.evidence):
        words = given[place] if place < len(given) else ""
        if not words:
            faults[f"proof_{place}"] = f"没有写明“{item}”的名称和存放处。请补填。"
        elif len(words) > PROOF_LIMIT:
            faults[f"proof_{place}"] = f"“{item}”的说明超过 {PROOF_LIMIT} 字。请删减。"
        elif wrong := fault_of(words, f"“{item}”的说明"):
            faults[f"proof_{place}"] = wrong
    faults |= faults_in([("outcome", "整改结果", said)])
    if faults:
        raise Faulty(faults)
    row.outcome, row.proofs = said, given[: len(row.evidence)]
    row.requested_on, row.requested_by_id = clock.day_of(at), actor.person_id
    return apply(session, MOVES["request"], row, actor, at=at, text=said, data={"proofs": given})


def withdraw(session: Session, issue_id: int, *, at: datetime, version: int | None = None) -> Issue:
    """收回申请: whoever asked for the closure takes it back while nothing is decided."""
    row, actor, done = begin(session, "withdraw", issue_id, version=version)
    if done:
        return row
    if row.requested_by_id != actor.person_id:
        raise Refused("销号由本单位其他同志申请，只能由申请人收回。请与申请人联系。")
    row.requested_on = None
    return apply(session, MOVES["withdraw"], row, actor, at=at)


def return_issue(
    session: Session,
    issue_id: int,
    *,
    lacking: Sequence[str],
    reason: str,
    at: datetime,
    version: int | None = None,
) -> Issue:
    """退回, naming which of the evidence fixed at the start is lacking, or that the matter itself is not right (R-7).

    Nothing else can be asked for: what is not among the items is refused.
    """
    said = required(reason, "理由", REASON_LIMIT)
    named = list(dict.fromkeys(lacking))
    row, actor, done = begin(session, "return", issue_id, version=version, reason=said, data={"lacking": named})
    if done:
        return row
    if not named:
        raise Refused("没有选择缺少哪一项。请从登记时列明的佐证中选择，或者选择“问题本身没有整改到位”。")
    if any(item not in (*row.evidence, NOT_PUT_RIGHT) for item in named):
        raise Refused("销号时不能要求登记时没有列明的佐证。请从已列明的各项中选择。")
    row.times_returned += 1
    row.requested_on = None
    return apply(session, MOVES["return"], row, actor, at=at, reason=said, data={"lacking": named})


def verify(
    session: Session, issue_id: int, *, note: str | None = None, at: datetime, version: int | None = None
) -> Issue:
    """核验通过, by the level above, by nobody of the unit that put it right (R-3)."""
    said = required(note, "说明", REASON_LIMIT) if clean(note) else None
    row, actor, done = begin(session, "verify", issue_id, version=version, reason=said)
    if done:
        return row
    row.verified_on = clock.day_of(at)
    return apply(session, MOVES["verify"], row, actor, at=at, reason=said)


def close_out(session: Session, issue_id: int, *, at: datetime, version: int | None = None) -> Issue:
    """销号; from this day the time of the second look runs (R-5)."""
    row, actor, done = begin(session, "close", issue_id, version=version)
    if done:
        return row
    row.closed_on = clock.day_of(at)
    await_look(session, row, row.closed_on)
    return apply(session, MOVES["close"], row, actor, at=at)


def extend(
    session: Session, issue_id: int, *, due_on: date, reason: str, at: datetime, version: int | None = None
) -> Issue:
    """延长期限 to a later working day, with the reason; the first deadline stays visible."""
    said = required(reason, "理由", REASON_LIMIT)
    data = {"due_on": due_on.isoformat()}
    row, actor, done = begin(session, "extend", issue_id, version=version, reason=said, data=data)
    if done:
        return row
    if due_on <= row.due_on:
        raise Faulty({"due_on": f"新的期限应晚于现行期限{day_words(row.due_on)}。请改正。"})
    check_due(session, due_on, row.closer_code, at)
    row.due_on = due_on
    return apply(session, MOVES["extend"], row, actor, at=at, reason=said, data=data)


def _plain(session: Session, kind: str, issue_id: int, *, at: datetime, version: int | None) -> Issue:
    row, actor, done = begin(session, kind, issue_id, version=version)
    return row if done else apply(session, MOVES[kind], row, actor, at=at)
