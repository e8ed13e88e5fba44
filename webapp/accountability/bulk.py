"""Many decisions in one act: all of them are made or none, and whoever made them can undo them all for ten seconds.

They take effect at once, so that nothing hangs in between when a browser or a server goes away. Undoing is a further
event on each assignment; a notice that was sent stays sent, and a second one corrects it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from webapp import audit
from webapp.access import viewer_of
from webapp.accountability import service
from webapp.accountability.bulk_models import DecisionBatch
from webapp.accountability.models import Assignment
from webapp.accountability.moving import event_of, locked
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.parts import BEING_DONE
from webapp.accountability.replay import facts_after
from webapp.accountability.rules import EVENT_LABELS, MOVES, REASON_LIMIT, required
from webapp.accountability.sampling import sample_of
from webapp.accountability.telling import tell
from webapp.errors import Conflict, DandangError, NotFound, Refused
from webapp.words import clean

AT_MOST = 200
UNDO_SECONDS = 10
"""How long a batch can be undone: a promise of the page, no threshold of the domain."""
LABELS = {"verify": "核实通过并销号", "return": "退回补充"}
_TOO_LATE = {
    "verify": "已销号，办理结果有效。确有错误的，请另行下达任务；本单位还要向上级反馈的，也可以由上级退回到该单位。",
    "return": "已退回，办理结果有效。不需要补充的，请在该单位的任务页面留言说明，对方原样反馈后再核实通过。",
}
"""What stands, and what can still be done, once a batch cannot be undone any more."""
_PUT_BACK = (
    "state",
    "verified_on",
    "verified_by_id",
    "verified_by_unit",
    "closed_on",
    "closed_as",
    "times_returned",
)


@dataclass(frozen=True)
class Picked:
    """One row of the form: an assignment as its page showed it."""

    assignment_id: int
    version: int


class NotAll(Refused):
    """Some of the chosen reports cannot be decided on, so none is: unit and reason of each."""

    status = 409

    def __init__(self, lines: list[tuple[int, str, str]]) -> None:
        super().__init__(
            f"所选单位中有 {len(lines)} 个不能这样办理，因此一个都没有办理。请看下面的原因，去掉后再提交。"
        )
        self.lines = lines
        """Assignment, name of its unit, why."""


def waiting(task_id: int, unit_code: str) -> Select[tuple[Assignment]]:
    """What a unit handed down in a task and has to decide on, in code order."""
    return (
        select(Assignment)
        .where(
            Assignment.task_id == task_id,
            Assignment.issuer_code == unit_code,
            Assignment.state.in_(("reported", "verified")),
        )
        .options(joinedload(Assignment.unit))
        .order_by(Assignment.unit_code)
    )


def whole(session: Session, task_id: int, unit_code: str) -> list[Picked]:
    """What "全部" means on the page of a unit: all that waits, or while a sample is open what it has drawn; the first
    `AT_MOST` in code order."""
    sample = sample_of(session, task_id, unit_code)
    statement = waiting(task_id, unit_code).options().with_only_columns(Assignment.id, Assignment.version)
    if sample is not None and sample.state == "open":
        statement = statement.where(Assignment.sampled.is_(True))
    return [Picked(*row) for row in session.execute(statement.limit(AT_MOST))]


def decide(
    session: Session,
    task_id: int,
    unit_code: str,
    picked: Sequence[Picked],
    kind: str,
    *,
    key: str,
    reason: str | None,
    at: datetime,
) -> DecisionBatch:
    """核实通过并销号 ("verify") or 退回补充 ("return", with a reason) for every chosen report of a task, or for none.

    `key` is the form's UUID. Raises `Refused` for what concerns all, `Forbidden`, and `NotAll` naming what hinders.
    """
    known = _known(session, key)
    if known is not None:
        return known
    if kind not in LABELS:
        raise Refused("没有选择怎样处理。请按“核实通过并销号”或“退回补充”。")
    move = MOVES[kind]
    said = required(reason, "理由", REASON_LIMIT) if move.reason or clean(reason) else None
    if not picked:
        raise Refused("没有选择单位。请先勾选，再按按钮。")
    if len(picked) > AT_MOST:
        raise Refused(f"一次最多处理 {AT_MOST} 个单位。请分次办理。")
    actor = actor_at(viewer_of(session), move.permission, unit_code)
    rows = _rows(session, task_id, unit_code, picked)
    sample = sample_of(session, task_id, unit_code)
    before = sample.state if sample is not None else None
    counts = {row.id: len(row.events) for row in rows}
    hindered: list[tuple[int, str, str]] = []
    for row, one in zip(rows, sorted(picked, key=lambda pick: pick.assignment_id), strict=True):
        try:
            _decide_one(session, row, kind, said, one.version, at)
        except DandangError as error:
            hindered.append((row.id, row.unit.name, error.sentence))
        else:
            if len(row.events) == counts[row.id]:
                hindered.append((row.id, row.unit.name, "您刚才已经这样办理，不用再办。"))
    if hindered:
        raise NotAll(hindered)
    session.flush()
    changed = [*rows, *_closed_beside(session, task_id, unit_code, counts, at)]
    batch = DecisionBatch(
        key=key,
        task_id=task_id,
        unit_code=unit_code,
        kind=kind,
        person_id=actor.person_id,
        decided_at=at,
        chosen=len(rows),
        rows=[[row.id, row.version, len(row.events) - counts.get(row.id, len(row.events) - 1)] for row in changed],
        sample_before=before if sample is not None and sample.state != before else None,
    )
    session.add(batch)
    session.flush()
    return batch


def undo(session: Session, key: str, *, at: datetime) -> DecisionBatch:
    """Take the whole of one's own batch back within ten seconds; a second click changes nothing.

    Raises `Refused` when there is none or the time is over, `Conflict` when anybody has acted since.
    """
    own = (DecisionBatch.key == key) & (DecisionBatch.person_id == viewer_of(session).person_id)
    batch = session.scalar(select(DecisionBatch).where(own).with_for_update())
    if batch is None:
        raise Refused("没有您可以撤销的办理。请刷新页面查看最新情况。")
    if batch.undone_at is not None:
        return batch
    if at > batch.decided_at + timedelta(seconds=UNDO_SECONDS):
        raise Refused(f"已超过 {UNDO_SECONDS} 秒，撤销的时间已过，{batch.chosen} 个单位{_TOO_LATE[batch.kind]}")
    actor = actor_at(viewer_of(session), "task.verify", batch.unit_code)
    held = [(locked(session, one), version, number) for one, version, number in sorted(batch.rows)]
    for row, version, _ in held:
        _check_untouched(session, row, version)
    sample = sample_of(session, batch.task_id, batch.unit_code)
    if batch.sample_before is not None and sample is not None:
        _check_others_untouched(session, batch)
        sample.state = batch.sample_before
    for row, _, number in held:
        _put_back(session, row, number, batch.kind, actor, at)
    batch.undone_at = at
    session.flush()
    return batch


def undoable(session: Session, task_id: int, unit_code: str, at: datetime) -> DecisionBatch | None:
    """The viewer's latest batch of a unit in a task, while it can be undone."""
    return session.scalar(
        select(DecisionBatch)
        .where(
            DecisionBatch.task_id == task_id,
            DecisionBatch.unit_code == unit_code,
            DecisionBatch.person_id == viewer_of(session).person_id,
            DecisionBatch.decided_at >= at - timedelta(seconds=UNDO_SECONDS),
            DecisionBatch.undone_at.is_(None),
        )
        .order_by(DecisionBatch.id.desc())
        .limit(1)
    )


def _known(session: Session, key: str) -> DecisionBatch | None:
    try:
        UUID(key)
    except ValueError:
        raise Refused("表单已失效。请重新打开核验页面。") from None
    own = (DecisionBatch.key == key) & (DecisionBatch.person_id == viewer_of(session).person_id)
    return session.scalar(select(DecisionBatch).where(own))


def _rows(session: Session, task_id: int, unit_code: str, picked: Sequence[Picked]) -> list[Assignment]:
    """The chosen assignments, each locked, in the order of ids. Raises `NotFound` for what is not the unit's to decide."""
    rows = [locked(session, one.assignment_id) for one in sorted(picked, key=lambda pick: pick.assignment_id)]
    if any((row.task_id, row.issuer_code) != (task_id, unit_code) for row in rows):
        raise NotFound()
    if len({row.id for row in rows}) < len(rows):
        raise Refused("同一个单位选择了两次。请刷新页面后重新勾选。")
    return rows


def _decide_one(session: Session, row: Assignment, kind: str, said: str | None, version: int, at: datetime) -> None:
    """One of the decisions. What was verified before only needs to be closed."""
    if kind == "return":
        service.return_for_revision(session, row.id, reason=said or "", at=at, version=version)
    elif row.state == "verified" and version == row.version:
        service.close(session, row.id, at=at, version=version)
    else:
        service.verify(session, row.id, note=said, at=at, version=version)
        service.close(session, row.id, at=at)


def _closed_beside(
    session: Session, task_id: int, unit_code: str, chosen: dict[int, int], at: datetime
) -> list[Assignment]:
    """What a passed sample closed as 未抽中，未核验 in the same moment."""
    found = session.scalars(
        select(Assignment).where(
            Assignment.task_id == task_id,
            Assignment.issuer_code == unit_code,
            Assignment.closed_as == "unsampled",
            Assignment.changed_at == at,
        )
    )
    return [row for row in found if row.id not in chosen]


def _check_untouched(session: Session, row: Assignment, version: int) -> None:
    last = row.events[-1]
    if row.version != version:
        raise Conflict(
            f"{row.unit.name}已由{last.actor_name}办理“{EVENT_LABELS[last.kind]}”，不能整批撤销，一个都没有撤销。"
            "需要更正的，请在各单位的任务页面办理。"
        )
    above = session.get(Assignment, row.parent_id) if row.parent_id is not None else None
    if above is not None and above.state in BEING_DONE:
        raise Conflict(f"{above.unit.name}已据此反馈，不能撤销，一个都没有撤销。请先收回反馈。")


def _check_others_untouched(session: Session, batch: DecisionBatch) -> None:
    """The sample goes back to what it was only while nothing has followed from its new state."""
    others = select(Assignment.id).where(
        Assignment.task_id == batch.task_id,
        Assignment.issuer_code == batch.unit_code,
        Assignment.changed_at > batch.decided_at,
    )
    if session.scalar(others.limit(1)) is not None:
        raise Conflict("抽样结果改变后，其他单位又有办理，不能整批撤销，一个都没有撤销。请在各单位的任务页面办理。")


def _put_back(session: Session, row: Assignment, number: int, kind: str, actor: Actor, at: datetime) -> None:
    """Give an assignment back what it held before its last events, as a rebuilding from the events gives it."""
    facts = facts_after(row.events[:-number])
    before = row.state
    for name in _PUT_BACK:
        setattr(row, name, getattr(facts, name))
    row.changed_at = at
    words = f"撤销“{LABELS[kind]}”"
    row.events.append(event_of(row, "undo", before, actor, at, text=words, data={"events": number}))
    audit.record(
        session,
        "task.undo",
        "assignment",
        row.id,
        unit_code=row.unit_code,
        before={"state": before},
        after={"state": row.state},
    )
    session.flush()
    tell(session, f"undo_{kind}", row, actor, None, at)
