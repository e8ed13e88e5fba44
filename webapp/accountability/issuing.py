"""下达: a demand becomes a task with one assignment per receiving unit, in one transaction (T-2, T-3)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import insert_rows, viewer_of
from webapp.accountability.freezing import freeze_new
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent
from webapp.accountability.parties import Actor, actor_at, posted
from webapp.accountability.rules import TaskTerms, faults_of, proposal_of
from webapp.accountability.telling import tell_issued
from webapp.accountability.thresholds import thresholds
from webapp.burden import service as burden
from webapp.burden.gate import admit
from webapp.burden.models import Demand
from webapp.errors import Conflict, Faulty, OutOfScope, Refused
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar

NAMED_AT_MOST = 5


def issue(
    session: Session,
    terms: TaskTerms,
    unit_codes: Iterable[str],
    *,
    issuer_code: str,
    request_id: str,
    at: datetime,
) -> AccountabilityTask:
    """Issue a task to units below the issuer, to all of them or to none.

    `request_id` is the form's UUID: the same form sent again gives the task that the first send made. Raises
    `Faulty` by field, `OutOfScope`, `Forbidden`, and `Refused` where a ceiling of the pack is reached (X-5).
    """
    known = _already(session, request_id, terms, issuer_code)
    if known is not None:
        return known
    actor = actor_at(viewer_of(session), "task.issue", issuer_code)
    today = clock.local(at).date()
    limits = thresholds(session, today, issuer_code)
    faults = faults_of(terms, issuer_code, today, work_calendar(session), limits.min_answer_workdays)
    if faults:
        raise Faulty(faults)
    units = targets(session, unit_codes, issuer_code, at)
    admitted = admit_task(session, terms, f"task:{request_id}", session.get_one(Division, issuer_code), units, at)
    task = AccountabilityTask(
        request_id=request_id,
        state="issued",
        title=terms.title,
        content=terms.content,
        basis=terms.basis,
        evidence=terms.evidence,
        minutes=terms.minutes,
        regular=terms.regular,
        issuer_code=issuer_code,
        issued_by_id=actor.person_id,
        issued_by_name=actor.name,
        drafted_at=at,
        issued_at=at,
        due_on=terms.due_on,
        demand_id=admitted.id,
    )
    try:
        with session.begin_nested():
            session.add(task)
    except IntegrityError:
        known = _already(session, request_id, terms, issuer_code)
        if known is None:
            raise
        return known  # the same form arrived twice at once and the other was faster
    assign(session, task, units, actor, at)
    return task


def admit_task(
    session: Session, terms: TaskTerms, key: str, owner: Division, units: Sequence[Division], at: datetime
) -> Demand:
    """Let what a unit (`owner`) asks of units below pass the burden gate; the same key is admitted once (X-4, X-5).

    Raises `Faulty` by field, and `Refused` naming the units that are asked too much already.
    """
    proposal = proposal_of(terms, key, owner.code, owner.name)
    try:
        return admit(session, proposal, [unit.code for unit in units], at)
    except Faulty as refused:
        if set(refused.faults) <= {"units"}:
            raise Refused(refused.sentence) from refused
        raise


def targets(session: Session, unit_codes: Iterable[str], issuer_code: str, at: datetime) -> list[Division]:
    """The chosen units in code order. Raises `OutOfScope` or `Refused` naming what cannot be chosen."""
    codes = sorted(set(unit_codes))
    if not codes:
        raise Refused("没有选择承办单位。请至少选择一个单位。")
    outside = [code for code in codes if not code.startswith(issuer_code) or code == issuer_code]
    if outside:
        raise OutOfScope(f"代码 {_named(outside)} 不在下达单位的下级范围内。请去掉后重新选择。")
    today = clock.local(at).date()
    found: dict[str, Division] = {}
    for start in range(0, len(codes), 500):
        statement = select(Division).where(Division.code.in_(codes[start : start + 500]))
        found |= {division.code: division for division in session.scalars(statement)}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise Refused(f"没有代码为 {_named(unknown)} 的单位。请核对后重新选择。")
    closed = [d.name for d in found.values() if d.valid_to is not None and d.valid_to < today]
    if closed:
        raise Refused(f"{_named(closed)}的区划已撤销。请改选承接单位。")
    return [found[code] for code in codes]


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

    With `parent` its unit hands a part of its own assignment down, and verifies it; `demand` is then what the gate
    admitted for that part. Written set by set: a task to
    25,000 villages is one transaction. Gives the ids of the assignments in the order of codes.
    """
    today, giver, due = (
        clock.local(at).date(),
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
        issuer_code=giver,
        title=task.title,
        minutes=task.minutes,
        regular=task.regular,
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


def _already(session: Session, request_id: str, terms: TaskTerms, issuer_code: str) -> AccountabilityTask | None:
    try:
        UUID(request_id)
    except ValueError:
        raise Refused("表单已失效。请重新打开“下达任务”页面填写。") from None
    known = session.scalar(select(AccountabilityTask).where(AccountabilityTask.request_id == request_id))
    if known is not None and (known.title, known.due_on, known.issuer_code) != (
        terms.title,
        terms.due_on,
        issuer_code,
    ):
        raise Conflict(f"这张表单已经用来下达“{known.title}”。如需另行下达，请重新打开“下达任务”页面填写。")
    return known


def _named(words: Sequence[str]) -> str:
    """The first few of a list: "甲、乙等 9 个"."""
    shown = "、".join(words[:NAMED_AT_MOST])
    return shown if len(words) <= NAMED_AT_MOST else f"{shown}等 {len(words)} 个"
