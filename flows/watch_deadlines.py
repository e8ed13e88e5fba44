"""Deadlines: waiting reminders go out, then once a working day the automatic ones and 督办, issuer by issuer.

No Prefect run: what is due comes from rows, each issuer is one small transaction, and a look that is cut off is made
again a minute later and repeats nothing.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.delivery.models import JobRun
from webapp.notices.hours import open_now
from webapp.policy.calendar import work_calendar
from webapp.supervision.escalating import escalate_due
from webapp.supervision.limits import limits_of
from webapp.supervision.models import Reminder
from webapp.supervision.reminding import deliver_waiting, remind_due
from webapp.supervision.subjects import owed_to

JOB = "watch-deadlines"


def watcher(root: str = "") -> Viewer:
    """Who acts here; the name stands in reminders, events and the audit log."""
    return Viewer.system("期限提醒", root)


def watch_deadlines() -> None:
    """One look at the present moment."""
    at = clock.now()
    url = Settings.from_env().database_url
    today = clock.local(at).date()
    with session_scope(url, watcher(), writes=False) as session:
        if not work_calendar(session).is_workday(today):
            return
        done = _done(session, day_of(at))
        owing = [] if JOB in done else sorted(owed_to(session))
        issuers = [code for code in owing if mark_of(code) not in done]
        ready = [code for code in issuers if open_now(session, at, limits_of(session, today, code).hours)]
        waiting = session.scalar(select(Reminder.id).where(Reminder.sent_at.is_(None)).limit(1))
    if waiting is not None:
        with session_scope(url, watcher()) as session:
            deliver_waiting(session, at=at)
    for issuer_code in ready:
        with session_scope(url, watcher()) as session:
            remind_due(session, issuer_code, at=at)
            escalate_due(session, issuer_code, at=at)
            session.add(_run(mark_of(issuer_code), at))
    if owing and ready == issuers:
        with session_scope(url, watcher()) as session:
            session.execute(delete(JobRun).where(JobRun.job.startswith(mark_of(""))))
            session.add(_run(JOB, at))


def day_of(at: datetime) -> datetime:
    """The beginning of the day in China that a moment belongs to: the key of the day's work."""
    return clock.day_start(clock.local(at).date())


def mark_of(issuer_code: str) -> str:
    """The job under which an issuer's part of a day stands until the whole day is done.

    Hours differ from pack to pack and need not overlap: one issuer may be done before another opens.
    """
    return f"{JOB}:{issuer_code}"


def _run(job: str, at: datetime) -> JobRun:
    return JobRun(job=job, planned_for=day_of(at), started_at=at, finished_at=clock.now())


def _done(session: Session, planned: datetime) -> set[str]:
    """What of a day's work is done: issuers by their marks, or the day itself."""
    ours = or_(JobRun.job == JOB, JobRun.job.startswith(mark_of("")))
    return set(session.scalars(select(JobRun.job).where(ours, JobRun.planned_for == planned)))
