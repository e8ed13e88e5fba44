"""Reading the ledger: lists in code order or by due day, one item, what is overdue for somebody, what a sending unit
has open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, raiseload, selectinload

from webapp.access import Viewer, below
from webapp.errors import NotFound
from webapp.org.codes import held
from webapp.org.models import Person
from webapp.support.models import KINDS, OWNERS, STATES, SupportItem

FIRST_YEAR = 2021
RECORD = "support.record"
VIEWS = {"open": "待落实", "done": "已落实", "not_applicable": "不适用", "event": "发生时办理", "every": "全部"}
"""What is to be done has a day. What is owed only when something happens stands apart until something is recorded of it."""
TO_RECORD = ("open", "event")
SORTS = {"code": "区划代码", "due": "期限"}
_ORDER = case({kind: number for number, kind in enumerate(KINDS)}, value=SupportItem.kind)


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for by its address; anything odd is left out."""

    year: int
    view: str
    kind: str
    owner: str
    unit: str
    name: str
    sort: str

    @classmethod
    def of(cls, asked: Mapping[str, str], this_year: int) -> "Wanted":
        """From the arguments of an address or a form."""
        year, name = asked.get("year", ""), asked.get("name", "").strip()[:60]
        known = year.isascii() and year.isdigit() and len(year) == 4 and FIRST_YEAR <= int(year) <= this_year + 1
        return cls(
            int(year) if known else this_year,
            asked.get("view", "") if asked.get("view", "") in VIEWS else "open",
            asked.get("kind", "") if asked.get("kind", "") in KINDS else "",
            asked.get("owner", "") if asked.get("owner", "") in OWNERS else "",
            held(asked.get("unit", "").strip()) or "",
            name,
            asked.get("sort", "").removeprefix("-") if asked.get("sort", "").removeprefix("-") in SORTS else "code",
        )

    @property
    def address(self) -> dict[str, str]:
        """The same list again."""
        fields = {"year": str(self.year), "sort": self.sort, "view": self.view, "kind": self.kind}
        fields |= {"owner": self.owner, "unit": self.unit, "name": self.name}
        return {key: text for key, text in fields.items() if text}


def listed(wanted: Wanted) -> Select[tuple[SupportItem]]:
    """Items in scope as they were asked for, with people and places. What is late is marked and neither picked
    out nor counted (T-7, X-7)."""
    statement = (
        select(SupportItem)
        .join(SupportItem.person)
        .where(SupportItem.year == wanted.year)
        .options(
            contains_eager(SupportItem.person),
            joinedload(SupportItem.unit),
            joinedload(SupportItem.posting),
            joinedload(SupportItem.sending_unit),
            raiseload("*"),
        )
    )
    if wanted.view in TO_RECORD:
        by_event = SupportItem.due_on.is_(None)
        statement = statement.where(SupportItem.state == "open", by_event if wanted.view == "event" else ~by_event)
    elif wanted.view != "every":
        statement = statement.where(SupportItem.state == wanted.view)
    if wanted.kind:
        statement = statement.where(SupportItem.kind == wanted.kind)
    if wanted.owner:
        statement = statement.where(SupportItem.owner == wanted.owner)
    if wanted.unit:
        statement = statement.where(below(SupportItem.unit_code, wanted.unit))
    if wanted.name:
        statement = statement.where(Person.name.contains(wanted.name, autoescape=True))
    by_code = (SupportItem.unit_code, SupportItem.posting_id, _ORDER)
    if wanted.sort == "due":
        return statement.order_by(SupportItem.due_on.is_(None), SupportItem.due_on, *by_code)
    return statement.order_by(*by_code)


def when_it_happens(session: Session, wanted: Wanted) -> int:
    """How many items of the same list are owed only when something happens, with nothing recorded of them yet."""
    same = listed(replace(wanted, view="event")).order_by(None)
    return session.scalar(select(func.count()).select_from(same.subquery())) or 0


def _overdue(on: date) -> ColumnElement[bool]:
    return and_(SupportItem.state == "open", SupportItem.due_on < on)


def one(session: Session, item_id: int) -> SupportItem:
    """An item with its history. Raises `NotFound`."""
    row = session.scalar(
        select(SupportItem)
        .where(SupportItem.id == item_id)
        .options(
            joinedload(SupportItem.person),
            joinedload(SupportItem.unit),
            joinedload(SupportItem.posting),
            joinedload(SupportItem.sending_unit),
            selectinload(SupportItem.events),
        )
    )
    if row is None:
        raise NotFound()
    return row


def of_person(person_id: int | None, year: int) -> Select[tuple[SupportItem]]:
    """What is owed to one person in a year, and of earlier years what is still open."""
    earlier = and_(SupportItem.year < year, SupportItem.state == "open", SupportItem.due_on.is_not(None))
    return (
        select(SupportItem)
        .where(SupportItem.person_id == person_id, or_(SupportItem.year == year, earlier))
        .options(joinedload(SupportItem.unit), joinedload(SupportItem.sending_unit))
        .order_by(SupportItem.year.desc(), SupportItem.posting_id, _ORDER)
    )


def overdue_for(session: Session, viewer: Viewer, on: date) -> list[SupportItem]:
    """What others owe the viewer and have not done in time, the oldest first."""
    if viewer.person_id is None:
        return []
    statement = (
        select(SupportItem)
        .where(SupportItem.person_id == viewer.person_id, _overdue(on))
        .options(joinedload(SupportItem.sending_unit))
        .order_by(SupportItem.due_on, SupportItem.id)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class Owing:
    """Open items of one kind that a sending unit has to settle."""

    year: int
    kind: str
    people: int
    due_on: date


def to_record(session: Session, viewer: Viewer, until: date) -> list[Owing]:
    """What the viewer's sending units owe up to a day, by kind, the earliest first."""
    senders = [one.organisation_id for one in viewer.grants if one.organisation_kind == "sending_unit"]
    earliest = func.min(SupportItem.due_on)
    statement = (
        select(SupportItem.year, SupportItem.kind, func.count(SupportItem.id), earliest)
        .where(
            SupportItem.state == "open",
            SupportItem.due_on <= until,
            SupportItem.owner == "sending_unit",
            SupportItem.sending_unit_id.in_(senders),
        )
        .group_by(SupportItem.year, SupportItem.kind)
        .order_by(earliest, SupportItem.kind)
    )
    return [Owing(*row) for row in session.execute(statement)]


def has_any(session: Session, viewer: Viewer) -> bool:
    """Whether anything is or was owed to the viewer."""
    if viewer.person_id is None:
        return False
    own = select(SupportItem.id).where(SupportItem.person_id == viewer.person_id)
    return session.scalar(own.limit(1)) is not None


def states_in(session: Session, unit_code: str, year: int) -> dict[str, int]:
    """How far one unit's ledger of a year is kept: items by state."""
    statement = (
        select(SupportItem.state, func.count(SupportItem.id))
        .where(below(SupportItem.unit_code, unit_code), SupportItem.year == year)
        .group_by(SupportItem.state)
    )
    return dict.fromkeys(STATES, 0) | dict(session.execute(statement).tuples().all())
