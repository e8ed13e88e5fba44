"""What the scheduler does at its moments. Each job can be run again at any time: what is due comes from rows."""

import logging
import os
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import String, cast, delete, select

from flows.evaluate_period import run_request
from flows.lease import held
from flows.open_recurring import open_recurring
from flows.outbox import run_notices, work_off
from flows.prefect_server import answers
from flows.publish_reports import DISK_FULL, make_report, publish_reports, scheduler, sentence_for
from reports.errors import ReportError
from webapp import clock
from webapp.accountability import scheduled
from webapp.auth.sealing import heads_file, seal, store_head
from webapp.config import Settings
from webapp.db import learn_sizes, session_scope
from webapp.delivery import archive, service
from webapp.delivery.models import Heartbeat, JobRun, ReportFile
from webapp.errors import DandangError
from webapp.evaluation import requests
from webapp.evaluation.models import RunRequest
from webapp.handover import service as handover
from webapp.leave.acts import PASSING_ON, pass_on_unanswered, unanswered
from webapp.leave.retention import clear_old_reasons
from webapp.notices import mailing
from webapp.notices.models import InboxMessage, Mail
from webapp.notices.service import notify
from webapp.policy.calendar import work_calendar
from webapp.support import opening as support
from webapp.worklogs.cleaning import sweep

log = logging.getLogger("dandang.scheduler")
REPORT_KEY = "report-request:"
RUNS_KEPT = timedelta(days=400)
NOT_MADE = "报告没有生成，原因已记入运行日志。请重新申请；仍不成功的，请联系系统管理员。"


def prefect_answers() -> bool:
    """Whether the Prefect server that the flows would use is up."""
    address = os.environ.get("PREFECT_API_URL", "")
    return address.startswith("http") and answers(address, os.environ.get("PREFECT_API_AUTH_STRING", ""))


def beat() -> None:
    """Say that the scheduler is alive, and whether Prefect is, for /healthz."""
    alive = {"scheduler": True, "prefect": prefect_answers()}
    with session_scope(Settings.from_env().database_url, scheduler()) as session:
        for name in (name for name, up in alive.items() if up):
            row = session.get(Heartbeat, name)
            if row is None:
                session.add(Heartbeat(name=name, at=clock.now(), detail=str(os.getpid())))
            else:
                row.at = clock.now()
                row.detail = str(os.getpid())


def forget_beats() -> None:
    """Take back what an earlier scheduler said: who starts or stops is not alive until the next heartbeat."""
    with session_scope(Settings.from_env().database_url, scheduler()) as session:
        session.execute(delete(Heartbeat))


def release_requests() -> None:
    """Put back what a killed scheduler was working on; once, by the one that has just got the lease."""
    with session_scope(Settings.from_env().database_url, scheduler()) as session:
        requests.release(session)


def work_requests() -> None:
    """Compile what pages have asked for, and render the reports that were asked for. Waits while Prefect is down."""
    url = Settings.from_env().database_url
    with session_scope(url, scheduler(), writes=False) as session:
        ids = list(session.scalars(select(RunRequest.id).where(RunRequest.state == "waiting").order_by(RunRequest.id)))
        told = select(InboxMessage.key).where(InboxMessage.key == _key(RunRequest.id))
        wanted = select(RunRequest.id).where(
            RunRequest.state == "done", RunRequest.report_kind.is_not(None), ~told.exists()
        )
        # Also of a scheduler that was killed between the run and its report.
        unreported = list(session.scalars(wanted.order_by(RunRequest.id)))
    if not (ids or unreported) or not prefect_answers():
        return
    for request_id in unreported:
        report_for(request_id)
    for request_id in ids:
        run_request(request_id)
        report_for(request_id)


def _key(request_id: Any) -> Any:
    """Key of the message that tells of a request's report, for one number or for a column of them."""
    return REPORT_KEY + (str(request_id) if isinstance(request_id, int) else cast(request_id, String))


def report_for(request_id: int) -> None:
    """Render the report that came with a request and tell the person; a failure is told in the same place."""
    url = Settings.from_env().database_url
    with session_scope(url, scheduler(), writes=False) as session:
        request = session.get(RunRequest, request_id)
        if request is None or request.state != "done" or not (request.report_kind and request.run_key):
            return
        kind, run_key, person_id = request.report_kind, request.run_key, request.requested_by_id
    report_id, sentence = None, ""
    try:
        report_id = make_report.fn(kind, run_key)
    except (DandangError, ReportError) as error:
        sentence = str(error)
    except Exception as error:
        # The scheduler has to live on; the person is told, and the log holds the cause.
        log.exception("report of request %s failed", request_id)
        sentence = NOT_MADE if sentence_for(error) != DISK_FULL else DISK_FULL
    with session_scope(url, scheduler()) as session:
        report = session.get(ReportFile, report_id) if report_id else None
        if report is None:
            subject, body, path = "报告未能生成", sentence, f"/runs/{run_key}"
        else:
            subject, path = report.title, f"/reports/{report.id}"
            body = f"{report.title}已生成，核验码 {report.verification_code}。"
        notify(session, person_id, _key(request_id), subject, body, path=path, at=clock.now())


def publish() -> None:
    """Deliver what is due. Starts a flow only when something is due, so that quiet minutes leave no runs behind."""
    if prefect_answers() and something_due(clock.now()):
        publish_reports()


def something_due(at: datetime) -> bool:
    """Whether a window is due or a failed delivery is to be tried again."""
    with session_scope(Settings.from_env().database_url, scheduler()) as session:
        service.open_due(session, work_calendar(session), at)
        return bool(service.workable(session, at))


def send_mails(at: datetime | None = None) -> list[str]:
    """Send waiting mails; what a dead sender left behind is marked unknown first. Gives the states reached."""
    settings = Settings.from_env()
    if not settings.smtp_url:
        return []
    at = at or clock.now()
    attachment = partial(archive.read_bytes, settings)
    letters = mailing.Letters(mailing.Server.from_url(settings.smtp_url), settings.mail_from, attachment, at)
    with held(settings, "mails") as ours:
        return [state for _, state in work_off(settings, Mail, letters, at, mailing.waiting)] if ours else []


def send_notices() -> None:
    """Gather and send what goes outside (X-15)."""
    run_notices()


def issue_scheduled() -> None:
    """Issue the tasks whose moment has come, each in a transaction of its own; that it began is written before.

    One that breaks off is tried again at the next look and keeps none of the others from going out.
    """
    url, at = Settings.from_env().database_url, clock.now()
    with session_scope(url, scheduler(), writes=False) as session:
        if not scheduled.due(session, at):
            return
    with session_scope(url, scheduler()) as session:
        ids = scheduled.mark_due(session, at)
    for task_id in ids:
        try:
            with session_scope(url, scheduler()) as session:
                scheduled.issue_due(session, at, only=task_id)
        except Exception:
            # The scheduler has to live on; the page of the task says that it broke off, and the log holds the cause.
            log.exception("issuing of task %s broke off", task_id)


def pass_on_leave() -> None:
    """Ask substitutes about leave that nobody has answered in time (Z-30)."""
    url, at = Settings.from_env().database_url, clock.now()
    with session_scope(url, PASSING_ON, writes=False) as session:
        if not unanswered(session, at):
            return
    with session_scope(url, PASSING_ON) as session:
        pass_on_unanswered(session, at=at)


def seal_audit() -> None:
    """Chain new audit entries and keep the head outside the database."""
    settings = Settings.from_env()
    with session_scope(settings.database_url, scheduler()) as session:
        sealed = seal(session)
    if sealed:
        with session_scope(settings.database_url, scheduler(), writes=False) as session:
            store_head(heads_file(settings.instance), session)


def daily() -> None:
    """Once a China day, also when the day began without us: open recurring tasks up to today, learn the tables' sizes,
    open what is owed to those who are stationed, let hand-overs pass that nobody accepted in time,
    clear what old sick leaves were for."""
    today = clock.today()
    planned = clock.day_start(today)
    url = Settings.from_env().database_url
    with session_scope(url, scheduler()) as session:
        row = session.scalar(select(JobRun).where(JobRun.job == "daily", JobRun.planned_for == planned))
        if row is not None and row.finished_at is not None:
            return
        if row is None:
            session.add(JobRun(job="daily", planned_for=planned, started_at=clock.now()))
    if not prefect_answers():
        return
    open_recurring(today)
    learn_sizes(url)
    with session_scope(url, scheduler()) as session:
        sweep(session, Settings.from_env(), clock.now())
    with session_scope(url, support.OPENING) as session:
        support.open_items(session, today)
    with session_scope(url, scheduler()) as session:
        handover.pass_overdue(session, clock.now())
    with session_scope(url, scheduler()) as session:
        clear_old_reasons(session, today)
        row = session.scalar(select(JobRun).where(JobRun.job == "daily", JobRun.planned_for == planned))
        if row is not None:
            row.finished_at = clock.now()
        session.execute(delete(JobRun).where(JobRun.planned_for < planned - RUNS_KEPT))
