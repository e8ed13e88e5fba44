"""What the demo says of the closed months, as one hash."""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent
from webapp.demo.recurring import LAST
from webapp.org.models import Division, Handover, Person, Posting, VillageDesignation
from webapp.worklogs.models import WorkLog, WorkLogVersion

CLOSED = Assignment.due_on <= LAST


def facts(session: Session) -> str:
    """A hash over every fact of the closed months, free of ids (a rolled-back sequence moves on)."""
    left = Posting.ends_on.is_not(None) & (Posting.ends_on <= LAST)
    here = select(Posting.person_id).where(Posting.starts_on <= LAST)
    events = select(AssignmentEvent).join(Assignment, Assignment.id == AssignmentEvent.assignment_id).where(CLOSED)
    statements = {
        Division: select(Division).order_by(Division.code),
        VillageDesignation: select(VillageDesignation).order_by(VillageDesignation.id),
        Person: select(Person).where(Person.id.in_(here)).order_by(Person.id),
        Posting: select(Posting).where(Posting.starts_on <= LAST).order_by(Posting.id),
        Handover: select(Handover).join(Handover.leaver).where(left).order_by(Handover.id),
        Assignment: select(Assignment).where(CLOSED).order_by(Assignment.id),
        AssignmentEvent: events.order_by(AssignmentEvent.id),
        WorkLog: select(WorkLog).order_by(WorkLog.unit_code, WorkLog.id),
        WorkLogVersion: select(WorkLogVersion).order_by(WorkLogVersion.log_id, WorkLogVersion.number),
    }
    digest = hashlib.sha256()
    for model, statement in statements.items():
        columns = [c.key for c in model.__table__.columns if not c.key.endswith("id") and c.key != "body_hash"]
        rows = [[_then(row, key) for key in columns] for row in session.scalars(statement)]
        digest.update(json.dumps([model.__tablename__, rows], default=str, ensure_ascii=False).encode())
    tasks = select(AccountabilityTask).where(AccountabilityTask.due_on <= LAST).order_by(AccountabilityTask.id)
    for task in session.scalars(tasks):
        digest.update(f"{task.request_id}{task.title}{task.issued_at}{task.issued_by_name}".encode())
    return digest.hexdigest()


def _then(row: object, key: str) -> object:
    """What a column said on the last of the closed months: a post that ends later was open."""
    if isinstance(row, Posting) and key in ("ends_on", "end_reason") and row.ends_on and row.ends_on > LAST:
        return None
    return getattr(row, key)
