"""A task before it is issued: kept as a draft, set for a moment, changed and thrown away by the unit that issues it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.accountability.asked import read_fields, stored_fields
from webapp.accountability.issue_models import TaskParty
from webapp.accountability.judging import judged
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.release_hours import check_hours
from webapp.accountability.rules import DOCUMENT_NO_LIMIT, TaskTerms
from webapp.accountability.targets import targets
from webapp.errors import Conflict, Faulty, NotFound, Refused
from webapp.org.units import in_use
from webapp.private_numbers import faults_in
from webapp.words import day_words

FURTHEST = timedelta(days=366)
LONGEST = {
    "title": ("任务名称", 120),
    "basis": ("依据文件", 200),
    "document_no": ("文号", DOCUMENT_NO_LIMIT),
    "evidence": ("佐证要求", 300),
}
"""Characters that the row can hold, also of a draft that is not finished."""


def already(session: Session, request_id: str, *, lock: bool = False) -> AccountabilityTask | None:
    """The task that a form has made before. Raises `Refused` for a form that is none of ours."""
    try:
        UUID(request_id)
    except ValueError:
        raise Refused("表单已失效。请重新打开“下达任务”页面填写。") from None
    statement = select(AccountabilityTask).where(AccountabilityTask.request_id == request_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def own(session: Session, number: str, *, lock: bool = False) -> AccountabilityTask:
    """A task that the viewer's unit issues or has issued, by its number. Raises `NotFound` for everybody else's."""
    serial = number.rpartition("-")[2]
    wanted = int(serial) if serial.isascii() and serial.isdigit() and len(serial) < 10 else 0
    statement = select(AccountabilityTask).where(AccountabilityTask.id == wanted)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(statement)
    if row is None or row.number != number or row.issuer_code not in viewer_of(session).units_with("task.issue"):
        raise NotFound()
    return row


def of_units(units: Iterable[str], states: Iterable[str]) -> Select[tuple[AccountabilityTask]]:
    """Tasks of issuing units in some states, the newest first."""
    return (
        select(AccountabilityTask)
        .where(AccountabilityTask.issuer_code.in_(list(units)), AccountabilityTask.state.in_(list(states)))
        .options(selectinload(AccountabilityTask.issuer))
        .order_by(AccountabilityTask.drafted_at.desc(), AccountabilityTask.id.desc())
    )


def waiting(session: Session, units: Iterable[str]) -> int:
    """How many drafts and scheduled tasks issuing units hold."""
    held = AccountabilityTask.issuer_code.in_(list(units)), AccountabilityTask.state == "drafted"
    return session.scalar(select(func.count(AccountabilityTask.id)).where(*held)) or 0


def save(
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
    unread: Mapping[str, str] | None = None,
) -> AccountabilityTask:
    """Keep a task as a draft, however unfinished; a title it needs. Raises `Faulty`, `Conflict`.

    `unread` is what was typed and could not be read, by field of the form: it stays in the draft as it is. Where that
    is the deadline the draft has none yet, its column holds the day it was kept.
    """
    actor = actor_at(viewer_of(session), "task.issue", issuer_code)
    kept = dict(unread or {})
    if terms.due_on == date.min:
        terms = replace(terms, due_on=clock.day_of(at))
        kept.setdefault("due_on", "")
    _check_storable(terms, kept)
    row = changeable(session, request_id, version)
    row = store(session, row, terms, sorted(set(unit_codes)), issuer_code, request_id, actor, at, weights)
    row.unread = kept
    row.copied_from_id = row.copied_from_id or copied_from_id
    row.scheduled_for = row.issuing_since = None
    session.flush()
    return row


def schedule(
    session: Session,
    terms: TaskTerms,
    unit_codes: Iterable[str],
    *,
    scheduled_for: datetime,
    issuer_code: str,
    request_id: str,
    at: datetime,
    weights: Mapping[str, int] | None = None,
    version: int | None = None,
    copied_from_id: int | None = None,
) -> AccountabilityTask:
    """Set a task for a moment from now on; it is judged for that moment now, and again when it comes.

    Raises `Faulty` by field, `OutOfScope` and `Refused` as issuing does.
    """
    actor = actor_at(viewer_of(session), "task.issue", issuer_code)
    if scheduled_for < at:
        raise Faulty({"scheduled_for": "定时下达的时间已经过去。请改为以后的时间。"})
    if scheduled_for > at + FURTHEST:
        raise Faulty({"scheduled_for": "定时下达的时间在一年以后。请检查年份。"})
    if scheduled_for > at:
        check_hours(session, scheduled_for, issuer_code)
    codes = [unit.code for unit in targets(session, unit_codes, issuer_code, scheduled_for)]
    verdict = judged(session, terms, codes, issuer_code, request_id, scheduled_for, actor.person_id)
    if verdict.faults:
        raise Faulty(verdict.faults)
    row = changeable(session, request_id, version)
    row = store(session, row, terms, codes, issuer_code, request_id, actor, at, weights)
    row.copied_from_id = row.copied_from_id or copied_from_id
    row.scheduled_for, row.issuing_since, row.refusal = scheduled_for, None, None
    session.flush()
    audit.record(
        session,
        "task.schedule",
        "task",
        row.id,
        unit_code=issuer_code,
        after={"title": row.title, "scheduled_for": scheduled_for.isoformat(), "units": len(codes)},
    )
    return row


def unschedule(session: Session, number: str) -> AccountabilityTask:
    """Make a draft again of what was set for a moment that has not come. Raises `NotFound`, `Conflict`."""
    row = own(session, number, lock=True)
    if row.state != "drafted":
        raise Conflict(f"“{row.title}”已经下达，不能改回草稿。确需收回的，请在任务页面撤回。")
    row.scheduled_for = row.issuing_since = None
    session.flush()
    return row


def discard(session: Session, number: str) -> str:
    """Delete a draft; gives its title. Raises `NotFound`, and `Conflict` for what has been issued."""
    row = own(session, number, lock=True)
    if row.state != "drafted":
        raise Conflict(f"“{row.title}”已经下达，不能删除。确需收回的，请撤回任务。")
    audit.record(session, "task.discard", "task", row.id, unit_code=row.issuer_code, before={"title": row.title})
    session.delete(row)
    session.flush()
    return row.title


def terms_of(task: AccountabilityTask) -> TaskTerms:
    """What a task's row asks."""
    return TaskTerms(
        title=task.title,
        content=task.content,
        basis=task.basis,
        evidence=task.evidence,
        minutes=task.minutes,
        due_on=task.due_on,
        regular=task.regular,
        document_no=task.document_no or "",
        fields=read_fields(task.fields),
        lead_id=next((party.organisation_id for party in task.parties if party.kind == "lead"), None),
        assist_ids=tuple(party.organisation_id for party in task.parties if party.kind == "assist"),
        urgent=task.urgent,
        approver_id=task.urgent_approver_id,
    )


def terms_to_copy(task: AccountabilityTask) -> TaskTerms:
    """What a new task starts from: everything but the document number and the approval, which were of that day."""
    return replace(terms_of(task), document_no="", urgent=False, approver_id=None)


def units_of(session: Session, task: AccountabilityTask, on: date) -> list[str]:
    """The units a task was given to by its issuer, or is chosen for, that are still in force."""
    handed_down = select(Assignment.unit_code).where(Assignment.task_id == task.id, Assignment.parent_id.is_(None))
    codes = list(session.scalars(handed_down)) if task.state != "drafted" else task.targets
    return in_use(session, codes, on)[0]


def changeable(session: Session, request_id: str, version: int | None) -> AccountabilityTask | None:
    """The draft that a form stands for, held until the transaction ends; None for a new form.

    `version` is what the page showed. Raises `Conflict` when it has been issued or somebody else was faster.
    """
    row = already(session, request_id, lock=True)
    if row is None:
        return None
    if row.issuer_code not in viewer_of(session).units_with("task.issue"):
        raise NotFound()
    if row.state != "drafted":
        raise Conflict(f"这张表单已经用来下达“{row.title}”。如需另行下达，请重新打开“下达任务”页面填写。")
    if version is not None and row.version != version:
        raise Conflict(
            f"{row.issued_by_name}刚刚改过这份草稿，您的改动没有保存。请另开页面看过草稿，再决定是否重新填写。"
        )
    return row


def store(
    session: Session,
    row: AccountabilityTask | None,
    terms: TaskTerms,
    codes: list[str],
    issuer_code: str,
    request_id: str,
    actor: Actor,
    at: datetime,
    weights: Mapping[str, int] | None,
) -> AccountabilityTask:
    """Write what is asked into the task's row, a new one or the draft's. Raises `Conflict` if a twin was faster."""
    if row is None:
        row = AccountabilityTask(request_id=request_id, state="drafted", drafted_at=at, issuer_code=issuer_code)
    for name in ("title", "content", "basis", "evidence", "minutes", "due_on", "regular", "urgent"):
        setattr(row, name, getattr(terms, name))
    row.document_no = terms.document_no or None
    row.issuer_code = issuer_code
    row.fields = stored_fields(terms.fields)
    row.urgent_approver_id = terms.approver_id if terms.urgent else None
    row.issued_by_id, row.issued_by_name = actor.person_id, actor.name
    row.issuer_organisation_id = terms.lead_id
    row.targets, row.unread = codes, {}
    row.weights = {code: weight for code, weight in (weights or {}).items() if weight != 1 and code in set(codes)}
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict("这张表单刚刚已经提交过一次。请到草稿和已下达任务中查看。") from None
    _name_parties(session, row, terms)
    return row


def _name_parties(session: Session, row: AccountabilityTask, terms: TaskTerms) -> None:
    wanted = dict.fromkeys(terms.assist_ids, "assist")
    if terms.lead_id is not None:
        wanted[terms.lead_id] = "lead"
    for party in list(row.parties):
        if wanted.get(party.organisation_id) != party.kind:
            row.parties.remove(party)
    session.flush()
    held = {party.organisation_id for party in row.parties}
    for organisation_id, kind in sorted(wanted.items()):
        if organisation_id not in held:
            row.parties.append(TaskParty(issuer_code=row.issuer_code, organisation_id=organisation_id, kind=kind))
    session.flush()


def _check_storable(terms: TaskTerms, unread: Mapping[str, str]) -> None:
    asked = "\n".join(" ".join((one.label, one.unit or "", *one.values)) for one in terms.fields)
    names = {field: name for field, (name, _) in LONGEST.items()} | {"content": "任务内容"}
    faults = faults_in([(field, name, getattr(terms, field)) for field, name in names.items()])
    faults |= faults_in(
        [("fields", "填报项", asked), *((field, "没有认出的内容", text) for field, text in unread.items())]
    )
    faults |= {
        field: f"{name}超过 {limit} 字，现有 {len(getattr(terms, field))} 字。请删减。"
        for field, (name, limit) in LONGEST.items()
        if len(getattr(terms, field)) > limit
    }
    if not terms.title:
        faults["title"] = "没有填写任务名称。草稿也要有名称，请补填。"
    if faults:
        raise Faulty(faults)


def scheduled_words(row: AccountabilityTask) -> str:
    """When a scheduled task is to go out: "2026年11月24日 09:00"."""
    return moment_words(row.scheduled_for) if row.scheduled_for is not None else ""


def moment_words(moment: datetime) -> str:
    """2026年11月24日 09:00, on the wall clock of China."""
    when = clock.local(moment)
    return f"{day_words(when.date())} {when:%H:%M}"
