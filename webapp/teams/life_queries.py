"""What the page of one posting shows: its steps, its term, and the days shared with the predecessor (Z-6, Z-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import below
from webapp.errors import NotFound
from webapp.org.codes import ancestors, at_level
from webapp.org.models import Handover, Organisation, Posting
from webapp.org.rules import STATIONED
from webapp.policy.service import parameter
from webapp.teams.models import PostingStep, Recall
from webapp.teams.recalls import OPEN
from webapp.teams.rules import Tenure
from webapp.teams.stepping import steps_of, term_from


@dataclass(frozen=True)
class Life:
    """One posting with all that its page shows."""

    posting: Posting
    steps: Sequence[PostingStep]
    tenure: Tenure
    overlap_days: int
    """What the pack allows, in calendar days."""
    handovers: Sequence[Handover]
    """As leaver and as successor."""
    recall: Recall | None
    """An open recall, for those who may read it."""
    ending: bool
    """Whether the term ends soon or has ended; never on a post left by a move, with which the term went on."""

    @property
    def arrived(self) -> bool:
        return any(step.kind in ("arrive", "adjust_in") for step in self.steps)

    @property
    def assessed(self) -> PostingStep | None:
        return next((step for step in reversed(self.steps) if step.kind == "assess"), None)

    def shared_days(self, handover: Handover) -> int:
        """Days on which leaver and successor were both on post."""
        if handover.successor is None or handover.leaver.ends_on is None:
            return 0
        ends = min(handover.leaver.ends_on, handover.successor.ends_on or handover.leaver.ends_on)
        return max(0, (ends - max(handover.leaver.starts_on, handover.successor.starts_on)).days + 1)


def life(session: Session, posting_id: int, on: date, *, with_recall: bool) -> Life:
    """Raises `NotFound`, also for a posting out of scope."""
    posting = session.scalar(
        select(Posting)
        .where(Posting.id == posting_id)
        .options(joinedload(Posting.person), joinedload(Posting.sending_unit), joinedload(Posting.division))
    )
    if posting is None:
        raise NotFound()
    unit = posting.unit_code
    steps = steps_of(session, posting_id)
    clock = term_from(posting, steps, int(parameter(session, "tenure.min_years", on=on, unit_code=unit)))
    own = or_(Handover.leaver_posting_id == posting_id, Handover.successor_posting_id == posting_id)
    handovers = session.scalars(
        select(Handover)
        .where(own)
        .options(
            joinedload(Handover.leaver).joinedload(Posting.person),
            joinedload(Handover.successor).joinedload(Posting.person),
        )
        .order_by(Handover.due_on)
    ).all()
    recall = None
    if with_recall:
        recall = session.scalar(select(Recall).where(Recall.posting_id == posting_id, Recall.state.in_(OPEN)))
    return Life(
        posting,
        steps,
        clock,
        int(parameter(session, "tenure.handover_days", on=on, unit_code=unit)),
        handovers,
        recall,
        not any(step.kind == "adjust_out" for step in steps)
        and clock.ending(on, int(parameter(session, "tenure.ending_days", on=on, unit_code=unit))),
    )


def is_stationed(posting: Posting) -> bool:
    return posting.role in STATIONED


def senders(session: Session, unit_code: str, on: date) -> list[Organisation]:
    """Sending units that a village's people may come from: those of its county and of the levels above."""
    county = at_level(unit_code, 3)
    near = or_(below(Organisation.unit_code, county), Organisation.unit_code.in_(ancestors(county)))
    still = or_(Organisation.valid_to.is_(None), Organisation.valid_to >= on)
    statement = select(Organisation).where(Organisation.kind == "sending_unit", near, still)
    return list(session.scalars(statement.order_by(Organisation.unit_code, Organisation.name)))


def all_senders(session: Session) -> list[Organisation]:
    """Every sending unit by name; closed ones too, so that a table learns why it cannot name them."""
    return list(
        session.scalars(select(Organisation).where(Organisation.kind == "sending_unit").order_by(Organisation.id))
    )
