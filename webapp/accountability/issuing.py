"""下达: what is asked becomes a task with one assignment per receiving unit, in one transaction (T-2, T-3)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import insert_rows, viewer_of
from webapp.accountability import drafts
from webapp.accountability.asked import stored_fields
from webapp.accountability.freezing import freeze_new
from webapp.accountability.judging import admit_task, own_faults, proposal_for
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent
from webapp.accountability.parties import Actor, actor_at, posted
from webapp.accountability.rules import TaskTerms
from webapp.accountability.targets import targets
from webapp.accountability.telling import tell_issued
from webapp.burden import service as burden
from webapp.burden.models import Demand
from webapp.errors import Conflict, Faulty
from webapp.notices.service import notify
from webapp.org.models import Division
from webapp.words import day_words


def issue(
    session: Session,
    terms: TaskTerms,
    unit_codes: Iterable[str],
    *,
    issuer_code: str,
    request_id: str,
    at: datetime,
    weights: Mapping[str, int] | None = None,
    version: int | None = None,
    copied_from_id: int | None = None,
) -> AccountabilityTask:
    """Issue a task to units below the issuer, to all of them or to none; a draft of the same form becomes the task.

    `request_id` is the form's UUID: the same form sent again gives the task that the first send made. `weights` are the
    units' shares in the progress, else 1 each; `version` is that of the draft as the page showed it. Raises `Faulty` by
    field, `OutOfScope`, `Forbidden`, `Conflict`, and `Refused` where a ceiling of the pack is reached (X-5).
    """
    actor = actor_at(viewer_of(session), "task.issue", issuer_code)
    known = _issued(session, request_id, terms, issuer_code)
    if known is not None:
        return known
    faults = own_faults(session, terms, issuer_code, at, actor.person_id)
    if faults:
        raise Faulty(faults)
    units = targets(session, unit_codes, issuer_code, at)
    draft = drafts.changeable(session, request_id, version)
    codes = [unit.code for unit in units]
    try:
        task = drafts.store(session, draft, terms, codes, issuer_code, request_id, actor, at, weights)
    except Conflict:
        known = _issued(session, request_id, terms, issuer_code)
        if known is None:
            raise
        return known  # the same form arrived twice at once and the other was faster
    task.copied_from_id = task.copied_from_id or copied_from_id
    release(session, task, terms, units, actor, at)
    return task


def release(
    session: Session,
    task: AccountabilityTask,
    terms: TaskTerms,
    units: Sequence[Division],
    actor: Actor,
    at: datetime,
) -> None:
    """Let a stored task go out: through the gate into the form directory, then to its units. Raises as `admit_task`."""
    proposal = proposal_for(session, terms, task.issuer_code, f"task:{task.request_id}", at)
    demand = admit_task(session, proposal, units, at)
    holders = {field.name: field.holder for field in demand.fields if field.mode == "prefill" and field.holder}
    task.demand_id = demand.id
    task.fields = stored_fields(terms.fields, holders)
    task.urgent_approver_name = proposal.urgent_approver
    task.state, task.issued_at, task.targets = "issued", at, []
    task.scheduled_for = task.issuing_since = task.refusal = None
    session.flush()
    assign(session, task, units, actor, at, weights=task.weights, demand=demand)
    if task.urgent and task.urgent_approver_id is not None:
        notify(
            session,
            task.urgent_approver_id,
            f"task:{task.id}:urgent:{task.urgent_approver_id}",
            f"应急任务：{task.title[:100]}",
            f"{task.issuer.name}下达应急任务，请于{day_words(task.due_on)}前反馈，批准人写明为您。"
            "如您没有批准，请与下达单位核实，并可要求撤回。",
            f"/tasks/{task.number}",
            at,
        )
    session.expire(task, ["assignments"])


def assign(
    session: Session,
    task: AccountabilityTask,
    units: Sequence[Division],
    actor: Actor,
    at: datetime,
    *,
    parent: Assignment | None = None,
    weights: Mapping[str, int] | None = None,
    due_on: date | None = None,
    demand: Demand | None = None,
) -> list[int]:
    """Give an issued task to units: assignment, event, burden entry and notice for each, and one audit entry.

    With `parent` its unit hands a part of its own assignment down, and verifies it. `demand` is what the gate admitted
    for these units; its owner is who asks in the ledger, whoever hands it down. Written set by set: a task to 25,000
    villages is one transaction. Gives the ids of the assignments in the order of codes.
    """
    today, giver, due = (
        clock.day_of(at),
        task.issuer_code if parent is None else parent.unit_code,
        due_on or task.due_on,
    )
    codes = [unit.code for unit in units]
    people = posted(session, codes, today, root=giver)
    insert_rows(
        session,
        Assignment,
        [
            {
                "task_id": task.id,
                "parent_id": parent.id if parent is not None else None,
                "unit_code": code,
                "issuer_code": giver,
                "weight": (weights or {}).get(code, 1),
                "state": "issued",
                "issued_on": today,
                "due_on": due,
                "first_due_on": due,
                "vacant": people.vacant(code),
                "changed_at": at,
            }
            for code in codes
        ],
    )
    ids = _ids(session, task.id, giver, set(codes))
    insert_rows(
        session,
        AssignmentEvent,
        [
            {
                "assignment_id": ids[code],
                "unit_code": code,
                "at": at,
                "kind": "issue",
                "to_state": "issued",
                "person_id": actor.person_id,
                "actor_name": actor.name,
                "actor_unit": giver,
                "on_behalf_of_id": actor.on_behalf_of_id,
                "on_behalf_of_name": actor.on_behalf_of_name,
                "data": {"due_on": due.isoformat()},
            }
            for code in codes
        ],
    )
    burden.enter_many(
        session,
        {f"assignment:{ids[code]}": code for code in codes},
        due_on=due,
        issuer_code=demand.owner_code if demand is not None else giver,
        title=task.title,
        minutes=task.minutes,
        regular=task.regular,
        fields=sum(one.mode == "enter" for one in demand.fields) if demand is not None else 0,
        demand_id=demand.id if demand is not None else task.demand_id,
    )
    freeze_new(session, ids, today, due, at)
    tell_issued(session, task, units, ids, people, actor, at, giver, due)
    audit.record(
        session,
        "task.issue" if parent is None else "task.split",
        "task",
        task.id,
        unit_code=giver,
        after={"title": task.title, "due_on": due.isoformat(), "units": codes},
    )
    session.flush()
    return [ids[code] for code in sorted(codes)]


def _ids(session: Session, task_id: int, giver: str, codes: set[str]) -> dict[str, int]:
    """Unit → id of the assignments that a unit has handed down in a task."""
    held = select(Assignment.unit_code, Assignment.id).where(
        Assignment.task_id == task_id, Assignment.issuer_code == giver
    )
    return {code: id_ for code, id_ in session.execute(held).tuples() if code in codes}


def _issued(session: Session, request_id: str, terms: TaskTerms, issuer_code: str) -> AccountabilityTask | None:
    """The task that a form has issued before; None while it is a draft. Raises `Conflict` when it asked otherwise."""
    known = drafts.already(session, request_id)
    if known is None or known.state == "drafted":
        return None
    if (known.title, known.due_on, known.issuer_code) != (terms.title, terms.due_on, issuer_code):
        raise Conflict(f"这张表单已经用来下达“{known.title}”。如需另行下达，请重新打开“下达任务”页面填写。")
    return known
