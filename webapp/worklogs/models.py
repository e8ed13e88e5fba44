"""The one record of work (Z-40): a log, its versions, the tasks it serves, its photos."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, exists, false, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, Viewer, below, either, linked, mine, team
from webapp.accountability.models import Assignment
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division, Person
from webapp.worklogs import plan_models  # noqa: F401 — the feature's tables are known with this module

DUTY_AREAS = {
    "party": "建强村党组织",
    "prosperity": "推进强村富民",
    "governance": "提升治理水平",
    "service": "为民办事服务",
}


def _serves_task_in_scope(log_id: ColumnElement[str], viewer: Viewer) -> ColumnElement[bool]:
    """X-17: others open a log only through a task that it serves and that they may read."""
    if viewer.permission != "task.read":
        return false()
    link, assignment = WorkLogTask.__table__.alias(), Assignment.__table__.alias()
    in_scope = or_(false(), *(below(assignment.c.unit_code, prefix) for prefix in viewer.prefixes))
    return exists().where(link.c.log_id == log_id, link.c.assignment_id == assignment.c.id, in_scope)


class WorkLog(Scoped, Base):
    """A log of one day by one author, in the village of the author's post. Its text lives in its versions."""

    __tablename__ = "work_log"
    __table_args__ = (
        Index("ix_work_log_unit_day", "unit_code", "day", "author_id"),
        Index("ix_work_log_author_day", "author_id", "day"),
    )
    __scope__ = either(mine("author_id"), team(), linked(lambda cls, viewer: _serves_task_in_scope(cls.id, viewer)))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID made by the client: the same id with the same body is accepted again, another body is a conflict."""
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    day: Mapped[date]
    duty_area: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    author: Mapped[Person] = relationship()
    unit: Mapped[Division] = relationship()
    versions: Mapped[list["WorkLogVersion"]] = relationship(order_by="WorkLogVersion.number", back_populates="log")
    tasks: Mapped[list["WorkLogTask"]] = relationship(cascade="all, delete-orphan")
    bindings: Mapped[list["WorkLogBinding"]] = relationship(cascade="all, delete-orphan")
    photos: Mapped[list["WorkLogPhoto"]] = relationship(order_by="WorkLogPhoto.id")
    __mapper_args__ = {"version_id_col": version}


def _log_reachable(log_id: ColumnElement[str], viewer: Viewer) -> ColumnElement[bool]:
    log = WorkLog.__table__.alias()
    own = or_(log.c.author_id == viewer.person_id, log.c.unit_code.in_(viewer.team_villages))
    return or_(exists().where(log.c.id == log_id, own), _serves_task_in_scope(log_id, viewer))


_part_of_log = either(mine("saved_by_id"), linked(lambda cls, viewer: _log_reachable(cls.log_id, viewer)))


class WorkLogVersion(Scoped, Base):
    """The text of a log as it was saved; all versions can be read."""

    __tablename__ = "work_log_version"
    __table_args__ = (UniqueConstraint("log_id", "number"),)
    __scope__ = _part_of_log

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[str] = mapped_column(ForeignKey("work_log.id"))
    number: Mapped[int]
    day: Mapped[date]
    duty_area: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    body_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over day, duty area, text and tasks: tells a repeated send from another body."""
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    paper: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Written on paper by the author, entered by the township (X-10)."""
    device_time: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """What the clock of the device said when the log was written there; None for a form."""
    skew_seconds: Mapped[int | None] = mapped_column(BigInteger)
    """The device's time at sending less the server's; None where a device does not tell it, and for a form."""
    log: Mapped[WorkLog] = relationship(back_populates="versions")


class WorkLogTask(Scoped, Base):
    """A log serves a task at the author's village."""

    __tablename__ = "work_log_task"
    __scope__ = _part_of_log

    log_id: Mapped[str] = mapped_column(ForeignKey("work_log.id"), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True, index=True)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assignment: Mapped[Assignment] = relationship()


class WorkLogBinding(Scoped, Base):
    """A log serves a row of another kind: a line of a month sheet, later a household (`worklogs/bindings.py`)."""

    __tablename__ = "work_log_binding"
    __table_args__ = (UniqueConstraint("log_id", "kind", "target_id"),)
    __scope__ = _part_of_log

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[str] = mapped_column(ForeignKey("work_log.id"))
    kind: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[int]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class WorkLogPhoto(Scoped, Base):
    """An optional picture, re-encoded without position (S-30); stored by hash outside the web root."""

    __tablename__ = "work_log_photo"
    __table_args__ = (UniqueConstraint("log_id", "sha256"),)
    __scope__ = _part_of_log

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[str] = mapped_column(ForeignKey("work_log.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    """Bytes as stored."""
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class PhotoUpload(Scoped, Base):
    """A photo on its way, piece by piece, for a log that may arrive later; its author's alone."""

    __tablename__ = "photo_upload"
    __scope__ = mine()

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID made by the client."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    log_id: Mapped[str] = mapped_column(String(36), index=True)
    """The log it belongs to, whether that has arrived or not."""
    length: Mapped[int]
    """Bytes of the whole file as sent."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the whole file as sent."""
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the picture as stored."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    size: Mapped[int | None]
    attached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was put to its log; taken back by the author it does not return."""
