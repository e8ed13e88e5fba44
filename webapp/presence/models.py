"""Presence by exception (X-2): spot checks of people on post, each on its way to a decision (X-3)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    func,
    or_,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Rule, Scoped, Viewer, below, either, linked, mine, within
from webapp.db import Base, Code, UTCDateTime, one_of
from webapp.leave.halves import HALVES, Span
from webapp.org.models import Division, Person, Posting
from webapp.presence import month_models  # noqa: F401 — the feature's tables are known with this module
from webapp.presence.scopes import TOWNSHIP_LENGTH, from_township

STATES = {
    "drawn": "待抽查",
    "found": "待本人说明",
    "stated": "待乡镇提出意见",
    "opined": "本人申辩期",
    "replied": "待县级认定",
    "closed": "已办结",
}
STEPS = ("draw", "find", "cancel", "state", "opine", "reply", "decide", "revoke")
FINDINGS = {"present": "在岗", "leave": "已请假或者因公外出", "absent": "未在岗"}
OPINIONS = {"absent": "建议认定为未经批准离岗", "justified": "有正当理由", "not_absent": "建议不认定"}
DECISIONS = {"verified": "认定", "not_verified": "不认定", "justified": "有正当理由"}
OUTCOMES = {
    "present": "抽查时在岗",
    "leave": "抽查时已请假或者因公外出",
    "void": "未开展",
    "verified": "认定为未经批准离岗",
    "not_verified": "不认定",
    "justified": "有正当理由",
    "revoked": "已撤销认定",
}


def unannounced() -> Rule:
    """Inspections: what is drawn is known to the level that drew it and to those above; its finding, from the township
    up and to the person concerned. So nobody hears of a spot check before it is made, through whatever other post."""

    def reads(cls: Any, viewer: Viewer) -> ColumnElement[bool]:
        known = cls.state != "drawn"
        ahead = cls.person_id != (viewer.person_id or 0)
        shown = [
            and_(below(cls.unit_code, prefix), or_(known, and_(ahead, func.length(cls.root_code) >= len(prefix))))
            for prefix in viewer.prefixes
            if len(prefix) <= TOWNSHIP_LENGTH
        ]
        own = true() if viewer.kind == "system" else and_(cls.person_id == viewer.person_id, known)
        return or_(own, *shown)

    return Rule(reads, either(from_township(), mine()).writes, same=False)


def _drawn_for(plan_id: ColumnElement[int], viewer: Viewer) -> ColumnElement[bool]:
    """A draw is read by whoever may read one of the checks that were made from it."""
    check = Inspection.__table__.alias()
    in_scope = [below(check.c.unit_code, prefix) for prefix in viewer.prefixes if len(prefix) <= TOWNSHIP_LENGTH]
    known = and_(check.c.state != "drawn", or_(check.c.person_id == viewer.person_id, *in_scope))
    return exists().where(check.c.plan_id == plan_id, known)


class InspectionPlan(Scoped, Base):
    """One draw: who was drawn follows from the seed and from who was on post that day. Never drawn again."""

    __tablename__ = "inspection_plan"
    __table_args__ = (
        UniqueConstraint("unit_code", "seed"),
        CheckConstraint("last_on >= first_on", name="dates"),
    )
    __scope__ = either(within(), linked(lambda cls, viewer: _drawn_for(cls.id, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID of the form: a second click draws nothing."""
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """The township or county whose stationed people were drawn from."""
    seed: Mapped[str] = mapped_column(String(32))
    first_on: Mapped[date]
    last_on: Mapped[date]
    size: Mapped[int]
    population: Mapped[int]
    inspector_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    inspector_name: Mapped[str] = mapped_column(String(60))
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    drawn_by_name: Mapped[str] = mapped_column(String(60))
    unit: Mapped[Division] = relationship()
    inspections: Mapped[list["Inspection"]] = relationship(back_populates="plan", order_by="Inspection.unit_code")


class Inspection(Scoped, Base):
    """One spot check of one person on post, and where it stands on the only way to a verified absence (X-3)."""

    __tablename__ = "inspection"
    __table_args__ = (
        UniqueConstraint("plan_id", "posting_id"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="closed"),
        CheckConstraint(one_of("first_half", HALVES), name="first_half"),
        CheckConstraint(one_of("last_half", HALVES), name="last_half"),
        Index("ix_inspection_posting_outcome", "posting_id", "outcome"),
        Index("ix_inspection_unit_state", "unit_code", "state"),
    )
    __scope__ = unannounced()

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("inspection_plan.id"))
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    root_code: Mapped[str] = mapped_column(Code)
    """The unit that drew."""
    inspector_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    inspector_name: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10), default="drawn")
    inspected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finding: Mapped[str | None] = mapped_column(String(10))
    finding_text: Mapped[str | None] = mapped_column(Text)
    first_on: Mapped[date | None]
    """With `first_half`, `last_on` and `last_half`: the half-days of which the absence is said, both ends included."""
    first_half: Mapped[str | None] = mapped_column(String(2))
    last_on: Mapped[date | None]
    last_half: Mapped[str | None] = mapped_column(String(2))
    state_by: Mapped[date | None]
    """Until when the township waits for the person's statement."""
    statement: Mapped[str | None] = mapped_column(Text)
    opinion: Mapped[str | None] = mapped_column(String(12))
    opinion_text: Mapped[str | None] = mapped_column(Text)
    opined_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reply_by: Mapped[date | None]
    """Last day of the right of reply; before it, or the reply, nobody decides."""
    reply: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_on: Mapped[date | None]
    decision_text: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    plan: Mapped[InspectionPlan] = relationship(back_populates="inspections")
    posting: Mapped[Posting] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    unit: Mapped[Division] = relationship()
    events: Mapped[list["InspectionEvent"]] = relationship(order_by="InspectionEvent.id")
    files: Mapped[list["InspectionFile"]] = relationship(order_by="InspectionFile.id")
    __mapper_args__ = {"version_id_col": version}

    @property
    def span(self) -> Span | None:
        """The half-days of which the absence is said; None where none is."""
        if self.first_on is None or self.last_on is None:
            return None
        return Span.of(self.first_on, self.first_half or "am", self.last_on, self.last_half or "pm")


class InspectionEvent(Scoped, Base):
    """One step: who took it, when, and what was said. Names are kept as they were."""

    __tablename__ = "inspection_event"
    __table_args__ = (CheckConstraint(one_of("kind", STEPS), name="kind"),)
    __scope__ = either(from_township(), mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """The person inspected."""
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    text: Mapped[str | None] = mapped_column(Text)


class InspectionFile(Scoped, Base):
    """What the inspected person lays beside a statement or a reply, by choice; nobody else files anything (X-1, X-6)."""

    __tablename__ = "inspection_file"
    __table_args__ = (UniqueConstraint("inspection_id", "sha256"),)
    __scope__ = either(from_township(), mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    unit_code: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
