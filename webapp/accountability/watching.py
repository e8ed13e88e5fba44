"""Who watches an assignment, and telling them. Who cannot read it any more hears nothing."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.parties import Actor
from webapp.accountability.remark_models import TaskWatch
from webapp.accountability.rules import EVENT_LABELS
from webapp.notices.models import InboxMessage
from webapp.notices.service import notify
from webapp.org.models import Delegation, Organisation, Posting
from webapp.org.queries import delegated_on, valid_on
from webapp.permissions import DELEGATED, permissions_of

READING = "task.read"
_WATCHING = Viewer.system("关注", "")


def watch_key(person_id: int, task_id: int, assignment_id: int | None) -> str:
    """The key of a person's watch on an assignment, or on the whole task."""
    return f"{person_id}:{task_id}:{assignment_id or ''}"


def watch(session: Session, person_id: int, task: AccountabilityTask, row: Assignment | None, at: datetime) -> None:
    """关注 an assignment, or with None the whole task; a second time changes nothing."""
    key = watch_key(person_id, task.id, row.id if row else None)
    with acting_as(session, _WATCHING):  # who is mentioned watches without having asked
        if session.scalar(select(TaskWatch.id).where(TaskWatch.key == key)) is None:
            of = row.id if row else None
            session.add(TaskWatch(key=key, person_id=person_id, task_id=task.id, assignment_id=of, since=at))


def unwatch(session: Session, person_id: int, task: AccountabilityTask, row: Assignment | None) -> None:
    """取消关注."""
    key = watch_key(person_id, task.id, row.id if row else None)
    session.execute(delete(TaskWatch).where(TaskWatch.key == key))


def watchers(session: Session, row: Assignment, on: date) -> set[int]:
    """People who watch the assignment or its task and may read it on a day."""
    with acting_as(session, _WATCHING):
        asking = select(TaskWatch.person_id).where(
            TaskWatch.task_id == row.task_id,
            or_(TaskWatch.assignment_id == row.id, TaskWatch.assignment_id.is_(None)),
        )
        people = set(session.scalars(asking))
    return readers(session, row, people, on)


def readers(session: Session, row: Assignment, people: Collection[int], on: date) -> set[int]:
    """Of some people those whose posts of the day, own or delegated, open the assignment."""
    if not people:
        return set()
    with acting_as(session, _WATCHING):
        posts = (
            select(Posting.person_id, Posting.unit_code, Posting.role, Organisation.kind)
            .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
            .where(Posting.person_id.in_(people), valid_on(on))
        )
        found = {
            person_id
            for person_id, unit, role, kind in session.execute(posts)
            if row.unit_code.startswith(unit) and READING in permissions_of(role, unit, kind)
        }
        passed_on = (
            select(Delegation.to_person_id, Posting.unit_code, Posting.role, Organisation.kind)
            .join(Posting, Posting.id == Delegation.posting_id)
            .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
            .where(Delegation.to_person_id.in_(people), valid_on(on), delegated_on(on))
        )
        return found | {
            person_id
            for person_id, unit, role, kind in session.execute(passed_on)
            if row.unit_code.startswith(unit) and READING in permissions_of(role, unit, kind) & DELEGATED
        }


def tell_watchers(session: Session, kind: str, row: Assignment, actor: Actor, at: datetime) -> None:
    """Tell those who watch of a move, except who made it and who has been told as a party of the task."""
    people = watchers(session, row, clock.day_of(at)) - {actor.person_id}
    if not people:
        return
    as_party = {f"assignment:{row.id}:{kind}:{row.version}:{person_id}": person_id for person_id in people}
    with acting_as(session, _WATCHING):
        told = set(session.scalars(select(InboxMessage.key).where(InboxMessage.key.in_(as_party))))
    left = [person_id for key, person_id in as_party.items() if key not in told]
    done = EVENT_LABELS.get(kind, "有新的办理")
    body = f"您关注的任务有新进展：{actor.name}{done}。"
    say(session, left, row, f"watch:{row.id}:{kind}:{row.version}", f"有新进展：{done}", body, at)


def subject_of(title: str, what: str, unit: str) -> str:
    """The title of an inbox message about an assignment: which task, what happened, at which unit."""
    return f"“{title[:100]}”{what}（{unit}）"


def say(session: Session, people: Iterable[int], row: Assignment, key: str, what: str, body: str, at: datetime) -> None:
    """One inbox message about an assignment to each of some people."""
    subject = subject_of(row.task.title, what, row.unit.name)
    for person_id in sorted(people):
        notify(session, person_id, f"{key}:{person_id}", subject, body, f"/tasks/assignments/{row.id}", at)
