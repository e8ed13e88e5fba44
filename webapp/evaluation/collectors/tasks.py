"""TSK-1 to TSK-5: what became of assignments."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from webapp.accountability.bulk_models import DecisionBatch
from webapp.accountability.models import Assignment, AssignmentEvent, Extension, ReopenedClosing, WithdrawnReport
from webapp.db import UTCDateTime
from webapp.evaluation.collectors.cut import AnswerDay, Cut, by, flag, not_by, within

ANSWERS = ("verify", "return")


def reported_in_time(cut: Cut) -> Select[Any]:
    """TSK-1: of the assignments due in the period, those first reported on by their due date."""
    due = due_assignments(cut)
    return _due_rows(due, cut, by(due.c.first_reported_on, cut.cut_off) & (due.c.first_reported_on <= due.c.due_on))


def closed_in_time(cut: Cut) -> Select[Any]:
    """TSK-2: of the assignments due in the period, those closed by their due date."""
    due = due_assignments(cut)
    return _due_rows(due, cut, by(due.c.closed_on, cut.cut_off) & (due.c.closed_on <= due.c.due_on))


def returned_before_closing(cut: Cut) -> Select[Any]:
    """TSK-4: of the assignments closed in the period, those returned at least once, as both stood at the cut-off."""
    closed = _row(flag(Assignment.times_returned > 0)).where(
        within(Assignment.unit_code), Assignment.closed_on.between(cut.starts_on, cut.cut_off)
    )
    returned = exists().where(
        AssignmentEvent.assignment_id == Assignment.id, AssignmentEvent.kind == "return", AssignmentEvent.at < cut.end
    )
    reopened_later = (
        _row(flag(returned.correlate(Assignment)))
        .join(ReopenedClosing, ReopenedClosing.assignment_id == Assignment.id)
        .where(
            within(Assignment.unit_code),
            ReopenedClosing.closed_on.between(cut.starts_on, cut.cut_off),
            ReopenedClosing.reopened_on > cut.cut_off,
        )
    )
    return select(union_all(closed, reopened_later).subquery("closed"))


def _row(n: ColumnElement[int]) -> Select[Any]:
    return select(
        Assignment.id.label("row_id"),
        Assignment.unit_code,
        n.label("n"),
        literal(1).label("d"),
        literal(0).label("missing"),
        literal(0).label("later"),
    )


def open_past_due(cut: Cut) -> Select[Any]:
    """TSK-5: of the assignments open at the cut-off, those whose due date lies before it."""
    return _row(flag(due_then(cut) < cut.cut_off)).where(
        within(Assignment.unit_code),
        Assignment.issued_on <= cut.cut_off,
        not_by(stood_then(cut, Assignment.closed_on, ReopenedClosing.closed_on), cut.cut_off),
        not_by(Assignment.recalled_on, cut.cut_off),
        Assignment.id.not_in(_suspended(cut)),
    )


def answered_in_time(cut: Cut) -> Select[Any]:
    """TSK-3: of the reports whose answer time ended in the period, those the level above verified or returned in it.

    The answer is the first thing that happened after the report; a report that was withdrawn, or whose task was
    recalled or suspended first, asks for none. One's own level is no level above.
    """
    days = union_all(*(_answer_day(day) for day in cut.answer_days)).cte("answer_day")
    move = aliased(AssignmentEvent)
    # Each event of a batch bears the batch's moment; what was undone within seconds was no answer.
    undone = select(DecisionBatch.decided_at).where(DecisionBatch.undone_at < cut.end)
    order: Any = {"partition_by": move.assignment_id, "order_by": (move.at, move.id)}
    moves = (
        select(
            move.id,
            move.assignment_id,
            move.unit_code,
            move.kind,
            move.at,
            func.lead(move.kind).over(**order).label("next_kind"),
            func.lead(move.at).over(**order).label("next_at"),
            func.lead(move.actor_unit).over(**order).label("next_unit"),
        )
        .where(
            move.kind.in_(("report", "withdraw", "recall", "suspend", *ANSWERS)),
            within(move.unit_code),
            move.at < cut.end,
            move.at >= cut.answer_days[0].starts_at,
            move.at.not_in(undone),
        )
        .subquery("moves")
    )
    in_time = moves.c.next_at < days.c.answer_by
    from_above = func.length(moves.c.next_unit) < func.length(moves.c.unit_code)
    answered = and_(moves.c.next_kind.in_(ANSWERS), in_time, from_above)
    return (
        select(
            moves.c.id.label("row_id"),
            moves.c.unit_code,
            case((answered, days.c.due), else_=0).label("n"),
            days.c.due.label("d"),
            literal(0).label("missing"),
            (1 - days.c.due).label("later"),
        )
        .select_from(moves)
        .join(days, and_(moves.c.at >= days.c.starts_at, moves.c.at < days.c.ends_at))
        .join(Assignment, Assignment.id == moves.c.assignment_id)
        .where(
            moves.c.kind == "report",
            func.length(Assignment.issuer_code) < func.length(Assignment.unit_code),
            func.coalesce(moves.c.next_kind, "").not_in(("withdraw", "recall", "suspend")),
        )
    )


def due_assignments(cut: Cut) -> Any:
    """Assignments whose deadline, as it stood at the cut-off, lies in the period; neither recalled nor suspended."""
    inner = (
        select(
            Assignment.id,
            Assignment.unit_code,
            Assignment.task_id,
            first_report_then(cut).label("first_reported_on"),
            stood_then(cut, Assignment.verified_on, ReopenedClosing.verified_on).label("verified_on"),
            stood_then(cut, Assignment.closed_on, ReopenedClosing.closed_on).label("closed_on"),
            due_then(cut).label("due_on"),
        )
        .where(
            within(Assignment.unit_code),
            Assignment.issued_on <= cut.cut_off,
            Assignment.first_due_on <= cut.ends_on,
            Assignment.due_on >= cut.starts_on,
            not_by(Assignment.recalled_on, cut.cut_off),
            Assignment.id.not_in(_suspended(cut)),
        )
        .subquery("candidate")
    )
    return select(inner).where(inner.c.due_on.between(cut.starts_on, cut.ends_on)).subquery("due")


def _due_rows(due: Any, cut: Cut, done: ColumnElement[bool]) -> Select[Any]:
    is_due = due.c.due_on <= cut.cut_off
    return select(
        due.c.id.label("row_id"),
        due.c.unit_code,
        flag(is_due & done).label("n"),
        flag(is_due).label("d"),
        literal(0).label("missing"),
        flag(due.c.due_on > cut.cut_off).label("later"),
    )


def due_then(cut: Cut) -> ColumnElement[Any]:
    """The deadline as it stood at the cut-off (T-5): an extension granted later does not change a closed month."""
    granted = [Extension.assignment_id == Assignment.id, Extension.state == "granted"]
    moved_later = exists().where(*granted, Extension.decided_at >= cut.end).correlate(Assignment)
    # The latest one, not the furthest: a disaster order that ends early takes days back (T-9).
    before = (
        select(Extension.wanted_due_on)
        .where(*granted, Extension.decided_at < cut.end)
        .order_by(Extension.decided_at.desc(), Extension.id.desc())
        .limit(1)
    )
    return case(
        (Assignment.due_on == Assignment.first_due_on, Assignment.due_on),
        (~moved_later, Assignment.due_on),
        else_=func.coalesce(before.correlate(Assignment).scalar_subquery(), Assignment.first_due_on),
    )


def first_report_then(cut: Cut) -> ColumnElement[Any]:
    """The first report that stood at the cut-off: one that was taken back later does not change a closed month."""
    stood = select(func.max(WithdrawnReport.reported_on)).where(
        WithdrawnReport.assignment_id == Assignment.id,
        WithdrawnReport.reported_on <= cut.cut_off,
        WithdrawnReport.withdrawn_on > cut.cut_off,
    )
    return case(
        (by(Assignment.first_reported_on, cut.cut_off), Assignment.first_reported_on),
        else_=stood.correlate(Assignment).scalar_subquery(),
    )


def stood_then(cut: Cut, day: Any, kept: Any) -> ColumnElement[Any]:
    """A day of verification or closing as it stood at the cut-off: a later reopening does not change a closed month."""
    stood = select(func.max(kept)).where(
        ReopenedClosing.assignment_id == Assignment.id,
        kept <= cut.cut_off,
        ReopenedClosing.reopened_on > cut.cut_off,
    )
    return case((by(day, cut.cut_off), day), else_=stood.correlate(Assignment).scalar_subquery())


def _suspended(cut: Cut) -> Select[Any]:
    """Assignments whose clock stood still at the cut-off (T-9)."""
    stop, go = aliased(AssignmentEvent), aliased(AssignmentEvent)
    resumed = exists().where(
        go.assignment_id == stop.assignment_id, go.kind == "resume", go.at >= stop.at, go.at < cut.end
    )
    return select(stop.assignment_id).where(stop.kind == "suspend", within(stop.unit_code), stop.at < cut.end, ~resumed)


def _answer_day(day: AnswerDay) -> Select[Any]:
    """One row of the days of reports. Not VALUES: SQLAlchemy would build that statement anew for each county."""
    moments = {"starts_at": day.starts_at, "ends_at": day.ends_at, "answer_by": day.answer_by}
    return select(
        *(literal(moment, UTCDateTime).label(name) for name, moment in moments.items()),
        literal(int(day.due)).label("due"),
    )
