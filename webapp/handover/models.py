"""The rows of a hand-over sheet (Z-18). The hand-over itself stands with the posts it lies between (`org.models`)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, Text, UniqueConstraint, exists, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, Viewer, either, linked, within
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Handover, Person, Posting

TYPED = {
    "project": "承诺项目",
    "contract": "合同协议",
    "contact": "重点联系对象",
    "paper": "文件资料",
    "asset": "物品资产",
    "other": "其他事项",
}
"""What the system cannot know. What it finds by itself registers in `handover/sources.py`."""
STATES = {"open": "待接收", "accepted": "已接收", "passed": "到期自行移交"}


def _between(handover_id: ColumnElement[int], viewer: Viewer) -> ColumnElement[bool]:
    """Leaver and successor keep the sheet, wherever they are posted afterwards."""
    handover, post = Handover.__table__.alias(), Posting.__table__.alias()
    theirs = or_(post.c.id == handover.c.leaver_posting_id, post.c.id == handover.c.successor_posting_id)
    return exists().where(handover.c.id == handover_id, theirs, post.c.person_id == viewer.person_id)


class HandoverLine(Scoped, Base):
    """One thing that passes on: found by the system when the list was handed in, or typed."""

    __tablename__ = "handover_line"
    __table_args__ = (
        UniqueConstraint("handover_id", "source"),
        CheckConstraint("state IN ('open', 'accepted', 'passed')", name="state"),
    )
    __scope__ = either(within(), linked(lambda cls, viewer: _between(cls.handover_id, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(60))
    """What it is: "task:17" of what was found, the form's UUID of what was typed. Each stands on a sheet once."""
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
    path: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="open")
    note: Mapped[str | None] = mapped_column(String(300))
    """What the successor said on accepting it."""
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who typed it; None for what was found."""
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by: Mapped[Person | None] = relationship(foreign_keys=[accepted_by_id])
