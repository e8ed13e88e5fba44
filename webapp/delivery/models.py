"""Report files, subscriptions, deliveries, and the scheduler's own rows."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Reference, Scoped, either, mine, within
from webapp.db import Base, Code, UTCDateTime


class ReportFile(Scoped, Base):
    """A rendered PDF, archived by its hash. The same run and template give the same bytes, hence one row."""

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("kind", "run_id", "template_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    period: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    template_version: Mapped[str] = mapped_column(String(64))
    verification_code: Mapped[str] = mapped_column(String(32), unique=True)
    """Printed in the PDF and in its QR; derived from the content with a key."""
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Subscription(Scoped, Base):
    """A report that a person receives each period of a unit, from a first window on."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("kind", "unit_code", "cadence", "recipient_id"),)
    __scope__ = either(within(), mine("recipient_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    cadence: Mapped[str] = mapped_column(String(10), default="month")
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_window: Mapped[str] = mapped_column(String(10))
    """First period to deliver, e.g. "2026-10"."""
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Delivery(Scoped, Base):
    """One report to one recipient in one window, exactly once: claimed by conditional update."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("subscription_id", "window", "recipient_id"),
        CheckConstraint("state IN ('due', 'claimed', 'delivered', 'failed')", name="state"),
    )
    __scope__ = either(within(), mine("recipient_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    window: Mapped[str] = mapped_column(String(10))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="due", index=True)
    late: Mapped[bool] = mapped_column(default=False)
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    report_file_id: Mapped[int | None] = mapped_column(ForeignKey("report_file.id"))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    subscription: Mapped[Subscription] = relationship()
    report_file: Mapped[ReportFile | None] = relationship()


class JobRun(Reference, Base):
    """One run of a scheduled job at one planned moment: the unique key keeps two schedulers from doing it twice."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "planned_for"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    planned_for: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(Text)


class Heartbeat(Reference, Base):
    """When a process was last alive, for /healthz and the pages that say what waits."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    detail: Mapped[str | None] = mapped_column(String(200))
