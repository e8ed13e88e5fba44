"""Mails leave after the commit, from rows. What may have been accepted is never sent a second time by itself.

A mail is marked `sending` and committed just before its content is handed over. A process that dies between the
server's acceptance and our commit leaves `sending` behind; whoever next holds the lock finds it and marks it
`unknown`: shown to people, not sent again. Anything that fails before that point is tried again with back-off.
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.errors import DandangError, Refused
from webapp.notices.models import Mail

BACK_OFF = (1, 5, 15, 60, 240)
"""Minutes to wait after the first, second … failed attempt; the last one repeats."""
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """Where mail is handed in: smtp://[user:password@]host[:port], smtps:// for TLS, ?starttls to upgrade."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None
    password: str | None

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Raises `Refused` for an address that is no mail server's."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise Refused("邮件服务器地址不正确。请按 smtp://主机:端口 填写 DANDANG_SMTP_URL。")
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if parts.scheme == "smtps" else 25),
            tls=parts.scheme == "smtps",
            starttls="starttls" in parts.query,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    def connect(self) -> smtplib.SMTP:
        """A connection ready to hand in mail."""
        trust = ssl.create_default_context()
        if self.tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE_SECONDS, context=trust)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=PATIENCE_SECONDS)
        try:
            if self.starttls:
                connection.starttls(context=trust)
            if self.user:
                connection.login(self.user, self.password or "")
        except (OSError, smtplib.SMTPException):
            connection.close()
            raise
        return connection


def mark_unknown(session: Session) -> int:
    """Mark what a dead sender left in `sending`; call only while holding the mail lock. Returns how many."""
    lost = list(session.scalars(select(Mail).where(Mail.state == "sending")))
    for mail in lost:
        mail.state = "unknown"
        mail.last_error = "发送过程中断，无法确认对方服务器是否已收下。请向收件人核实，不会自动重发。"
        audit.record(session, "mail.unknown", "mail", mail.id, after={"message_id": mail.message_id})
    return len(lost)


def waiting(session: Session, at: datetime) -> list[int]:
    """Ids of mails whose time to be tried has come, oldest first."""
    due = select(Mail.id).where(Mail.state == "waiting", Mail.next_try_at <= at).order_by(Mail.id).limit(100)
    return list(session.scalars(due))


def send(
    session: Session, mail_id: int, server: Server, mail_from: str, attachment: Callable[[str], bytes], at: datetime
) -> str:
    """Try one mail; returns its new state. Commits, since what the server has heard cannot be rolled back.

    No transaction is open while the server is waited for: a slow mail server must not hold up the site.
    """
    mail = session.get(Mail, mail_id)
    if mail is None or mail.state != "waiting":
        return "" if mail is None else mail.state
    recipient = mail.recipient
    try:
        content = _message(mail, mail_from, attachment, at).as_bytes(policy=SMTP)
    except (DandangError, ValueError) as error:  # its file is gone, or its address is none: the others go on
        _failed(session, mail, error, at)
        session.commit()
        return mail.state
    session.commit()
    accepted = connected = False
    try:
        with server.connect() as connection:
            connected = True
            _hand_over(session, connection, mail_id, content, (mail_from, recipient))
            accepted = True
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        if not accepted:  # an odd goodbye after the acceptance changes nothing
            _failed(session, mail, error, at, final=connected)
    if accepted:
        mail.state = "sent"
        mail.sent_at = clock.now()
        mail.attempts += 1
        mail.last_error = None
    session.commit()
    return mail.state


def _hand_over(
    session: Session, connection: smtplib.SMTP, mail_id: int, content: bytes, envelope: tuple[str, str]
) -> None:
    """The conversation: nothing is promised until the content is accepted, so `sending` is written just before it."""
    connection.ehlo_or_helo_if_needed()
    for code, answer in (connection.mail(envelope[0]), connection.rcpt(envelope[1])):
        if code not in (250, 251):
            raise smtplib.SMTPResponseException(code, answer)
    taken = update(Mail).where(Mail.id == mail_id, Mail.state == "waiting").values(state="sending")
    session.execute(taken, execution_options={"synchronize_session": False})
    session.commit()
    code, answer = connection.data(content)
    if code != 250:
        raise smtplib.SMTPResponseException(code, answer)


def _failed(session: Session, mail: Mail, error: Exception, at: datetime, *, final: bool = False) -> None:
    """Refused for good, cut off after the content was handed over, or to be tried again later.

    Only a refusal of this very mail is `final`: a server that turns us away at the door (wrong password, maintenance)
    says nothing about the mail, which waits until the door opens.
    """
    session.refresh(mail)
    mail.attempts += 1
    mail.last_error = (str(error) if isinstance(error, DandangError) else f"{type(error).__name__}: {error}")[:500]
    refused = isinstance(error, smtplib.SMTPResponseException)
    if mail.state == "sending" and not refused:
        mail.state = "unknown"
    elif final and refused and 500 <= error.smtp_code < 600:  # type: ignore[attr-defined]
        mail.state = "failed"
    else:
        mail.state = "waiting"
        mail.next_try_at = at + timedelta(minutes=BACK_OFF[min(mail.attempts, len(BACK_OFF)) - 1])
    if mail.state != "waiting":
        audit.record(session, f"mail.{mail.state}", "mail", mail.id, after={"message_id": mail.message_id})


def _message(mail: Mail, mail_from: str, attachment: Callable[[str], bytes], at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(clock.local(at))
    message["From"] = mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message.set_content(mail.body)
    if mail.attachment_sha256:
        message.add_attachment(
            attachment(mail.attachment_sha256),
            maintype="application",
            subtype="pdf",
            filename=mail.attachment_name or "report.pdf",
        )
    return message
