"""What is asked of units below, what it costs them, and what they say about it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Reference, Scoped, anybody_writes, within
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division


def directory_no(owner_code: str, demand_id: int) -> str:
    """A demand's number in the form directory (X-16)."""
    return f"{owner_code}-B{demand_id}"


class Demand(Reference, Base):
    """What the gate admitted: anything asked of units below, with basis, owner and end date (the form directory, X-4)."""

    __tablename__ = "demand"
    __table_args__ = (CheckConstraint("state IN ('granted', 'ended')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What asks, e.g. "task:17" or "sheet:533323:2026-11": admitted once, however often it is sent."""
    series: Mapped[str | None] = mapped_column(String(120), index=True)
    """What comes back period by period, e.g. "sheet:533323": its own periods are no duplicates of each other."""
    kind: Mapped[str] = mapped_column(String(12))
    """task, sheet, check_list, form …"""
    title: Mapped[str] = mapped_column(String(120))
    basis: Mapped[str] = mapped_column(String(200))
    document_no: Mapped[str | None] = mapped_column(String(80))
    owner_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    owner_name: Mapped[str] = mapped_column(String(120))
    """Unit or department that answers for it, in words."""
    ends_on: Mapped[date]
    """Last day on which it may be asked (X-11)."""
    minutes: Mapped[int]
    regular: Mapped[bool]
    urgent: Mapped[bool] = mapped_column(default=False)
    urgent_approver_name: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(8), default="granted")
    ended_on: Mapped[date | None]
    """The day it was ended before its end date, or for a reason."""
    end_reason: Mapped[str | None] = mapped_column(String(300))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    fields: Mapped[list["DemandField"]] = relationship(order_by="DemandField.id", cascade="all, delete-orphan")
    owner: Mapped[Division] = relationship()

    @property
    def directory_no(self) -> str:
        """Its number in the form directory (X-16)."""
        return directory_no(self.owner_code, self.id)

    def in_force(self, on: date) -> bool:
        """Whether it may still be asked on a day."""
        return self.state == "granted" and on <= self.ends_on


class DemandField(Reference, Base):
    """One field that a demand asks for, or shows prefilled because somebody holds it already."""

    __tablename__ = "demand_field"
    __table_args__ = (
        UniqueConstraint("demand_id", "name"),
        CheckConstraint("mode IN ('enter', 'prefill')", name="mode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(60))
    normal: Mapped[str] = mapped_column(String(60), index=True)
    """The label as it is compared: without spaces, units and marks."""
    kind: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(8), default="enter")
    holder: Mapped[str | None] = mapped_column(String(120))
    """Who holds a prefilled field, in words."""


class BurdenEntry(Scoped, Base):
    """One demand on one unit in one month: items and estimated minutes (X-5). Never used to compare villages."""

    __tablename__ = "burden_entry"
    __table_args__ = (
        Index("ix_burden_entry_unit_month", "unit_code", "month"),
        Index("ix_burden_entry_issuer_month", "issuer_code", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    month: Mapped[date]
    """First day of the month of the first deadline; a later one does not change it."""
    due_on: Mapped[date | None]
    """The deadline as it stands; None where only the month is known."""
    issuer_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """What asks, e.g. "assignment:17"."""
    title: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int]
    """The estimate: the issuer's, or from five answers on the median of what answerers stated."""
    regular: Mapped[bool]
    fields: Mapped[int] = mapped_column(default=0)
    """Fields that have to be entered."""
    demand_id: Mapped[int | None] = mapped_column(ForeignKey("demand.id"), index=True)
    minutes_stated: Mapped[int | None]
    """What the answerer said it took; stating it is voluntary (X-35)."""
    issuer: Mapped[Division] = relationship(foreign_keys=[issuer_code])
    demand: Mapped[Demand | None] = relationship()


class ReminderEntry(Scoped, Base):
    """One reminder that a unit sent: it counts in the ledger of the sender, at no minutes (X-15)."""

    __tablename__ = "reminder_entry"
    __table_args__ = (Index("ix_reminder_entry_issuer_day", "issuer_code", "day"),)
    __scope__ = anybody_writes(within())

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """Who was reminded."""
    day: Mapped[date]


class DuplicateFlag(Scoped, Base):
    """你已有此数据: an answerer says, by name, that a demand or one of its fields asks for what is held already."""

    __tablename__ = "duplicate_flag"
    __table_args__ = (
        UniqueConstraint("demand_id", "unit_code", "field_name"),
        CheckConstraint("kind IN ('duplicate', 'wrong')", name="kind"),
        CheckConstraint("state IN ('open', 'upheld', 'kept')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The unit that says so."""
    owner_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The unit that owns the demand and answers."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(60))
    field_name: Mapped[str] = mapped_column(String(60), default="")
    """Which field; "" for the demand as a whole."""
    kind: Mapped[str] = mapped_column(String(10), default="duplicate")
    """duplicate: held already; wrong: what was filled in beforehand is not right (有误)."""
    words: Mapped[str] = mapped_column(String(300))
    """Where the data lie, or what is wrong."""
    flagged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(8), default="open")
    answer: Mapped[str | None] = mapped_column(String(300))
    answered_by_name: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    demand: Mapped[Demand] = relationship()
    unit: Mapped[Division] = relationship(foreign_keys=[unit_code])
    owner: Mapped[Division] = relationship(foreign_keys=[owner_code])
    __mapper_args__ = {"version_id_col": version}


class Complaint(Scoped, Base):
    """A complaint or suggestion to the burden-relief office (X-11); nothing in it leads to an account."""

    __tablename__ = "complaint"
    __scope__ = anybody_writes(within())

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The county whose burden-relief office answers."""
    day: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_on: Mapped[date | None]
