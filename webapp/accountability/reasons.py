"""常用理由: what a unit writes often when it sends reports back, kept for the next time."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import viewer_of
from webapp.accountability.bulk_models import StoredReason
from webapp.accountability.parties import actor_at
from webapp.accountability.rules import required

LENGTH = 200


def reasons_of(session: Session, unit_code: str) -> list[StoredReason]:
    """The reasons that a unit has stored, in the order in which they were."""
    own = StoredReason.unit_code == unit_code
    return list(session.scalars(select(StoredReason).where(own).order_by(StoredReason.id)))


def store(session: Session, unit_code: str, text: str) -> None:
    """Keep a reason; one that is kept already stays one. Raises `Refused` over the limit, `Forbidden`."""
    actor = actor_at(viewer_of(session), "task.verify", unit_code)
    said = required(text, "常用理由", LENGTH)
    if said not in {row.text for row in reasons_of(session, unit_code)}:
        session.add(StoredReason(unit_code=unit_code, text=said, made_by_id=actor.person_id))
        session.flush()


def drop(session: Session, unit_code: str, ids: Iterable[int]) -> int:
    """Take stored reasons out; gives how many there were. Decisions that used them keep their words."""
    actor_at(viewer_of(session), "task.verify", unit_code)
    wanted = set(ids)
    rows = [row for row in reasons_of(session, unit_code) if row.id in wanted]
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)
