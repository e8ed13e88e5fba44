"""Duties that a run of the calendar did not open, with the reason: what the desks above read and were told."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped
from webapp.db import Base, Code
from webapp.org.models import Division


class UnopenedDuty(Scoped, Base):
    """One matter that was not opened for a unit; every run that meets it again moves its day."""

    __tablename__ = "unopened_duty"
    __table_args__ = (UniqueConstraint("unit_code", "title", "reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))
    on: Mapped[date]
    """Day of the last run that did not open it."""
    unit: Mapped[Division] = relationship()
