"""What the pages of issues show. Lists stand by deadline, unit code or number, never by lamp (T-7)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from webapp.access import Viewer, below
from webapp.accountability.queries import lamps_between
from webapp.accountability.rules import Clock
from webapp.accountability.thresholds import thresholds
from webapp.errors import NotFound
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.policy.calendar import work_calendar
from webapp.rectification.models import Issue, IssueSupport, SecondLook
from webapp.rectification.rules import CLOSING, OPEN, UNCLOSED, clock_for


@dataclass(frozen=True)
class Item:
    """One issue as a list shows it, with its clock of the day."""

    issue: Issue
    clock: Clock
    provisional: bool = False
    """The deadline lies in a year without a published calendar."""

    @property
    def lamp(self) -> str:
        """The kind of the lamp macro."""
        if self.issue.state == "closed":
            return "done"
        usual = "waiting" if self.issue.state == "new" else "doing"
        return {"red": "over", "amber": "near"}.get(self.clock.lamp, usual)


def lamps_open(viewer: Viewer, row: Issue) -> bool:
    """T-7: whether the viewer stands on the way from the unit that closes the issue down to the one that leads it."""
    return lamps_between(viewer, row.closer_code, row.unit_code)


def items(session: Session, rows: Collection[Issue], on: date) -> list[Item]:
    """Rows of one page with their clocks."""
    calendar, near = work_calendar(session), thresholds(session, on).near_due_workdays
    return [
        Item(
            row,
            clock_for(row.state, row.due_on, row.requested_on, on, calendar, near),
            calendar.provisional(row.due_on),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Sought:
    """What a list is narrowed to. `view`: "answer" own units lead, "close" own units close, "all" in scope."""

    view: str = "all"
    units: tuple[str, ...] = ()
    """Own units for the views "answer" and "close"."""
    state: str = ""
    """A state, "open" for all that is not closed, "" for any."""
    source: str = ""
    issue_class: str = ""
    due_from: date | None = None
    due_to: date | None = None
    unit_prefix: str = ""
    words: str = ""
    sort: str = "due"


SORTS = {
    "due": (Issue.due_on, Issue.unit_code, Issue.id),
    "-due": (Issue.due_on.desc(), Issue.unit_code, Issue.id),
    "unit": (Issue.unit_code, Issue.due_on, Issue.id),
    "number": (Issue.id,),
    "-number": (Issue.id.desc(),),
}


def sought(wanted: Sought) -> Select[tuple[Issue]]:
    """The statement of a list; rows out of scope never enter it."""
    return matching(wanted).options(contains_eager(Issue.unit), joinedload(Issue.closer), joinedload(Issue.issuer))


def matching(wanted: Sought) -> Select[tuple[Issue]]:
    """The same without what its rows point to."""
    statement = select(Issue).join(Issue.unit).order_by(*SORTS[wanted.sort])
    if wanted.view == "answer":
        statement = statement.where(Issue.unit_code.in_(wanted.units))
    elif wanted.view == "close":
        statement = statement.where(Issue.closer_code.in_(wanted.units))
    if wanted.state == "open":
        statement = statement.where(Issue.state.in_(UNCLOSED))
    elif wanted.state:
        statement = statement.where(Issue.state == wanted.state)
    for column, value in ((Issue.source, wanted.source), (Issue.issue_class, wanted.issue_class)):
        if value:
            statement = statement.where(column == value)
    if wanted.due_from:
        statement = statement.where(Issue.due_on >= wanted.due_from)
    if wanted.due_to:
        statement = statement.where(Issue.due_on <= wanted.due_to)
    if wanted.unit_prefix:
        statement = statement.where(below(Issue.unit_code, wanted.unit_prefix))
    if wanted.words:
        words = (Issue.description, Issue.source_document, Issue.source_number, Issue.leader, Division.name)
        statement = statement.where(or_(*(column.icontains(wanted.words, autoescape=True) for column in words)))
    return statement


def to_act(session: Session, viewer: Viewer, on: date, limit: int) -> list[Item]:
    """What the viewer's own units have to put right, or to verify and close, the earliest due first; at most `limit`."""
    leads, closes = viewer.units_with("task.answer"), viewer.units_with("task.verify")
    if not leads and not closes:
        return []
    own = Issue.unit_code.in_(leads) & Issue.state.in_(OPEN)
    above = Issue.closer_code.in_(closes) & Issue.state.in_(CLOSING)
    statement = sought(Sought()).where(or_(own, above))
    return items(session, list(session.scalars(statement.limit(limit))), on)


@dataclass(frozen=True)
class Record:
    """One issue with all that its page shows."""

    item: Item
    names: dict[str, str] = field(default_factory=dict)
    """Names of the units in the events, by code."""


def record(session: Session, issue_id: int, on: date) -> Record:
    """Raises `NotFound`, equal for rows out of scope and rows that never were."""
    row = session.scalar(
        select(Issue)
        .where(Issue.id == issue_id)
        .options(
            joinedload(Issue.unit),
            joinedload(Issue.closer),
            joinedload(Issue.issuer),
            joinedload(Issue.task),
            selectinload(Issue.events),
            selectinload(Issue.supports).joinedload(IssueSupport.unit),
            selectinload(Issue.looks).joinedload(SecondLook.sample),
        )
    )
    if row is None:
        raise NotFound()
    codes = {event.actor_unit for event in row.events if event.actor_unit}
    return Record(items(session, [row], on)[0], names(session, codes))


def looks(units: Collection[str], state: str) -> Select[tuple[SecondLook]]:
    """Second looks of closing units by their last day: "undrawn", "waiting" (drawn, not looked at), "done", "" all."""
    statement = (
        select(SecondLook)
        .join(SecondLook.issue)
        .where(SecondLook.closer_code.in_(units))
        .options(contains_eager(SecondLook.issue).joinedload(Issue.unit), joinedload(SecondLook.sample))
        .order_by(SecondLook.due_on, SecondLook.unit_code, SecondLook.id)
    )
    if state == "undrawn":
        return statement.where(SecondLook.drawn.is_(None), SecondLook.result.is_(None))
    if state == "waiting":
        return statement.where(SecondLook.drawn.is_(True), SecondLook.result.is_(None))
    return statement.where(SecondLook.result.is_not(None)) if state == "done" else statement


def to_look(units: Collection[str]) -> Select[tuple[SecondLook]]:
    """Drawn second looks of closing units that nobody has done, and of those not drawn yet the one with the earliest last day."""
    waits = SecondLook.closer_code.in_(units), SecondLook.drawn.is_(None), SecondLook.result.is_(None)
    first = select(SecondLook.id).where(*waits).order_by(SecondLook.due_on, SecondLook.id).limit(1).scalar_subquery()
    drawn = SecondLook.drawn.is_(True) & SecondLook.result.is_(None)
    return looks(units, "").where(drawn | (SecondLook.id == first))


def undrawn(session: Session, units: Collection[str]) -> dict[str, int]:
    """How many closures of each closing unit wait for a sample, by unit code."""
    statement = (
        select(SecondLook.closer_code, func.count())
        .where(SecondLook.closer_code.in_(units), SecondLook.drawn.is_(None), SecondLook.looked_on.is_(None))
        .group_by(SecondLook.closer_code)
    )
    found = dict(session.execute(statement).tuples().all())
    return {code: found[code] for code in sorted(found)}
