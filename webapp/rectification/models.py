"""Issues (整改问题) from assessments, audits and checks, the events of their life, and the second looks (R-1 … R-7)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    exists,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.access import Scoped, Viewer, below, either, linked, mine, within
from webapp.accountability.event_models import Acted
from webapp.accountability.models import AccountabilityTask
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division

STATES = {
    "new": "新建",
    "claimed": "已认领",
    "in_rectification": "整改中",
    "closure_requested": "申请销号",
    "verified": "上级已核验",
    "closed": "已销号",
    "returned": "已退回",
}
SOURCES = {
    "national_assessment": "国家考核",
    "provincial_assessment": "省级考核",
    "audit": "审计",
    "inspection": "巡视巡察",
    "unannounced_visit": "暗访",
    "petition": "信访",
    "self_check": "自查",
}
CLASSES = {"individual": "个性", "common": "共性"}
RESULTS = {"held": "巩固", "relapsed": "反弹"}


def _quoted(words: dict[str, str]) -> str:
    return "'" + "', '".join(words) + "'"


def _supported_in_scope(issue_id: ColumnElement[int], viewer: Viewer) -> ColumnElement[bool]:
    support = IssueSupport.__table__.alias()
    in_scope = or_(false(), *(below(support.c.unit_code, prefix) for prefix in viewer.prefixes))
    return exists().where(support.c.issue_id == issue_id, in_scope)


def _looked_at_in_scope(sample_id: ColumnElement[int], viewer: Viewer) -> ColumnElement[bool]:
    look = SecondLook.__table__.alias()
    in_scope = or_(false(), *(below(look.c.unit_code, prefix) for prefix in viewer.prefixes))
    return exists().where(look.c.sample_id == sample_id, in_scope)


class Issue(Scoped, Base):
    """One thing to put right: what it is, who puts it right by when, and what evidence proves it (R-1)."""

    __tablename__ = "issue"
    __table_args__ = (
        CheckConstraint(f"state IN ({_quoted(STATES)})", name="state"),
        CheckConstraint(f"source IN ({_quoted(SOURCES)})", name="source"),
        CheckConstraint(f"issue_class IN ({_quoted(CLASSES)})", name="issue_class"),
        Index("ix_issue_unit_due", "unit_code", "due_on", "state"),
    )
    __scope__ = either(within(), linked(lambda cls, viewer: _supported_in_scope(cls.id, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form or from the import's row: a second send enters nothing twice."""
    state: Mapped[str] = mapped_column(String(20), default="new")
    source: Mapped[str] = mapped_column(String(24))
    source_document: Mapped[str] = mapped_column(String(200))
    """The document or notice that found it, by name or number."""
    source_number: Mapped[str | None] = mapped_column(String(60))
    """Its number in that document."""
    issue_class: Mapped[str] = mapped_column(String(12))
    description: Mapped[str] = mapped_column(Text)
    leader: Mapped[str] = mapped_column(String(60))
    """Responsible leader, by post and name."""
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """Lead unit: it puts the issue right."""
    issuer_code: Mapped[str] = mapped_column(Code, index=True)
    """Unit that entered it."""
    closer_code: Mapped[str] = mapped_column(Code, index=True)
    """Unit above the lead unit that verifies and closes it (R-3)."""
    evidence: Mapped[list[str]] = mapped_column(JSON)
    """What proves it, item by item; fixed when the lead unit claims it (R-7)."""
    measure: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[str | None] = mapped_column(Text)
    """The last word on how far it is."""
    outcome: Mapped[str | None] = mapped_column(Text)
    """What was put right, as the closure was asked for."""
    proofs: Mapped[list[str] | None] = mapped_column(JSON)
    """For each item of `evidence`, what it is and where it lies; files are never demanded (X-6)."""
    due_on: Mapped[date]
    first_due_on: Mapped[date]
    """Stays visible when the deadline moves."""
    entered_on: Mapped[date]
    requested_on: Mapped[date | None]
    verified_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    round: Mapped[int] = mapped_column(default=1)
    """1, and one more with every relapse: the number of the issue stays (R-5)."""
    times_returned: Mapped[int] = mapped_column(default=0)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("accountability_task.id"))
    """The one check list (举一反三) that a common issue gave to sister units (R-6)."""
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Division] = relationship()
    closer: Mapped[Division] = relationship(primaryjoin="foreign(Issue.closer_code) == Division.code", viewonly=True)
    issuer: Mapped[Division] = relationship(primaryjoin="foreign(Issue.issuer_code) == Division.code", viewonly=True)
    task: Mapped[AccountabilityTask | None] = relationship()
    supports: Mapped[list["IssueSupport"]] = relationship(
        order_by="IssueSupport.unit_code", cascade="all, delete-orphan"
    )
    events: Mapped[list["IssueEvent"]] = relationship(order_by="IssueEvent.id")
    looks: Mapped[list["SecondLook"]] = relationship(order_by="SecondLook.id", back_populates="issue")
    __mapper_args__ = {"version_id_col": version}

    @property
    def number(self) -> str:
        """What people call it by, for good: who entered it, year, serial: "533323-2026-W17"."""
        return f"{self.issuer_code}-{self.entered_on.year}-W{self.id}"

    @property
    def look(self) -> "SecondLook | None":
        """The second look that its present closure waits for or has had."""
        return next((look for look in self.looks if look.round == self.round), None)


class IssueSupport(Scoped, Base):
    """A unit that helps the lead unit; it sees the issue. `lead_code` repeats the lead unit, which writes are judged by."""

    __tablename__ = "issue_support"
    __table_args__ = (UniqueConstraint("issue_id", "unit_code"),)
    __scope__ = either(within("lead_code"), linked(lambda cls, viewer: _supported_in_scope(cls.issue_id, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    lead_code: Mapped[str] = mapped_column(Code)
    unit: Mapped[Division] = relationship()


class IssueEvent(Acted, Scoped, Base):
    """One change: from which state to which, by whom, and why."""

    __tablename__ = "issue_event"
    __scope__ = either(within(), linked(lambda cls, viewer: _supported_in_scope(cls.issue_id, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    """Lead unit."""
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))


class SecondLook(Scoped, Base):
    """回头看 of one closure of an issue: drawn or not, by when, and what was found (R-5)."""

    __tablename__ = "second_look"
    __table_args__ = (
        UniqueConstraint("issue_id", "round"),
        CheckConstraint(f"result IN ({_quoted(RESULTS)})", name="result"),
        Index("ix_second_look_closer_due", "closer_code", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int]
    unit_code: Mapped[str] = mapped_column(Code, index=True)
    """Lead unit."""
    closer_code: Mapped[str] = mapped_column(Code)
    closed_on: Mapped[date]
    due_on: Mapped[date]
    """Last day for it: `issue.second_look_days` calendar days after the closure."""
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("second_look_sample.id"), index=True)
    drawn: Mapped[bool | None]
    """Whether its sample drew it; None while none is drawn."""
    looked_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(String(8))
    words: Mapped[str | None] = mapped_column(Text)
    looked_by_name: Mapped[str | None] = mapped_column(String(60))
    issue: Mapped[Issue] = relationship(back_populates="looks")
    sample: Mapped["SecondLookSample | None"] = relationship()


class SecondLookSample(Scoped, Base):
    """One sample that a closing unit's server drew from what it had closed since the last one; never drawn again."""

    __tablename__ = "second_look_sample"
    __scope__ = either(within(), linked(lambda cls, viewer: _looked_at_in_scope(cls.id, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The closing unit."""
    seed: Mapped[str] = mapped_column(String(32))
    population: Mapped[int]
    size: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    drawn_by_name: Mapped[str] = mapped_column(String(60))

    @property
    def drawn_on(self) -> date:
        return clock.day_of(self.drawn_at)


class IssueImport(Scoped, Base):
    """A table of issues that was sent and checked, and waits for its sender's word; its rows go once it is taken over."""

    __tablename__ = "issue_import"
    __scope__ = mine()

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID from which each row's `request_id` is made."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    """Unit that enters the issues."""
    file_name: Mapped[str] = mapped_column(String(120))
    lines: Mapped[list[Any]] = mapped_column(JSON)
    """(number in the file, cells by column) of each row; empty once taken over."""
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entered: Mapped[int] = mapped_column(default=0)
    """Issues it gave."""
