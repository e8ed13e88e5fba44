"""The whole of one task as a document: every assignment with its events, and the progress derived from them."""

from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp.accountability.models import STATES, AccountabilityTask, Assignment, AssignmentEvent, Extension
from webapp.accountability.progress import Node, derive, overall
from webapp.accountability.replay import COLUMNS
from webapp.org.codes import full
from webapp.org.queries import names


def document_of(session: Session, task: AccountabilityTask) -> dict[str, Any]:
    """States, events and derived progress of a task, as far as the viewer sees it; units in code order, as JSON."""
    rows = list(
        session.scalars(
            select(Assignment)
            .where(Assignment.task_id == task.id)
            .options(selectinload(Assignment.events), selectinload(Assignment.extensions))
            .order_by(Assignment.unit_code)
        )
    )
    nodes = [Node(row.id, row.parent_id, row.unit_code, row.state, row.weight) for row in rows]
    shares = derive(nodes)
    codes = {row.id: row.unit_code for row in rows}
    named = names(session, {*codes.values(), task.issuer_code})
    return {
        "number": task.number,
        "title": task.title,
        "state": task.state,
        "issuer_code": full(task.issuer_code),
        "issuer": named.get(task.issuer_code, ""),
        "issued_at": task.issued_at.isoformat() if task.issued_at else None,
        "due_on": task.due_on.isoformat(),
        "progress": _share(overall(nodes)),
        "assignments": [
            {
                "unit_code": full(row.unit_code),
                "unit": named.get(row.unit_code, ""),
                "issuer_code": full(row.issuer_code),
                "parent_unit_code": full(codes[row.parent_id]) if row.parent_id in codes else None,
                "weight": row.weight,
                "progress": _share(shares.get(row.id)),
                "state_name": STATES[row.state],
                **{name: _plain(getattr(row, name)) for name in COLUMNS},
                "extensions": [_extension(one) for one in row.extensions],
                "events": [_event(one) for one in row.events],
            }
            for row in rows
        ],
    }


def _event(event: AssignmentEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "actor": event.actor_name,
        "actor_unit_code": full(event.actor_unit) if event.actor_unit else None,
        "on_behalf_of": event.on_behalf_of_name,
        "reason": event.reason,
        "text": event.text,
        "data": event.data,
    }


def _extension(one: Extension) -> dict[str, Any]:
    return {
        "state": one.state,
        "asked_at": one.asked_at.isoformat(),
        "wanted_due_on": one.wanted_due_on.isoformat(),
        "reason": one.reason,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
        "decision_note": one.decision_note,
    }


def _share(value: Fraction | None) -> dict[str, int] | None:
    """A derived share as numerator and denominator; None where nothing counts."""
    return None if value is None else {"numerator": value.numerator, "denominator": value.denominator}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
