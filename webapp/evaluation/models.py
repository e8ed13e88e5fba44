"""Assessments, runs, their values and scores, and requests for runs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Rule, Scoped, either, linked, within
from webapp.db import Base, Code, UTCDateTime
from webapp.org.codes import ancestors

VALUE_STATES = {
    "value": "有值",
    "not_due": "未到期",
    "not_applicable": "不适用",
    "exempt": "免报",
    "missing": "缺",
}
REPORT_KINDS = {"period-report": "工作情况报告", "evaluation-report": "考核评价报告"}
"""Reports that can be rendered of a run."""
_value_state = CheckConstraint("state IN ('" + "', '".join(VALUE_STATES) + "')", name="state")


def covering() -> Rule:
    """Rows of the units above the viewer's: a township opens its county's run and finds its own values in it."""
    return linked(lambda cls, viewer: cls.unit_code.in_([code for p in viewer.prefixes for code in ancestors(p)]))


class Assessment(Scoped, Base):
    """An assessment opened under an approved yearly plan (X-9); only inside one are scores made (X-14)."""

    __tablename__ = "assessment"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed')", name="state"),)
    __scope__ = either(within(), covering())

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    period: Mapped[str] = mapped_column(String(10))
    plan_approved_on: Mapped[date]
    scheme_slug: Mapped[str] = mapped_column(String(60))
    scheme_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="open")
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by: Mapped[str] = mapped_column(String(60))


class Run(Scoped, Base):
    """One compilation of a period under a root. A finished run never changes; changed facts make a new revision."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("period", "unit_code", "assessment_key", "revision"),
        CheckConstraint("state IN ('running', 'done')", name="state"),
    )
    __scope__ = either(within(), covering())

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """In addresses and commands, e.g. "202610-533323-r1"."""
    period: Mapped[str] = mapped_column(String(10))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """The root division."""
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    assessment_key: Mapped[str] = mapped_column(String(60), default="")
    """The plan number, "" for a plain run: a NULL would not be unique."""
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="running")
    provisional: Mapped[bool]
    cut_off: Mapped[date]
    """Last day whose facts count: the period's end, or yesterday in an unfinished period."""
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Slugs, versions and hashes of scheme, indicators, rule pack, calendar and code."""
    result_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 over all values and scores, free of times and ids."""
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    assessment: Mapped[Assessment | None] = relationship()


class IndicatorValue(Scoped, Base):
    """One indicator of one unit in one run. Missing is never zero (A-12)."""

    __tablename__ = "indicator_value"
    __table_args__ = (_value_state, Index("ix_indicator_value_unit", "unit_code", "indicator"))

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(8), primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, primary_key=True)
    numerator: Mapped[int | None] = mapped_column(BigInteger)
    denominator: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    score: Mapped[int | None]
    """Ten-thousandths of a point; only inside an assessment."""


class UnitScore(Scoped, Base):
    """A unit's score in a dimension or in all ("TOTAL"), only inside an assessment; never ordered by score (X-7)."""

    __tablename__ = "unit_score"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, primary_key=True)
    dimension: Mapped[str] = mapped_column(String(8), primary_key=True)
    score: Mapped[int]
    """Ten-thousandths of a point."""
    attainable: Mapped[int]
    """Ten-thousandths of the points that could be reached after weights were spread (A-12)."""


class RunRequest(Scoped, Base):
    """A run that a page asked for; the scheduler picks it up and reports progress here."""

    __tablename__ = "run_request"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'working', 'done', 'failed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: a double click asks once."""
    period: Mapped[str] = mapped_column(String(10))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    assessment_key: Mapped[str] = mapped_column(String(60), default="")
    report_kind: Mapped[str | None] = mapped_column(String(30))
    """Report to render once the run is done, None for the run alone."""
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(8), default="waiting", index=True)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int] = mapped_column(default=0)
    sentence: Mapped[str | None] = mapped_column(Text)
    """What is being done, or why it failed, as the page says it."""
    run_key: Mapped[str | None] = mapped_column(String(60))
