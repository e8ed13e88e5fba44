"""Calendar days and the record of which rule packs were in force when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.access import Reference, Scoped, system_only
from webapp.db import Base, Code, UTCDateTime


class CalendarYear(Reference, Base):
    """A year whose list of holidays and make-up workdays is published and loaded; others count Monday to Friday."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(120))
    loaded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CalendarDay(Reference, Base):
    """A day that differs from the week's rule: a holiday on a weekday, or a make-up workday on a weekend."""

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("kind IN ('off', 'work')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(40))


class CalendarChange(Reference, Base):
    """One change of the working calendar, a whole year or one day, with its reason and the notice it rests on.

    It names the unit and nobody's name: the calendar is read by everybody, who did it stands in the audit log.
    """

    __tablename__ = "calendar_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    day: Mapped[date | None]
    """None for a whole year."""
    words: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by_unit: Mapped[str | None] = mapped_column(Code)
    """None where a command of the server did it."""


class RulePackRecord(Reference, Base):
    """A rule pack as it was loaded: runs and audits name the hash, so that an old value can be read again."""

    __tablename__ = "rule_pack_record"
    __table_args__ = (UniqueConstraint("slug", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    base: Mapped[str | None] = mapped_column(String(60))
    unit_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Duty(Reference, Base):
    """One duty of the secretaries' duty list (P-26): level, interval, kind, source, validity."""

    __tablename__ = "duty"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    """ "P-1" …; a locality's own duties have codes of their own."""
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    levels: Mapped[list[str]] = mapped_column(JSON)
    interval: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(24))
    source: Mapped[str] = mapped_column(String(200))
    mark: Mapped[str] = mapped_column(String(60))
    """How far the wording may be quoted."""
    division: Mapped[str | None] = mapped_column(Code)
    """The locality it holds in; None is the nation."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    carried_by: Mapped[list[str]] = mapped_column(JSON)
    """Templates whose tasks or sheet lines carry it."""
    coverage: Mapped[str | None] = mapped_column(String(60))
    """The pack's parameter for a duty of visits (P-27)."""
    remark: Mapped[str | None] = mapped_column(String(80))
    """Why nothing is opened for it, or for a part or a level of it."""
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OpeningMark(Scoped, Base):
    """Up to which day the recurring duties of a subtree were opened: after downtime the next run begins there."""

    __tablename__ = "opening_mark"
    __scope__ = system_only()

    root: Mapped[str] = mapped_column(Code, primary_key=True)
    """Division code, "" for the nation."""
    opened_to: Mapped[date]
