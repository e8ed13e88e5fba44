"""Filters that people keep under a name, for themselves or for their unit."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from webapp.access import Scoped, Viewer, either, linked, mine
from webapp.db import Base, Code, UTCDateTime


def _shared_here(cls: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Shared by somebody of exactly one of the viewer's units; those above and below have their own work."""
    return and_(cls.shared.is_(True), cls.unit_code.in_(viewer.prefixes))


class SavedFilter(Scoped, Base):
    """What a list was narrowed to, as its address says it. The owner changes it, the owner's unit may use it."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)
    __scope__ = either(mine("owner_id"), linked(_shared_here))

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    owner_name: Mapped[str] = mapped_column(String(60))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The owner's unit when it was saved."""
    name: Mapped[str] = mapped_column(String(30))
    query: Mapped[str] = mapped_column(String(500))
    """The part of the address after the question mark, of known names only."""
    shared: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
