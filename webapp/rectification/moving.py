"""How a move of an issue is made: lock and judge, then state, event, audit entry and notices. The verbs stand in `service`."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, separate_duties, viewer_of
from webapp.accountability.moving import change, delegator_belongs, outdated, write_down
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.rules import BY_RULE, Move
from webapp.errors import NotFound, Refused
from webapp.rectification.events import event_of
from webapp.rectification.models import Issue
from webapp.rectification.rules import EVENT_LABELS, MOVES, check_move
from webapp.rectification.stopping import ISSUES, RESUMES
from webapp.rectification.telling import tell


def unit_of(move: Move, row: Issue) -> str:
    """The unit that makes a move of an issue."""
    return {"lead": row.unit_code, "closer": row.closer_code, "issuer": row.issuer_code}[move.side]


def begin(
    session: Session,
    kind: str,
    issue_id: int,
    *,
    version: int | None,
    reason: str | None = None,
    text: str | None = None,
    data: dict[str, Any] | None = None,
) -> tuple[Issue, Actor, bool]:
    """Lock the row and judge who acts; True when this very act has been done already (a second click).

    `version` is what the page showed. Raises `NotFound`, `Forbidden`, and `Outdated` naming who was faster.
    """
    move = MOVES[kind]
    row = locked(session, issue_id)
    viewer = viewer_of(session)
    actor = actor_at(viewer, move.permission, unit_of(move, row))
    if version is not None and version != row.version:
        # What an order did right after an act is no act of somebody else.
        last = next(event for event in reversed(row.events) if event.kind not in BY_RULE)
        if (last.kind, last.person_id, last.reason, last.text, last.data) == (
            kind,
            actor.person_id,
            reason,
            text,
            data,
        ):
            return row, actor, True
        raise outdated(last, EVENT_LABELS[last.kind], move)
    if move.separate:
        keep_apart(viewer, row, actor.on_behalf_of_id)
        if delegator_belongs(session, actor, row.unit_code):
            raise Refused("委托您审批的同志在整改单位任职，不能由您代为决定。请由销号单位其他同志办理。")
    check_move(move, row.state)
    return row, actor, False


def keep_apart(viewer: Viewer, row: Issue, on_behalf_of: int | None = None) -> None:
    """R-3: nobody decides on what he, whom he stands in for, or a unit he belongs to has put right."""
    asked = {event.person_id for event in row.events if event.kind == "request"}
    try:
        separate_duties(viewer, reporters=asked, reporting_unit=row.unit_code, on_behalf_of=on_behalf_of)
    except Refused:
        raise Refused(
            "您或委托您审批的同志申请过销号，或者您在整改单位任职，不能由您决定。请由销号单位其他同志办理。"
        ) from None


def apply(
    session: Session,
    move: Move,
    row: Issue,
    actor: Actor,
    *,
    at: datetime,
    reason: str | None = None,
    text: str | None = None,
    data: dict[str, Any] | None = None,
) -> Issue:
    """Make a move that was judged: state, event, audit entry, notices. Raises `WrongState`."""
    check_move(move, row.state)
    before = change(row, move.to_state, at)
    row.events.append(event_of(row, move.kind, before, actor, at, reason=reason, text=text, data=data))
    if move.kind in RESUMES:
        ISSUES.catch_up(session, [row], at)
    write_down(session, f"rectification.{move.kind}", "issue", row, before, reason)
    tell(session, move.kind, row, actor, reason, at)
    return row


def locked(session: Session, issue_id: int) -> Issue:
    """The row as it stands now, held until the transaction ends: of two who decide at once the second waits here."""
    statement = select(Issue).where(Issue.id == issue_id).with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound()
    session.expire(row, ["events", "looks"])
    return row
