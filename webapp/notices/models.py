"""Inbox messages and mails: rows first, sent after the commit."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.access import Scoped, anybody_writes, mine, system_only
from webapp.db import Base, UTCDateTime


class InboxMessage(Scoped, Base):
    """A message to one person; `key` makes a second writing of the same message impossible."""

    __tablename__ = "inbox_message"
    __scope__ = anybody_writes(mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    subject: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    path: Mapped[str | None] = mapped_column(String(200))
    """Own path to open, e.g. "/reports/12"."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Mail(Scoped, Base):
    """A mail to send after the commit. `sending` found after a crash becomes `unknown` and is not sent again."""

    __tablename__ = "mail"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'sending', 'sent', 'unknown', 'failed')", name="state"),)
    __scope__ = anybody_writes(system_only())

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    message_id: Mapped[str] = mapped_column(String(160), unique=True)
    recipient: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    attachment_sha256: Mapped[str | None] = mapped_column(String(64))
    attachment_name: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
