"""Acts on an assignment: each goes through the table of moves, leaves an event and an audit entry, and tells people."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import separate_duties, viewer_of
from webapp.accountability.models import Assignment, AssignmentEvent, WithdrawnReport
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.rules import (
    EVENT_LABELS,
    MOVES,
    REASON_LIMIT,
    TEXT_LIMIT,
    Move,
    check_move,
    required,
)
from webapp.accountability.telling import tell
from webapp.burden import service as burden
from webapp.errors import Conflict, NotFound, Refused
from webapp.words import clean


class Outdated(Conflict):
    """Somebody else acted first; the page shows what they did beside what was typed."""


def acknowledge(session: Session, assignment_id: int, *, at: datetime, version: int | None = None) -> Assignment:
    """签收: the unit has read the task."""
    return _plain(session, "acknowledge", assignment_id, at=at, version=version)


def start(session: Session, assignment_id: int, *, at: datetime, version: int | None = None) -> Assignment:
    """开始办理."""
    return _plain(session, "start", assignment_id, at=at, version=version)


def report(
    session: Session,
    assignment_id: int,
    *,
    text: str,
    document_no: str | None = None,
    evidence: str | None = None,
    at: datetime,
    version: int | None = None,
) -> Assignment:
    """反馈: what was done, and where its proof is. From 已签收 the start is written too, so that the chain is whole."""
    said = required(text, "完成情况", TEXT_LIMIT)
    number, proof = _short(document_no, "文号", 60), _short(evidence, "佐证说明", 300)
    row, actor, done = begin(session, "report", assignment_id, version=version, text=said)
    if done:
        return row
    if row.state == "acknowledged":
        apply(session, MOVES["start"], row, actor, at=at)
    check_move(MOVES["report"], row.state)
    today = _day(at)
    row.report_text, row.report_document_no, row.report_evidence = said, number, proof
    row.reported_by_id = actor.person_id
    row.first_reported_on = row.first_reported_on or today
    row.last_reported_on = today
    return apply(session, MOVES["report"], row, actor, at=at, text=said)


def withdraw(session: Session, assignment_id: int, *, at: datetime, version: int | None = None) -> Assignment:
    """收回反馈: the reporter takes back a report on which nothing is decided yet; it is no answer from that day on."""
    row, actor, done = begin(session, "withdraw", assignment_id, version=version)
    if done:
        return row
    check_move(MOVES["withdraw"], row.state)
    if row.reported_by_id != actor.person_id:
        raise Refused("这份反馈由本单位其他同志提交，只能由提交人收回。请与提交人联系。")
    earlier = _reports_that_stood(row)[:-1]
    if not earlier and row.first_reported_on is not None:
        session.add(
            WithdrawnReport(
                assignment_id=row.id,
                unit_code=row.unit_code,
                reported_on=row.first_reported_on,
                withdrawn_on=_day(at),
            )
        )
    row.first_reported_on = earlier[0] if earlier else None
    row.last_reported_on = earlier[-1] if earlier else None
    return apply(session, MOVES["withdraw"], row, actor, at=at)


def return_for_revision(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """退回补充, with what is lacking."""
    return _plain(session, "return", assignment_id, at=at, version=version, reason=reason)


def verify(
    session: Session, assignment_id: int, *, note: str | None = None, at: datetime, version: int | None = None
) -> Assignment:
    """核实通过, at the level that issued, by nobody of the reporting unit (T-4)."""
    return _plain(session, "verify", assignment_id, at=at, version=version, reason=note)


def close(session: Session, assignment_id: int, *, at: datetime, version: int | None = None) -> Assignment:
    """销号."""
    return _plain(session, "close", assignment_id, at=at, version=version)


def recall(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """撤回, with the reason; the unit owes nothing any more."""
    return _plain(session, "recall", assignment_id, at=at, version=version, reason=reason)


def suspend(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """中止: the clock stands still until the task is resumed (T-9)."""
    return _plain(session, "suspend", assignment_id, at=at, version=version, reason=reason)


def begin(
    session: Session,
    kind: str,
    assignment_id: int,
    *,
    version: int | None,
    reason: str | None = None,
    text: str | None = None,
) -> tuple[Assignment, Actor, bool]:
    """Lock the row and judge who acts; True when this very act has been done already (a second click).

    `version` is what the page showed. Raises `NotFound`, `Forbidden`, and `Outdated` naming who was faster.
    """
    move = MOVES[kind]
    row = _locked(session, assignment_id)
    viewer = viewer_of(session)
    unit = row.unit_code if move.side == "receiver" else row.issuer_code
    actor = actor_at(viewer, move.permission, unit)
    if version is not None and version != row.version:
        last = row.events[-1]
        same = (last.kind, last.person_id, last.reason) == (kind, actor.person_id, reason)
        if same and text in (None, last.text):
            return row, actor, True
        when = clock.local(last.at)
        raise Outdated(
            f"{last.actor_name}已于{when.month}月{when.day}日 {when:%H:%M} {EVENT_LABELS[last.kind]}，"
            f"您的“{move.label}”没有生效。请看过最新情况再决定是否办理。"
        )
    if move.separate:
        separate_duties(viewer, reporters=reporters(row), reporting_unit=row.unit_code)
    return row, actor, False


def apply(
    session: Session,
    move: Move,
    row: Assignment,
    actor: Actor,
    *,
    at: datetime,
    to_state: str | None = None,
    reason: str | None = None,
    text: str | None = None,
) -> Assignment:
    """Make a move that was judged: state, event, audit entry, notices. Raises `WrongState`."""
    check_move(move, row.state)
    before = row.state
    row.state = to_state or move.to_state or before
    row.changed_at = at
    row.events.append(
        AssignmentEvent(
            unit_code=row.unit_code,
            at=at,
            kind=move.kind,
            from_state=before,
            to_state=row.state,
            person_id=actor.person_id,
            actor_name=actor.name,
            actor_unit=actor.unit_code,
            reason=reason,
            text=text,
        )
    )
    audit.record(
        session,
        f"task.{move.kind}",
        "assignment",
        row.id,
        unit_code=row.unit_code,
        before={"state": before},
        after={"state": row.state, "due_on": row.due_on.isoformat()},
        reason=reason,
    )
    session.flush()
    tell(session, move.kind, row, actor, reason, at)
    return row


def reporters(row: Assignment) -> set[int | None]:
    """Everybody who ever reported on it, also a version that was returned (T-4)."""
    return {event.person_id for event in row.events if event.kind == "report"}


def _plain(
    session: Session,
    kind: str,
    assignment_id: int,
    *,
    at: datetime,
    version: int | None,
    reason: str | None = None,
) -> Assignment:
    move = MOVES[kind]
    said = required(reason, "理由", REASON_LIMIT) if move.reason else _short(reason, "说明", REASON_LIMIT)
    row, actor, done = begin(session, kind, assignment_id, version=version, reason=said)
    if done:
        return row
    check_move(move, row.state)
    today = _day(at)
    if kind == "acknowledge":
        row.acknowledged_on = today
    elif kind == "return":
        row.times_returned += 1
    elif kind == "verify":
        row.verified_on, row.verified_by_id, row.verified_by_unit = today, actor.person_id, actor.unit_code
    elif kind == "close":
        row.closed_on = today
    elif kind == "recall":
        row.recalled_on = today
        burden.strike_out(session, row.burden_key)
    return apply(session, move, row, actor, at=at, reason=said)


def _locked(session: Session, assignment_id: int) -> Assignment:
    """The row as it stands now, held until the transaction ends: of two who decide at once the second waits here."""
    statement = (
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound()
    session.expire(row, ["events"])
    return row


def _reports_that_stood(row: Assignment) -> list[date]:
    """Days of the reports that were not withdrawn, the first one first."""
    days: list[date] = []
    for event in row.events:
        if event.kind == "report":
            days.append(_day(event.at))
        elif event.kind == "withdraw":
            days.pop()
    return days


def _short(text: str | None, name: str, limit: int) -> str | None:
    return required(text, name, limit) if clean(text) else None


def _day(at: datetime) -> date:
    return clock.local(at).date()
