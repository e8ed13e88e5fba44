"""LEA-1 and LEA-2: duties of leadership, read from the tasks of their templates (WA28)."""

from typing import Any

from sqlalchemy import Select, func, literal, null, select, union_all

from webapp.accountability.models import AccountabilityTask
from webapp.evaluation.collectors.cut import Cut, by, flag, within
from webapp.evaluation.collectors.tasks import due_assignments
from webapp.org.models import Division

SESSIONS = ("WA28-T1", "WA28-T2", "WA28-T3")
YEARLY_REPORT = ("WA28-T4",)
COUNTY, TOWNSHIP = 3, 4


def sessions_held(cut: Cut) -> Select[Any]:
    """LEA-1: of the sessions a county had to hold in the period, those on record and verified by the cut-off."""
    due = _duties(cut, SESSIONS)
    held = by(due.c.verified_on, cut.cut_off)
    return _per_unit(cut, COUNTY, due, held)


def yearly_reports(cut: Cut) -> Select[Any]:
    """LEA-2: of the townships below a county, those that sent their yearly report by the due date."""
    due = _duties(cut, YEARLY_REPORT)
    sent = by(due.c.first_reported_on, cut.cut_off) & (due.c.first_reported_on <= due.c.due_on)
    return _per_unit(cut, TOWNSHIP, due, sent)


def _duties(cut: Cut, templates: tuple[str, ...]) -> Any:
    due = due_assignments(cut)
    of_templates = select(AccountabilityTask.id).where(AccountabilityTask.template_code.in_(templates))
    return select(due).where(due.c.task_id.in_(of_templates)).subquery("duty")


def _per_unit(cut: Cut, level: int, due: Any, done: Any) -> Select[Any]:
    """A row a duty; and for a unit of the level that has none at all, one row that says what is missing."""
    is_due = due.c.due_on <= cut.cut_off
    of_level = select(Division.code).where(Division.level == level, within(Division.code))
    recorded = select(
        due.c.id.label("row_id"),
        due.c.unit_code.label("unit_code"),
        flag(is_due & done).label("n"),
        flag(is_due).label("d"),
        literal(0).label("missing"),
        flag(due.c.due_on > cut.cut_off).label("later"),
    ).where(due.c.unit_code.in_(of_level))
    unrecorded = select(
        null().label("row_id"),
        Division.code.label("unit_code"),
        literal(0).label("n"),
        literal(0).label("d"),
        literal(1).label("missing"),
        literal(0).label("later"),
    ).where(
        Division.level == level,
        within(Division.code),
        Division.valid_from.is_(None) | (Division.valid_from <= cut.cut_off),
        Division.valid_to.is_(None) | (Division.valid_to >= cut.cut_off),
        Division.code.not_in(select(due.c.unit_code).where(func.length(due.c.unit_code) > 0)),
    )
    return select(union_all(recorded, unrecorded).subquery("duties"))
