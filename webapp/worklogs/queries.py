"""What the pages of work logs show. Nothing here counts logs by person (X-8)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.auth.sending import posts_to_send_for
from webapp.errors import NotFound
from webapp.org.models import Person
from webapp.paging import SIZE
from webapp.worklogs.bindings import DONE, LINE
from webapp.worklogs.models import WorkLog, WorkLogBinding, WorkLogTask, WorkLogVersion

WEEK = timedelta(days=7)
SORTS = {
    "-day": (WorkLog.day.desc(), WorkLog.created_at.desc()),
    "day": (WorkLog.day, WorkLog.created_at),
    "area": (WorkLog.duty_area, WorkLog.day.desc()),
    "unit": (WorkLog.unit_code, WorkLog.day.desc()),
}


@dataclass(frozen=True)
class Sought:
    """What a list is narrowed to; the month is its first day."""

    day: date | None = None
    month: date | None = None
    duty_area: str | None = None
    unit_code: str | None = None
    words: str = ""
    sort: str = "-day"


@dataclass(frozen=True)
class Row:
    """One log in a list, with the text of its present version."""

    log: WorkLog
    text: str


@dataclass(frozen=True)
class Listed:
    """One page of rows; whether more follow is known, how many there are is not asked."""

    rows: list[Row]
    number: int
    more: bool


@dataclass(frozen=True)
class ServingLog:
    """A log that serves a task, as the task's page names it."""

    id: str
    day: date
    author_name: str
    duty_area: str


def sought_logs(sought: Sought) -> Select[tuple[WorkLog, str]]:
    """The statement of a list: each log with the text of its present version."""
    statement = select(WorkLog, WorkLogVersion.text).join(
        WorkLogVersion, (WorkLogVersion.log_id == WorkLog.id) & (WorkLogVersion.number == WorkLog.version)
    )
    if sought.day:
        statement = statement.where(WorkLog.day == sought.day)
    if sought.month:
        following = (sought.month + timedelta(days=31)).replace(day=1)
        statement = statement.where(WorkLog.day >= sought.month, WorkLog.day < following)
    if sought.duty_area:
        statement = statement.where(WorkLog.duty_area == sought.duty_area)
    if sought.unit_code:
        statement = statement.where(WorkLog.unit_code == sought.unit_code)
    if sought.words:
        statement = statement.where(WorkLogVersion.text.icontains(sought.words, autoescape=True))
    return statement.order_by(*SORTS[sought.sort], WorkLog.id)


def listed(session: Session, sought: Sought, number: int) -> Listed:
    """One page of the author's and the team's logs (X-17)."""
    statement = (
        sought_logs(sought)
        .options(joinedload(WorkLog.author), joinedload(WorkLog.unit))
        .limit(SIZE + 1)
        .offset((number - 1) * SIZE)
    )
    rows = [Row(log, text) for log, text in session.execute(statement)]
    return Listed(rows[:SIZE], number, len(rows) > SIZE)


def one(session: Session, log_id: str) -> WorkLog:
    """A log with all its page shows. Raises `NotFound` for a log out of scope as for one that never was."""
    return _whole(session, select(WorkLog).where(WorkLog.id == log_id))


def one_serving(session: Session, assignment_id: int, log_id: str) -> WorkLog:
    """A log opened through a task that it serves (X-17). Raises `NotFound`."""
    serves = WorkLog.tasks.any(WorkLogTask.assignment_id == assignment_id)
    return _whole(session, select(WorkLog).where(WorkLog.id == log_id, serves))


def _whole(session: Session, statement: Select[tuple[WorkLog]]) -> WorkLog:
    log = session.scalar(
        statement.options(
            joinedload(WorkLog.author),
            joinedload(WorkLog.unit),
            selectinload(WorkLog.versions),
            selectinload(WorkLog.photos),
            selectinload(WorkLog.bindings),
            selectinload(WorkLog.tasks).joinedload(WorkLogTask.assignment).joinedload(Assignment.task),
        )
    )
    if log is None:
        raise NotFound()
    return log


def serving(session: Session, assignment_id: int) -> list[ServingLog]:
    """The logs that serve an assignment and that the viewer may open through it, newest first."""
    statement = (
        select(WorkLog.id, WorkLog.day, Person.name, WorkLog.duty_area)
        .join(WorkLogTask, WorkLogTask.log_id == WorkLog.id)
        .join(Person, Person.id == WorkLog.author_id)
        .where(WorkLogTask.assignment_id == assignment_id)
        .order_by(WorkLog.day.desc(), WorkLog.id)
    )
    return [ServingLog(*row) for row in session.execute(statement)]


def serving_lines(session: Session, line_ids: Sequence[int], villages: Collection[str]) -> list[tuple[int, ServingLog]]:
    """The logs of some teams that serve lines of a month sheet, by line, the newest first."""
    statement = (
        select(WorkLogBinding.target_id, WorkLog.id, WorkLog.day, Person.name, WorkLog.duty_area)
        .join(WorkLog, WorkLog.id == WorkLogBinding.log_id)
        .join(Person, Person.id == WorkLog.author_id)
        .where(WorkLogBinding.kind == LINE, WorkLogBinding.target_id.in_(line_ids), WorkLog.unit_code.in_(villages))
        .order_by(WorkLogBinding.target_id, WorkLog.day.desc(), WorkLog.id)
    )
    return [(row[0], ServingLog(*row[1:])) for row in session.execute(statement)]


def tasks_to_link(
    session: Session, unit_codes: tuple[str, ...], linked: tuple[int, ...] = ()
) -> Sequence[tuple[int, str, date]]:
    """Id, title and day of tasks of the villages that are still open, and of those a log serves already; the earliest
    due first."""
    statement = (
        select(Assignment.id, AccountabilityTask.title, Assignment.due_on)
        .join(Assignment.task)
        .where(
            (Assignment.unit_code.in_(unit_codes) & Assignment.state.not_in(DONE)) | Assignment.id.in_(linked),
            AccountabilityTask.state != "drafted",
        )
        .order_by(Assignment.due_on, Assignment.id)
    )
    return session.execute(statement).tuples().all()


def villages_to_write(session: Session, person_id: int | None, today: date) -> tuple[str, ...]:
    """Villages whose logs the person may write today: those of present posts, and for some days of one that ended."""
    return tuple(dict.fromkeys(post.unit_code for post in posts_to_send_for(session, person_id, today)))


def latest_before(session: Session, person_id: int | None, today: date) -> WorkLog | None:
    """The person's last log of the days before, to go on from; what is longer ago than a week is not gone on with."""
    return session.scalar(
        select(WorkLog)
        .where(WorkLog.author_id == person_id, WorkLog.day < today, WorkLog.day >= today - WEEK)
        .order_by(WorkLog.day.desc(), WorkLog.created_at.desc())
        .limit(1)
    )
