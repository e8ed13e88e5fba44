"""Accountability tasks, one assignment per receiving unit, and the events of its life (T-1 … T-5).

A task that passes down the levels is one tree of assignments: each names the one it was split from (`parent_id`) and
the unit that handed it down and verifies it (`issuer_code`). A unit stands in a task once.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, and_, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.access import Scoped, either, linked, within
from webapp.accountability import bulk_models, opening_models, order_models, remark_models  # noqa: F401 — the feature's tables are known with this module
from webapp.accountability.event_models import Acted
from webapp.accountability.issue_models import Asking, TaskParty, TaskRevision, received_in_scope
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division

STATES = {
    "issued": "已下达",
    "acknowledged": "已签收",
    "in_progress": "在办",
    "reported": "已反馈",
    "returned": "已退回",
    "verified": "已核验",
    "closed": "已销号",
    "recalled": "已撤回",
    "suspended": "已中止",
    "exempt": "免办",
}


def number_of(issuer_code: str, drafted_at: datetime, serial: int) -> str:
    """What people call a task by: issuer, year of drafting, serial: "533323-2026-17"."""
    return f"{issuer_code}-{clock.local(drafted_at).year}-{serial}"


class AccountabilityTask(Asking, Scoped, Base):
    """An accountability task of one level for units below (or for itself): what, on what basis, by when, with what evidence."""

    __tablename__ = "accountability_task"
    __table_args__ = (
        UniqueConstraint("template_code", "period", "issuer_code"),
        CheckConstraint("state IN ('drafted', 'issued', 'recalled')", name="state"),
        CheckConstraint("via IN ('direct', 'sheet', 'case')", name="via"),
    )
    __scope__ = either(within("issuer_code"), linked(lambda cls, viewer: received_in_scope(cls.id, cls, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: a second send of the same form issues nothing twice."""
    state: Mapped[str] = mapped_column(String(12), default="drafted")
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(200))
    document_no: Mapped[str | None] = mapped_column(String(60), index=True)
    """文号 of the document it goes back to, where there is one; it or the legal basis is there."""
    evidence: Mapped[str] = mapped_column(String(300))
    """What evidence is enough (T-2)."""
    minutes: Mapped[int]
    """Estimated minutes it costs each unit."""
    template_code: Mapped[str | None] = mapped_column(String(12))
    period: Mapped[str | None] = mapped_column(String(10))
    """The period of a recurring task, e.g. "2026-10", "2026Q3"."""
    regular: Mapped[bool] = mapped_column(default=False)
    via: Mapped[str] = mapped_column(String(8), default="direct")  # own page, sheet, or by hand
    issuer_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    issuer_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_by_name: Mapped[str] = mapped_column(String(60))
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_on: Mapped[date]
    demand_id: Mapped[int | None] = mapped_column(ForeignKey("demand.id"))
    """What the burden gate admitted when it was issued (X-4, X-5)."""
    version: Mapped[int] = mapped_column(default=1)
    assignments: Mapped[list["Assignment"]] = relationship(back_populates="task", order_by="Assignment.unit_code")
    issuer: Mapped[Division] = relationship()
    parties: Mapped[list[TaskParty]] = relationship(order_by=TaskParty.id, cascade="all, delete-orphan")
    revisions: Mapped[list[TaskRevision]] = relationship(order_by=TaskRevision.number.desc())
    __mapper_args__ = {"version_id_col": version}

    @property
    def grounds(self) -> str:
        """What it goes back to: the legal basis, or where there is none the 文号 (T-2)."""
        return self.basis or self.document_no or ""

    @property
    def number(self) -> str:
        return number_of(self.issuer_code, self.drafted_at, self.id)


_OPEN = and_(column("closed_on").is_(None), column("recalled_on").is_(None))
_NOT_OVER: dict[str, Any] = {"sqlite_where": _OPEN, "postgresql_where": _OPEN}


class Assignment(Scoped, Base):
    """One task at one receiving unit, with its own state, deadline and report."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("task_id", "unit_code"),
        CheckConstraint("state IN ('" + "', '".join(STATES) + "')", name="state"),
        Index("ix_assignment_unit_due", "unit_code", "due_on", "state"),
        # Lists over many units stand by due date, too; the second holds what is not over and stays small.
        Index("ix_assignment_due", "due_on", "unit_code", "state"),
        Index("ix_assignment_open_due", "due_on", "unit_code", "state", **_NOT_OVER),
        # The list of what a unit issued stands by due date: a page of it is read off the index without sorting.
        Index("ix_assignment_issuer_due", "issuer_code", "due_on", "unit_code", "state"),
        # All that the indicators read, so that a month of a county is compiled from the index alone.
        Index(
            "ix_assignment_facts",
            *("unit_code", "due_on", "first_due_on", "issued_on", "first_reported_on", "verified_on", "closed_on"),
            *("recalled_on", "times_returned", "task_id"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("accountability_task.id"))  # led by the constraint's index
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    """The assignment it was split from (T-3); None where the task's issuer handed it down itself."""
    issuer_code: Mapped[str] = mapped_column(Code)
    """The unit that handed it down and verifies it: the task's issuer, or the unit that split its own assignment."""
    weight: Mapped[int] = mapped_column(default=1)
    """Its share in the progress of the parent, beside its sisters' shares."""
    state: Mapped[str] = mapped_column(String(12), default="issued")
    issued_on: Mapped[date]
    due_on: Mapped[date]
    first_due_on: Mapped[date]
    """Stays visible when an extension moves the deadline (T-5)."""
    vacant: Mapped[bool] = mapped_column(default=False)
    """Issued to a unit whose responsible post was empty that day."""
    acknowledged_on: Mapped[date | None]
    first_reported_on: Mapped[date | None]
    """Of the reports that stand today; one taken back before is a `WithdrawnReport`."""
    last_reported_on: Mapped[date | None]
    verified_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    recalled_on: Mapped[date | None]
    """Day on which it left every count: recalled or exempt."""
    closed_as: Mapped[str | None] = mapped_column(String(12))
    """How it was closed: "verified", or "unsampled" (未抽中，未核验)."""
    sampled: Mapped[bool | None]
    """Whether the sample of its verifier drew it; None while no sample is drawn."""
    times_returned: Mapped[int] = mapped_column(default=0)
    report_text: Mapped[str | None] = mapped_column(Text)
    report_document_no: Mapped[str | None] = mapped_column(String(60))
    report_document_on: Mapped[date | None]
    """The day of that document, or of the file."""
    report_evidence: Mapped[str | None] = mapped_column(String(300))
    """What proves it and where it lies; files are never demanded (X-6)."""
    answers: Mapped[dict[str, str] | None] = mapped_column(JSON)
    """What was entered for the asked fields of the task, by field name."""
    minutes_taken: Mapped[int | None]
    """What the answerer says it took, in minutes; never measured (X-35)."""
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_by_unit: Mapped[str | None] = mapped_column(Code)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """Moved by every event, also by one that leaves the state: so that each raises the version."""
    version: Mapped[int] = mapped_column(default=1)
    task: Mapped[AccountabilityTask] = relationship(back_populates="assignments")
    unit: Mapped[Division] = relationship()
    issuer: Mapped[Division] = relationship(
        primaryjoin="foreign(Assignment.issuer_code) == Division.code", viewonly=True
    )
    events: Mapped[list["AssignmentEvent"]] = relationship(order_by="AssignmentEvent.id")
    extensions: Mapped[list["Extension"]] = relationship(order_by="Extension.id")
    __mapper_args__ = {"version_id_col": version}

    @property
    def burden_key(self) -> str:
        """The key of its entry in the burden ledger."""
        return f"assignment:{self.id}"


class AssignmentEvent(Acted, Scoped, Base):
    """One change: from which state to which, by whom, and why."""

    __tablename__ = "assignment_event"
    __table_args__ = (Index("ix_assignment_event_facts", "unit_code", "kind", "at", "assignment_id", "actor_unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))


class VerificationSample(Scoped, Base):
    """The one sample that a verifying unit's server drew from what it had handed down in a task; never drawn again."""

    __tablename__ = "verification_sample"
    __table_args__ = (
        UniqueConstraint("task_id", "unit_code"),
        CheckConstraint("state IN ('open', 'passed', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("accountability_task.id"))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The verifying unit."""
    seed: Mapped[str] = mapped_column(String(32))
    population: Mapped[int]
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="open")
    """"failed" once a drawn one was returned or all have left the count: then every one has to be verified."""
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    drawn_by_name: Mapped[str] = mapped_column(String(60))


class WithdrawnReport(Scoped, Base):
    """A first report that was taken back: it counts for the days on which it stood, so that closed months stay."""

    __tablename__ = "withdrawn_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    reported_on: Mapped[date]
    withdrawn_on: Mapped[date]


class ReopenedClosing(Scoped, Base):
    """A verification or closing that was taken back: it counts for the days on which it stood, so that closed months stay."""

    __tablename__ = "reopened_closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    verified_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    reopened_on: Mapped[date]


class Extension(Scoped, Base):
    """A deadline that was to move: a request and its answer, or the days a suspension took (T-5, T-9)."""

    __tablename__ = "extension"
    __table_args__ = (CheckConstraint("state IN ('asked', 'granted', 'refused')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(String(8), default="asked")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None where the working calendar moved it."""
    wanted_due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_note: Mapped[str | None] = mapped_column(Text)


class AssignmentFile(Scoped, Base):
    """A file that the receiving unit laid beside its report by its own choice; never asked for (X-6)."""

    __tablename__ = "assignment_file"
    __table_args__ = (UniqueConstraint("assignment_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    unit_code: Mapped[str] = mapped_column(Code)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the bytes as stored: their only name on the disk."""
    name: Mapped[str] = mapped_column(String(120))
    """As it is shown and offered for saving; never a path."""
    kind: Mapped[str] = mapped_column(String(8))
    """The ending that its content has, e.g. "pdf"; see `attachments.KINDS`."""
    size: Mapped[int]
    """Bytes as stored."""
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_by_name: Mapped[str] = mapped_column(String(60))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
