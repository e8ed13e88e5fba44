"""催办、督办: reminders, escalation and the ladder of consequences (T-6, P-22, P-31)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, func, or_, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Rule, Scoped, below
from webapp.accountability.models import Assignment
from webapp.db import Base, Code, UTCDateTime
from webapp.rectification.models import Issue

STEPS = {
    "remind": "提醒",
    "talk": "约谈",
    "circular": "通报",
    "listed_supervision": "挂牌督办",
    "accountability": "问责",
}


ONE_OF_TWO = "(assignment_id IS NULL) <> (issue_id IS NULL)"


def up_to(top: str) -> Rule:
    """Rows of units in the viewer's subtree, for viewers not above the unit named in the column `top` (T-7)."""

    def reads(cls: Any, viewer: Any) -> Any:
        if viewer.kind == "system":
            return or_(false(), *(below(cls.unit_code, prefix) for prefix in viewer.prefixes))
        shown = [
            below(cls.unit_code, prefix) & ((func.length(getattr(cls, top)) <= len(prefix)) if prefix else true())
            for prefix in viewer.prefixes
        ]
        return or_(false(), *shown)

    return Rule(reads, lambda row, viewer: viewer.reaches(row.unit_code), same=False)


class Reminder(Scoped, Base):
    """One reminder about one assignment or issue, pressed or automatic; both kinds share the cap (T-6)."""

    __tablename__ = "reminder"
    __table_args__ = (
        # The cap holds in the database too: two clicks at once cannot both become the last one allowed.
        UniqueConstraint("assignment_id", "kind", "number"),
        UniqueConstraint("issue_id", "kind", "number"),
        CheckConstraint(ONE_OF_TWO, name="about"),
        CheckConstraint("kind IN ('before', 'after')", name="kind"),
        Index("ix_reminder_waiting", "sent_at", "id"),
    )
    __scope__ = up_to("issuer_code")

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    issuer_code: Mapped[str] = mapped_column(Code)
    """The highest unit that sees it."""
    kind: Mapped[str] = mapped_column(String(8))
    """Before or after the deadline, as it stood that day."""
    number: Mapped[int]
    """Counts from 1 for each kind."""
    automatic: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sender_code: Mapped[str] = mapped_column(Code)
    """Whose burden ledger counts it (X-15)."""
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sender_name: Mapped[str] = mapped_column(String(60))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """None while it waits for the hours of `notice.*`."""
    assignment: Mapped[Assignment | None] = relationship()
    issue: Mapped[Issue | None] = relationship()


class Escalation(Scoped, Base):
    """督办 of an overdue assignment or issue at one level, once: the unit's own office (P-31), then the level above the issuer."""

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("assignment_id", "level_code"),
        UniqueConstraint("issue_id", "level_code"),
        CheckConstraint(ONE_OF_TWO, name="about"),
        CheckConstraint("kind IN ('office', 'above')", name="kind"),
    )
    __scope__ = up_to("level_code")

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, index=True)
    issuer_code: Mapped[str] = mapped_column(Code)
    level_code: Mapped[str] = mapped_column(Code)
    """The unit that was told; the highest one that sees it."""
    kind: Mapped[str] = mapped_column(String(8))
    overdue: Mapped[int]
    """Working days past the deadline on that day."""
    due_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    assignment: Mapped[Assignment | None] = relationship()
    issue: Mapped[Issue | None] = relationship()


class LadderStep(Scoped, Base):
    """One step of the ladder of consequences (P-22) for an assignment or an issue; it is withdrawn with a reason and
    never deleted."""

    __tablename__ = "ladder_step"
    __table_args__ = (
        CheckConstraint(ONE_OF_TWO, name="about"),
        CheckConstraint("kind IN ('" + "', '".join(STEPS) + "')", name="kind"),
        CheckConstraint(
            "kind <> 'listed_supervision'"
            " OR (leader_name IS NOT NULL AND document_no IS NOT NULL AND ends_on IS NOT NULL)",
            name="listed",
        ),
        CheckConstraint("kind <> 'accountability' OR document_no IS NOT NULL", name="elsewhere"),
    )
    __scope__ = up_to("issuer_code")

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, index=True)
    issuer_code: Mapped[str] = mapped_column(Code)
    """The unit that decides; the highest one that sees it."""
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    on_behalf_of_name: Mapped[str | None] = mapped_column(String(60))
    leader_name: Mapped[str | None] = mapped_column(String(60))
    """挂牌督办: the leader who answers for it."""
    document_no: Mapped[str | None] = mapped_column(String(80))
    """挂牌督办 its own document; 问责 the document of the decision made elsewhere, and nothing more of it."""
    ends_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    withdrawn_by_name: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1)
    assignment: Mapped[Assignment | None] = relationship()
    issue: Mapped[Issue | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
