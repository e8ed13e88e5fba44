"""Reminders and 督办 reach a person gathered: one message a person, day and kind, however many tasks it names (X-15)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import acting_as
from webapp.accountability.models import Assignment
from webapp.accountability.parties import posted
from webapp.notices.models import InboxMessage
from webapp.notices.service import POST_OFFICE, notify
from webapp.org.models import Organisation, Posting
from webapp.org.queries import valid_on

SUBJECTS = {
    "reminder": "催办：请抓紧办理 {} 项任务",
    "escalation": "督办：{} 项任务逾期未反馈",
    "supervision": "督办措施：{} 项",
}
_OFFICES = ("secretary_office", "party_committee")
"""The nearest one first."""


def gather(session: Session, person_id: int, what: str, line: str, path: str, at: datetime) -> None:
    """Put a line into today's gathered message of a person; the message is unread again. A line stands in it once."""
    key = f"{what}:{clock.local(at).date()}:{person_id}"
    with acting_as(session, POST_OFFICE):
        held = session.scalar(select(InboxMessage).where(InboxMessage.key == key).with_for_update())
        if held is not None:
            lines = held.body.splitlines()
            if line not in lines:
                lines.append(line)
                held.body, held.subject = "\n".join(lines), SUBJECTS[what].format(len(lines))
                held.created_at, held.read_at = at, None
            return
    notify(session, person_id, key, SUBJECTS[what].format(1), line, path, at)


def answering(session: Session, row: Assignment, at: datetime) -> list[int]:
    """People who answer a unit's tasks on a day."""
    day = clock.local(at).date()
    return posted(session, [row.unit_code], day, root=row.unit_code).with_permission("task.answer", row.unit_code)


def deciding(session: Session, unit_codes: Collection[str], permission: str, at: datetime) -> list[int]:
    """People at units who hold a permission on a day, each once."""
    people = posted(session, unit_codes, clock.local(at).date(), root="")
    return _once(person for code in sorted(unit_codes) for person in people.with_permission(permission, code))


def office_of(session: Session, unit_code: str, at: datetime) -> list[int]:
    """The secretary's own office of a unit (P-31): its 书记办公室, where there is none the desk of its Party committee."""
    statement = (
        select(Posting.person_id, Organisation.kind)
        .join(Organisation, Organisation.id == Posting.organisation_id)
        .where(
            Posting.unit_code == unit_code,
            Posting.role == "desk",
            Organisation.kind.in_(_OFFICES),
            valid_on(clock.local(at).date()),
        )
        .order_by(Posting.person_id)
    )
    with acting_as(session, POST_OFFICE):
        held = session.execute(statement).tuples().all()
    for office in _OFFICES:
        if people := _once(person for person, kind in held if kind == office):
            return people
    return []


def _once(people: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(people))
