"""抽样核验: once everything a unit handed down is reported, the server draws the sample once.

The seed is random and stored with size and population, so that anybody can draw the same sample again. Drawn
assignments are verified by people; the others close as 未抽中，未核验, and only when every drawn one has passed or left
the count. What the deciding person reported or belongs to stays open for somebody else's look (T-4).
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.accountability.models import Assignment, VerificationSample
from webapp.accountability.moving import event_of, separate
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.progress import GONE
from webapp.accountability.rules import WrongState
from webapp.accountability.telling import tell
from webapp.errors import Refused
from webapp.policy.service import parameter


def size_of(population: int, share: Decimal, least: int) -> int:
    """How many are drawn: the share rounded up, at least `least`, at most all: (12, 0.2, 3) → 3, (40, 0.2, 3) → 8."""
    return min(population, max(least, int((population * share).to_integral_value(ROUND_CEILING))))


def drawn(unit_codes: Sequence[str], seed: str, size: int) -> list[str]:
    """The codes that a seed draws, in code order; the same for the same codes and seed, in whatever order they come."""
    lot = sorted(unit_codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).digest())
    return sorted(lot[:size])


def sample_of(session: Session, task_id: int, unit_code: str) -> VerificationSample | None:
    """The sample of a verifying unit in a task."""
    return session.scalar(
        select(VerificationSample).where(
            VerificationSample.task_id == task_id, VerificationSample.unit_code == unit_code
        )
    )


def draw(session: Session, task_id: int, unit_code: str, at: datetime) -> VerificationSample:
    """Draw the sample of what a unit handed down; a second call gives the sample that was drawn.

    Raises `Forbidden`, and `WrongState` while somebody has not reported or when something was verified one by one.
    """
    actor = actor_at(viewer_of(session), "task.verify", unit_code)
    rows = list(
        session.scalars(
            select(Assignment)
            .where(Assignment.task_id == task_id, Assignment.issuer_code == unit_code)
            .order_by(Assignment.unit_code)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    known = sample_of(session, task_id, unit_code)
    if known is not None:
        return known
    counting = [row for row in rows if row.state not in GONE]
    waiting = [row.unit.name for row in counting if row.state != "reported"]
    if not counting:
        raise WrongState("没有可以抽样的单位。")
    if waiting:
        shown = "、".join(waiting[:5]) + (f"等 {len(waiting)} 个单位" if len(waiting) > 5 else "")
        raise WrongState(f"全部反馈后才能抽样，现在还不是“已反馈”的有：{shown}。")
    today = clock.day_of(at)
    share = Decimal(str(parameter(session, "verify.sample_share", on=today, unit_code=unit_code)))
    least = int(parameter(session, "verify.sample_min", on=today, unit_code=unit_code))
    seed, size = secrets.token_hex(16), size_of(len(counting), share, least)
    chosen = set(drawn([row.unit_code for row in counting], seed, size))
    sample = VerificationSample(
        task_id=task_id,
        unit_code=unit_code,
        seed=seed,
        population=len(counting),
        size=size,
        drawn_at=at,
        drawn_by_id=actor.person_id,
        drawn_by_name=actor.name,
    )
    session.add(sample)
    for row in counting:
        row.sampled, row.changed_at = row.unit_code in chosen, at
        words = "抽中，由人核验" if row.sampled else "未抽中"
        row.events.append(event_of(row, "draw", row.state, actor, at, text=words, data={"sampled": row.sampled}))
    audit.record(
        session,
        "task.draw",
        "task",
        task_id,
        unit_code=unit_code,
        after={"seed": seed, "size": size, "population": len(counting)},
    )
    session.flush()
    return sample


def check_drawn(session: Session, row: Assignment) -> None:
    """Raise `WrongState` for one that the sample has not drawn, as long as no drawn one has failed."""
    if row.sampled is False and _open_sample(session, row) is not None:
        raise WrongState("这个单位没有被抽中。抽中的全部通过后，它以“未抽中，未核验”销号；有一个被退回，就要逐个核验。")


def fail_sample(session: Session, row: Assignment) -> None:
    """A drawn one was returned: from now on every one has to be verified."""
    sample = _open_sample(session, row) if row.sampled else None
    if sample is not None:
        sample.state = "failed"


def settle(session: Session, row: Assignment, actor: Actor, at: datetime) -> None:
    """A drawn one was closed or left the count (T-3): once none is open, the sample has passed where somebody's look has
    closed one, else all have to be verified. Passed, the others close as 未抽中，未核验: never as verified."""
    sample = _open_sample(session, row) if row.sampled else None
    if sample is None:
        return
    session.flush()
    handed_down = select(Assignment).where(Assignment.task_id == row.task_id, Assignment.issuer_code == row.issuer_code)
    states = set(session.scalars(handed_down.where(Assignment.sampled.is_(True)).with_only_columns(Assignment.state)))
    if states - {"closed", *GONE}:
        return
    if "closed" not in states:
        sample.state = "failed"
        return
    sample.state = "passed"
    undrawn = handed_down.where(Assignment.sampled.is_(False), Assignment.state == "reported").with_for_update()
    for other in session.scalars(undrawn.order_by(Assignment.unit_code)):
        try:
            separate(session, other, actor)
        except Refused:
            continue
        other.state, other.closed_on, other.closed_as, other.changed_at = (
            "closed",
            clock.day_of(at),
            "unsampled",
            at,
        )
        other.events.append(event_of(other, "close_unsampled", "reported", actor, at, text="未抽中，未核验"))
        session.flush()
        tell(session, "close_unsampled", other, actor, None, at)


def _open_sample(session: Session, row: Assignment) -> VerificationSample | None:
    sample = sample_of(session, row.task_id, row.issuer_code)
    return sample if sample is not None and sample.state == "open" else None
