"""Mail against a real SMTP server: sent once, retried with back-off, unknown after a cut, never silently lost."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlalchemy.orm import Session

from tests.factories import at
from tests.notices.smtp_sink import Sink
from webapp.notices import mailing, outbox
from webapp.notices.models import Mail

NOON = at("2026-11-02 12:00")
PDF = b"%PDF-1.7 test"


def letter(session: Session) -> int:
    mail = Mail(
        key="delivery:1",
        message_id="<delivery-1.abc@example.invalid>",
        recipient="leader@example.invalid",
        subject="福贡县2026年10月工作情况报告",
        body="报告已生成。",
        attachment_sha256="abc",
        attachment_name="福贡县报告.pdf",
        next_try_at=NOON,
    )
    session.add(mail)
    session.commit()
    return mail.id


def try_once(session: Session, mail_id: int, url: str, moment=NOON) -> Mail:  # type: ignore[no-untyped-def]
    send(session, mail_id, url, PDF, moment)
    return session.get_one(Mail, mail_id)


def send(session: Session, mail_id: int, url: str, content: bytes, moment=NOON) -> str:  # type: ignore[no-untyped-def]
    server = mailing.Server.from_url(url)
    letters = mailing.Letters(server, "dandang@example.invalid", lambda _sha: content, moment)
    return outbox.send(session, Mail, mail_id, letters, moment)


def test_mail_arrives_once_with_fixed_id_and_attachment(session: Session, sink: Sink) -> None:
    mail_id = letter(session)
    for _ in range(2):
        mail = try_once(session, mail_id, f"smtp://127.0.0.1:{sink.port}")
    assert mail.state == "sent"
    assert len(sink.accepted) == 1
    message = message_from_bytes(sink.accepted[0].original_content)
    assert message["Message-ID"] == "<delivery-1.abc@example.invalid>"
    assert [part.get_payload(decode=True) for part in message.walk() if part.get_filename()] == [PDF]


def test_lines_end_as_the_protocol_asks(session: Session, sink: Sink) -> None:
    try_once(session, letter(session), f"smtp://127.0.0.1:{sink.port}")
    content = sink.accepted[0].original_content
    assert content.count(b"\n") == content.count(b"\r\n")


def test_server_down_is_tried_again_later_and_nothing_is_lost(session: Session, sink: Sink) -> None:
    mail_id = letter(session)
    mail = try_once(session, mail_id, "smtp://127.0.0.1:9")
    assert (mail.state, mail.attempts) == ("waiting", 1)
    assert mail.next_try_at == NOON + timedelta(minutes=1)
    assert mailing.waiting(session, NOON) == []
    later = NOON + timedelta(minutes=1)
    assert mailing.waiting(session, later) == [mail_id]
    session.commit()
    assert try_once(session, mail_id, f"smtp://127.0.0.1:{sink.port}", later).state == "sent"


def test_back_off_grows(session: Session) -> None:
    mail_id = letter(session)
    waits = []
    for _ in range(3):
        mail = try_once(session, mail_id, "smtp://127.0.0.1:9")
        waits.append((mail.next_try_at - NOON).total_seconds() // 60)
    assert waits == [1, 5, 15]


def test_temporary_refusal_waits_and_final_refusal_is_shown(session: Session, sink: Sink) -> None:
    mail_id = letter(session)
    url = f"smtp://127.0.0.1:{sink.port}"
    sink.data_answer = "451 try later"
    assert try_once(session, mail_id, url).state == "waiting"
    sink.rcpt_answer = "550 no such user"
    mail = try_once(session, mail_id, url)
    assert mail.state == "failed"
    assert "550" in (mail.last_error or "")
    assert sink.accepted == []


def test_a_long_file_arrives_whole(session: Session, sink: Sink) -> None:
    long = bytes(range(256)) * 1200
    mail_id = letter(session)
    assert send(session, mail_id, f"smtp://127.0.0.1:{sink.port}", long) == "sent"
    message = message_from_bytes(sink.accepted[0].original_content)
    assert [part.get_payload(decode=True) for part in message.walk() if part.get_filename()] == [long]


def test_a_server_that_turns_us_away_at_the_door_has_not_refused_the_mail(session: Session, sink: Sink) -> None:
    mail_id = letter(session)
    mail = try_once(session, mail_id, f"smtp://somebody:wrong@127.0.0.1:{sink.port}")
    assert (mail.state, mail.attempts) == ("waiting", 1)


@pytest.mark.parametrize("address", ["张三@example.invalid", "two words"])
def test_an_address_that_cannot_be_written_to_does_not_stop_the_others(
    session: Session, sink: Sink, address: str
) -> None:
    mail_id = letter(session)
    session.get_one(Mail, mail_id).recipient = address
    session.commit()
    assert try_once(session, mail_id, f"smtp://127.0.0.1:{sink.port}").state in ("waiting", "failed", "sent")


def test_a_cut_after_acceptance_is_unknown_and_not_sent_again(session: Session, sink: Sink) -> None:
    mail_id = letter(session)
    url = f"smtp://127.0.0.1:{sink.port}"
    sink.data_answer = "cut"
    assert try_once(session, mail_id, url).state == "unknown"
    sink.data_answer = "250 OK"
    assert try_once(session, mail_id, url).state == "unknown"
    assert len(sink.accepted) == 1


def test_what_a_killed_sender_left_is_marked_unknown(session: Session) -> None:
    mail_id = letter(session)
    session.get_one(Mail, mail_id).state = "sending"
    session.commit()
    assert outbox.mark_unknown(session, Mail) == 1
    assert session.get_one(Mail, mail_id).state == "unknown"
    assert mailing.waiting(session, NOON + timedelta(days=1)) == []


@pytest.mark.parametrize("url", ["http://mail", "mail.example", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(mailing.Refused, match="DANDANG_SMTP_URL"):
        mailing.Server.from_url(url)
