"""Whose turn it is to decide on leave: the offices of the pack, and their substitutes (`leave.substitute`, Z-30).

An office is asked through one of its posts. A post whose holder is on leave, or is the one who asks, is passed over:
to whom its approvals are delegated today, then to the deputies of the office, then to the next tier.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.leave.halves import slot_of
from webapp.leave.models import LeaveRequest
from webapp.leave.queries import granted
from webapp.leave.rules import Limits
from webapp.org.codes import at_level
from webapp.org.models import Delegation, Organisation, Person, Posting
from webapp.org.queries import delegated_on, valid_on
from webapp.permissions import permissions_of
from webapp.policy.service import parameter

KEEPER = Viewer.system("请假审批", "")
DECIDE = "leave.decide"
LAST_STEP = 2
COUNTY, TOWNSHIP = 3, 4
raised: list[Callable[[Session, LeaveRequest, datetime], bool]] = []
"""Whether a request goes to the last tier whatever its days, at a moment; given at start-up by features that stand above."""


@dataclass(frozen=True)
class Seat:
    """A post of an office and who holds it."""

    posting_id: int
    person_id: int
    name: str


@dataclass(frozen=True)
class Office:
    """Who decides in an office: those asked first, and their deputies."""

    principals: tuple[Seat, ...]
    deputies: tuple[Seat, ...]


@dataclass(frozen=True)
class Turn:
    """Who is asked now, by which way; nobody where no post is held by anyone who may decide."""

    step: int
    route: str
    seat: Seat | None


def limits_of(session: Session, on: date, unit_code: str) -> Limits:
    """What the pack says for a unit on a day."""

    def value(key: str) -> object:
        return parameter(session, f"leave.{key}", on=on, unit_code=unit_code)

    return Limits(
        tier1_max_days=Decimal(str(value("tier1_max_days"))),
        count=str(value("count")),
        offices=(str(value("tier1_approver")), str(value("tier2_approver"))),
        substitutes=tuple(parameter(session, "leave.substitute", on=on, unit_code=unit_code)),
        answer_hours=int(parameter(session, "leave.answer_hours", on=on, unit_code=unit_code)),
    )


def first_step(unit_code: str, role: str) -> int:
    """The tier that sees a request first: nobody's own deputy or office decides for its head or the county's people."""
    return 1 if len(unit_code) > len("533323") and (len(unit_code) == 12 or role != "secretary") else LAST_STEP


def turn(session: Session, row: LeaveRequest, step: int, at: datetime, silent: Collection[int] = ()) -> Turn:
    """Who decides on a request at a step or, where nobody there can, at the next; `silent` have let their time pass."""
    session.flush()
    today = clock.day_of(at)
    with acting_as(session, KEEPER):
        limits = limits_of(session, today, row.unit_code)
        entered = {row.paper_by_id} if row.paper_by_id is not None else set()
        barred = {row.person_id, *silent} | entered | _away(session, at)
        for number in range(step, LAST_STEP + 1):
            seat, way = _asked(
                session, office(session, row.unit_code, limits.offices[number - 1], today), row, barred, limits, today
            )
            if seat is not None:
                return Turn(number, way if number == step else "next_tier", seat)
            if "next_tier" not in limits.substitutes:
                break
    return Turn(step, "nobody", None)


def _asked(
    session: Session, found: Office, row: LeaveRequest, barred: Collection[int], limits: Limits, on: date
) -> tuple[Seat | None, str]:
    """The first of an office that is there, and by which way: itself, a delegation or a deputy."""
    principals = [one for one in found.principals if one.posting_id != row.posting_id]
    for seat in principals:
        if seat.person_id not in barred:
            return seat, "direct"
    for way in limits.substitutes:
        if way == "delegation":
            passed_on = _delegates(session, [one for one in principals if one.person_id != row.person_id], on)
        else:
            passed_on = list(found.deputies) if way == "deputy" else []
        for seat in passed_on:
            if seat.person_id not in barred and seat.posting_id != row.posting_id:
                return seat, way
    return None, ""


def office(session: Session, unit_code: str, name: str, on: date) -> Office:
    """The posts of an office over a unit on a day. At a department the desk is asked first, its head stands in."""
    at_township = name == "township_secretary"
    code = at_level(unit_code, TOWNSHIP if at_township else COUNTY)
    statement = (
        select(Posting, Person.name, Organisation.kind)
        .join(Person, Person.id == Posting.person_id)
        .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
        .where(Posting.unit_code == code, valid_on(on))
        .order_by(Posting.id)
    )
    first: list[Seat] = []
    second: list[Seat] = []
    for posting, person, kind in session.execute(statement):
        in_department = kind == "organisation_department"
        wanted = at_township or in_department == (name == "county_organisation_department")
        if not wanted or DECIDE not in permissions_of(posting.role, code, kind):
            continue
        seat = Seat(posting.id, posting.person_id, person)
        (first if posting.role == ("secretary" if at_township else "desk") else second).append(seat)
    return Office(tuple(first), tuple(second))


def _delegates(session: Session, seats: Collection[Seat], on: date) -> list[Seat]:
    """Those to whom the approvals of posts are delegated on a day; they act through the same posts."""
    statement = (
        select(Delegation.posting_id, Delegation.to_person_id, Person.name)
        .join(Person, Person.id == Delegation.to_person_id)
        .where(Delegation.posting_id.in_([seat.posting_id for seat in seats]), delegated_on(on))
        .order_by(Delegation.id)
    )
    return [Seat(*row) for row in session.execute(statement)]


def _away(session: Session, at: datetime) -> set[int]:
    """People who are on granted leave in the half-day of a moment."""
    today, now = clock.day_of(at), slot_of(at)
    rows = session.scalars(granted(today, today))
    return {row.person_id for row in rows if row.taken is not None and row.taken.first <= now <= row.taken.last}
