"""How a move is made: lock and judge, then state, event, audit entry and notices. The verbs stand in `service`."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, separate_duties, viewer_of
from webapp.accountability.models import Assignment, AssignmentEvent
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.rules import EVENT_LABELS, MOVES, Move, check_move
from webapp.accountability.telling import tell
from webapp.errors import Conflict, NotFound, Refused
from webapp.org.models import Posting
from webapp.org.queries import valid_on

DUTIES = Viewer.system("分开办理", "")


class Outdated(Conflict):
    """Somebody else acted first; the page shows what they did beside what was typed."""


class Moved(Protocol):
    """What goes its way by moves: an assignment, or an issue of a feature above."""

    id: Any
    unit_code: Any
    state: Any
    changed_at: Any
    due_on: Any
    events: Any


def outdated(last: Any, did: str, move: Move) -> Outdated:
    """What whoever comes second is told: who has done what, and when (`last` is the newest event)."""
    when = clock.local(last.at)
    return Outdated(
        f"{last.actor_name}已于{when.month}月{when.day}日 {when:%H:%M} {did}，"
        f"您的“{move.label}”没有生效。请看过最新情况再决定是否办理。"
    )


def begin(
    session: Session,
    kind: str,
    assignment_id: int,
    *,
    version: int | None,
    reason: str | None = None,
    text: str | None = None,
) -> tuple[Assignment, Actor, bool]:
    """Lock the row and judge who acts; True when this very act has been done already (a second click).

    `version` is what the page showed. Raises `NotFound`, `Forbidden`, and `Outdated` naming who was faster.
    """
    move = MOVES[kind]
    row = locked(session, assignment_id)
    viewer = viewer_of(session)
    unit = row.unit_code if move.side == "receiver" else row.issuer_code
    actor = actor_at(viewer, move.permission, unit)
    if version is not None and version != row.version:
        last = row.events[-1]
        same = (last.kind, last.person_id, last.reason) == (kind, actor.person_id, reason)
        if same and text in (None, last.text):
            return row, actor, True
        raise outdated(last, EVENT_LABELS[last.kind], move)
    if move.separate:
        separate(session, row, actor)
    return row, actor, False


def separate(session: Session, row: Assignment, actor: Actor) -> None:
    """Raise `Refused` where the actor, or whoever delegated the approval, reported or belongs to the unit that did (T-4)."""
    separate_duties(
        viewer_of(session),
        reporters=reporters(row),
        reporting_unit=row.unit_code,
        on_behalf_of=actor.on_behalf_of_id,
    )
    if delegator_belongs(session, actor, row.unit_code):
        raise Refused("委托您审批的同志在反馈单位任职，不能由您代为核验。请由下达单位其他同志核验。")


def delegator_belongs(session: Session, actor: Actor, unit_code: str) -> bool:
    """Whether whoever delegated the approval is posted in a unit today; False for an act in one's own right."""
    if actor.on_behalf_of_id is None:
        return False
    with acting_as(session, DUTIES):  # where the delegator is posted may lie out of the actor's sight
        posts = select(Posting.id).where(
            Posting.person_id == actor.on_behalf_of_id, Posting.unit_code == unit_code, valid_on(clock.today())
        )
        return session.scalar(posts.limit(1)) is not None


def apply(
    session: Session,
    move: Move,
    row: Assignment,
    actor: Actor,
    *,
    at: datetime,
    to_state: str | None = None,
    reason: str | None = None,
    text: str | None = None,
    data: dict[str, Any] | None = None,
    watched: bool = True,
) -> Assignment:
    """Make a move that was judged: state, event, audit entry, notices. Raises `WrongState`.

    `data` is what the move changed beside the state, as JSON. Without `watched` the caller tells those who watch.
    """
    check_move(move, row.state)
    before = change(row, to_state or move.to_state, at)
    row.events.append(event_of(row, move.kind, before, actor, at, reason=reason, text=text, data=data))
    write_down(session, f"task.{move.kind}", "assignment", row, before, reason)
    tell(session, move.kind, row, actor, reason, at, watched=watched)
    return row


def change(row: Moved, to_state: str | None, at: datetime) -> str:
    """Bring it into a state, or leave it in its own; gives the one before."""
    before: str = row.state
    row.state, row.changed_at = to_state or before, at
    return before


def write_down(session: Session, action: str, kind: str, row: Moved, before: str, reason: str | None) -> None:
    """The entry of a move in the audit log; with it the move is in the database."""
    audit.record(
        session,
        action,
        kind,
        row.id,
        unit_code=row.unit_code,
        before={"state": before},
        after={"state": row.state, "due_on": row.due_on.isoformat()},
        reason=reason,
    )
    session.flush()


def event_of(
    row: Assignment,
    kind: str,
    before: str,
    actor: Actor,
    at: datetime,
    *,
    reason: str | None = None,
    text: str | None = None,
    data: dict[str, Any] | None = None,
) -> AssignmentEvent:
    """One change of an assignment, with whose delegated approval it was."""
    return AssignmentEvent(
        **facts_of(row, actor, at), kind=kind, from_state=before, reason=reason, text=text, data=data
    )


def facts_of(row: Moved, actor: Actor, at: datetime) -> dict[str, Any]:
    """What every event says: where it stands now, who acted and for whom, and when."""
    return {
        "unit_code": row.unit_code,
        "at": at,
        "to_state": row.state,
        "person_id": actor.person_id,
        "actor_name": actor.name,
        "actor_unit": actor.unit_code,
        "on_behalf_of_id": actor.on_behalf_of_id,
        "on_behalf_of_name": actor.on_behalf_of_name,
    }


def reporters(row: Assignment) -> set[int | None]:
    """Everybody who ever reported on it or corrected what was reported, also a version that was returned (T-4)."""
    return {event.person_id for event in row.events if event.kind in ("report", "correct")}


def locked(session: Session, assignment_id: int) -> Assignment:
    """The row as it stands now, held until the transaction ends: of two who decide at once the second waits here."""
    statement = (
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound()
    session.expire(row, ["events"])
    return row
