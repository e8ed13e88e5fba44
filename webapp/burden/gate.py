"""The one gate of demands (X-4, X-5, X-11, X-19): what may be asked, what is held already, and what it costs whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.burden.models import Demand, DemandField
from webapp.burden.queries import month_load
from webapp.burden.rules import Load
from webapp.errors import Faulty


@dataclass(frozen=True)
class AskedField:
    """One figure or word asked for; `kind` is text, int, money, date, code or bool, `values` the codes."""

    name: str
    label: str
    kind: str = "text"
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A demand before it is admitted. `minutes` is the estimate for one unit, `key` what asks (`Demand.key`)."""

    key: str
    kind: str
    title: str
    basis: str
    owner_code: str
    owner_name: str
    due_on: date
    ends_on: date
    minutes: int
    document_no: str | None = None
    regular: bool = False
    fields: tuple[AskedField, ...] = ()
    urgent: bool = False
    urgent_approver: str | None = None


@dataclass(frozen=True)
class HeldField:
    """An asked field that somebody holds already: it is shown prefilled, nobody enters it again."""

    field: AskedField
    holder: str


@dataclass(frozen=True)
class Cost:
    """What one target is asked in the month of the deadline, this demand included."""

    unit_code: str
    load: Load
    heavy: bool
    full: bool


@dataclass(frozen=True)
class Verdict:
    """What the gate says: faults by field (empty: it may pass), fields held already, and the cost for each target."""

    faults: dict[str, str]
    held: tuple[HeldField, ...]
    costs: tuple[Cost, ...]


def judge(session: Session, proposal: Proposal, unit_codes: Collection[str], at: datetime) -> Verdict:
    """Judge a proposal for its targets; changes nothing."""
    loads = month_load(session, unit_codes, proposal.due_on)
    costs = [
        Cost(code, loads.get(code, Load()).plus(proposal.minutes, proposal.regular), False, False)
        for code in sorted(unit_codes)
    ]
    return Verdict({}, (), tuple(costs))


def admit(session: Session, proposal: Proposal, unit_codes: Collection[str], at: datetime) -> Demand:
    """Let a proposal pass and enter it into the form directory; the same key again gives the same demand.

    Raises `Faulty` by field. The ledger's entries for each target are made by `burden.service`.
    """
    known = session.scalar(select(Demand).where(Demand.key == proposal.key))
    if known is not None:
        return known
    verdict = judge(session, proposal, unit_codes, at)
    if verdict.faults:
        raise Faulty(verdict.faults)
    holders = {held.field.name: held.holder for held in verdict.held}
    demand = Demand(
        key=proposal.key,
        kind=proposal.kind,
        title=proposal.title,
        basis=proposal.basis,
        document_no=proposal.document_no,
        owner_code=proposal.owner_code,
        owner_name=proposal.owner_name,
        ends_on=proposal.ends_on,
        minutes=proposal.minutes,
        regular=proposal.regular,
        urgent=proposal.urgent,
        urgent_approver_name=proposal.urgent_approver,
        granted_at=at,
        fields=[
            DemandField(
                name=field.name,
                label=field.label,
                normal=field.label,
                kind=field.kind,
                mode="prefill" if field.name in holders else "enter",
                holder=holders.get(field.name),
            )
            for field in proposal.fields
        ],
    )
    session.add(demand)
    session.flush()
    return demand
