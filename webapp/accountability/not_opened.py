"""What a run did not open is kept with its reason and told once to the desks above, gathered in one message each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.access import below, insert_rows
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.opening_models import UnopenedDuty
from webapp.accountability.openings import NotOpened, Opening
from webapp.accountability.parties import posted
from webapp.notices.service import notify_many
from webapp.org.codes import ancestors, level
from webapp.org.units import named

_COUNTY = 3
_REASON_LIMIT = 300


@dataclass(frozen=True)
class Unopened:
    """One matter and reason, with the names of the units in the order of codes."""

    title: str
    reason: str
    units: tuple[str, ...]


def record(session: Session, found: Opening, on: date, root: str, at: datetime) -> None:
    """Keep what a run did not open, and tell of what no run before has met. What closed units owe no more is no matter."""
    _forget_opened(session, found)
    held = select(UnopenedDuty).where(below(UnopenedDuty.unit_code, root))
    known = {(row.unit_code, row.title, row.reason): row.id for row in session.scalars(held)}
    met = {(one.unit_code, one.title, one.reason[:_REASON_LIMIT]): one for one in found.not_opened if one.title}
    again = [known[key] for key in met.keys() & known.keys()]
    session.execute(update(UnopenedDuty).where(UnopenedDuty.id.in_(again)).values(on=on))
    new = {key: one for key, one in met.items() if key not in known}
    insert_rows(
        session,
        UnopenedDuty,
        [{"unit_code": unit, "title": title, "reason": reason, "on": on} for unit, title, reason in new],
    )
    _tell(session, list(new.values()), on, at)


def unopened(session: Session, unit_code: str, on: date) -> list[Unopened]:
    """What runs of the day's month did not open for a unit and those below it."""
    statement = (
        select(UnopenedDuty)
        .where(below(UnopenedDuty.unit_code, unit_code), UnopenedDuty.on >= on.replace(day=1))
        .order_by(UnopenedDuty.title, UnopenedDuty.reason, UnopenedDuty.unit_code)
    )
    units: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in session.scalars(statement):
        units[row.title, row.reason].append(row.unit.name)
    return [Unopened(title, reason, tuple(theirs)) for (title, reason), theirs in units.items()]


def _forget_opened(session: Session, found: Opening) -> None:
    """What was opened after all stands on no list any more."""
    for start in range(0, len(found.ids), 500):
        opened = (
            select(UnopenedDuty.id)
            .join(Assignment, Assignment.unit_code == UnopenedDuty.unit_code)
            .join(AccountabilityTask, AccountabilityTask.id == Assignment.task_id)
            .where(Assignment.id.in_(found.ids[start : start + 500]), AccountabilityTask.title == UnopenedDuty.title)
        )
        session.execute(delete(UnopenedDuty).where(UnopenedDuty.id.in_(list(session.scalars(opened)))))


def _tell(session: Session, new: Sequence[NotOpened], on: date, at: datetime) -> None:
    desks: dict[str, list[NotOpened]] = defaultdict(list)
    for one in new:
        for code in ancestors(one.unit_code):
            if level(code) >= _COUNTY or level(code) == level(one.unit_code) - 1:
                desks[code].append(one)
    people = posted(session, list(desks), on, root="")
    messages = []
    for code, theirs in sorted(desks.items()):
        shown = named([f"{one.unit_name}的{one.title}（{one.reason}）" for one in theirs])
        body = f"以下责任事项没有开设：{shown}。全部事项和原因见责任清单。"
        subject = f"{len(theirs)} 项责任事项没有开设"
        for person in people.with_permission("task.issue", code):
            messages.append((person, f"unopened:{code}:{on}:{person}", subject, body, "/duties/"))
    notify_many(session, messages, at)
