"""A deadline moves only by a record with reason and decider; the first deadline stays visible (T-5, T-9)."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import acting_as, viewer_of
from webapp.accountability.freezing import catch_up
from webapp.accountability.models import Assignment, Extension
from webapp.accountability.moving import DUTIES, apply, begin, delegator_belongs, reporters
from webapp.accountability.order_rules import moved_words, windows_of, workdays_outside
from webapp.accountability.parties import Actor
from webapp.accountability.rules import MOVES, REASON_LIMIT, WrongState, check_move, required
from webapp.burden import service as burden
from webapp.errors import Refused
from webapp.policy.calendar import work_calendar
from webapp.words import clean, day_words


def ask_extension(
    session: Session,
    assignment_id: int,
    *,
    wanted_due_on: date | None,
    reason: str,
    at: datetime,
    version: int | None = None,
) -> Assignment:
    """申请延期 to a later working day; one request at a time.

    A day after the deadline of the unit that handed the task down can be asked for: the record says so, and that unit
    has to ask above before it can agree.
    """
    said = required(reason, "延期理由", REASON_LIMIT)
    if wanted_due_on is None:
        raise Refused("没有填写希望延到的日期。请补填。")
    row, actor, done = begin(session, "extend_ask", assignment_id, version=version, reason=said)
    if done:
        return row
    check_move(MOVES["extend_ask"], row.state)
    if pending(row) is not None:
        raise WrongState("已有一份延期申请等待答复。请等下达单位答复后再申请。")
    today = clock.day_of(at)
    calendar = work_calendar(session)
    if wanted_due_on <= max(row.due_on, today):
        raise Refused(f"希望延到的日期应晚于今天和现行期限{day_words(row.due_on)}。请改正。")
    if wanted_due_on.year > today.year + 1:
        raise Refused("希望延到的日期过远。请改为今明两年内的日期。")
    if not calendar.is_workday(wanted_due_on):
        raise Refused(f"希望延到的日期是休息日。请改为{day_words(calendar.add_workdays(wanted_due_on, 1))}。")
    row.extensions.append(
        Extension(
            unit_code=row.unit_code,
            state="asked",
            asked_at=at,
            asked_by_id=actor.person_id,
            wanted_due_on=wanted_due_on,
            reason=said,
        )
    )
    text, above = f"希望延到{day_words(wanted_due_on)}", _due_above(session, row)
    if above is not None and wanted_due_on > above:
        text += f"，晚于{row.issuer.name}自己的期限{day_words(above)}，须由其先向上级申请延期"
    return apply(session, MOVES["extend_ask"], row, actor, at=at, reason=said, text=text)


def grant_extension(
    session: Session, assignment_id: int, *, note: str | None = None, at: datetime, version: int | None = None
) -> Assignment:
    """同意延期: the deadline moves to the day that was asked for, at the latest the granting unit's own (T-3, T-5)."""
    said = required(note, "说明", REASON_LIMIT) if clean(note) else None
    row, actor, done = begin(session, "extend_grant", assignment_id, version=version, reason=said)
    if done:
        return row
    asked = _to_decide(session, row, "extend_grant", actor)
    before = row.due_on
    if asked.wanted_due_on <= before:  # the task was suspended and resumed since the request
        raise Refused(f"现行期限{day_words(before)}已不早于申请的日期，不需要再延期。请选择“不同意延期”并说明。")
    above = _due_above(session, row)
    if above is not None and asked.wanted_due_on > above:
        raise Refused(
            f"本单位这项任务的期限是{day_words(above)}，下级不能晚于本单位。"
            "请先向上级申请延期，或者选择“不同意延期”并说明。"
        )
    _decide(asked, "granted", actor, said, at)
    _set_due(session, row, asked.wanted_due_on)
    return apply(
        session,
        MOVES["extend_grant"],
        row,
        actor,
        at=at,
        reason=said,
        text=moved_words(before, row.due_on),
        data={"due_on": row.due_on.isoformat()},
    )


def refuse_extension(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """不同意延期, with the reason; the deadline stays."""
    said = required(reason, "理由", REASON_LIMIT)
    row, actor, done = begin(session, "extend_refuse", assignment_id, version=version, reason=said)
    if done:
        return row
    asked = _to_decide(session, row, "extend_refuse", actor)
    _decide(asked, "refused", actor, said, at)
    return apply(session, MOVES["extend_refuse"], row, actor, at=at, reason=said)


def resume(
    session: Session, assignment_id: int, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """恢复办理: the state from before, and as many working days left as when the clock was stopped (T-9)."""
    said = required(reason, "理由", REASON_LIMIT)
    row, actor, done = begin(session, "resume", assignment_id, version=version, reason=said)
    if done:
        return row
    check_move(MOVES["resume"], row.state)
    stopped = next(event for event in reversed(row.events) if event.kind == "suspend")
    calendar = work_calendar(session)
    first = clock.day_of(stopped.at) + timedelta(days=1)
    frozen = workdays_outside(calendar, first, clock.day_of(at), windows_of(row.events))
    before = row.due_on
    if frozen > 0:
        moved = Extension(
            unit_code=row.unit_code,
            state="asked",
            asked_at=at,
            asked_by_id=actor.person_id,
            wanted_due_on=calendar.add_workdays(before, frozen),
            reason=said,
        )
        _decide(moved, "granted", actor, None, at)
        row.extensions.append(moved)
        _set_due(session, row, moved.wanted_due_on)
    apply(
        session,
        MOVES["resume"],
        row,
        actor,
        at=at,
        to_state=stopped.from_state,
        reason=said,
        text=moved_words(before, row.due_on) if frozen > 0 else None,
        data={"due_on": row.due_on.isoformat()} if frozen > 0 else None,
    )
    catch_up(session, row, at)
    return row


def pending(row: Assignment) -> Extension | None:
    """The request that waits for an answer."""
    return next((extension for extension in row.extensions if extension.state == "asked"), None)


def _due_above(session: Session, row: Assignment) -> date | None:
    """The deadline of the assignment that it was split from; None where the issuer of the task gave it itself."""
    with acting_as(session, DUTIES):  # the unit that asks does not see the one above
        return session.scalar(select(Assignment.due_on).where(Assignment.id == row.parent_id))


def _to_decide(session: Session, row: Assignment, kind: str, actor: Actor) -> Extension:
    check_move(MOVES[kind], row.state)
    asked = pending(row)
    if asked is None:
        raise WrongState("没有等待答复的延期申请。请刷新页面查看最新情况。")
    viewer = viewer_of(session)
    if asked.asked_by_id == viewer.person_id or row.unit_code in {grant.unit_code for grant in viewer.grants}:
        raise Refused("您是申请人或在申请单位任职，不能决定这份延期申请。请由下达单位其他同志决定。")
    if actor.on_behalf_of_id == asked.asked_by_id:
        raise Refused("委托您审批的同志是申请人，不能由您代为决定。请由下达单位其他同志决定。")
    if delegator_belongs(session, actor, row.unit_code):
        raise Refused("委托您审批的同志在申请单位任职，不能由您代为决定。请由下达单位其他同志决定。")
    if {viewer.person_id, actor.on_behalf_of_id} & (reporters(row) - {None}):  # also what was entered from paper
        raise Refused("您或者委托您审批的同志反馈过这项任务，不能决定延期申请。请由下达单位其他同志决定。")
    return asked


def _decide(asked: Extension, state: str, actor: Actor, note: str | None, at: datetime) -> None:
    asked.state, asked.decided_at, asked.decided_by_id, asked.decision_note = state, at, actor.person_id, note


def _set_due(session: Session, row: Assignment, due_on: date) -> None:
    row.due_on = due_on
    burden.move(session, row.burden_key, due_on)
