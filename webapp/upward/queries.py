"""Reading upward requests: lists with their clocks, and what a desk has to answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Viewer
from webapp.accountability.queries import lamps_between
from webapp.accountability.rules import Clock
from webapp.accountability.thresholds import thresholds
from webapp.errors import NotFound
from webapp.org.codes import ancestors
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.upward.models import KINDS, OPEN, STATES, UpwardRequest
from webapp.upward.rules import standing

_LAMPS = {"red": "over", "amber": "near"}
SORTS = {
    "due": (UpwardRequest.due_on.asc(), UpwardRequest.id),
    "-due": (UpwardRequest.due_on.desc(), UpwardRequest.id),
    "title": (UpwardRequest.title, UpwardRequest.id),
    "-title": (UpwardRequest.title.desc(), UpwardRequest.id),
    "unit": (UpwardRequest.unit_code, UpwardRequest.due_on, UpwardRequest.id),
    "-unit": (UpwardRequest.unit_code.desc(), UpwardRequest.due_on, UpwardRequest.id),
}


@dataclass(frozen=True)
class Sought:
    """What a list asks for; `view` is answer, own or all, `units` are those it is about."""

    view: str
    units: tuple[str, ...]
    state: str = "open"
    kind: str = ""
    words: str = ""
    sort: str = "due"


@dataclass(frozen=True)
class Item:
    """A request and where it stands today."""

    row: UpwardRequest
    clock: Clock
    lamp: str


def sought(wanted: Sought) -> Select[tuple[UpwardRequest]]:
    """Requests in scope, by the day they are due."""
    statement = select(UpwardRequest).options(joinedload(UpwardRequest.unit), joinedload(UpwardRequest.asked))
    if wanted.view == "answer":
        statement = statement.where(UpwardRequest.asked_code.in_(wanted.units))
    elif wanted.view == "own":
        statement = statement.where(UpwardRequest.unit_code.in_(wanted.units))
    if wanted.state == "open":
        statement = statement.where(UpwardRequest.state.in_(OPEN))
    elif wanted.state in STATES:
        statement = statement.where(UpwardRequest.state == wanted.state)
    if wanted.kind in KINDS:
        statement = statement.where(UpwardRequest.kind == wanted.kind)
    if wanted.words:
        in_title = UpwardRequest.title.contains(wanted.words, autoescape=True)
        of_unit = select(Division.code).where(Division.name.contains(wanted.words, autoescape=True))
        statement = statement.where(or_(in_title, UpwardRequest.unit_code.in_(of_unit)))
    return statement.order_by(*SORTS.get(wanted.sort, SORTS["due"]))


def items(session: Session, rows: Iterable[UpwardRequest], on: date) -> list[Item]:
    """Rows with their clocks on a day."""
    return list(each(session, rows, on))


def each(session: Session, rows: Iterable[UpwardRequest], on: date) -> Iterator[Item]:
    """The same one by one, for long exports."""
    calendar, near_due = work_calendar(session), thresholds(session, on).near_due_workdays
    for row in rows:
        clock = standing(row.state, row.due_on, row.answered_on, on, calendar, near_due)
        lamp = ("waiting" if row.state == "asked" else "doing") if row.state in OPEN else "done"
        lamp = "na" if row.state == "withdrawn" else _LAMPS.get(clock.lamp, lamp)
        yield Item(row, clock, lamp)


def lamps_open(viewer: Viewer, row: UpwardRequest) -> bool:
    """T-7: whether the viewer stands on the way from the unit that asked up to the one that answers."""
    return lamps_between(viewer, row.asked_code, row.unit_code)


def exported(session: Session, wanted: Sought, on: date) -> Iterator[Item]:
    """All items of a list, read from the database as they are taken."""
    yield from each(session, session.scalars(sought(wanted).execution_options(yield_per=500)), on)


def one(session: Session, request_id: int) -> UpwardRequest:
    """A request with its events; raises `NotFound`."""
    options = (joinedload(UpwardRequest.unit), joinedload(UpwardRequest.asked), selectinload(UpwardRequest.events))
    row = session.scalar(select(UpwardRequest).where(UpwardRequest.id == request_id).options(*options))
    if row is None:
        raise NotFound()
    return row


def to_answer(session: Session, viewer: Viewer, on: date, limit: int) -> list[Item]:
    """What the viewer's desks owe an answer to, the earliest due first."""
    units = viewer.units_with("request.answer")
    if not units:
        return []
    rows = session.scalars(sought(Sought("answer", units)).limit(limit))
    return items(session, rows, on)


def units_above(session: Session, unit_code: str) -> Sequence[Division]:
    """The divisions above a unit, the nearest first."""
    statement = select(Division).where(Division.code.in_(ancestors(unit_code)))
    return list(session.scalars(statement.order_by(Division.level.desc())))
