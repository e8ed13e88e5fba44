"""After issue only the words change, with the difference shown to the receivers; more asked passes the gate again (X-4)."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.accountability import drafts
from webapp.accountability.asked import stored_fields
from webapp.accountability.issue_models import TaskRevision
from webapp.accountability.judging import proposal_for
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.parties import actor_at
from webapp.accountability.rules import LIMITS, NAMES, OPEN, REASON_LIMIT, SHEET, TaskTerms, required
from webapp.accountability.telling import tell_units
from webapp.accountability.thresholds import thresholds
from webapp.burden import gate
from webapp.burden import service as burden
from webapp.burden.asking import due_fault, field_fault, words_fault
from webapp.burden.proposals import AskedField
from webapp.errors import Conflict, Faulty, Refused
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.private_numbers import fault_of
from webapp.words import day_words

TITLE = 120
CHANGING = ("title", "content", "evidence")
LABELS = {"title": "任务名称", "content": "任务内容", "evidence": "佐证要求", "fields": "填报项"}
_WORDS = re.compile(r"[A-Za-z0-9_.]+|\s+|.")
_SENTENCES = re.compile(r"[^。；！？\n]*[。；！？\n]|[^。；！？\n]+")
_MOST_PAIRS = 300_000
"""Pairs of equal pieces that are compared: a text of 5,000 characters has some 100,000, and takes a tenth of a second."""


def revise(
    session: Session,
    number: str,
    *,
    title: str,
    content: str,
    evidence: str,
    more_fields: tuple[AskedField, ...] = (),
    more_minutes: int = 0,
    reason: str,
    at: datetime,
    version: int | None = None,
) -> TaskRevision | None:
    """Change what an issued task says, and tell every unit that has not answered yet; None where nothing changes.

    Other evidence and further fields are asked on top: they pass the gate as a demand of their own, with the answer
    time that is left and `more_minutes` as the estimate of what they cost each unit. Raises `Faulty`, `Refused` without a reason and where nobody
    owes an answer any more, `Conflict` for a recalled task or a stale page.
    """
    task = drafts.own(session, number, lock=True)
    actor = actor_at(viewer_of(session), "task.issue", task.issuer_code)
    if task.state != "issued":
        raise Conflict("任务没有下达或已撤回，不能修改文字。请返回任务页面查看最新情况。")
    wanted = replace(drafts.terms_of(task), title=title, content=content, evidence=evidence)
    changes = {
        name: [getattr(task, name), getattr(wanted, name)]
        for name in CHANGING
        if getattr(task, name) != getattr(wanted, name)
    }
    if task.via == SHEET and (more_fields or "evidence" in changes):
        raise Refused("月报单的事项由责任清单确定，不能另加填报项或佐证要求。只能修改名称和内容的文字。")
    if more_fields:
        changes["fields"] = ["", "、".join(field.label for field in more_fields)]
    if not changes:
        return None
    if version is not None and task.version != version:
        raise Conflict("任务刚刚被其他同志改过，您的改动没有保存。请看过最新文字后再决定是否修改。")
    _check_owed(session, task.id)
    faults = _word_faults(replace(wanted, fields=(*wanted.fields, *more_fields)))
    if faults:
        raise Faulty(faults)
    said = required(reason, "修改理由", REASON_LIMIT)
    serial = 1 + (session.scalar(select(func.max(TaskRevision.number)).where(TaskRevision.task_id == task.id)) or 0)
    demand_id = None
    if "evidence" in changes or more_fields:
        added = replace(wanted, fields=more_fields, minutes=more_minutes, regular=False)
        demand_id = _ask_more(session, task, added, serial, at)
    for name in CHANGING:
        setattr(task, name, getattr(wanted, name))
    revision = TaskRevision(
        task_id=task.id,
        issuer_code=task.issuer_code,
        number=serial,
        at=at,
        person_id=actor.person_id,
        actor_name=actor.name,
        reason=said,
        changes=changes,
        demand_id=demand_id,
    )
    session.add(revision)
    session.flush()
    units = {code: (id_, version) for id_, code, version, _ in _open_rows(session, task.id)}
    tell_units(session, "revise", task, units, actor, said, at, occasion=f"r{serial}")
    audit.record(
        session,
        "task.revise",
        "task",
        task.id,
        unit_code=task.issuer_code,
        before={name: words[0] for name, words in changes.items()},
        after={name: words[1] for name, words in changes.items()},
        reason=said,
    )
    session.flush()
    return revision


def _check_owed(session: Session, task_id: int) -> None:
    """Raise `Refused` where nobody will answer any more: what was answered stays as it was asked."""
    owed = select(Assignment.id).where(Assignment.task_id == task_id, Assignment.state.in_((*OPEN, "suspended")))
    if session.scalar(owed.limit(1)) is None:
        raise Refused("各单位都已反馈或者办结，文字不再修改。确有需要的，请另行下达任务。")


def _word_faults(wanted: TaskTerms) -> dict[str, str]:
    """What is missing or too long in the changed words; the gate says the rest where more is asked."""
    faults = {}
    for field, (name, limit) in {"title": ("任务名称", TITLE), **{f: (NAMES[f], LIMITS[f]) for f in LIMITS}}.items():
        text = getattr(wanted, field)
        if not text:
            faults[field] = f"没有填写{name}。请补填。"
        elif len(text) > limit:
            faults[field] = f"{name}超过 {limit} 字，现有 {len(text)} 字。请删减。"
        elif wrong := fault_of(text, name) or words_fault(text):
            faults[field] = wrong
    wrong = field_fault(wanted.fields)
    if wrong:
        faults["fields"] = wrong
    return faults


def _ask_more(session: Session, task: AccountabilityTask, added: TaskTerms, number: int, at: datetime) -> int:
    """Let what is asked on top through the gate and enter its cost; gives the demand. Raises `Faulty`, `Refused`."""
    rows = _open_rows(session, task.id)
    if not rows:
        raise Refused("各单位都已反馈或者中止，不能再增加佐证或填报项。确有需要的，请另行下达任务。")
    on = clock.day_of(at)
    faults = {}
    limits = thresholds(session, on, task.issuer_code)
    if impossible := limits.estimates.fault(added.minutes, "增加的用时", "。请如实估计。"):
        faults["more_minutes"] = impossible
    unit, due_on = min(((unit, due_on) for _, unit, _, due_on in rows), key=lambda one: one[1])
    late = due_fault(due_on, on, work_calendar(session), limits.min_answer_workdays, urgent=added.urgent)
    if late:
        name = session.get_one(Division, unit).name
        faults["due_on"] = f"离{name}的截止日期（{day_words(due_on)}）太近，不能再增加佐证或填报项。{late}"
    if faults:
        raise Faulty(faults)
    proposal = proposal_for(session, added, task.issuer_code, f"task:{task.request_id}:r{number}", at)
    proposal = replace(proposal, urgent_approver=task.urgent_approver_name)
    demand = gate.admit(session, proposal, [code for _, code, *_ in rows], at)
    holders = {one.name: one.holder for one in demand.fields if one.mode == "prefill" and one.holder}
    task.fields = [*task.fields, *stored_fields(added.fields, holders)]
    task.minutes += added.minutes
    keys = [f"assignment:{id_}" for id_, *_ in rows]
    burden.add_to(session, keys, minutes=added.minutes, fields=len(added.fields) - len(holders))
    return demand.id


def _open_rows(session: Session, task_id: int) -> list[tuple[int, str, int, date]]:
    """Assignment, unit, version and deadline of those who still owe an answer, in code order."""
    columns = Assignment.id, Assignment.unit_code, Assignment.version, Assignment.due_on
    statement = select(*columns).where(Assignment.task_id == task_id, Assignment.state.in_(OPEN))
    return list(session.execute(statement.order_by(Assignment.unit_code)).tuples())


@dataclass(frozen=True)
class Part:
    """A stretch of words that stayed, was taken out, or was put in."""

    kind: str
    """same, before or after."""
    words: str


@dataclass(frozen=True)
class Change:
    """One field of a revision with its difference."""

    label: str
    parts: list[Part]


def shown(task: AccountabilityTask) -> list[tuple[TaskRevision, list[Change]]]:
    """What was changed since the issue with its differences, the latest first."""
    return [(one, differences(one)) for one in task.revisions]


def differences(revision: TaskRevision) -> list[Change]:
    """The changed fields of a revision, in the order of the form."""
    return [Change(LABELS[name], list(parts(*revision.changes[name]))) for name in LABELS if name in revision.changes]


def parts(before: str, after: str) -> Iterator[Part]:
    """The difference of two texts, character by character for Chinese: ("月底前", "下月底前") → after "下", same "月底前".

    Where that would take long (a text that repeats itself), sentence by sentence, at the worst as two whole texts.
    """
    old, new = _pieces(before, after)
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Part("before", "".join(old[a:b]))
        if c < d:
            yield Part("after", "".join(new[c:d]))


def _pieces(before: str, after: str) -> tuple[list[str], list[str]]:
    for cut in (_WORDS, _SENTENCES):
        old, new = cut.findall(before), cut.findall(after)
        often = Counter(old)
        if sum(often[piece] for piece in new) <= _MOST_PAIRS:
            return old, new
    return [before], [after]
