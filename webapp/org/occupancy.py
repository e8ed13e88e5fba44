"""Who holds the posts of a list of units on a day, and which posts are empty (Z-1, Z-5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer, acting_as
from webapp.org.models import DESIGNATIONS, Division, Posting, VillageDesignation
from webapp.org.queries import valid_on

VILLAGE = 5


@dataclass
class Occupancy:
    """The posts of one unit on a day; `vacancies` says in words what is missing."""

    designations: list[str] = field(default_factory=list)
    by_role: dict[str, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    vacancies: list[str] = field(default_factory=list)


def occupancy(
    session: Session, units: Sequence[Division], reader: Viewer, on: date, team_min: int
) -> dict[str, Occupancy]:
    """Occupancy of those units that the reader may read; `team_min` is the least size of a team in persons."""
    found = {unit.code: Occupancy() for unit in units if reader.reaches(unit.code)}
    for row in _designated(session, list(found), on):
        found[row.unit_code].designations.append(DESIGNATIONS[row.kind])
    with acting_as(session, reader):
        for posting in _postings(session, list(found), on):
            found[posting.unit_code].by_role[posting.role].append(posting)
    for unit in units:
        if unit.code in found:
            found[unit.code].vacancies = list(_vacancies(unit, found[unit.code], team_min))
    return found


def _vacancies(unit: Division, held: Occupancy, team_min: int) -> list[str]:
    words = [] if held.by_role["secretary"] else ["党组织书记空缺"]
    if unit.level == VILLAGE and held.designations:
        team = len(held.by_role["first_secretary"]) + len(held.by_role["team_member"])
        if not held.by_role["first_secretary"]:
            words.append("驻村第一书记空缺")
        if team < team_min:
            words.append(f"工作队缺 {team_min - team} 人")
    return words


def _designated(session: Session, codes: list[str], on: date) -> list[VillageDesignation]:
    still = VillageDesignation.valid_to.is_(None) | (VillageDesignation.valid_to >= on)
    statement = select(VillageDesignation).where(
        VillageDesignation.unit_code.in_(codes), VillageDesignation.valid_from <= on, still
    )
    return list(session.scalars(statement.order_by(VillageDesignation.id)))


def _postings(session: Session, codes: list[str], on: date) -> list[Posting]:
    statement = (
        select(Posting)
        .where(Posting.unit_code.in_(codes), valid_on(on))
        .options(joinedload(Posting.person), joinedload(Posting.organisation), joinedload(Posting.sending_unit))
        .order_by(Posting.starts_on, Posting.id)
    )
    return list(session.scalars(statement))
