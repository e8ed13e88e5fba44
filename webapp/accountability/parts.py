"""分解: a receiver splits its assignment to units below, and what that means for the one that was split (T-3)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.asked import read_fields
from webapp.accountability.freezing import catch_up
from webapp.accountability.issuing import assign
from webapp.accountability.judging import admit_task
from webapp.accountability.models import Assignment, ReopenedClosing
from webapp.accountability.moving import apply, begin, event_of, locked, separate
from webapp.accountability.parties import Actor
from webapp.accountability.queries import units_of
from webapp.accountability.rules import (
    MOVES,
    OVER,
    REASON_LIMIT,
    TaskTerms,
    WrongState,
    check_move,
    proposal_of,
    required,
)
from webapp.accountability.sampling import fail_sample
from webapp.accountability.targets import targets
from webapp.accountability.telling import tell
from webapp.burden.proposals import Proposal
from webapp.errors import Refused

WEIGHTS = (1, 100)
BEING_DONE = ("reported", "verified", "closed")


def split(
    session: Session,
    assignment_id: int,
    unit_codes: Iterable[str],
    *,
    weights: Mapping[str, int] | None = None,
    due_on: date | None = None,
    at: datetime,
    version: int | None = None,
) -> Assignment:
    """分解到下级: give the assignment on to units below, to all of them or to none; more units may follow later.

    `weights` are the units' shares in the progress (1 … 100, else 1 each), `due_on` the day by which they answer, at the
    latest the assignment's own. Raises `Refused` where a unit has the task already, and for what the burden gate
    refuses: the answer time, a ceiling of a unit (X-5).
    """
    codes = sorted(set(unit_codes))
    note = f"分解到 {len(codes)} 个单位"
    row, actor, done = begin(session, "split", assignment_id, version=version, text=note)
    if done:
        return row
    check_move(MOVES["split"], row.state)
    units = targets(session, codes, row.unit_code, at)
    known = units_of(session, row.task_id, row.unit_code)
    again = [unit.name for unit in units if unit.code in known]
    if again:
        raise Refused(f"{'、'.join(again[:5])}{'等' if len(again) > 5 else ''}已有这项任务。请去掉后再分解。")
    wanted = due_on or row.due_on
    if wanted > row.due_on:
        raise Refused("下级的截止日期不能晚于本单位的期限。请改早，或者先申请延期。")
    shares = {code: weight for code, weight in (weights or {}).items() if code in set(codes)}
    if any(not WEIGHTS[0] <= weight <= WEIGHTS[1] for weight in shares.values()):
        raise Refused(f"权重应是 {WEIGHTS[0]} 至 {WEIGHTS[1]} 的整数。请改正。")
    if row.state == "acknowledged":
        apply(session, MOVES["start"], row, actor, at=at)
    part = admit_task(session, _part_of(row, wanted), units, at)
    assign(session, row.task, units, actor, at, parent=row, weights=shares, due_on=wanted, demand=part)
    return apply(session, MOVES["split"], row, actor, at=at, text=note, data={"units": len(codes)})


def _part_of(row: Assignment, due_on: date) -> Proposal:
    """What the units below are asked when an assignment is split: the task itself, by the unit that splits it.

    What was approved as urgent stays so on its way down.
    """
    task = row.task
    terms = TaskTerms(
        title=task.title,
        content="",
        basis=task.basis,
        evidence="",
        minutes=task.minutes,
        due_on=due_on,
        regular=task.regular,
        document_no=task.document_no or "",
        fields=read_fields(task.fields),
        urgent=task.urgent,
    )
    key = f"split:{row.id}:{row.version}"
    asked = proposal_of(terms, key, row.unit_code, row.unit.name, task.urgent_approver_name)
    return replace(asked, passed_on=True)


def parts_of(session: Session, row: Assignment) -> list[Assignment]:
    """What an assignment was split into, in code order."""
    return list(
        session.scalars(select(Assignment).where(Assignment.parent_id == row.id).order_by(Assignment.unit_code))
    )


def check_parts_over(session: Session, row: Assignment) -> None:
    """Raise `WrongState` while a part of the assignment is not closed, recalled or exempt (T-3)."""
    left = session.scalar(select(func.count()).where(Assignment.parent_id == row.id, Assignment.state.not_in(OVER)))
    if left:
        raise WrongState(f"分解给下级的还有 {left} 个单位没有办结。请在全部销号、撤回或免办后再反馈。")


def open_parts(session: Session, row: Assignment) -> list[Assignment]:
    """Every assignment below that is not over, the nearest first, each locked."""
    found: list[Assignment] = []
    above = [row.id]
    while above:
        parts = list(
            session.scalars(
                select(Assignment)
                .where(Assignment.parent_id.in_(above))
                .order_by(Assignment.unit_code)
                .with_for_update()
            )
        )
        found += [part for part in parts if part.state not in (*OVER, "verified")]
        above = [part.id for part in parts]
    return found


def return_to(
    session: Session, assignment_id: int, unit_code: str, *, reason: str, at: datetime, version: int | None = None
) -> Assignment:
    """退回到下级: send a reported assignment back to an earlier holder below it, where the fault lies.

    That unit's part is returned to it, and every assignment between goes back to work with it: it is reported anew when
    its part is closed again. The unit itself is returned by `service.return_for_revision`.
    """
    said = required(reason, "理由", REASON_LIMIT)
    row, actor, done = begin(session, "return", assignment_id, version=version, reason=said)
    if done:
        return row
    check_move(MOVES["return"], row.state)
    chain = _between(session, row, unit_code)
    for part in chain:
        separate(session, part, actor)
    for part in chain[1:]:
        _reopen(session, part, actor, said, at)
    first = chain[0]
    first.times_returned += 1
    _reopen(session, first, actor, said, at, kind="return")
    row.times_returned += 1
    fail_sample(session, row)
    apply(session, MOVES["return"], row, actor, at=at, reason=said, data={"holder": unit_code})
    catch_up(session, row, at)
    return row


def _between(session: Session, row: Assignment, unit_code: str) -> list[Assignment]:
    """From the part of a unit up to, without, the assignment above it; each locked."""
    found = session.scalar(
        select(Assignment.id).where(Assignment.task_id == row.task_id, Assignment.unit_code == unit_code)
    )
    chain: list[Assignment] = []
    current = locked(session, found) if found is not None else None
    while current is not None and current.id != row.id:
        chain.append(current)
        current = locked(session, current.parent_id) if current.parent_id is not None else None
    if current is None or not chain:
        raise Refused("该单位没有承办这项任务的一部分，不能退回给它。请从列出的单位中选择。")
    undone = [part.unit.name for part in chain if part.state not in BEING_DONE]
    if undone:
        raise WrongState(f"{'、'.join(undone)}的部分正在办理，不需要退回。请刷新页面查看最新情况。")
    return chain


def _reopen(
    session: Session, part: Assignment, actor: Actor, reason: str, at: datetime, *, kind: str = "reopen"
) -> None:
    """A part that was answered goes back to work; it is verified and closed again when it is mended."""
    before = part.state
    if part.verified_on is not None:
        session.add(
            ReopenedClosing(
                assignment_id=part.id,
                unit_code=part.unit_code,
                verified_on=part.verified_on,
                closed_on=part.closed_on,
                reopened_on=clock.day_of(at),
            )
        )
    part.state, part.changed_at = "returned", at
    part.closed_on = part.closed_as = part.verified_on = part.verified_by_id = part.verified_by_unit = None
    fail_sample(session, part)
    part.events.append(event_of(part, kind, before, actor, at, reason=reason))
    session.flush()
    tell(session, "return", part, actor, reason, at)
    catch_up(session, part, at)
