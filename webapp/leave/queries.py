"""Reading leave and trips: lists, one record, and who is away when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from webapp.access import Viewer, below
from webapp.errors import NotFound
from webapp.leave.halves import Half, Span
from webapp.leave.models import GRANTED, KINDS, LIVE, STATES, WAITING, LeaveRequest, OfficialTrip
from webapp.org.models import Division, Person

_AT_ONCE = 500
SORTS = {
    "first": (LeaveRequest.first_day, LeaveRequest.id),
    "-first": (LeaveRequest.first_day.desc(), LeaveRequest.id.desc()),
    "asked": (LeaveRequest.asked_at, LeaveRequest.id),
    "-asked": (LeaveRequest.asked_at.desc(), LeaveRequest.id.desc()),
    "unit": (LeaveRequest.unit_code, LeaveRequest.first_day, LeaveRequest.id),
    "-unit": (LeaveRequest.unit_code.desc(), LeaveRequest.first_day, LeaveRequest.id),
}


@dataclass(frozen=True)
class Absence:
    """One stretch away from a post, granted or reported: half-days of leave as taken, or of an official trip."""

    posting_id: int
    what: str
    """ "leave" or "trip"."""
    kind: str
    span: Span
    source_id: int
    """Id of the leave request or of the trip."""
    known_at: datetime | None
    """When the leave was decided on or the trip reported."""

    @property
    def first_day(self) -> date:
        return self.span.first_day

    @property
    def first_half(self) -> Half:
        return self.span.first_half

    @property
    def last_day(self) -> date:
        return self.span.last_day

    @property
    def last_half(self) -> Half:
        return self.span.last_half

    @property
    def path(self) -> str:
        """Where its record is read."""
        return f"/{'leave' if self.what == 'leave' else 'trips'}/{self.source_id}"


@dataclass(frozen=True)
class Sought:
    """What a list asks for; `view` is own, mine to decide, or all in scope."""

    view: str
    state: str = ""
    kind: str = ""
    words: str = ""
    unit: str = ""
    ended_by: date | None = None
    """Only granted leave that ended by this day without a return (Z-27)."""
    sort: str = "-first"


def granted(first: date, last: date) -> Select[tuple[LeaveRequest]]:
    """Leave that was granted for days between two days, both included; after a return it may have ended before them."""
    return select(LeaveRequest).where(LeaveRequest.state.in_(GRANTED), LeaveRequest.touches(first, last))


def reported(first: date, last: date) -> Select[tuple[OfficialTrip]]:
    """Trips that stand as reported on days between two days, both included."""
    return select(OfficialTrip).where(OfficialTrip.state == "reported", OfficialTrip.touches(first, last))


def absences(session: Session, posting_ids: Collection[int], first: date, last: date) -> list[Absence]:
    """Granted leave as taken, cut at the return, and reported trips of some posts between two days (both included).

    In the order of posts and half-days; a stretch that reaches past the days is cut to them. What is not granted,
    withdrawn or cancelled is not there. No two stretches of one post share a half-day.
    """
    found: list[Absence] = []
    wanted = sorted(set(posting_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for row in session.scalars(granted(first, last).where(LeaveRequest.posting_id.in_(some))):
            cut = row.taken.within(first, last) if row.taken is not None else None
            if cut is not None:
                found.append(Absence(row.posting_id, "leave", row.kind, cut, row.id, row.decided_at))
        for trip in session.scalars(reported(first, last).where(OfficialTrip.posting_id.in_(some))):
            cut = trip.span.within(first, last)
            if cut is not None:
                found.append(Absence(trip.posting_id, "trip", trip.kind, cut, trip.id, trip.reported_at))
    return sorted(found, key=lambda one: (one.posting_id, one.span))


def sought(wanted: Sought, viewer: Viewer) -> Select[tuple[LeaveRequest]]:
    """Requests in scope for a list."""
    statement = (
        select(LeaveRequest)
        .join(Person, Person.id == LeaveRequest.person_id)
        .options(joinedload(LeaveRequest.person), joinedload(LeaveRequest.unit))
    )
    if wanted.view == "own":
        statement = statement.where(LeaveRequest.person_id == viewer.person_id)
    elif wanted.view == "decide":
        statement = statement.where(_mine_to_decide(viewer))
    if wanted.state in STATES:
        statement = statement.where(LeaveRequest.state == wanted.state)
    if wanted.ended_by is not None:
        statement = statement.where(_open_return(wanted.ended_by))
    if wanted.kind in KINDS:
        statement = statement.where(LeaveRequest.kind == wanted.kind)
    if wanted.unit:
        statement = statement.where(LeaveRequest.unit_code.startswith(wanted.unit, autoescape=True))
    if wanted.words:
        of_unit = select(Division.code).where(Division.name.contains(wanted.words, autoescape=True))
        by_name = Person.name.contains(wanted.words, autoescape=True)
        statement = statement.where(or_(by_name, LeaveRequest.unit_code.in_(of_unit)))
    return statement.order_by(*SORTS.get(wanted.sort, SORTS["-first"]))


@dataclass(frozen=True)
class Waiting:
    """What of leave waits on a day: for the viewer's decision, for the viewer's return, and returns to look into."""

    decide: list[LeaveRequest]
    back: list[LeaveRequest]
    late: list[LeaveRequest]


def waiting(session: Session, viewer: Viewer, on: date, limit: int) -> Waiting:
    """For the home page, in one statement; what is late is shown to the township, the longest due first (Z-27)."""
    if not viewer.may("leave.read"):
        return Waiting([], [], [])
    townships = [code for code in viewer.units_with("leave.read") if len(code) == len("533323101")]
    below_us = or_(false(), *(below(LeaveRequest.unit_code, code) for code in townships))
    own = LeaveRequest.person_id == viewer.person_id
    statement = (
        select(LeaveRequest)
        .where(or_(_mine_to_decide(viewer), _open_return(on) & or_(own, below_us)))
        .options(joinedload(LeaveRequest.person), joinedload(LeaveRequest.unit))
        .order_by(LeaveRequest.last_day, LeaveRequest.id)
        .limit(limit)
    )
    found = Waiting([], [], [])
    for row in session.scalars(statement):
        if row.state in WAITING:
            found.decide.append(row)
        elif row.person_id == viewer.person_id:
            found.back.append(row)
        else:
            found.late.append(row)
    return found


def _open_return(on: date) -> ColumnElement[bool]:
    """Granted leave that has ended by a day, with no return reported and nothing that goes on from it."""
    return (LeaveRequest.state == "approved") & (LeaveRequest.last_day <= on) & ~_goes_on()


@cache
def _goes_on() -> ColumnElement[bool]:
    """Whether something goes on from a request; written once, because the home page asks it of everybody."""
    extended = aliased(LeaveRequest)
    return select(extended.id).where(extended.extends_id == LeaveRequest.id, extended.state.in_(LIVE)).exists()


def _mine_to_decide(viewer: Viewer) -> ColumnElement[bool]:
    """Requests that wait for a post through which the viewer may decide."""
    seats = [grant.posting_id for grant in viewer.grants if "leave.decide" in grant.permissions]
    return (
        LeaveRequest.state.in_(WAITING)
        & LeaveRequest.approver_posting_id.in_(seats)
        & (LeaveRequest.person_id != viewer.person_id)
    )


def one(session: Session, request_id: int) -> LeaveRequest:
    """A request with its events; raises `NotFound`."""
    options = (
        joinedload(LeaveRequest.person),
        joinedload(LeaveRequest.unit),
        joinedload(LeaveRequest.posting),
        selectinload(LeaveRequest.events),
    )
    row = session.scalar(select(LeaveRequest).where(LeaveRequest.id == request_id).options(*options))
    if row is None:
        raise NotFound()
    return row


def parent_of(session: Session, typed: str | None, person_id: int | None) -> LeaveRequest | None:
    """The request of a person that a form goes on from, where it names one."""
    if not (typed and typed.isascii() and typed.isdigit()):
        return None
    own = (LeaveRequest.id == int(typed)) & (LeaveRequest.person_id == person_id)
    return session.scalar(select(LeaveRequest).where(own))
