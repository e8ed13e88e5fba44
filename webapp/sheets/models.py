"""村级月报单: all regular village templates of a month as lines of one sheet, answered once, corrected by versions (X-10)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped
from webapp.accountability.models import Assignment
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division


class MonthSheet(Scoped, Base):
    """One village's sheet of one month. Deadline, lamp and state are those of its assignment."""

    __tablename__ = "month_sheet"
    __table_args__ = (UniqueConstraint("unit_code", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    month: Mapped[str] = mapped_column(String(7), index=True)
    """ "2026-11"."""
    current: Mapped[int] = mapped_column(default=0)
    """Number of the version that counts; 0 while nothing was sent."""
    assignment: Mapped[Assignment] = relationship()
    unit: Mapped[Division] = relationship()
    lines: Mapped[list["SheetLine"]] = relationship(order_by="SheetLine.position")
    versions: Mapped[list["SheetVersion"]] = relationship(order_by="SheetVersion.number")


class SheetLine(Scoped, Base):
    """One regular template of one period on a sheet: a village answers each of them once, wherever it stands."""

    __tablename__ = "sheet_line"
    __table_args__ = (UniqueConstraint("template_code", "unit_code", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("month_sheet.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, index=True)
    template_code: Mapped[str] = mapped_column(String(12))
    period: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    """As it was when the sheet was opened: a template that is changed later changes no open sheet."""
    evidence: Mapped[str] = mapped_column(String(12))
    """ "sheet_line", or "record": then the number of the record belongs to the answer."""
    minutes: Mapped[int]


class SheetVersion(Scoped, Base):
    """What was sent at one time: the first answer or a correction. Earlier ones stay readable."""

    __tablename__ = "sheet_version"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("month_sheet.id"))
    unit_code: Mapped[str] = mapped_column(Code, index=True)
    number: Mapped[int]
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID of the form: sent twice, it is kept once."""
    paper: Mapped[bool] = mapped_column(default=False)
    """Answered on paper and entered by the township (X-10)."""
    paper_on: Mapped[date | None]
    """Day on which the paper was handed in."""
    reason: Mapped[str | None] = mapped_column(String(300))
    """Why it was corrected; None for the first answer."""
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_by_name: Mapped[str] = mapped_column(String(60))
    sent_by_unit: Mapped[str] = mapped_column(Code)
    answers: Mapped[list["SheetAnswer"]] = relationship(order_by="SheetAnswer.line_id")


class SheetAnswer(Scoped, Base):
    """The answer to one line in one version."""

    __tablename__ = "sheet_answer"
    __table_args__ = (UniqueConstraint("version_id", "line_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("sheet_version.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("sheet_line.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, index=True)
    no_change: Mapped[bool]
    """无变化: a full answer (X-10)."""
    text: Mapped[str | None] = mapped_column(Text)
    """What was written; with 无变化 what was held before and still holds."""
