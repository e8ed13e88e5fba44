"""Acts on an assignment: each goes through the table of moves, leaves an event and an audit entry, and tells people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.answering import left_to_record
from webapp.accountability.brought_out import answerable, answers_with, brought_out
from webapp.accountability.collected import answers_of
from webapp.accountability.documents import asks_document, said_by
from webapp.accountability.freezing import catch_up
from webapp.accountability.models import Assignment, WithdrawnReport
from webapp.accountability.moving import apply, begin
from webapp.accountability.parties import Actor
from webapp.accountability.parts import check_parts_over, open_parts, parts_of
from webapp.accountability.rules import (
    BY_PAPER,
    ENTERED_FOR,
    MOVES,
    REASON_LIMIT,
    SHEET,
    TEXT_LIMIT,
    WrongState,
    check_move,
    required,
)
from webapp.accountability.sampling import check_drawn, fail_sample, settle
from webapp.accountability.watching import tell_watchers_of_many, watchers
from webapp.burden import service as burden
from webapp.errors import Refused
from webapp.words import clean


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
    document_on: date | None = None,
    evidence: str | None = None,
    minutes_taken: int | None = None,
    answers: Mapping[str, str] | None = None,
    at: datetime,
    version: int | None = None,
) -> Assignment:
    """反馈: what was done, and where its proof is. From 已签收 the start is written too, so that the chain is whole.

    What was split is reported when every part is closed, recalled or exempt (T-3). `minutes_taken` is what the answerer
    says it took; stating it is voluntary and it is never measured (X-35). `answers` holds what is entered for the
    asked fields, by name; what the unit gave before is brought out, and what was split is answered by its parts' sums.
    Where the evidence is a document, its number (or a file) and date are the whole answer and `text` is not asked for.
    Raises `Refused` where a month sheet or a record of its own answers the task.
    """
    before = session.get(Assignment, assignment_id)
    if before is not None and asks_document(before.task):
        said = said_by(session, assignment_id, document_no, document_on, clock.day_of(at))
        evidence = None
    else:
        said = required(text, "完成情况", TEXT_LIMIT)
    number, proof = _short(document_no, "文号", 60), _short(evidence, "佐证说明", 300)
    row, actor, done = begin(session, "report", assignment_id, version=version, text=said)
    if done:
        return row
    if row.task.via == SHEET:
        raise Refused("月报单逐项填报，不在这里反馈。请打开月报单填写后提交。")
    if (instead := left_to_record(row)) is not None:
        raise Refused(instead)
    return take_report(
        session,
        row,
        actor,
        text=said,
        document_no=number,
        document_on=document_on,
        evidence=proof,
        minutes_taken=minutes_taken,
        answers=answers,
        at=at,
    )


def take_report(
    session: Session,
    row: Assignment,
    actor: Actor,
    *,
    text: str,
    document_no: str | None = None,
    document_on: date | None = None,
    evidence: str | None = None,
    minutes_taken: int | None = None,
    answers: Mapping[str, str] | None = None,
    paper: bool = False,
    at: datetime,
) -> Assignment:
    """Report a locked assignment by somebody whose right to it was judged: its own unit, or who answers in its place.

    `paper`: the township enters what the unit answered on paper, and the record says so (X-10).
    """
    check_parts_over(session, row)
    if row.state == "acknowledged":
        apply(session, MOVES["start"], row, actor, at=at)
    check_move(MOVES["report"], row.state)
    today = clock.day_of(at)
    row.report_text, row.report_evidence = text, evidence
    row.report_document_no, row.report_document_on = document_no, document_on
    parts = parts_of(session, row)
    if parts:
        given = answers_of(answerable(row.task), parts)
    else:
        brought = brought_out(session, row.task, [row.unit_code])[row.unit_code]
        given = answers_with(row.task, brought, answers or {})
    row.answers = given or None
    row.minutes_taken = minutes_taken
    burden.state_minutes(session, row.burden_key, minutes_taken, today)
    row.reported_by_id = actor.person_id
    row.first_reported_on = row.first_reported_on or today
    row.last_reported_on = today
    data: dict[str, Any] = {"answers": row.answers} if row.answers else {}
    if paper:
        data[ENTERED_FOR] = row.unit_code
    said = BY_PAPER if paper else None
    return apply(session, MOVES["report"], row, actor, at=at, reason=said, text=text, data=data or None)


def note_progress(
    session: Session, assignment_id: int, *, text: str, at: datetime, version: int | None = None
) -> Assignment:
    """登记进展: a word on how far it is, where somebody wants to give one; the state stays, nothing is counted."""
    said = required(text, "进展", REASON_LIMIT)
    row, actor, done = begin(session, "progress", assignment_id, version=version, text=said)
    return row if done else apply(session, MOVES["progress"], row, actor, at=at, text=said)


def withdraw(session: Session, assignment_id: int, *, at: datetime, version: int | None = None) -> Assignment:
    """收回反馈: the reporter takes back a report on which nothing is decided yet; it is no answer from that day on.

    Once the verifier's sample is drawn, whoever is drawn or not can no longer be changed.
    """
    row, actor, done = begin(session, "withdraw", assignment_id, version=version)
    if done:
        return row
    check_move(MOVES["withdraw"], row.state)
    if row.sampled is not None:
        raise WrongState("核验单位已经抽样，反馈不能再收回。如有错误，请联系核验单位退回。")
    if row.reported_by_id != actor.person_id:
        raise Refused("这份反馈由本单位其他同志提交，只能由提交人收回。请与提交人联系。")
    earlier = _reports_that_stood(row)[:-1]
    if not earlier and row.first_reported_on is not None:
        session.add(
            WithdrawnReport(
                assignment_id=row.id,
                unit_code=row.unit_code,
                reported_on=row.first_reported_on,
                withdrawn_on=clock.day_of(at),
            )
        )
    row.first_reported_on = earlier[0] if earlier else None
    row.last_reported_on = earlier[-1] if earlier else None
    apply(session, MOVES["withdraw"], row, actor, at=at)
    catch_up(session, row, at)
    return row


def return_for_revision(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """退回补充, with what is lacking."""
    return _plain(session, "return", assignment_id, at=at, version=version, reason=reason)


def verify(
    session: Session, assignment_id: int, *, note: str | None = None, at: datetime, version: int | None = None
) -> Assignment:
    """核实通过, at the level that handed it down, by nobody of the reporting unit (T-4)."""
    return _plain(session, "verify", assignment_id, at=at, version=version, reason=note)


def close(session: Session, assignment_id: int, *, at: datetime, version: int | None = None) -> Assignment:
    """销号."""
    return _plain(session, "close", assignment_id, at=at, version=version)


def recall(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """撤回, with the reason; the unit owes nothing any more."""
    return _plain(session, "recall", assignment_id, at=at, version=version, reason=reason)


def exempt(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """免办, with the reason: the unit leaves the count."""
    return _plain(session, "exempt", assignment_id, at=at, version=version, reason=reason)


def suspend(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """中止: the clock stands still until the task is resumed (T-9)."""
    return _plain(session, "suspend", assignment_id, at=at, version=version, reason=reason)


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
    today = clock.day_of(at)
    if kind == "acknowledge":
        row.acknowledged_on = today
    elif kind == "return":
        row.times_returned += 1
        fail_sample(session, row)
    elif kind == "verify":
        check_drawn(session, row)
        row.verified_on, row.verified_by_id, row.verified_by_unit = today, actor.person_id, actor.unit_code
    elif kind == "close":
        row.closed_on, row.closed_as = today, "verified"
    elif kind in ("recall", "exempt"):
        row.recalled_on = today
        burden.strike_out(session, row.burden_key)
    apply(session, move, row, actor, at=at, reason=said)
    if kind in ("recall", "exempt"):
        left = open_parts(session, row)
        for part in left:
            part.recalled_on = today
            burden.strike_out(session, part.burden_key)
            apply(session, MOVES["recall"], part, actor, at=at, reason=said, watched=False)
        follow = [(part.task_id, part.id, part.unit_code) for part in left]
        tell_watchers_of_many(session, "recall", follow, actor, at, told=watchers(session, row, today))
        settle(session, row, actor, at)
    elif kind == "return":
        catch_up(session, row, at)
    elif kind == "close":
        settle(session, row, actor, at)
    return row


def _reports_that_stood(row: Assignment) -> list[date]:
    """Days of the reports that were not withdrawn, the first one first."""
    days: list[date] = []
    for event in row.events:
        if event.kind == "report":
            days.append(clock.day_of(event.at))
        elif event.kind == "withdraw":
            days.pop()
    return days


def _short(text: str | None, name: str, limit: int) -> str | None:
    return required(text, name, limit) if clean(text) else None
