"""From due window to inbox and mail, by the real flow on a real Prefect server."""

from email import message_from_bytes

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import jobs
from flows.evaluate_period import evaluate_period
from flows.publish_reports import DISK_FULL, make_report, publish_reports
from tests.factories import COUNTY, at
from tests.flows.conftest import DUE, WINDOW, Sink, pdfs
from webapp import clock
from webapp.config import Settings
from webapp.delivery import archive
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
    import errno

    def full(*_args: object) -> str:
        part = archive.path_of(instance, "0" * 64)
        raise OSError(errno.ENOSPC, "No space left on device", str(part))

    monkeypatch.setattr("flows.publish_reports.archive.store_bytes", full)
    publish_reports(DUE)
    assert (state(county).state, state(county).last_error) == ("failed", DISK_FULL)
    monkeypatch.undo()


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
