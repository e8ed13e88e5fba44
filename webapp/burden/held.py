"""Which asked fields somebody holds already: the ledgers of the work areas, and demands that are still in force (X-4)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as, below
from webapp.burden.models import BurdenEntry, Demand, DemandField, directory_no
from webapp.burden.proposals import AskedField, HeldField, Proposal
from webapp.burden.queries import among
from webapp.org.codes import ancestors
from webapp.policy.held_fields import look_up, normal

_NAMED = 3
_LONGEST = 40


def held_fields(session: Session, proposal: Proposal, unit_codes: Collection[str], on: date) -> tuple[HeldField, ...]:
    """The fields of a proposal that are held, in their order, each with its holder's name."""
    asked = _asked_already(session, proposal, unit_codes, on)
    found = []
    for field in proposal.fields:
        keeper = ledger_holder(field)
        holder = keeper or asked.get(field.name) or asked.get(normal(field.label))
        if holder:
            found.append(HeldField(field, holder, by_ledger=keeper is not None))
    return tuple(found)


def ledger_holder(field: AskedField) -> str | None:
    """Who keeps a field of the work areas: "发展改革（安置点台账）"; None when no ledger holds it."""
    named = dict.fromkeys(f"{one.owner}（{one.ledger_title}）" for one in look_up(field.name, field.label))
    if not named:
        return None
    shown = "、".join(list(named)[:_NAMED])
    return shown if len(named) <= _NAMED else f"{shown}等"


def _asked_already(session: Session, proposal: Proposal, unit_codes: Collection[str], on: date) -> dict[str, str]:
    """Name and compared label → the granted demand, in the same line of levels, that asks the targets for it, in words."""
    words = {normal(field.label) for field in proposal.fields} | {field.name for field in proposal.fields}
    if not words:
        return {}
    statement = (
        select(DemandField.name, DemandField.normal, Demand.id, Demand.owner_code, Demand.owner_name, Demand.title)
        .join(Demand, Demand.id == DemandField.demand_id)
        .where(
            DemandField.mode == "enter",
            or_(DemandField.name.in_(words), DemandField.normal.in_(words)),
            Demand.state == "granted",
            Demand.ends_on >= on,
            Demand.key != proposal.key,
            or_(Demand.owner_code.in_(ancestors(proposal.owner_code)), below(Demand.owner_code, proposal.owner_code)),
        )
        .order_by(Demand.id)
    )
    if proposal.series is not None:
        statement = statement.where(or_(Demand.series.is_(None), Demand.series != proposal.series))
    rows = session.execute(statement).all()
    line = {code for unit in unit_codes for code in (*ancestors(unit), unit)}
    rows = [row for row in rows if not unit_codes or row.owner_code in line]
    reached = _reaching(session, {row.id for row in rows}, unit_codes)
    found: dict[str, str] = {}
    for name, compared, demand_id, owner_code, owner, title in rows:
        if demand_id in reached:
            holder = f"{owner[:_LONGEST]}“{title[:_LONGEST]}”（目录编号 {directory_no(owner_code, demand_id)}）"
            found.setdefault(name, holder)
            found.setdefault(compared, holder)
    return found


def _reaching(session: Session, demand_ids: set[int], unit_codes: Collection[str]) -> set[int]:
    """Which demands ask one of the targets; what was asked of other units only is not held for these.

    A demand without any entry is one whose targets are not entered yet, or are not units of the ledger: it counts.
    """
    if not demand_ids or not unit_codes:
        return demand_ids
    wanted = set(unit_codes)
    with acting_as(session, Viewer.system("减负审核", "")):
        of_them = BurdenEntry.demand_id.in_(demand_ids)
        entered = set(session.scalars(select(BurdenEntry.demand_id).where(of_them).distinct()))
        pairs = select(BurdenEntry.demand_id, BurdenEntry.unit_code).where(of_them, among(sorted(wanted)))
        found = {demand_id for demand_id, code in session.execute(pairs) if demand_id and code in wanted}
    found |= demand_ids - entered
    return found
