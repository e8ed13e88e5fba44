"""What is kept of days: exemptions, the roster of nights and holidays, and each month's confirmed list."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, either, mine, within
from webapp.db import Base, Code, UTCDateTime, one_of
from webapp.org.models import Division, Person, Posting
from webapp.presence.scopes import from_township, of_own_township

SHIFTS = {"day": "白班", "night": "夜班"}
SHIFT_HALVES = {"day": ("am", "pm"), "night": ("pm",)}
"""A day shift fills both halves of its day; a night shift begins in the afternoon."""
EXEMPTIONS = {"days": "不计最少在岗天数", "night": "可以回家住宿，夜间值班照排"}
CORRECTION_STATES = {"asked": "待县级审批", "approved": "已同意更正", "refused": "不同意更正"}


class RosterEntry(Scoped, Base):
    """One of those on duty in a unit on a night, or on a day on which offices rest."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        UniqueConstraint("unit_code", "day", "shift", "person_id"),
        CheckConstraint(one_of("shift", SHIFTS), name="shift"),
        Index("ix_roster_entry_person_day", "person_id", "day"),
    )
    __scope__ = either(within(), mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    day: Mapped[date]
    shift: Mapped[str] = mapped_column(String(5))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by_name: Mapped[str] = mapped_column(String(60))


class PresenceExemption(Scoped, Base):
    """Between two days a rule of the pack does not hold for a post, by a document of the county (Z-20, Z-24)."""

    __tablename__ = "presence_exemption"
    __table_args__ = (
        CheckConstraint(one_of("kind", EXEMPTIONS), name="kind"),
        CheckConstraint("last_on >= first_on", name="dates"),
    )
    __scope__ = either(from_township(), mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    kind: Mapped[str] = mapped_column(String(5))
    first_on: Mapped[date]
    last_on: Mapped[date]
    document_no: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by_name: Mapped[str] = mapped_column(String(60))
    posting: Mapped[Posting] = relationship()
    person: Mapped[Person] = relationship()


class PresenceMonth(Scoped, Base):
    """A township's month that was confirmed. Its teams see that it was, and when; the list lies in its versions."""

    __tablename__ = "presence_month"
    __table_args__ = (UniqueConstraint("unit_code", "month"),)
    __scope__ = either(within(), of_own_township())

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    month: Mapped[str] = mapped_column(String(7))
    current: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Division] = relationship()
    lists: Mapped[list["PresenceList"]] = relationship(order_by="PresenceList.number", back_populates="month")
    corrections: Mapped[list["PresenceCorrection"]] = relationship(order_by="PresenceCorrection.id")
    __mapper_args__ = {"version_id_col": version}


class PresenceList(Scoped, Base):
    """One version of a month's list, as it was confirmed; a later one corrects it with a reason and an approver."""

    __tablename__ = "presence_list"
    __table_args__ = (UniqueConstraint("month_id", "number"),)
    __scope__ = from_township()

    id: Mapped[int] = mapped_column(primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("presence_month.id"))
    unit_code: Mapped[str] = mapped_column(Code)
    number: Mapped[int]
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """One row a post in code order; days in halves, with every stretch that is not on post and its source."""
    digest: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_by_name: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)
    approved_by_name: Mapped[str | None] = mapped_column(String(60))
    month: Mapped[PresenceMonth] = relationship(back_populates="lists")


class PresenceCorrection(Scoped, Base):
    """A township asks to correct a confirmed month; the county approves or refuses."""

    __tablename__ = "presence_correction"
    __table_args__ = (CheckConstraint(one_of("state", CORRECTION_STATES), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("presence_month.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_by_name: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_name: Mapped[str | None] = mapped_column(String(60))
    decision_text: Mapped[str | None] = mapped_column(Text)
    number: Mapped[int | None]
    """The version that came of it."""
    version: Mapped[int] = mapped_column(default=1)
    month: Mapped[PresenceMonth] = relationship(back_populates="corrections")
    __mapper_args__ = {"version_id_col": version}
