"""Reading spot checks: the list, one with its steps, and what a verified absence may lead to."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Viewer, acting_as
from webapp.auth import former
from webapp.errors import NotFound
from webapp.leave.queries import Absence, absences
from webapp.org.models import Posting
from webapp.policy.service import parameter
from webapp.presence.inspection_rules import effect_words
from webapp.presence.models import OUTCOMES, STATES, Inspection

SORTS = {
    "unit": (Inspection.unit_code, Inspection.id),
    "-unit": (Inspection.unit_code.desc(), Inspection.id),
    "day": (Inspection.inspected_at, Inspection.id),
    "-day": (Inspection.inspected_at.desc(), Inspection.id),
}


@dataclass(frozen=True)
class Sought:
    """What the list is narrowed to; `state` is a state, "open" or ""."""

    state: str = ""
    unit_code: str = ""
    sort: str = "unit"


def sought(wanted: Sought) -> Select[tuple[Inspection]]:
    """Inspections in scope, in code order unless sorted by day. Never counted by person (X-7)."""
    statement = select(Inspection).options(
        joinedload(Inspection.unit), joinedload(Inspection.person), joinedload(Inspection.plan)
    )
    if wanted.state == "open":
        statement = statement.where(Inspection.state != "closed")
    elif wanted.state in STATES:
        statement = statement.where(Inspection.state == wanted.state)
    if wanted.unit_code:
        statement = statement.where(Inspection.unit_code.startswith(wanted.unit_code, autoescape=True))
    return statement.order_by(*SORTS.get(wanted.sort, SORTS["unit"]))


def one(session: Session, inspection_id: int) -> Inspection:
    """An inspection with its steps and files; raises `NotFound`."""
    row = session.scalar(
        select(Inspection)
        .where(Inspection.id == inspection_id)
        .options(
            joinedload(Inspection.unit),
            joinedload(Inspection.person),
            joinedload(Inspection.plan),
            joinedload(Inspection.posting),
            selectinload(Inspection.events),
            selectinload(Inspection.files),
        )
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    return row


def away(session: Session, row: Inspection) -> list[Absence]:
    """Leave that was granted and trips that were reported for the days of which an absence is said, from whatever post
    of the person: somebody who was moved meanwhile took it along."""
    said = row.span
    if said is None:
        return []
    with acting_as(session, Viewer.system("抽查", "")):
        own = session.scalars(select(Posting.id).where(Posting.person_id == row.person_id)).all()
        return absences(session, own, said.first_day, said.last_day)


def _open_checks(session: Session, person_id: int | None) -> list[int]:
    """Posts of a person for which a check is not decided yet: the person may still have to speak."""
    states = [state for state in STATES if state not in ("drawn", "closed")]
    mine = select(Inspection.posting_id).where(Inspection.person_id == person_id, Inspection.state.in_(states))
    return list(session.scalars(mine))


former.register(_open_checks)


def state_words(row: Inspection) -> str:
    """Where it stands, in words."""
    return OUTCOMES[row.outcome] if row.outcome else STATES[row.state]


def proposal(session: Session, row: Inspection) -> str:
    """What a verified absence may lead to by the pack (Z-31, Z-32), as a proposal; "" for anything else. Nothing is ever
    applied: the grade is set by people in the assessment (Z-50)."""
    if row.outcome != "verified" or row.first_on is None:
        return ""
    year = row.first_on.year
    number = session.scalar(
        select(func.count(Inspection.id)).where(
            Inspection.person_id == row.person_id,
            Inspection.outcome == "verified",
            or_(
                Inspection.first_on.between(date(year, 1, 1), row.first_on - timedelta(days=1)),
                and_(Inspection.first_on == row.first_on, Inspection.id <= row.id),
            ),
        )
    )
    effects = parameter(session, "absence.effects", on=row.first_on, unit_code=row.unit_code)
    return f"本年度第 {number} 次认定，可以建议：{effect_words(effects, number or 1)}。只供年度考核时研究，不自动生效。"
