"""Upward requests (请示事项): a village or township asks a higher unit, and the answer runs against a clock (T-10)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division

KINDS = {"funds": "资金", "project": "项目", "approval": "审批", "coordination": "协调"}
STATES = {"asked": "待签收", "acknowledged": "待答复", "answered": "已答复", "withdrawn": "已撤回"}
OPEN = ("asked", "acknowledged")
OUTCOMES = {"agreed": "同意", "partly": "部分同意", "declined": "不同意"}


class UpwardRequest(Scoped, Base):
    """One request of one unit. Read by that unit and the units above it, which are the only ones that can be asked."""

    __tablename__ = "upward_request"
    __table_args__ = (
        CheckConstraint("kind IN ('" + "', '".join(KINDS) + "')", name="kind"),
        CheckConstraint("state IN ('" + "', '".join(STATES) + "')", name="state"),
        CheckConstraint("outcome IN ('" + "', '".join(OUTCOMES) + "')", name="outcome"),
        CheckConstraint("amount_yuan > 0", name="amount"),
        Index("ix_upward_request_unit_due", "unit_code", "due_on"),
        Index("ix_upward_request_asked_state_due", "asked_code", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: sent twice, it asks once."""
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    asked_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """The unit that owes the answer now; changes when it passes the request on."""
    first_asked_code: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    basis: Mapped[str | None] = mapped_column(String(200))
    """Document or clause on which the request rests, where there is one."""
    amount_yuan: Mapped[int | None] = mapped_column(BigInteger)
    """Whole yuan; only where funds are asked for."""
    state: Mapped[str] = mapped_column(String(12), default="asked")
    asked_on: Mapped[date]
    due_on: Mapped[date]
    first_due_on: Mapped[date]
    """Stays visible when passing on gives the next unit its own time (T-5)."""
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_by_name: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str | None] = mapped_column(String(10))
    answer: Mapped[str | None] = mapped_column(Text)
    answer_document_no: Mapped[str | None] = mapped_column(String(80))
    answered_on: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Division] = relationship(foreign_keys=[unit_code])
    asked: Mapped[Division] = relationship(foreign_keys=[asked_code])
    events: Mapped[list["UpwardEvent"]] = relationship(order_by="UpwardEvent.id")
    __mapper_args__ = {"version_id_col": version}


class UpwardEvent(Scoped, Base):
    """One change: who, when, why, and whose turn it was afterwards. Names are kept as they were."""

    __tablename__ = "upward_event"
    __table_args__ = (
        CheckConstraint("kind IN ('ask', 'acknowledge', 'pass', 'answer', 'withdraw', 'freeze', 'thaw')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("upward_request.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    """The unit that asks."""
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    actor_unit: Mapped[str] = mapped_column(Code)
    asked_code: Mapped[str] = mapped_column(Code)
    """Whose turn it was afterwards."""
    due_on: Mapped[date]
    text: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Of a disaster order: which one, and the days on which the clock stands still."""
