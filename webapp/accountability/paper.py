"""乡镇代录: the township enters a reply that a village gave on paper or by telephone (X-10).

The same moves as the village's own, made from the township's post (`task.paper`) and marked so in every event: the
person at the township stands as the reporter, so that the same person cannot verify it (T-4).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import viewer_of
from webapp.accountability.documents import asks_document, words_of
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.moving import apply
from webapp.accountability.parties import actor_at
from webapp.accountability.reply_template import Entry, Judged, day_of_document, judged
from webapp.accountability.rules import BY_PAPER, MOVES, SHEET
from webapp.accountability.service import take_report
from webapp.errors import Conflict, Refused
from webapp.org.codes import LENGTHS

PERMISSION = "task.paper"


def enter(
    session: Session, task: AccountabilityTask, townships: Sequence[str], entries: Sequence[Entry], *, at: datetime
) -> int:
    """Make all the entries or none; gives how many. The same page sent again makes nothing twice.

    Raises `Refused` with errors by row, and `Conflict` where a village answered by itself since the dry run.
    """
    refuse_sheets(task)
    rows = _held(session, task, [one.code for one in entries])
    person = viewer_of(session).person_id
    if entries and all(_entered(rows.get(one.code), one, person) for one in entries):
        return 0
    changed = [row for one in entries if (row := rows.get(one.code)) is not None and row.version != one.version]
    if changed:
        names = "、".join(row.unit.name for row in changed[:5])
        raise Conflict(f"{names}的任务在核对之后有了变化，全部没有代录。请重新导入文件核对。")
    ready = judged(session, task, townships, entries, at)
    for one in ready:
        _report(session, one, at)
    return len(ready)


def refuse_sheets(task: AccountabilityTask) -> None:
    """A month sheet has lines, and a page of its own for replies on paper."""
    if task.via == SHEET:
        raise Refused("月报单逐项填报。请打开这个村的月报单，在“录入纸质回复”中代录。")


def _held(session: Session, task: AccountabilityTask, codes: Sequence[str]) -> dict[str, Assignment]:
    statement = (
        select(Assignment)
        .where(Assignment.task_id == task.id, Assignment.unit_code.in_(codes))
        .order_by(Assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.unit_code: row for row in session.scalars(statement)}


def _entered(row: Assignment | None, one: Entry, person_id: int | None) -> bool:
    return (
        row is not None
        and row.state == "reported"
        and row.reported_by_id == person_id
        and row.report_text == _text(row.task, one)
        and row.version > one.version
    )


def _text(task: AccountabilityTask, one: Entry) -> str:
    return words_of(one.document_no, day_of_document(one)) if asks_document(task) else one.text


def _report(session: Session, one: Judged, at: datetime) -> None:
    row, entry = one.row, one.entry
    township = row.unit_code[: LENGTHS[4]]
    actor = actor_at(viewer_of(session), PERMISSION, township)
    if row.state == "issued":
        row.acknowledged_on = clock.day_of(at)
        apply(session, MOVES["acknowledge"], row, actor, at=at, reason=BY_PAPER)
    take_report(
        session,
        row,
        actor,
        text=_text(row.task, entry),
        document_no=entry.document_no or None,
        document_on=day_of_document(entry) if asks_document(row.task) else None,
        evidence=entry.evidence or None,
        answers=one.answers,
        paper=True,
        at=at,
    )
