"""A process killed with SIGKILL between any two steps: the next one finishes, and everything is there exactly once."""

from collections.abc import Callable
from subprocess import Popen

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import jobs
from flows.publish_reports import publish_reports
from tests.factories import at
from tests.flows.conftest import DUE, Sink, pdfs
from webapp.config import Settings
from webapp.delivery.models import Delivery, ReportFile
from webapp.evaluation.models import Run
from webapp.notices.models import InboxMessage, Mail

# SQLite alone: on both databases a transaction that was not committed is gone, and the locks are tested on both.
pytestmark = [pytest.mark.usefixtures("prefect", "subscribed"), pytest.mark.one_database]

DIE = """
import os, signal
from datetime import datetime
from webapp.app import load_models
load_models()
from flows import jobs, publish_reports as flow
from flows.prefect_settings import without_heartbeat
at = datetime.fromisoformat("{at}")
def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
def then_die(act):
    def both(*args, **more):
        act(*args, **more)
        die()
    return both
{patch}
with without_heartbeat():
    {act}
"""
STEPS = {
    "after the claim": "flow.evaluate_period = die",
    "after the run, before the paper": "flow.render_pdf = die",
    "while the file is written": "os.fsync = die",
    "after the file, before its row": "flow.archive.register = die",
    "after the row, before the inbox": "flow.hand_over = die",
    "after the inbox, before the commit": "flow.service.complete = then_die(flow.service.complete)",
}
InProcess = Callable[..., "Popen[str]"]


def killed(in_process: InProcess, patch: str, act: str) -> None:
    process = in_process("-c", DIE.format(at=DUE.isoformat(), patch=patch, act=act))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == -9, output


def counts(session: Session) -> list[int]:
    session.rollback()
    models = (Run, ReportFile, Delivery, InboxMessage)
    found = [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]
    session.rollback()
    return found


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_is_there_once(
    county: Session, instance: Settings, in_process: InProcess, step: str
) -> None:
    killed(in_process, STEPS[step], "flow.publish_reports(at)")
    publish_reports(DUE)
    assert counts(county) == [1, 1, 1, 1]
    assert [path.suffix for path in pdfs(instance) if path.suffix == ".pdf"] == [".pdf"]
    assert county.scalars(select(Delivery.state)).one() == "delivered"
    county.rollback()
    assert publish_reports(DUE) == []
    assert counts(county) == [1, 1, 1, 1]


def test_killed_after_the_server_took_the_mail_it_is_unknown_and_not_sent_again(
    county: Session, sink: Sink, in_process: InProcess
) -> None:
    publish_reports(DUE)
    killed(in_process, "import smtplib; smtplib.SMTP.data = then_die(smtplib.SMTP.data)", "jobs.send_mails(at)")
    assert len(sink.accepted) == 1
    for moment in (DUE, at("2026-05-07 09:00")):
        assert jobs.send_mails(moment) == []
    county.rollback()
    mail = county.scalars(select(Mail)).one()
    assert mail.state == "unknown"
    assert "不会自动重发" in (mail.last_error or "")
    county.rollback()
    assert len(sink.accepted) == 1
