"""Disaster orders: the clocks of named units stand still between two days (T-9)."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.access import Scoped
from webapp.db import Base, Code, UTCDateTime


class DisasterOrder(Scoped, Base):
    """One order of one unit; it holds for the named units and for all below them."""

    __tablename__ = "disaster_order"
    __table_args__ = (
        UniqueConstraint("unit_code", "document_no"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The unit that orders."""
    document_no: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    units: Mapped[list[str]] = mapped_column(JSON)
    """Codes of the named units, each inside the subtree of the ordering unit."""
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)
    """Last day on which the clocks stand still; moved forward when the order is ended early."""
    first_ends_on: Mapped[date]
    """The last day as it was ordered at first."""
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_by_name: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was ended early."""
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
