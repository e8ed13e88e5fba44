"""From due window to inbox and mail, by the real flow on a real Prefect server."""

import errno
import resource
from email import message_from_bytes

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from flows import jobs
from flows.evaluate_period import evaluate_period
from flows.publish_reports import DISK_FULL, UNKNOWN, make_report, publish_reports, sentence_for
from tests.factories import COUNTY, TOWNSHIP, at
from tests.flows.conftest import DUE, WINDOW, Sink, pdfs
from webapp import clock
from webapp.config import Settings
from webapp.delivery import archive, service
from webapp.delivery.models import Delivery, ReportFile
from webapp.evaluation.models import Run
from webapp.notices.models import InboxMessage, Mail

pytestmark = pytest.mark.usefixtures("prefect", "subscribed")


def state(session: Session) -> Delivery:
    session.expire_all()
    row = session.scalars(select(Delivery)).one()
    session.expunge_all()
    session.rollback()
    return row


def counts(session: Session) -> tuple[int, ...]:
    session.rollback()
    found = tuple(
        session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Run, ReportFile, Delivery, InboxMessage, Mail)
    )
    session.rollback()
    return found


def test_a_due_window_reaches_archive_inbox_and_mail_once(
    county: Session, instance: Settings, subscribed: int, sink: Sink
) -> None:
    assert len(publish_reports(DUE)) == 1
    assert jobs.send_mails(DUE) == ["sent"]
    row = state(county)
    assert (row.state, row.window, row.late, row.delivered_at) == ("delivered", WINDOW, False, DUE)
    [pdf] = pdfs(instance)
    assert pdf.read_bytes().startswith(b"%PDF")
    message = county.scalars(select(InboxMessage)).one()
    assert (message.person_id, message.path) == (subscribed, f"/reports/{row.report_file_id}")
    [envelope] = sink.accepted
    mail = message_from_bytes(envelope.content)
    [attached] = [part.get_payload(decode=True) for part in mail.walk() if part.get_filename()]
    assert attached == pdf.read_bytes()
    before = counts(county)
    assert publish_reports(DUE) == []
    assert jobs.send_mails(DUE) == []
    assert counts(county) == before == (1, 1, 1, 1, 1)
    assert len(sink.accepted) == 1


def test_after_a_week_of_downtime_it_is_caught_up_once_and_marked_late(county: Session) -> None:
    later = at("2026-05-13 08:00")
    assert len(publish_reports(later)) == 1
    assert publish_reports(later) == []
    assert (state(county).late, counts(county)) == (True, (1, 1, 1, 1, 0))
    body = county.scalars(select(InboxMessage.body)).one()
    assert "停机，补送" in body


def test_missing_font_is_told_and_tried_again(
    county: Session, instance: Settings, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("DANDANG_FONTS", str(tmp_path))
    publish_reports(DUE)
    row = state(county)
    assert row.state == "failed"
    assert "字体" in (row.last_error or "")
    assert pdfs(instance) == []
    assert publish_reports(DUE) == []  # waits for its time
    monkeypatch.delenv("DANDANG_FONTS")
    publish_reports(at("2026-05-06 09:02"))
    assert (state(county).state, state(county).last_error) == ("delivered", None)


def test_full_disk_is_told_and_leaves_nothing_half_written(
    county: Session, instance: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_bytes = archive.store_bytes

    def on_a_full_disk(settings: Settings, content: bytes) -> str:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # the kernel writes so much and no more
        try:
            return store_bytes(settings, content)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with monkeypatch.context() as full:
        full.setattr("flows.publish_reports.archive.store_bytes", on_a_full_disk)
        publish_reports(DUE)
    assert (state(county).state, state(county).last_error) == ("failed", DISK_FULL)
    assert pdfs(instance) == []
    assert county.scalar(select(func.count()).select_from(ReportFile)) == 0
    county.rollback()
    publish_reports(at("2026-05-06 09:02"))
    assert state(county).state == "delivered"


def test_one_failure_does_not_hold_up_the_others(
    county: Session, subscribed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.subscribe(
        county,
        kind="period-report",
        unit_code=TOWNSHIP,
        recipient_id=subscribed,
        first_window=WINDOW,
        at=at("2026-04-01 09:00"),
    )
    county.commit()
    whole = evaluate_period

    def broken(window: str, unit_code: str) -> str:
        if unit_code == COUNTY:
            raise RuntimeError("unforeseen")
        return whole(window, unit_code)

    monkeypatch.setattr("flows.publish_reports.evaluate_period", broken)
    publish_reports(DUE)
    county.rollback()
    rows = dict(county.execute(select(Delivery.unit_code, Delivery.state)).tuples().all())
    told = county.scalar(select(Delivery.last_error).where(Delivery.unit_code == COUNTY))
    county.rollback()
    assert rows == {COUNTY: "failed", TOWNSHIP: "delivered"}
    assert told == UNKNOWN


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DISK_FULL),
        (OperationalError("INSERT", {}, Exception("database or disk is full")), DISK_FULL),
        (ValueError("odd"), UNKNOWN),
    ],
)
def test_a_failure_is_told_in_words(error: Exception, sentence: str) -> None:
    assert sentence_for(error) == sentence


def test_mail_server_down_is_tried_again_and_nothing_lost(
    county: Session, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_reports(DUE)
    monkeypatch.setenv("DANDANG_SMTP_URL", "smtp://127.0.0.1:9")
    assert jobs.send_mails(DUE) == ["waiting"]
    assert jobs.send_mails(DUE) == []
    monkeypatch.setenv("DANDANG_SMTP_URL", f"smtp://127.0.0.1:{sink.port}")
    assert jobs.send_mails(at("2026-05-06 09:02")) == ["sent"]
    assert len(sink.accepted) == 1


def test_the_same_run_gives_the_same_report(county: Session, instance: Settings) -> None:
    with clock.held_at(DUE):
        key = evaluate_period(WINDOW, COUNTY)
        first = make_report("period-report", key)
        assert make_report("period-report", key) == first
        [pdf] = pdfs(instance)
        content = pdf.read_bytes()
        pdf.unlink()  # lost from the disk, still in the books: rendered again, byte for byte
        assert make_report("period-report", key) == first
    assert pdfs(instance) == [pdf]
    assert pdf.read_bytes() == content


def test_two_at_once_do_it_once(county: Session, instance: Settings) -> None:
    from flows.lease import held

    with held(instance, "deliveries"):
        assert publish_reports(DUE) == []
    assert county.scalar(select(func.count()).select_from(Delivery)) == 0
