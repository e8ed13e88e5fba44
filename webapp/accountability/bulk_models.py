"""Decisions on many reports at once: the batch that can be undone for a moment, and the reasons that a unit has stored."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.access import Scoped
from webapp.db import Base, Code, UTCDateTime


class DecisionBatch(Scoped, Base):
    """What one person decided on many reports of a task in one act; undone as a whole or not at all."""

    __tablename__ = "decision_batch"
    __table_args__ = (CheckConstraint("kind IN ('verify', 'return')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: a second send of the same form decides nothing twice."""
    task_id: Mapped[int] = mapped_column(ForeignKey("accountability_task.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """The verifying unit."""
    kind: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    """Also the moment of each of its events."""
    chosen: Mapped[int]
    """How many reports were decided on; a sample that passes may close others beside them."""
    rows: Mapped[list[list[int]]] = mapped_column(JSON)
    """Each assignment that changed: its id, its version afterwards, the number of its events that belong to the batch."""
    sample_before: Mapped[str | None] = mapped_column(String(8))
    """State of the unit's sample before, where the batch changed it."""
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StoredReason(Scoped, Base):
    """A reason that a unit writes often and keeps for its decisions on many reports."""

    __tablename__ = "stored_reason"
    __table_args__ = (UniqueConstraint("unit_code", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    text: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
