"""A form between two requests: what was typed and what was said about it, kept for who typed it.

The steps of a new task live on it, and the pages of 核验, 分解 and 督办 after a refusal: what is shown then has an address of
its own, which the browser's Back and a reload find again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.access import viewer_of
from webapp.accountability import sealing
from webapp.accountability.issue_models import TaskEntry
from webapp.errors import DandangError, Refused

KEPT = timedelta(days=30)
"""What nobody came back to for so long is thrown away."""


@dataclass
class Told:
    """What a step has to say about what was sent to it."""

    step: str
    """what, whom, check, verify, split, or an act of 督办: where it is said."""
    status: int = 200
    problem: str | None = None
    """A sentence about the whole form."""
    faults: dict[str, str] = field(default_factory=dict)
    """Field → sentence."""
    said: list[str] = field(default_factory=list)
    """What happened to groups, levels and pasted lines."""
    problems: list[str] = field(default_factory=list)
    """What keeps units from being chosen."""


@dataclass(frozen=True)
class Entry:
    """What the viewer has typed into a form, name and text of each field, and what was said about it."""

    typed: list[tuple[str, str]]
    told: Told


def entry_of(session: Session, master: bytes, request_id: str) -> Entry | None:
    """What the viewer has typed into a form."""
    row = _row(session, request_id)
    held = sealing.unseal(master, _cell(row.request_id, row.person_id), row.held) if row is not None else None
    return Entry([(name, text) for name, text in held["typed"]], Told(**held["told"])) if held else None


def told_by(entry: Entry | None, step: str) -> Told:
    """What is to be said at a step; nothing where the last act was about another one."""
    return entry.told if entry is not None and entry.told.step == step else Told(step)


def refused_by(step: str, error: DandangError) -> Told:
    """What a step says about what was refused as a whole."""
    return Told(step, error.status, error.sentence)


def at_step(session: Session, master: bytes, request_id: str, step: str) -> tuple[list[tuple[str, str]], Told]:
    """What was typed into the form of a step, and what is to be said about it; nothing where none was kept."""
    entry = entry_of(session, master, request_id)
    return entry.typed if entry is not None and entry.told.step == step else [], told_by(entry, step)


def keep(
    session: Session, master: bytes, request_id: str, typed: Sequence[tuple[str, str]], told: Told, at: datetime
) -> None:
    """Keep what the viewer has typed, in place of what was kept for the same form."""
    person_id = viewer_of(session).person_id
    if person_id is None:
        raise Refused("没有登录，不能填写任务。请先登录。")
    session.execute(delete(TaskEntry).where(TaskEntry.changed_at < at - KEPT))
    held = sealing.seal(master, _cell(request_id, person_id), {"typed": list(typed), "told": asdict(told)})
    row = _row(session, request_id)
    if row is None:
        try:
            with session.begin_nested():
                session.add(TaskEntry(request_id=request_id, person_id=person_id, held=held, changed_at=at))
        except IntegrityError:  # a second click was faster
            row = _row(session, request_id)
    if row is not None:
        row.held, row.changed_at = held, at
    session.flush()


def forget(session: Session, request_id: str) -> None:
    """Throw away what was typed: it has become a draft or a task, or is not wanted."""
    session.execute(delete(TaskEntry).where(TaskEntry.request_id == request_id))


def _row(session: Session, request_id: str) -> TaskEntry | None:
    return session.scalar(select(TaskEntry).where(TaskEntry.request_id == request_id))


def _cell(request_id: str, person_id: int) -> str:
    return f"task_entry:{request_id}:{person_id}:held"
