"""撤回 of a whole task: every assignment that is not over goes with it, in one transaction (T-3)."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, insert_rows, viewer_of
from webapp.accountability import drafts
from webapp.accountability.models import Assignment, AssignmentEvent
from webapp.accountability.parties import actor_at
from webapp.accountability.rules import MOVES, REASON_LIMIT, required
from webapp.accountability.telling import tell_units
from webapp.burden import service as burden
from webapp.errors import Conflict


def recall_task(session: Session, number: str, reason: str, at: datetime) -> int:
    """Recall an issued task with all that was handed down from it; gives the number of assignments taken back.

    What has been verified or closed stays as it is. A second click gives 0. Raises `Refused` without a reason,
    `NotFound` for another unit's task, `Conflict` for one that was never issued.
    """
    said = required(reason, "撤回理由", REASON_LIMIT)
    task = drafts.own(session, number, lock=True)
    actor = actor_at(viewer_of(session), "task.issue", task.issuer_code)
    if task.state == "recalled":
        return 0
    if task.state != "issued":
        raise Conflict("任务还没有下达，不能撤回。不需要的草稿可以删除。")
    open_here = Assignment.task_id == task.id, Assignment.state.in_(MOVES["recall"].from_states)
    statement = select(Assignment.id, Assignment.unit_code, Assignment.state, Assignment.version).where(*open_here)
    rows = session.execute(statement.order_by(Assignment.unit_code).with_for_update()).tuples().all()
    today = clock.day_of(at)
    with acting_as(session, Viewer.system("撤回任务", task.issuer_code)):
        session.execute(
            update(Assignment)
            .where(*open_here)
            .values(state="recalled", recalled_on=today, changed_at=at, version=Assignment.version + 1)
            .execution_options(synchronize_session=False)
        )
    insert_rows(
        session,
        AssignmentEvent,
        [
            {
                "assignment_id": id_,
                "unit_code": unit_code,
                "at": at,
                "kind": "recall",
                "from_state": state,
                "to_state": "recalled",
                "person_id": actor.person_id,
                "actor_name": actor.name,
                "actor_unit": actor.unit_code,
                "on_behalf_of_id": actor.on_behalf_of_id,
                "on_behalf_of_name": actor.on_behalf_of_name,
                "reason": said,
            }
            for id_, unit_code, state, _ in rows
        ],
    )
    burden.strike_out_many(session, [f"assignment:{id_}" for id_, *_ in rows])
    task.state, task.recalled_at, task.recall_reason = "recalled", at, said
    session.flush()
    units = {unit_code: (id_, version + 1) for id_, unit_code, _, version in rows}
    tell_units(session, "recall", task, units, actor, said, at)
    audit.record(
        session,
        "task.recall",
        "task",
        task.id,
        unit_code=task.issuer_code,
        before={"state": "issued"},
        after={"state": "recalled", "units": len(rows)},
        reason=said,
    )
    session.flush()
    session.expire_all()
    return len(rows)
