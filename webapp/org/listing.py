"""Lists on pages and in exports: divisions found by name or code, postings of a subtree, people of one name."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.access import below
from webapp.org.models import Division, Handover, Person, Posting
from webapp.org.queries import valid_on

SORTS = {
    "unit": Posting.unit_code,
    "role": Posting.role,
    "name": Person.name,
    "starts_on": Posting.starts_on,
    "ends_on": Posting.ends_on,
}
WHEN = {"now": "在任", "past": "已离任", "later": "尚未到任"}


@dataclass(frozen=True)
class Sought:
    """What a list of postings was asked for; an empty text means all."""

    unit_code: str
    when: str = "now"
    role: str = ""
    words: str = ""
    sort: str = "unit"


def divisions(words: str, parent: str | None = None) -> Select[tuple[Division]]:
    """Divisions whose name holds the words or whose code begins with the digits, by code; below a parent if given."""
    statement = select(Division).order_by(Division.code)
    if parent is not None:
        statement = statement.where(Division.parent_code == parent)
    if not words:
        return statement
    if words.isascii() and words.isdigit():
        prefix = words[:12] if len(words) < 12 else words[:12].rstrip("0") or "0"
        return statement.where(below(Division.code, prefix))
    return statement.where(Division.name.contains(words, autoescape=True))


def villages(session: Session, unit_code: str) -> list[Division]:
    """Villages in force below a division, by code; a county has at most some 1,500."""
    statement = select(Division).where(
        below(Division.code, unit_code), Division.level == 5, Division.valid_to.is_(None)
    )
    return list(session.scalars(statement.order_by(Division.code)))


def postings(sought: Sought, on: date) -> Select[tuple[Posting]]:
    """Postings of a subtree with person and division, in the order asked for, then by unit and start."""
    statement = (
        select(Posting)
        .join(Posting.person)
        .where(below(Posting.unit_code, sought.unit_code))
        .options(
            contains_eager(Posting.person),
            joinedload(Posting.division),
            joinedload(Posting.organisation),
            joinedload(Posting.sending_unit),
        )
    )
    if sought.when == "past":
        statement = statement.where(Posting.ends_on < on)
    elif sought.when == "later":
        statement = statement.where(Posting.starts_on > on)
    else:
        statement = statement.where(valid_on(on))
    if sought.role:
        statement = statement.where(Posting.role == sought.role)
    if sought.words:
        statement = statement.where(Person.name.contains(sought.words, autoescape=True))
    column = SORTS[sought.sort.removeprefix("-")]
    first = column.desc() if sought.sort.startswith("-") else column
    return statement.order_by(first, Posting.unit_code, Posting.starts_on, Posting.id)


def namesakes(session: Session, name: str) -> list[Person]:
    """People in sight of exactly this name, the earliest first."""
    return list(session.scalars(select(Person).where(Person.name == name).order_by(Person.id).limit(20)))


def handovers(session: Session, person_id: int) -> list[Handover]:
    """Hand-overs of a person's posts, as leaver or successor, by their deadline."""
    own = select(Posting.id).where(Posting.person_id == person_id)
    statement = select(Handover).where(Handover.leaver_posting_id.in_(own) | Handover.successor_posting_id.in_(own))
    return list(session.scalars(statement.order_by(Handover.due_on, Handover.id)))


def open_handovers(session: Session, unit_code: str) -> list[Handover]:
    """Hand-overs of exactly this unit that are not done, by their deadline."""
    statement = select(Handover).where(
        Handover.unit_code == unit_code, Handover.done_on.is_(None), Handover.passed_on.is_(None)
    )
    return list(session.scalars(statement.order_by(Handover.due_on, Handover.id)))
