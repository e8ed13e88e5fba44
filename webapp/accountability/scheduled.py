"""Scheduled tasks: issued by the scheduler when their moment has come, judged again, told to the drafter if refused."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.accountability import drafts
from webapp.accountability.issuing import release
from webapp.accountability.judging import judged
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.parties import Actor, posted
from webapp.accountability.targets import targets
from webapp.errors import DandangError, Faulty, Forbidden
from webapp.notices.service import notify


def due(session: Session, at: datetime) -> bool:
    """Whether the moment of a task has come."""
    return session.scalar(select(AccountabilityTask.id).where(*_come(at)).limit(1)) is not None


def _come(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return AccountabilityTask.state == "drafted", AccountabilityTask.scheduled_for <= at


def mark_due(session: Session, at: datetime) -> list[int]:
    """Note on every task whose moment has come that it is being issued; gives their ids. Commit before the work.

    One scheduler issues at a time: a task that carries the mark already was being issued when the work broke off. All
    of that work is undone and only the mark outlived it, so that its page can say what happened.
    """
    _only_the_system(session)
    rows = session.scalars(
        select(AccountabilityTask).where(*_come(at)).order_by(AccountabilityTask.id).with_for_update()
    )
    ids = []
    for row in rows:
        if row.issuing_since is not None:
            row.refusal = f"{drafts.moment_words(row.issuing_since)}开始的下达中途断开，没有下达给任何单位。"
        row.issuing_since = at
        ids.append(row.id)
    session.flush()
    return ids


def issue_due(session: Session, at: datetime, only: int | None = None) -> list[AccountabilityTask]:
    """Issue what has come due, or the one task `only`; gives what was issued. Safe to run again at any time.

    The gate and every rule are asked as of now. What they refuse is a draft again, and its drafter is told why.
    """
    _only_the_system(session)
    statement = (
        select(AccountabilityTask)
        .where(*_come(at))
        .order_by(AccountabilityTask.scheduled_for, AccountabilityTask.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if only is not None:
        statement = statement.where(AccountabilityTask.id == only)
    issued = []
    for task in list(session.scalars(statement)):
        try:
            with session.begin_nested():
                _issue(session, task, at)
            issued.append(task)
        except DandangError as error:
            session.refresh(task)
            _fall_back(session, task, error.sentence, at)
    return issued


def _issue(session: Session, task: AccountabilityTask, at: datetime) -> None:
    actor = _drafter(session, task, at)
    terms = drafts.terms_of(task)
    units = targets(session, task.targets, task.issuer_code, at)
    codes = [unit.code for unit in units]
    verdict = judged(session, terms, codes, task.issuer_code, task.request_id, at, actor.person_id)
    if verdict.faults:
        raise Faulty(verdict.faults)
    release(session, task, terms, units, actor, at)
    if actor.person_id is not None:
        notify(
            session,
            actor.person_id,
            f"task:{task.id}:issued:{task.version}",
            f"已下达：{task.title[:100]}",
            f"定时任务已下达给 {len(units):,} 个单位。",
            f"/tasks/{task.number}",
            at,
        )


def _drafter(session: Session, task: AccountabilityTask, at: datetime) -> Actor:
    """Who set it; raises `Forbidden` when that person no longer issues for the unit."""
    people = posted(session, [task.issuer_code], clock.day_of(at), root=task.issuer_code)
    if task.issued_by_id not in people.with_permission("task.issue", task.issuer_code):
        raise Forbidden(f"定时人{task.issued_by_name}已不在下达岗位。请由现任经办人核对草稿后下达。")
    return Actor(task.issued_by_id, task.issued_by_name, task.issuer_code)


def _fall_back(session: Session, task: AccountabilityTask, sentence: str, at: datetime) -> None:
    """Make it a draft again and tell the drafter why."""
    task.refusal = f"定时下达没有成功：{sentence}"
    task.scheduled_for = task.issuing_since = None
    session.flush()
    audit.record(
        session,
        "task.schedule_refused",
        "task",
        task.id,
        unit_code=task.issuer_code,
        after={"state": "drafted"},
        reason=sentence,
    )
    if task.issued_by_id is not None:
        notify(
            session,
            task.issued_by_id,
            f"task:{task.id}:refused:{task.version}",
            f"没有下达：{task.title[:100]}",
            f"定时下达没有成功，任务已退回草稿。{sentence}",
            f"/tasks/drafts/{task.number}",
            at,
        )
    session.flush()


def _only_the_system(session: Session) -> None:
    if viewer_of(session).kind != "system":
        raise Forbidden()
