"""Accounts, server-side sessions and the counters that slow a guesser down."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, either, linked, mine, system_only, written_with
from webapp.db import Base, UTCDateTime
from webapp.org.models import Person, posted_in_scope


class Account(Scoped, Base):
    """The sign-in of one person; what it may do follows from the person's postings of the day."""

    __tablename__ = "account"
    __scope__ = written_with(
        "account.write", either(mine(), linked(lambda cls, viewer: posted_in_scope(cls.person_id, viewer)))
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    email: Mapped[str | None] = mapped_column(String(120))
    """Where scheduled reports are mailed; a duty address, never a private one."""
    password_hash: Mapped[str] = mapped_column(String(200))
    password_set_at: Mapped[datetime] = mapped_column(UTCDateTime)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    person: Mapped[Person] = relationship()


class SignInSession(Scoped, Base):
    """One signed-in browser. The cookie holds a token; here is its hash only."""

    __tablename__ = "sign_in_session"
    __scope__ = system_only()

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(64))
    browser: Mapped[str | None] = mapped_column(String(200))


class DeviceToken(Scoped, Base):
    """A browser that may send logs without a session: it reads nothing. Here is the token's hash only."""

    __tablename__ = "device_token"
    __scope__ = system_only()

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sign_in_session.id"), index=True)
    """The session in which it was made; signing out of that one ends it."""
    name: Mapped[str] = mapped_column(String(60))
    """The device in words, as the person finds it again in the list."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(30))


class SignInThrottle(Scoped, Base):
    """Failed sign-ins per account and per address, kept in the database so that a restart resets nothing."""

    __tablename__ = "sign_in_throttle"
    __scope__ = system_only()

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    """"account:<login>" or "address:<ip>"."""
    fails: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AuditSeal(Scoped, Base):
    """The chain over audit entries: one chain a month, each seal holds the hash of the one before."""

    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("month", "sequence"),)  # two sealers at once: one of them starts again
    __scope__ = system_only()

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    """Month of the entry in China, e.g. "2026-11"."""
    sequence: Mapped[int]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
