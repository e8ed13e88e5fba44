"""Reading official trips."""

from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Viewer
from webapp.errors import NotFound
from webapp.leave.models import TRIP_KINDS, TRIP_STATES, OfficialTrip
from webapp.org.models import Division, Person

SORTS = {
    "first": (OfficialTrip.first_day, OfficialTrip.id),
    "-first": (OfficialTrip.first_day.desc(), OfficialTrip.id.desc()),
    "unit": (OfficialTrip.unit_code, OfficialTrip.first_day, OfficialTrip.id),
    "-unit": (OfficialTrip.unit_code.desc(), OfficialTrip.first_day, OfficialTrip.id),
}


@dataclass(frozen=True)
class TripsSought:
    """What a list asks for; `view` is own or all in scope."""

    view: str
    state: str = ""
    kind: str = ""
    words: str = ""
    sort: str = "-first"


def sought(wanted: TripsSought, viewer: Viewer) -> Select[tuple[OfficialTrip]]:
    """Trips in scope for a list."""
    statement = (
        select(OfficialTrip)
        .join(Person, Person.id == OfficialTrip.person_id)
        .options(joinedload(OfficialTrip.person), joinedload(OfficialTrip.unit))
    )
    if wanted.view == "own":
        statement = statement.where(OfficialTrip.person_id == viewer.person_id)
    if wanted.state in TRIP_STATES:
        statement = statement.where(OfficialTrip.state == wanted.state)
    if wanted.kind in TRIP_KINDS:
        statement = statement.where(OfficialTrip.kind == wanted.kind)
    if wanted.words:
        of_unit = select(Division.code).where(Division.name.contains(wanted.words, autoescape=True))
        by_name = Person.name.contains(wanted.words, autoescape=True)
        in_subject = OfficialTrip.subject.contains(wanted.words, autoescape=True)
        statement = statement.where(or_(by_name, in_subject, OfficialTrip.unit_code.in_(of_unit)))
    return statement.order_by(*SORTS.get(wanted.sort, SORTS["-first"]))


def one(session: Session, trip_id: int) -> OfficialTrip:
    """A trip with its events; raises `NotFound`."""
    options = (joinedload(OfficialTrip.person), joinedload(OfficialTrip.unit), selectinload(OfficialTrip.events))
    row = session.scalar(select(OfficialTrip).where(OfficialTrip.id == trip_id).options(*options))
    if row is None:
        raise NotFound()
    return row
