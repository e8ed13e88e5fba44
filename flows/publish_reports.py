"""Scheduled reports: compile the window, render the PDF, archive it, hand it to inbox and mail. Order and retries only."""

import errno
import logging
import os
import socket
from datetime import datetime

from prefect import flow, task

from flows.evaluate_period import evaluate_period
from flows.lease import held
from reports.errors import ReportError
from reports.render import render_pdf
from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.delivery import archive, service
from webapp.delivery.compose import compose
from webapp.delivery.models import Delivery, ReportFile
from webapp.errors import DandangError, NotFound
from webapp.evaluation.periods import parse
from webapp.evaluation.queries import run_by_key
from webapp.policy.calendar import work_calendar

NAME = "报送调度"
DISK_FULL = "磁盘空间不足，报告没有写入。请清理磁盘后重试；定期报送由系统自动重试。"
UNKNOWN = "报告没有生成，原因已记入运行日志，系统会自动重试。仍不成功的，请联系系统管理员。"

log = logging.getLogger("dandang.publish")


def scheduler(root: str = "") -> Viewer:
    """The part of the system that publishes; `root` limits it to the unit it works on."""
    return Viewer.system(NAME, root)


@flow(name="publish-reports")
def publish_reports(at: datetime | None = None) -> list[int]:
    """Work off every delivery that is due; gives the ids it touched. Does nothing while another process does it."""
    at = at or clock.now()
    settings = Settings.from_env()
    with held(settings, "deliveries") as ours:
        if not ours:
            return []
        open_due_windows(at)
        return [delivery_id for delivery_id in workable(at) if publish_one(delivery_id, at)]


@task
def open_due_windows(at: datetime) -> int:
    """Rows for the windows that have fallen due, also after days of downtime."""
    with session_scope(Settings.from_env().database_url, scheduler()) as session:
        return service.open_due(session, work_calendar(session), at)


def workable(at: datetime) -> list[int]:
    """Deliveries to work off now."""
    with session_scope(Settings.from_env().database_url, scheduler(), writes=False) as session:
        return service.workable(session, at)


def publish_one(delivery_id: int, at: datetime) -> bool:
    """One delivery from claim to inbox; a failure is kept with its reason and the time of the next try."""
    url = Settings.from_env().database_url
    with session_scope(url, scheduler()) as session:
        claimed = service.claim(session, delivery_id, f"{socket.gethostname()}:{os.getpid()}", at)
        if claimed is None:
            return False
        window, unit_code, kind = claimed.window, claimed.unit_code, claimed.subscription.kind
    try:
        with clock.held_at(at):
            run_key = evaluate_period(window, unit_code)
            report_id = make_report(kind, run_key)
            hand_over(delivery_id, report_id, at)
    except (DandangError, ReportError) as error:
        sentence = str(error)
    except Exception as error:
        # One delivery that fails must not hold up the others; the log holds the cause.
        log.exception("delivery %s failed", delivery_id)
        sentence = sentence_for(error)
    else:
        return True
    with session_scope(url, scheduler()) as session:
        service.fail(session, delivery_id, sentence, at)
    return True


def sentence_for(error: BaseException | None) -> str:
    """What a person is told of a failure that is not in our words: a full disk (also one behind the database), or any
    other."""
    while error is not None:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        if full or "database or disk is full" in str(error):
            return DISK_FULL
        error = error.__cause__ or error.__context__
    return UNKNOWN


@task(retries=1, retry_delay_seconds=2)
def hand_over(delivery_id: int, report_id: int, at: datetime) -> None:
    """Inbox, mail row and the delivery's new state in one transaction."""
    settings = Settings.from_env()
    with session_scope(settings.database_url, scheduler()) as session:
        delivery, report = session.get(Delivery, delivery_id), session.get(ReportFile, report_id)
        if delivery is None or report is None:
            raise NotFound()
        service.complete(session, settings, delivery, report, at)


@task
def make_report(kind: str, run_key: str) -> int:
    """Render and archive the report of a finished run; the archived one when there is one. Gives its id."""
    settings = Settings.from_env()
    with session_scope(settings.database_url, scheduler(), writes=False) as session:
        run = run_by_key(session, run_key)
        known = archive.archived(session, kind, run)
        if known and archive.path_of(settings, known.sha256).exists():
            return known.id
        code = archive.verification_code(settings, kind, run)
        url = f"{settings.base_url}/verify/{code}"
        document = compose(session, run, kind, code=code, url=url, calendar=work_calendar(session))
        title = service.report_title(session, kind, run.unit_code, parse(run.period).label)
    content = render_pdf(document, settings.fonts)
    sha256 = archive.store_bytes(settings, content)
    with session_scope(settings.database_url, scheduler()) as session:
        run = run_by_key(session, run_key)
        row = archive.register(session, kind, run, title=title, code=code, size=len(content), sha256=sha256)
        return row.id
