"""Who watches an assignment, and telling them. Who cannot read it any more hears nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
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
_AT_ONCE = 5000
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
    opened = opened_units(session, people, on)
    return {one for one, units in opened.items() if any(row.unit_code.startswith(unit) for unit in units)}


def opened_units(session: Session, people: Collection[int], on: date) -> dict[int, set[str]]:
    """Person → units whose subtrees their posts of the day, own or delegated, let them read."""
    opened: dict[int, set[str]] = defaultdict(set)
    if not people:
        return opened
    with acting_as(session, _WATCHING):
        posts = (
            select(Posting.person_id, Posting.unit_code, Posting.role, Organisation.kind)
            .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
            .where(Posting.person_id.in_(people), valid_on(on))
        )
        for person_id, unit, role, kind in session.execute(posts):
            if READING in permissions_of(role, unit, kind):
                opened[person_id].add(unit)
        passed_on = (
            select(Delegation.to_person_id, Posting.unit_code, Posting.role, Organisation.kind)
            .join(Posting, Posting.id == Delegation.posting_id)
            .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
            .where(Delegation.to_person_id.in_(people), valid_on(on), delegated_on(on))
        )
        for person_id, unit, role, kind in session.execute(passed_on):
            if READING in permissions_of(role, unit, kind) & DELEGATED:
                opened[person_id].add(unit)
    return opened


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


def tell_watchers_of_many(
    session: Session,
    kind: str,
    moved: Sequence[tuple[int, int, str]],
    actor: Actor,
    at: datetime,
    *,
    told: Collection[int] = (),
) -> None:
    """The same for one act upon many assignments (task, assignment, unit): one message a person and task.

    `told` are people who know of it already.
    """
    tasks = sorted({task_id for task_id, *_ in moved})
    with acting_as(session, _WATCHING):
        watches: list[TaskWatch] = []
        for start in range(0, len(tasks), _AT_ONCE):
            watches += session.scalars(select(TaskWatch).where(TaskWatch.task_id.in_(tasks[start : start + _AT_ONCE])))
    if not watches:
        return
    opened = opened_units(session, {one.person_id for one in watches}, clock.day_of(at))
    seen: dict[tuple[int, int], set[int]] = defaultdict(set)
    by_task: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for task_id, id_, unit_code in moved:
        by_task[task_id].append((id_, unit_code))
    known = {actor.person_id, *told}
    for one in watches:
        for id_, unit_code in by_task[one.task_id] if one.person_id not in known else ():
            if one.assignment_id in (None, id_) and any(unit_code.startswith(u) for u in opened.get(one.person_id, ())):
                seen[one.person_id, one.task_id].add(id_)
    for (person_id, task_id), ids in sorted(seen.items()):
        task = session.get_one(AccountabilityTask, task_id)
        done = EVENT_LABELS.get(kind, "修改文字")  # changed words are no event of an assignment
        subject = f"“{task.title[:100]}”有新进展：{done}"
        body = f"您关注的任务有新进展：{actor.name}{done}，涉及 {len(ids)} 个单位。"
        path = f"/tasks/assignments/{min(ids)}" if len(ids) == 1 else f"/tasks/{task.number}"
        notify(session, person_id, f"watch:{kind}:{task_id}:{at.isoformat()}:{person_id}", subject, body, path, at)


def say(session: Session, people: Iterable[int], row: Assignment, key: str, what: str, body: str, at: datetime) -> None:
    """One inbox message about an assignment to each of some people."""
    subject = subject_of(row.task.title, what, row.unit.name)
    for person_id in sorted(people):
        notify(session, person_id, f"{key}:{person_id}", subject, body, f"/tasks/assignments/{row.id}", at)
