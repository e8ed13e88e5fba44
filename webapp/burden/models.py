"""What demands cost the units they reach, and complaints about them."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.access import Scoped, anybody_writes, within
from webapp.db import Base, Code


class BurdenEntry(Scoped, Base):
    """One demand on one unit in one month: items and estimated minutes (X-5). Never used to compare villages."""

    __tablename__ = "burden_entry"
    __table_args__ = (Index("ix_burden_entry_unit_month", "unit_code", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    month: Mapped[date]
    """First day of the month in which the answer is due."""
    issuer_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """What asks, e.g. "assignment:17"."""
    title: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int]
    regular: Mapped[bool]
    minutes_stated: Mapped[int | None]
    """What the answerer said it took; stating it is voluntary (X-35)."""


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
