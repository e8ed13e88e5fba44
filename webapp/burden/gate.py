"""The one gate of demands (X-4, X-5, X-11, X-19): what may be asked, what is held already, and what it costs whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.burden.asking import faults_of, held_fault, some
from webapp.burden.held import held_fields
from webapp.burden.limits import COUNTY_LEVEL, Limits, limits_for
from webapp.burden.models import Demand, DemandField
from webapp.burden.proposals import AskedField, HeldField, Proposal
from webapp.burden.queries import month_load
from webapp.burden.rules import Load, too_many_minutes, too_many_requests
from webapp.burden.upcoming import Upcoming, upcoming, with_upcoming
from webapp.db import take_turn
from webapp.errors import Conflict, Faulty, OutOfScope
from webapp.org.codes import at_level
from webapp.org.queries import names
from webapp.policy.calendar import work_calendar
from webapp.policy.held_fields import normal

__all__ = ["AskedField", "Cost", "HeldField", "Proposal", "Verdict", "admit", "judge"]

NORMAL_LENGTH = 60
_NAMED = 5
_TURN = 12
"""The gate's turns (`take_turn`), one for each county."""


@dataclass(frozen=True)
class Cost:
    """What one target is asked in the month of the deadline, this demand and what the calendar will open included."""

    unit_code: str
    load: Load
    heavy: bool
    """More minutes than the pack's ceiling."""
    full: bool
    """More regular requests than the pack's ceiling, and this one would be regular."""
    upcoming: tuple[Upcoming, ...] = ()
    """What the calendar will open in the month; it is part of the load."""


@dataclass(frozen=True)
class Verdict:
    """What the gate says: faults by field (empty: it may pass), fields held already, and the cost for each target."""

    faults: dict[str, str]
    held: tuple[HeldField, ...]
    costs: tuple[Cost, ...]

    @property
    def passes(self) -> bool:
        return not self.faults

    def entered(self, proposal: Proposal) -> int:
        """How many fields are left for a unit to enter."""
        return len(proposal.fields) - len(self.held)


def judge(session: Session, proposal: Proposal, unit_codes: Collection[str], at: datetime) -> Verdict:
    """Judge a proposal for its targets; changes nothing."""
    on = clock.day_of(at)
    limits = limits_for(session, proposal.owner_code, unit_codes, on)
    faults = faults_of(proposal, unit_codes, on, work_calendar(session), limits.min_answer_workdays, limits.estimates)
    held = held_fields(session, proposal, unit_codes, on)
    if "fields" not in faults and (known := held_fault(proposal.fields, held)):
        faults["fields"] = known
    costs = _costs(session, proposal, unit_codes, limits, on)
    over = _over(session, costs, limits, proposal)
    if over:
        faults["units"] = faults.get("units", "") + over
    return Verdict(faults, held, costs)


def admit(session: Session, proposal: Proposal, unit_codes: Collection[str], at: datetime) -> Demand:
    """Let a proposal pass and enter it into the form directory; the same key again gives the same demand.

    Raises `Faulty` by field, `OutOfScope` for an owner outside the viewer's units, and `Conflict` when the key stands
    for another demand. The ledger's entries for each target are made by `burden.service`.
    """
    known = _known(session, proposal)
    if known is not None:
        return known
    if not viewer_of(session).reaches(proposal.owner_code):
        raise OutOfScope("责任单位不在您的管辖范围内。请选择本单位。")
    _take_turns(session, unit_codes)
    verdict = judge(session, proposal, unit_codes, at)
    if verdict.faults:
        raise Faulty(verdict.faults)
    demand = _entered(proposal, verdict, at)
    try:
        with session.begin_nested():
            session.add(demand)
    except IntegrityError:
        known = _known(session, proposal)
        if known is None:
            raise
        return known  # the same demand came twice at once and the other was faster
    audit.record(
        session,
        "demand.grant",
        "demand",
        demand.id,
        unit_code=proposal.owner_code,
        after={
            "title": proposal.title,
            "ends_on": proposal.ends_on.isoformat(),
            "minutes": proposal.minutes,
            "fields": len(proposal.fields),
            "held": [one.field.name for one in verdict.held],
            "units": len(set(unit_codes)),
        },
        reason=f"应急，批准人{proposal.urgent_approver}" if proposal.urgent else None,
    )
    session.flush()
    return demand


def _take_turns(session: Session, unit_codes: Collection[str]) -> None:
    """Let two issuers in one county wait for each other: else both find room for one demand, and both take it.

    The turns are taken in the order of codes.
    """
    for county in sorted({at_level(code, COUNTY_LEVEL) for code in unit_codes}):
        take_turn(session, _TURN, int(county))


def _known(session: Session, proposal: Proposal) -> Demand | None:
    known = session.scalar(select(Demand).where(Demand.key == proposal.key))
    if known is not None and (known.owner_code, known.kind) != (proposal.owner_code, proposal.kind):
        raise Conflict(f"这个编号已用于“{known.title}”。请换一个编号重新提出。")
    return known


def _entered(proposal: Proposal, verdict: Verdict, at: datetime) -> Demand:
    holders = {held.field.name: held.holder for held in verdict.held}
    return Demand(
        key=proposal.key,
        series=proposal.series,
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
        urgent_approver_name=proposal.urgent_approver if proposal.urgent else None,
        granted_at=at,
        fields=[
            DemandField(
                name=field.name,
                label=field.label.strip(),
                normal=normal(field.label)[:NORMAL_LENGTH],
                kind=field.kind,
                mode="prefill" if field.name in holders else "enter",
                holder=holders.get(field.name),
            )
            for field in proposal.fields
        ],
    )


def _costs(
    session: Session, proposal: Proposal, unit_codes: Collection[str], limits: Limits, on: date
) -> tuple[Cost, ...]:
    loads = month_load(session, unit_codes, proposal.due_on)
    expected = {} if proposal.by_calendar else upcoming(session, unit_codes, proposal.due_on, on)
    costs = []
    for code in sorted(set(unit_codes)):
        kept = expected.get(code, ())
        load = with_upcoming(loads.get(code, Load()), kept).plus(proposal.minutes, proposal.regular)
        ceilings = limits.ceilings(code)
        full = proposal.regular and too_many_requests(code, load, ceilings)
        heavy = not proposal.by_calendar and too_many_minutes(code, load, ceilings)
        costs.append(Cost(code, load, heavy, full, kept))
    return tuple(costs)


def _over(session: Session, costs: Collection[Cost], limits: Limits, proposal: Proposal) -> str:
    """The sentences on units over a ceiling, each naming them; "" where there are none."""
    full = [cost for cost in costs if cost.full]
    heavy = [cost for cost in costs if cost.heavy]
    named = names(session, [cost.unit_code for cost in (*full[:_NAMED], *heavy[:_NAMED])])
    sentences = ""
    if full:
        most = max(limits.ceilings(cost.unit_code).requests_month for cost in full)
        sentences += (
            f"{_units(named, full)}当月的常规事项已达 {most} 项上限{_counted(full)}。"
            f"{_way_out(proposal, ['并入已有事项'])}"
        )
    if heavy:
        most = max(limits.ceilings(cost.unit_code).minutes_month for cost in heavy)
        sentences += (
            f"{_units(named, heavy)}当月用时将超过 {most} 分钟上限{_counted(heavy)}。"
            f"{_way_out(proposal, ['减少内容', '免除这些单位'])}"
        )
    return sentences


def _way_out(proposal: Proposal, changes: list[str]) -> str:
    """What whoever asks can do; an emergency cannot wait, and what was received from above is asked as it is."""
    if proposal.passed_on:
        later = [] if proposal.urgent else ["申请延期"]
        ways = ["不选这些村（由本单位承办）", *later, "请下达单位调整"]
    else:
        ways = [*changes[:-1], *([] if proposal.urgent else ["改到其他月份"]), changes[-1]]
    return f"请{'、'.join(ways[:-1])}，或者{ways[-1]}。" if len(ways) > 1 else f"请{ways[0]}。"


def _units(named: dict[str, str], costs: Collection[Cost]) -> str:
    return some([named.get(cost.unit_code, cost.unit_code) for cost in costs])


def _counted(costs: Collection[Cost]) -> str:
    """Which demands to come are counted: "（含待开的村级月报单（2026年12月）50 分钟）"; "" for none."""
    kept = dict.fromkeys(f"{one.title} {one.minutes} 分钟" for cost in costs for one in cost.upcoming)
    return f"（含待开的{some(list(kept))}）" if kept else ""
