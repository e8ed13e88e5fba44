"""What readers say beside an assignment, and who watches it. Nothing of it counts for anything (X-8)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, mine
from webapp.db import Base, Code, UTCDateTime


class Remark(Scoped, Base):
    """One remark (留言) by a reader of an assignment; corrected by its author, never deleted."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: a second send of the same form says nothing twice."""
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    """Of the assignment, for the scope."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author_name: Mapped[str] = mapped_column(String(60))
    author_unit: Mapped[str] = mapped_column(String(80))
    """Name of the unit from whose post it was written, as it was."""
    text: Mapped[str] = mapped_column(Text)
    mentioned: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Those named in it: {"id": person, "name": as it was}."""
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    earlier: Mapped[list["RemarkVersion"]] = relationship(order_by="RemarkVersion.version")
    __mapper_args__ = {"version_id_col": version}


class RemarkVersion(Scoped, Base):
    """An earlier wording of a remark, kept when its author corrects it."""

    __tablename__ = "remark_version"
    __table_args__ = (UniqueConstraint("remark_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class TaskWatch(Scoped, Base):
    """A person who wants to hear of an assignment, or of every assignment of a task within the own units."""

    __tablename__ = "task_watch"
    __scope__ = mine()

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """Person, task and assignment, see `remarks.watch_key`: one row however often the button was pressed."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("accountability_task.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    """None: the whole task."""
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class KeptWords(Scoped, Base):
    """What a person typed on an assignment's page and has not sent yet; nobody else reads it."""

    __tablename__ = "kept_words"
    __scope__ = mine()

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """Person and assignment: one row however many windows are open."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    held: Mapped[str] = mapped_column(Text)
    """Name of the input → what stood in it, sealed (`sealing`)."""
    kept_at: Mapped[datetime] = mapped_column(UTCDateTime)
