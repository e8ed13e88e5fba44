"""Mail by SMTP: the report mails, and whatever else goes out as a mail. When a row is tried stands in `outbox`."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.errors import Refused
from webapp.notices.models import Mail
from webapp.notices.outbox import NotTaken

PATIENCE_SECONDS = 20
Parcel = tuple[str, bytes]
"""Recipient and content as it goes over the line."""


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


@dataclass(frozen=True)
class Letters:
    """Carries the rows of `Mail`; `attachment` reads an archived file by its hash."""

    server: Server
    mail_from: str
    attachment: Callable[[str], bytes]
    at: datetime

    def parcel(self, _session: Session, row: Mail) -> Parcel:
        """The mail with its file."""
        content = letter(self.mail_from, row.recipient, row.subject, row.body, row.message_id, self.at)
        if row.attachment_sha256:
            content.add_attachment(
                self.attachment(row.attachment_sha256),
                maintype="application",
                subtype="pdf",
                filename=row.attachment_name or "report.pdf",
            )
        return row.recipient, content.as_bytes(policy=SMTP)

    def hand_over(self, parcel: Parcel, promise: Callable[[], None]) -> None:
        """By SMTP."""
        hand_in(self.server, self.mail_from, parcel, promise)


def waiting(session: Session, at: datetime) -> list[int]:
    """Ids of report mails whose time to be tried has come, oldest first."""
    due = select(Mail.id).where(Mail.state == "waiting", Mail.next_try_at <= at).order_by(Mail.id).limit(100)
    return list(session.scalars(due))


def letter(mail_from: str, recipient: str, subject: str, body: str, message_id: str, at: datetime) -> EmailMessage:
    """A plain mail; the fixed message id lets the receiver's server see a second copy for what it is."""
    message = EmailMessage()
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(clock.local(at))
    message["From"] = mail_from
    message["To"] = recipient
    message["Subject"] = subject
    message.set_content(body)
    return message


def hand_in(server: Server, mail_from: str, parcel: Parcel, promise: Callable[[], None]) -> None:
    """The conversation: nothing is promised until the content is accepted, so `promise` is called just before it.

    Only a refusal of this very mail is final: a server that turns us away at the door (wrong password, maintenance)
    says nothing about the mail, which waits until the door opens.
    """
    recipient, content = parcel
    accepted = connected = False
    try:
        with server.connect() as connection:
            connected = True
            connection.ehlo_or_helo_if_needed()
            for code, answer in (connection.mail(mail_from), connection.rcpt(recipient)):
                if code not in (250, 251):
                    raise smtplib.SMTPResponseException(code, answer)
            promise()
            code, answer = connection.data(content)
            if code != 250:
                raise smtplib.SMTPResponseException(code, answer)
            accepted = True
    except smtplib.SMTPResponseException as error:
        if not accepted:
            final = connected and 500 <= error.smtp_code < 600
            next_step = "请核对收件地址。" if final else "稍后自动重试。"
            raise NotTaken(f"邮件服务器没有接受（代码 {error.smtp_code}）。{next_step}", final=final) from error
    except OSError:
        if not accepted:  # an odd goodbye after the acceptance changes nothing
            raise
