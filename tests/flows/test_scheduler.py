"""The scheduler as a process: it starts, beats, works off requests, waits for the lease, and stops when told."""

import signal
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from subprocess import Popen
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from flows import jobs
from tests import factories
from tests.factories import COUNTY, VILLAGE
from webapp import clock
from webapp.config import Settings
from webapp.delivery.models import Delivery, Heartbeat, ReportFile
from webapp.evaluation.models import RunRequest
from webapp.leave.models import LeaveRequest
from webapp.notices.models import InboxMessage
from webapp.org.models import Posting
from webapp.support.models import SupportItem

InProcess = Callable[..., "Popen[str]"]
PATIENCE_SECONDS = 60


def read(session: Session, statement: Any) -> Any:
    """One look at the committed state, holding no lock afterwards."""
    session.rollback()
    found = session.scalar(statement)
    session.expunge_all()
    session.rollback()
    return found


def wait_for(session: Session, statement: Any, what: Callable[[Any], bool] = bool) -> Any:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if what(found := read(session, statement)):
            return found
        time.sleep(0.3)
    raise AssertionError(f"nothing came of it within {PATIENCE_SECONDS} s: {statement}")


def asked(session: Session, report_kind: str | None = None, **more: object) -> int:
    """A waiting request for April, as the page writes it; gives its id."""
    row = RunRequest(
        **{
            "token": str(uuid.uuid4()),
            "period": "2026-04",
            "unit_code": COUNTY,
            "report_kind": report_kind,
            "requested_by_id": factories.posting(session, "desk", COUNTY).person_id,
            "requested_at": clock.now(),
            **more,
        }
    )
    session.add(row)
    session.commit()
    number = row.id
    session.rollback()
    return number


@pytest.mark.one_database
def test_it_starts_beats_works_and_stops(
    county: Session, instance: Settings, prefect: str, subscribed: int, in_process: InProcess
) -> None:
    process = in_process("-m", "flows.scheduler")
    wait_for(county, select(Heartbeat.at).where(Heartbeat.name == "prefect"))
    begun = time.monotonic()
    number = asked(county)
    wait_for(county, select(RunRequest.state).where(RunRequest.id == number), lambda state: state == "done")
    assert time.monotonic() - begun < 30
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=15)
    assert process.returncode == 0, output
    assert time.monotonic() - told < 10
    assert "stopped" in output
    county.rollback()
    assert county.scalars(select(Heartbeat)).all() == []  # who has stopped is not said to be alive


@pytest.mark.one_database
def test_a_second_one_waits_and_takes_over_what_the_killed_one_left(
    county: Session, instance: Settings, prefect: str, subscribed: int, in_process: InProcess
) -> None:
    first = in_process("-m", "flows.scheduler")
    wait_for(county, select(Heartbeat.detail).where(Heartbeat.name == "scheduler"), lambda pid: pid == str(first.pid))
    second = in_process("-m", "flows.scheduler")
    time.sleep(4)
    number = asked(county, state="working", claimed_at=clock.now())  # taken by the first, which dies over it
    first.send_signal(signal.SIGKILL)
    wait_for(county, select(Heartbeat.detail).where(Heartbeat.name == "scheduler"), lambda pid: pid == str(second.pid))
    wait_for(county, select(RunRequest.state).where(RunRequest.id == number), lambda state: state == "done")


def test_without_prefect_requests_wait_and_pages_work(
    county: Session, instance: Settings, subscribed: int, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    number = asked(county)
    client = sign_in("desk", COUNTY)
    jobs.work_requests()
    jobs.publish()
    jobs.daily()
    jobs.beat()
    assert read(county, select(RunRequest.state).where(RunRequest.id == number)) == "waiting"
    assert read(county, select(Heartbeat.name)) == "scheduler"
    for path in ("/", "/reports/", "/runs/", "/reports/deliveries"):
        assert client.get(path).status_code == 200
    assert client.get("/healthz").get_json()["prefect"] != "ok"


def old_sick_leave(post: Posting) -> LeaveRequest:
    then = date(2020, 5, 6)
    return LeaveRequest(
        form_id="old",
        posting_id=post.id,
        person_id=post.person_id,
        unit_code=post.unit_code,
        kind="sick",
        first_day=then,
        first_half="am",
        last_day=then,
        last_half="pm",
        reason_category="sealed",
        asked_at=clock.day_start(then),
        changed_at=clock.day_start(then),
    )


def test_the_day_lets_sqlite_learn_the_sizes_of_its_tables(
    county: Session, instance: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[date] = []
    monkeypatch.setattr(jobs, "prefect_answers", lambda: True)
    monkeypatch.setattr(jobs, "open_recurring", days.append)
    post = factories.posting(county, "team_member", VILLAGE)
    county.add(old_sick_leave(post))
    county.commit()
    jobs.daily()
    assert read(county, select(LeaveRequest.reason_category)) is None
    opened = read(county, select(func.count(SupportItem.id)))
    jobs.daily()
    assert len(days) == 1  # the day is done once
    assert opened == read(county, select(func.count(SupportItem.id))) > 0  # what is owed to who is stationed
    if county.get_bind().dialect.name == "sqlite":
        sizes = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'division'"
        assert read(county, text(sizes)) > 0


def test_a_quiet_minute_starts_no_flow(
    county: Session, instance: Settings, subscribed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(jobs, "prefect_answers", lambda: True)
    monkeypatch.setattr(jobs, "publish_reports", lambda: started.append("flow"))
    with clock.held_at(factories.at("2026-05-05 09:00")):
        jobs.publish()
        jobs.work_requests()
        assert jobs.send_mails() == []
    assert started == []
    with clock.held_at(factories.at("2026-05-06 09:00")):
        jobs.publish()
    assert started == ["flow"]
    assert read(county, select(Delivery.state)) == "due"


def test_a_report_asked_for_is_told_once_also_after_a_kill(
    county: Session, instance: Settings, prefect: str, subscribed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asked(county, "period-report")
    with monkeypatch.context() as killed:
        killed.setattr(jobs, "report_for", lambda _number: None)  # dies between the run and its report
        jobs.work_requests()
    assert read(county, select(RunRequest.state).where(RunRequest.id == number)) == "done"
    message = select(InboxMessage).where(InboxMessage.key == f"report-request:{number}")
    assert read(county, message) is None
    for _ in range(2):
        jobs.work_requests()
    report_id = read(county, select(ReportFile.id))
    assert read(county, message).path == f"/reports/{report_id}"


def test_a_report_that_fails_is_told_and_the_scheduler_goes_on(
    county: Session, instance: Settings, prefect: str, subscribed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("DANDANG_FONTS", str(tmp_path))
    number = asked(county, "period-report")
    jobs.work_requests()
    told = read(county, select(InboxMessage).where(InboxMessage.key == f"report-request:{number}"))
    assert (told.subject, "字体" in told.body) == ("报告未能生成", True)


def test_mails_go_on_behind_one_that_cannot_be_built(
    county: Session, instance: Settings, sink: Any, subscribed: int
) -> None:
    from webapp.notices.models import Mail

    now = clock.now()
    for number, sha256 in enumerate(("f" * 64, None)):
        county.add(
            Mail(
                key=f"m{number}",
                message_id=f"<m{number}@example.invalid>",
                recipient="leader@example.invalid",
                subject="报告",
                body="正文",
                attachment_sha256=sha256,
                next_try_at=now - timedelta(minutes=1),
            )
        )
    county.commit()
    assert jobs.send_mails(now) == ["waiting", "sent"]
    assert "缺失或已损坏" in read(county, select(Mail.last_error).where(Mail.key == "m0"))
