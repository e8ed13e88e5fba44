"""Leave and official trips of those who are posted: what takes somebody away from the post, in half-days (Z-24 … Z-30).

Whoever is on post is presumed present (X-2): nothing here is written on a usual day.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.access import Scoped, Viewer, below, either, linked, mine, sent, within
from webapp.db import Base, Code, UTCDateTime, one_of
from webapp.leave.halves import HALVES, Span
from webapp.org.codes import LENGTHS
from webapp.org.models import Division, Person, Posting
from webapp.org.rules import STATIONED

KINDS = {
    "sick": "病假",
    "personal": "事假",
    "annual": "年休假",
    "marriage": "婚假",
    "maternity": "产假",
    "nursing": "护理假",
    "funeral": "丧假",
    "rest": "公休",
}
"""The kinds of Z-28, all of them."""
REASONS = {
    "outpatient": "门诊就医",
    "inpatient": "住院治疗",
    "recovery": "居家休养",
    "injury": "受伤",
    "examination": "检查复查",
}
"""Categories of 病假; never a diagnosis."""
STATES = {
    "asked": "待审批",
    "reviewed": "乡镇已审核，待县级批准",
    "approved": "已批准",
    "declined": "未批准",
    "withdrawn": "已撤回",
    "cancelled": "已取消",
    "returned": "已销假",
}
WAITING = ("asked", "reviewed")
GRANTED = ("approved", "returned")
LIVE = (*WAITING, *GRANTED)
ROUTES = {"direct": "审批人", "delegation": "受委托人", "deputy": "副职", "next_tier": "上一级", "nobody": "暂无审批人"}
TRIP_KINDS = {"meeting": "会议", "training": "培训", "project_work": "项目工作"}
TRIP_STATES = {"reported": "已报备", "cancelled": "已取消"}


class HalfDays:
    """What a request for leave and a trip have in common: of which post, the half-days that were typed, and the paper."""

    form_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: sent twice, it makes one row."""
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """The unit of the post: for those who are stationed their village."""
    kind: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[date]
    first_half: Mapped[str] = mapped_column(String(2))
    last_day: Mapped[date]
    last_half: Mapped[str] = mapped_column(String(2))
    """Both halves are included."""
    paper_on: Mapped[date | None]
    """The day of the paper, where the township entered it from one (X-10)."""
    paper_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who entered it, who does not decide on it."""
    paper_by_name: Mapped[str | None] = mapped_column(String(60))

    @classmethod
    def touches(cls, first: date, last: date) -> ColumnElement[bool]:
        """Whether some of the half-days typed lie between two days, both included."""
        return and_(cls.first_day <= last, cls.last_day >= first)

    @property
    def span(self) -> Span:
        """The half-days that were asked for or reported; of leave see also `taken`."""
        return Span.of(self.first_day, self.first_half, self.last_day, self.last_half)


def townships_of(viewer: Viewer) -> tuple[str, ...]:
    """The townships that the viewer has in scope as such."""
    return tuple(prefix for prefix in viewer.prefixes if len(prefix) == LENGTHS[4])


def _brought(leave: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Leave that somebody brought along: asked for on another post, reaching into one of the viewer's township."""
    if not (townships := townships_of(viewer)):
        return false()
    post = Posting.__table__.alias()
    return exists().where(
        post.c.person_id == leave.person_id,
        post.c.role.in_(STATIONED),
        or_(*(below(post.c.unit_code, code) for code in townships)),
        post.c.starts_on <= leave.last_day,
        or_(post.c.ends_on.is_(None), post.c.ends_on >= leave.first_day),
    )


def _of_brought(act: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Acts on leave that was brought along."""
    leave = LeaveRequest.__table__.alias()
    return exists().where(leave.c.id == act.request_id, _brought(leave.c, viewer))


class LeaveRequest(HalfDays, Scoped, Base):
    """One request for leave of one post. Read by its person and by the units above, the village Party organisation too
    (Z-25: filed there), and by the township of a post into which it reaches; what a sick leave is for is sealed."""

    __tablename__ = "leave_request"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("first_half", HALVES), name="first_half"),
        CheckConstraint(one_of("last_half", HALVES), name="last_half"),
        CheckConstraint(one_of("returned_half", HALVES), name="returned_half"),
        CheckConstraint(one_of("route", ROUTES), name="route"),
        CheckConstraint("step IN (1, 2)", name="step"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_leave_request_unit_first", "unit_code", "first_day"),
        Index("ix_leave_request_posting_first", "posting_id", "first_day"),
        Index("ix_leave_request_seat_state", "approver_posting_id", "state"),
    )
    __scope__ = either(within(), mine(), linked(_brought))

    id: Mapped[int] = mapped_column(primary_key=True)
    reason_category: Mapped[str | None] = mapped_column(Text)
    """Only for 病假, and only a category; sealed for this very row (`leave.sealing`), cleared by `leave.retention`."""
    urgent: Mapped[bool] = mapped_column(default=False)
    """Entered after it had begun, to be approved afterwards (Z-30)."""
    extends_id: Mapped[int | None] = mapped_column(ForeignKey("leave_request.id"), index=True)
    """续假: the leave that this one goes on from."""
    state: Mapped[str] = mapped_column(String(10), default="asked")
    step: Mapped[int] = mapped_column(default=1)
    """Whose turn it is: 1 the first tier of the pack, 2 the second."""
    route: Mapped[str] = mapped_column(String(10), default="direct")
    """How whoever decides now was found (`leave.substitute`)."""
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approver_name: Mapped[str | None] = mapped_column(String(60))
    """As it was then: those below do not see who sits above them."""
    approver_posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    """The post whose right is used; its holder's or that of whom the holder delegated to."""
    answer_by: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    """Unanswered at this moment it goes to a substitute; empty where nobody further can be asked."""
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    returned_on: Mapped[date | None]
    returned_half: Mapped[str | None] = mapped_column(String(2))
    """销假: the first half-day back on post."""
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship(foreign_keys="LeaveRequest.person_id")
    posting: Mapped[Posting] = relationship(foreign_keys="LeaveRequest.posting_id")
    unit: Mapped[Division] = relationship()
    extends: Mapped["LeaveRequest | None"] = relationship(remote_side=[id])
    events: Mapped[list["LeaveEvent"]] = relationship(order_by="LeaveEvent.id")
    __mapper_args__ = {"version_id_col": version}

    @property
    def decided_on(self) -> date | None:
        return clock.day_of(self.decided_at) if self.decided_at is not None else None

    @property
    def taken(self) -> Span | None:
        """The half-days of leave as taken: cut where the person was back earlier, None where nothing is left."""
        if self.returned_on is None:
            return self.span
        return self.span.until(self.returned_on, self.returned_half or "am")


class LeaveEvent(Scoped, Base):
    """One act on a request; never changed. Names are kept as they were, and whose turn it was afterwards and why."""

    __tablename__ = "leave_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('ask', 'route', 'review', 'approve', 'decline', 'withdraw', 'cancel', 'return')", name="kind"
        ),
    )
    __scope__ = either(within(), mine("owner_id"), linked(_of_brought))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("leave_request.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Whose leave it is."""
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    text: Mapped[str | None] = mapped_column(Text)
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_name: Mapped[str | None] = mapped_column(String(60))
    """Who was asked to decide next, as this was resolved at that moment."""
    route: Mapped[str | None] = mapped_column(String(10))


class LeaveEntitlement(Scoped, Base):
    """Days of 年休假 that a person has in a year, as the sending unit or the county entered them, and from what."""

    __tablename__ = "leave_entitlement"
    __table_args__ = (
        UniqueConstraint("posting_id", "year"),
        CheckConstraint("days >= 0", name="days"),
        CheckConstraint(one_of("source", ("years", "sending_unit", "county")), name="source"),
    )
    __scope__ = either(within(), mine(), sent())

    id: Mapped[int] = mapped_column(primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    sending_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    days: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    """Working days."""
    source: Mapped[str] = mapped_column(String(12))
    work_years: Mapped[int | None]
    """Whole years of work, where the days follow from them (《职工带薪年休假条例》第三条)."""
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class OfficialTrip(HalfDays, Scoped, Base):
    """因公外出报备: a report to the township, which is no leave and needs nobody's permission (Z-26)."""

    __tablename__ = "official_trip"
    __table_args__ = (
        CheckConstraint(one_of("kind", TRIP_KINDS), name="kind"),
        CheckConstraint(one_of("state", TRIP_STATES), name="state"),
        CheckConstraint(one_of("first_half", HALVES), name="first_half"),
        CheckConstraint(one_of("last_half", HALVES), name="last_half"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_official_trip_unit_first", "unit_code", "first_day"),
        Index("ix_official_trip_posting_first", "posting_id", "first_day"),
    )
    __scope__ = either(within(), mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(120))
    document_no: Mapped[str | None] = mapped_column(String(60))
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10), default="reported")
    version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship(foreign_keys="OfficialTrip.person_id")
    posting: Mapped[Posting] = relationship()
    unit: Mapped[Division] = relationship()
    events: Mapped[list["TripEvent"]] = relationship(order_by="TripEvent.id")
    __mapper_args__ = {"version_id_col": version}


class TripEvent(Scoped, Base):
    """One act on a trip; never changed. `before` holds what a correction replaced."""

    __tablename__ = "trip_event"
    __table_args__ = (CheckConstraint("kind IN ('report', 'correct', 'cancel')", name="kind"),)
    __scope__ = either(within(), mine("owner_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("official_trip.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    text: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
