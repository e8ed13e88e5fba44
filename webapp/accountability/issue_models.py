"""What a one-off task holds beside its words: source document, asked fields, departments, approval, draft and moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, Viewer, below, either, linked, mine, within
from webapp.db import Base, Code, UTCDateTime
from webapp.org.codes import ancestors
from webapp.org.models import Organisation


def received_in_scope(task_id: ColumnElement[int], cls: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `cls`, which names the task's issuer, where a unit in the viewer's scope was given the task.

    Units issue to their own subtree alone: tasks of other issuers than those above need no look at their assignments,
    which leaves few of many thousands.
    """
    assignment = Base.metadata.tables["assignment"].alias()
    above = sorted({code for prefix in viewer.prefixes for code in ancestors(prefix)})
    in_scope = or_(false(), *(below(assignment.c.unit_code, prefix) for prefix in viewer.prefixes))
    return and_(cls.issuer_code.in_(above), exists().where(assignment.c.task_id == task_id, in_scope))


class Asking:
    """Columns of `AccountabilityTask` that issuing fills and the moves leave alone."""

    answer_kind: Mapped[str] = mapped_column(String(8), default="text", server_default="text")
    """ "text", or "document": a document number or file with date, and no more."""
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """Figures and words asked for beside the report, see `asked.stored_fields`."""
    targets: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Units chosen for a draft; what was issued stands in the assignments."""
    weights: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    """Shares of units in the progress that are not 1, of a draft."""
    scheduled_for: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a draft is to be issued by itself."""
    issuing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when it is being issued; written before that transaction, so that pages can say so, and that it broke off."""
    refusal: Mapped[str | None] = mapped_column(Text)
    """Why it was not issued at its moment."""
    unread: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """What was typed into a draft and could not be read, by field of the form: kept as it was, to be mended."""
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("accountability_task.id"))
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    """应急: may ask for an answer the same day, with a named approver (X-19)."""
    urgent_approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    urgent_approver_name: Mapped[str | None] = mapped_column(String(60))
    recalled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recall_reason: Mapped[str | None] = mapped_column(Text)


class TaskEntry(Scoped, Base):
    """What somebody has typed into the steps of a new task, or into a form that was refused: the page shows it from here.

    So that each is a page of its own address, which Back and a reload show again as it stands.
    """

    __tablename__ = "task_entry"
    __table_args__ = (UniqueConstraint("request_id", "person_id"),)
    __scope__ = mine()

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36))
    """UUID of the form; that of a new task becomes that of the draft or task."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    held: Mapped[str] = mapped_column(Text)
    """Fields of the form as they were sent, and what was said about it, sealed (`sealing`); see `entries.Entry`."""
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TaskParty(Scoped, Base):
    """A department of the issuing level that leads (牵头) or assists (配合) with a task."""

    __tablename__ = "task_party"
    __table_args__ = (
        UniqueConstraint("task_id", "organisation_id"),
        CheckConstraint("kind IN ('lead', 'assist')", name="kind"),
    )
    __scope__ = either(within("issuer_code"), linked(lambda cls, viewer: received_in_scope(cls.task_id, cls, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("accountability_task.id"), index=True)
    issuer_code: Mapped[str] = mapped_column(Code)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(8))
    organisation: Mapped[Organisation] = relationship()


class TaskRevision(Scoped, Base):
    """One change of an issued task's words, with the words before and after; what it asks more passed the gate."""

    __tablename__ = "task_revision"
    __table_args__ = (UniqueConstraint("task_id", "number"),)
    __scope__ = either(within("issuer_code"), linked(lambda cls, viewer: received_in_scope(cls.task_id, cls, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("accountability_task.id"), index=True)
    issuer_code: Mapped[str] = mapped_column(Code)
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Field → the words before and after."""
    demand_id: Mapped[int | None] = mapped_column(ForeignKey("demand.id"))
    """What the gate admitted on top, where more is asked (X-4)."""
