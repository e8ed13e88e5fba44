"""Divisions, organisations, people, postings and hand-overs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    exists,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Reference, Scoped, Viewer, below, either, linked, mine, within, written_with
from webapp.db import Base, Code, UTCDateTime
from webapp.org import group_models  # noqa: F401 — the feature's tables are known with this module

ROLES = (
    "secretary",
    "deputy",
    "first_secretary",
    "team_member",
    "desk",
    "supervisor",
    "leader",
    "system_admin",
    "security_admin",
    "audit_admin",
)
ORGANISATION_KINDS = {
    "party_committee": "党委",
    "secretary_office": "书记办公室",
    "party_branch": "村党组织",
    "organisation_department": "组织部",
    "rural_affairs": "农业农村局",
    "burden_relief": "减负办",
    "sending_unit": "派出单位",
    "work_team": "驻村工作队",
}
SENDING_DOORS = ("sending.read", "support.read", "support.record", "leave.entitle")
DESIGNATIONS = {
    "formerly_poor": "脱贫村",
    "key": "乡村振兴重点村",
    "relocation": "易地搬迁安置村（社区）",
    "weak_org": "党组织软弱涣散村",
}


class Division(Reference, Base):
    """A real statistical division, by its code at the length of its level."""

    __tablename__ = "division"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level"),)

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(Code, ForeignKey("division.code"), index=True)
    level: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    """Last day on which the code was in force; None while it is."""
    successor_code: Mapped[str | None] = mapped_column(Code, ForeignKey("division.code"))


class VillageDesignation(Reference, Base):
    """Why a village must have a first secretary or a team (Z-1), between two days."""

    __tablename__ = "village_designation"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(String(60))


class Organisation(Reference, Base):
    """A Party committee, department, sending unit or work team; sits in a division."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(30))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


def _sent_by(posting: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Posts whose holder the viewer's sending unit has sent: only behind the doors of its own pages, and never written."""
    return posting.sending_unit_id.in_(viewer.sending_units) if viewer.permission in SENDING_DOORS else false()


class Posting(Scoped, Base):
    """A person in a role at a division from a day to a day (both included); roles follow from it (Z-17)."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
        Index("ix_posting_unit_role", "unit_code", "role", "starts_on", "ends_on"),
    )
    __scope__ = either(within(), mine(), linked(_sent_by))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    sending_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """Last day on post, None while open."""
    document_no: Mapped[str | None] = mapped_column(String(60))
    start_reason: Mapped[str | None] = mapped_column(String(60))
    end_reason: Mapped[str | None] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1)
    person: Mapped["Person"] = relationship(back_populates="postings")
    division: Mapped[Division] = relationship()
    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])
    sending_unit: Mapped[Organisation | None] = relationship(foreign_keys=[sending_unit_id])
    __mapper_args__ = {"version_id_col": version}

    def covers(self, day: date) -> bool:
        """Whether the post is held on a day; in SQL `queries.valid_on`."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def posted_in_scope(person_id: ColumnElement[int], viewer: Viewer) -> ColumnElement[bool]:
    """Whether a person is or was posted in one of the viewer's units, or sent by the viewer's sending unit."""
    posting = Posting.__table__.alias()
    in_units = (below(posting.c.unit_code, prefix) for prefix in viewer.prefixes)
    in_scope = or_(false(), *in_units, _sent_by(posting.c, viewer))
    return exists().where(posting.c.person_id == person_id, in_scope)


class Person(Scoped, Base):
    """A person; seen by the units where the person is or was posted. Written by whoever may start postings."""

    __tablename__ = "person"
    __scope__ = written_with(
        "posting.write", either(mine("id"), linked(lambda cls, viewer: posted_in_scope(cls.id, viewer)))
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    postings: Mapped[list[Posting]] = relationship(back_populates="person", order_by=Posting.starts_on)


class Delegation(Scoped, Base):
    """Approvals of a posting that pass to somebody else between two days (both included); refused as a circle."""

    __tablename__ = "delegation"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="dates"),)
    __scope__ = either(within(), mine("to_person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The unit of the posting."""
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    to_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    posting: Mapped[Posting] = relationship()
    to_person: Mapped[Person] = relationship()


def _lies_between(handover: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer leaves or succeeds."""
    post = Posting.__table__.alias()
    theirs = or_(post.c.id == handover.leaver_posting_id, post.c.id == handover.successor_posting_id)
    return exists().where(theirs, post.c.person_id == viewer.person_id)


class Handover(Scoped, Base):
    """Papers and open work pass from the leaver to the successor (Z-18); due by `tenure.handover_days`.

    Both keep it, wherever they are posted afterwards.
    """

    __tablename__ = "handover"
    __scope__ = either(within(), linked(lambda cls, viewer: _lies_between(cls, viewer)))

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    leaver_posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), unique=True)
    successor_posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    due_on: Mapped[date] = mapped_column(index=True)
    listed_on: Mapped[date | None]
    """Day on which the list was handed in; what the system finds stands on it from then on."""
    done_on: Mapped[date | None]
    passed_on: Mapped[date | None]
    """Day on which it passed by itself, not accepted in time."""
    note: Mapped[str | None] = mapped_column(Text)
    division: Mapped[Division] = relationship()
    leaver: Mapped[Posting] = relationship(foreign_keys=[leaver_posting_id])
    successor: Mapped[Posting | None] = relationship(foreign_keys=[successor_posting_id])
