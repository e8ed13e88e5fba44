"""Inbox messages and what goes outside: rows first, sent after the commit."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, Viewer, anybody_writes, either, linked, mine, system_only, written_with
from webapp.db import Base, UTCDateTime
from webapp.org.models import Person, posted_in_scope

CHANNELS = {"mail": "邮件", "wecom": "企业微信群机器人", "dingtalk": "钉钉群机器人", "webhook": "其他系统接口"}
STATES = {
    "waiting": "等待发送",
    "sending": "正在发送",
    "sent": "已发出",
    "unknown": "结果不明",
    "failed": "发送失败",
}
_KIND = " IN ('" + "', '".join(CHANNELS) + "')"
_STATE = "state IN ('" + "', '".join(STATES) + "')"


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


class Sending:
    """What every row that leaves the database carries. `sending` found after a crash becomes `unknown`, see `outbox`."""

    message_id: Mapped[str] = mapped_column(String(160), unique=True)
    """Told to the receiver, so that it may know a message it has already had."""
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


class Mail(Sending, Scoped, Base):
    """A mail with a report, to send after the commit."""

    __tablename__ = "mail"
    __table_args__ = (CheckConstraint(_STATE, name="state"),)
    __scope__ = anybody_writes(system_only())

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    recipient: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    attachment_sha256: Mapped[str | None] = mapped_column(String(64))
    attachment_name: Mapped[str | None] = mapped_column(String(120))


class PersonChannel(Scoped, Base):
    """A way to reach a person outside: the address is sealed, since whoever holds a robot's address can write to it."""

    __tablename__ = "person_channel"
    __table_args__ = (CheckConstraint("kind" + _KIND, name="kind"),)
    __scope__ = mine()

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    target: Mapped[str] = mapped_column(Text)
    """Sealed by `sealed`; bound to this table, row and column."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Taken out by the person; the row stays for what was sent through it, its address is wiped."""


class NoticePreference(Scoped, Base):
    """What a person wants to hear outside of the system, and when."""

    __tablename__ = "notice_preference"
    __scope__ = mine()

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    opens: Mapped[str | None] = mapped_column(String(5))
    """Own hours within those of the pack, "09:00"; None as the pack has it."""
    closes: Mapped[str | None] = mapped_column(String(5))
    muted: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Kinds of events that stay in the inbox, by name in `kinds.KINDS`."""
    gathered_until: Mapped[datetime] = mapped_column(UTCDateTime)
    """Messages up to here have had their outside message."""


def _administered(cls: Any, viewer: Viewer) -> Any:
    return posted_in_scope(cls.person_id, viewer.through("account.write"))


class OutsideMessage(Scoped, Sending, Base):
    """The one outside message of a person and working day (X-15). It has no words of its own: all say 您有待办."""

    __tablename__ = "outside_message"
    __table_args__ = (
        UniqueConstraint("person_id", "day"),
        CheckConstraint(_STATE, name="state"),
        CheckConstraint("channel" + _KIND, name="channel"),
    )
    __scope__ = written_with("account.write", either(mine(), linked(_administered)))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("person_channel.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    """Kind of the channel."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    person: Mapped[Person] = relationship()
