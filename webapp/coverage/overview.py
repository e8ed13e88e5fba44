"""The units a viewer answers for or stands over, each with its duty of visits: own units and those directly below."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.coverage import queries
from webapp.coverage.models import HouseholdContact
from webapp.coverage.queries import VILLAGE, CoverageSet
from webapp.org.models import Division


@dataclass(frozen=True)
class Line:
    """One unit: the set of the secretary in office, or the village's confirmation of the year."""

    unit: Division
    current: CoverageSet | None
    contact: HouseholdContact | None
    words: str
    lamp: str

    @property
    def secretary(self) -> str:
        return self.current.secretary if self.current else ""


def lines(session: Session, viewer: Viewer, on: date) -> list[Line]:
    """In the order of codes; nothing else orders them (X-7)."""
    own = Division.code.in_(viewer.prefixes) | or_(*(Division.parent_code == prefix for prefix in viewer.prefixes))
    in_force = Division.valid_to.is_(None) | (Division.valid_to >= on)
    units = list(session.scalars(select(Division).where(own, in_force).order_by(Division.code)))
    sets = queries.sets_of(session, [unit.code for unit in units if unit.level != VILLAGE], on)
    villages = [unit.code for unit in units if unit.level == VILLAGE]
    contacts = queries.contacts(session, villages, [on.year]) if villages else {}
    return [_line(unit, sets.get(unit.code), contacts.get((unit.code, on.year)), on) for unit in units]


def _line(unit: Division, sets: list[CoverageSet] | None, contact: HouseholdContact | None, on: date) -> Line:
    if unit.level == VILLAGE:
        if contact is None:
            return Line(unit, None, None, f"{on.year}年走访联系农户未确认", "waiting")
        more = "，有例外" if contact.exceptions else ""
        return Line(unit, None, contact, f"{on.year}年走访联系农户已确认{more}", "done")
    if unit.level not in queries.KEYS:
        return Line(unit, None, None, "本级没有遍访要求", "na")
    current = next((one for one in sets or [] if not one.closed), None)
    if current is None:
        return Line(unit, None, None, "书记空缺，本轮未开始", "na")
    return Line(unit, current, None, current.figure, lamp_of(current))


def lamp_of(one: CoverageSet) -> str:
    """缺 where the denominator is not known; a term that runs is never late (P-29)."""
    if one.visit_set.groups and not one.known:
        return "missing"
    if not one.visit_set.every:
        return "done" if one.coverage.visited else "waiting"
    if not one.coverage.remaining:
        return "done"
    return "doing" if one.coverage.visited else "waiting"
