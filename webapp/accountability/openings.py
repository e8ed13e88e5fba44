"""What a run opened and what it did not, and whom of several units the burden gate lets one thing more be asked of."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.burden.gate import Cost, judge
from webapp.burden.proposals import Proposal
from webapp.org.models import Division


@dataclass(frozen=True)
class NotOpened:
    """A unit whose duty was not opened, and why, in words."""

    unit_code: str
    unit_name: str
    reason: str
    title: str = ""


@dataclass
class Opening:
    """What one run opened, and what it did not."""

    ids: list[int] = field(default_factory=list)
    """Assignments in the order in which they were opened."""
    vacant: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Issuer → names of units below whose post is vacant."""
    not_opened: list[NotOpened] = field(default_factory=list)

    def skip(self, units: Iterable[Division], reason: str, title: str = "") -> None:
        """Note units for which something was not opened."""
        self.not_opened += [NotOpened(unit.code, unit.name, reason, title) for unit in units]


def admissible(
    session: Session, found: Opening, proposal: Proposal, units: Sequence[Division], at: datetime, what: str
) -> dict[str, Cost]:
    """Unit → cost, for those the gate lets pass; the others are listed, with `what` was not opened in the sentence."""
    verdict = judge(session, proposal, [unit.code for unit in units], at)
    faults = "".join(sentence for field_name, sentence in verdict.faults.items() if field_name != "units")
    if faults:
        found.skip(units, faults, proposal.title)
        return {}
    costs = {cost.unit_code: cost for cost in verdict.costs}
    for unit in units:
        cost = costs[unit.code]
        if cost.full or cost.heavy:
            why = "当月常规事项已达上限" if cost.full else "当月用时将超过上限"
            found.skip([unit], f"{why}，{what}没有开设。请先免除或改期其他事项", proposal.title)
            del costs[unit.code]
    return costs
