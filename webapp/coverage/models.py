"""Coverage visits (遍访): natural groups, terms of office, one date a unit, and the village's yearly confirmation.

A coverage set is no row: it follows from a secretary's posting and the term of office (`rules.spans`), and a date
belongs to the set in which it lies. So a new secretary starts a new set by taking office, and the old one is kept (P-30).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Reference, Scoped
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division


class NaturalGroup(Reference, Base):
    """A natural village or villagers' group (自然村组) of an administrative village, as it was imported."""

    __tablename__ = "natural_group"
    __table_args__ = (UniqueConstraint("village_code", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    village_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    name: Mapped[str] = mapped_column(String(60))
    valid_to: Mapped[date | None]
    """Last day on which it existed; None while it does."""
    end_reason: Mapped[str | None] = mapped_column(String(120))
    successor_name: Mapped[str | None] = mapped_column(String(60))
    """The group of the same village that it was merged into."""


class OfficeTerm(Reference, Base):
    """One term of office (届) of a unit's Party committee; both days are included."""

    __tablename__ = "office_term"
    __table_args__ = (
        UniqueConstraint("unit_code", "starts_on"),
        CheckConstraint("ends_on > starts_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    document_no: Mapped[str | None] = mapped_column(String(80))


class CoverageVisit(Scoped, Base):
    """The one date on which a secretary visited a unit (P-27): no time, no place, no picture, no number of visits."""

    __tablename__ = "coverage_visit"
    __table_args__ = (
        UniqueConstraint("posting_id", "target_key", "visited_on"),
        Index("ix_coverage_visit_unit_code", "unit_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """The secretary's unit."""
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    target_key: Mapped[str] = mapped_column(String(24))
    """What was visited: a division code, or "village code/group id"."""
    visited_on: Mapped[date]
    entered_by_name: Mapped[str] = mapped_column(String(120))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HouseholdContact(Scoped, Base):
    """P-20, P-29: a village confirms once a year that every household was visited or contacted, with exceptions."""

    __tablename__ = "household_contact"
    __table_args__ = (UniqueConstraint("unit_code", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    year: Mapped[int]
    confirmed_on: Mapped[date]
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_by_name: Mapped[str] = mapped_column(String(60))
    exceptions: Mapped[str | None] = mapped_column(Text)
    """Which households were not reached and why, in numbers and reasons, without names."""
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Division] = relationship()
    __mapper_args__ = {"version_id_col": version}
