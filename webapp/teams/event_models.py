"""Training of stationed people and the township's work meetings with the teams: that they took place, with whom (Z-14, Z-38)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, exists, false, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, Viewer, below, either, linked, mine, within
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division, Posting

EVENTS = {"training": "培训", "meeting": "工作例会"}


class TeamEventPosting(Scoped, Base):
    """One stationed person who took part; a fact for the yearly training, never counted as merit (X-8)."""

    __tablename__ = "team_event_posting"
    __table_args__ = (UniqueConstraint("event_id", "posting_id"),)
    __scope__ = either(within(), mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("team_event.id"))
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The village."""
    posting: Mapped[Posting] = relationship()


def _attended(cls: type["TeamEvent"], viewer: Viewer) -> ColumnElement[bool]:
    """Events in which somebody of the viewer's villages took part."""
    part = TeamEventPosting.__table__.alias()
    here = or_(false(), *(below(part.c.unit_code, prefix) for prefix in viewer.prefixes))
    return exists().where(part.c.event_id == cls.id, here)


class TeamEvent(Scoped, Base):
    """One training or one meeting: date, subject, document; no minutes are asked for."""

    __tablename__ = "team_event"
    __table_args__ = (
        CheckConstraint("kind IN ('training', 'meeting')", name="kind"),
        Index("ix_team_event_unit_held", "unit_code", "kind", "held_on"),
    )
    __scope__ = either(within(), linked(_attended))

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: sent twice, it records once."""
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """Who held it."""
    kind: Mapped[str] = mapped_column(String(12))
    held_on: Mapped[date]
    subject: Mapped[str] = mapped_column(String(120))
    document_no: Mapped[str | None] = mapped_column(String(60))
    entered_by_name: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(String(200))
    unit: Mapped[Division] = relationship()
    parts: Mapped[list[TeamEventPosting]] = relationship(order_by=TeamEventPosting.unit_code)
