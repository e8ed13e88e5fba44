"""What the pages of 督办 show; units stand in code order, never by lamp, load or count (T-7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.access import below
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.queries import Item, items
from webapp.accountability.rules import OVER
from webapp.errors import NotFound
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.rectification.models import Issue
from webapp.rectification.queries import Item as IssueItem
from webapp.rectification.queries import items as issue_items
from webapp.supervision.models import Escalation, LadderStep, Reminder
from webapp.supervision.subjects import TASK, Subject


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to."""

    every: bool = False
    """Also those that are over."""
    unit_prefix: str = ""
    words: str = ""


def listed(wanted: Wanted) -> Select[tuple[Assignment]]:
    """Assignments under 督办: sent up, or with a step of the ladder; in the order of units."""
    statement = (
        select(Assignment)
        .join(Assignment.task)
        .join(Assignment.unit)
        .options(
            contains_eager(Assignment.task).joinedload(AccountabilityTask.issuer),
            contains_eager(Assignment.unit),
        )
        .where(
            or_(
                select(Escalation.id).where(Escalation.assignment_id == Assignment.id).exists(),
                select(LadderStep.id).where(LadderStep.assignment_id == Assignment.id).exists(),
            )
        )
        .order_by(Assignment.unit_code, Assignment.due_on, Assignment.id)
    )
    if not wanted.every:
        statement = statement.where(Assignment.state.not_in(OVER))
    if wanted.unit_prefix:
        statement = statement.where(below(Assignment.unit_code, wanted.unit_prefix))
    if wanted.words:
        statement = statement.where(
            or_(
                AccountabilityTask.title.icontains(wanted.words, autoescape=True),
                Division.name.icontains(wanted.words, autoescape=True),
            )
        )
    return statement


def issues(wanted: Wanted) -> Select[tuple[Issue]]:
    """Issues under 督办: sent up, or with a step of the ladder; in the order of units."""
    statement = (
        select(Issue)
        .where(
            or_(
                select(Escalation.id).where(Escalation.issue_id == Issue.id).exists(),
                select(LadderStep.id).where(LadderStep.issue_id == Issue.id).exists(),
            )
        )
        .options(joinedload(Issue.unit), joinedload(Issue.closer))
        .order_by(Issue.unit_code, Issue.due_on, Issue.id)
    )
    return statement if wanted.every else statement.where(Issue.state != "closed")


def beside_issue(session: Session, issue_id: int) -> tuple[list[tuple[Escalation, str]], bool]:
    """How far an issue went up, each level by name, the first one first; and whether 督办 of it was recorded."""
    steps = select(LadderStep.id).where(LadderStep.issue_id == Issue.id).exists()
    rows = session.execute(
        select(Escalation, steps)
        .select_from(Issue)
        .outerjoin(Escalation, Escalation.issue_id == Issue.id)
        .where(Issue.id == issue_id)
        .order_by(Escalation.id)
    ).all()
    found = [one for one, _ in rows if one is not None]
    named = names(session, {one.level_code for one in found}) if found else {}
    return [(one, named.get(one.level_code, one.level_code)) for one in found], bool(found) or any(
        step for _, step in rows
    )


def highest_steps(session: Session, row_ids: Collection[int], column: str = TASK) -> dict[int, LadderStep]:
    """Assignment or issue → its last step that stands."""
    about = getattr(LadderStep, column)
    statement = select(LadderStep).where(about.in_(row_ids), LadderStep.withdrawn_at.is_(None)).order_by(LadderStep.id)
    return {getattr(step, column): step for step in session.scalars(statement)}


@dataclass(frozen=True)
class Record:
    """One assignment or issue with everything 督办 holds of it."""

    subject: Subject
    item: Item | IssueItem
    reminders: list[Reminder]
    escalations: list[Escalation]
    steps: list[LadderStep]
    names: dict[str, str]


def record(session: Session, row_id: int, on: date, column: str = TASK) -> Record:
    """Raises `NotFound`, equal for rows out of scope and rows that never were."""
    row: Assignment | Issue | None
    if column == TASK:
        task = joinedload(Assignment.task).joinedload(AccountabilityTask.issuer)
        row = session.scalar(
            select(Assignment).where(Assignment.id == row_id).options(task, joinedload(Assignment.unit))
        )
    else:
        row = session.scalar(
            select(Issue).where(Issue.id == row_id).options(joinedload(Issue.unit), joinedload(Issue.closer))
        )
    if row is None:
        raise NotFound()
    item = items(session, [row], on)[0] if isinstance(row, Assignment) else issue_items(session, [row], on)[0]

    def of(model: type) -> list:  # type: ignore[type-arg]
        return list(session.scalars(select(model).where(getattr(model, column) == row_id).order_by(model.id)))  # type: ignore[attr-defined]

    subject = Subject(row)
    reminders, escalations, steps = of(Reminder), of(Escalation), of(LadderStep)
    codes = {one.sender_code for one in reminders} | {one.level_code for one in escalations}
    codes |= {one.issuer_code for one in steps} | {row.unit_code, subject.issuer_code, subject.deciding_code}
    return Record(subject, item, reminders, escalations, steps, names(session, codes))


def beside(session: Session, assignment_id: int) -> tuple[list[Reminder], bool]:
    """Reminders of an assignment, and whether 督办 of it was recorded, as far as the viewer sees; one question."""
    above = select(Escalation.id).where(Escalation.assignment_id == Assignment.id).exists()
    steps = select(LadderStep.id).where(LadderStep.assignment_id == Assignment.id).exists()
    rows = session.execute(
        select(Reminder, or_(above, steps))
        .select_from(Assignment)
        .outerjoin(Reminder, Reminder.assignment_id == Assignment.id)
        .where(Assignment.id == assignment_id)
        .order_by(Reminder.id)
    ).all()
    return [reminder for reminder, _ in rows if reminder is not None], any(found for _, found in rows)
