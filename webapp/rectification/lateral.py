"""举一反三 (R-6): a common issue gives one check list to sister units, as a task through the burden gate."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import below
from webapp.accountability import issuing
from webapp.accountability.rules import TaskTerms, WrongState
from webapp.errors import OutOfScope
from webapp.org.codes import level
from webapp.org.models import Division
from webapp.rectification.models import Issue
from webapp.rectification.moving import apply, begin
from webapp.rectification.rules import MOVES

EVIDENCE = "自查结果一句话；没有此类问题的写“无此类问题”"
TITLE_WORDS = 60


def sisters(session: Session, row: Issue, on: date) -> list[Division]:
    """Units of the lead unit's level under the closing unit that are in force, without the lead unit; in code order."""
    in_force = Division.valid_to.is_(None) | (Division.valid_to >= on)
    statement = select(Division).where(
        below(Division.code, row.closer_code), Division.level == level(row.unit_code), in_force
    )
    return [one for one in session.scalars(statement.order_by(Division.code)) if one.code != row.unit_code]


def terms_of(row: Issue, *, minutes: int, due_on: date) -> TaskTerms:
    """What the sister units are asked: to hold themselves against the issue, in one sentence."""
    return TaskTerms(
        title=f"举一反三自查：{row.description.splitlines()[0][:TITLE_WORDS]}",
        content=f"对照下列共性问题检查本单位有无同类情况，有的一并整改。\n{row.description}",
        basis=row.source_document,
        evidence=EVIDENCE,
        minutes=minutes,
        due_on=due_on,
    )


def hand_out(
    session: Session,
    issue_id: int,
    unit_codes: Collection[str],
    *,
    minutes: int,
    due_on: date,
    at: datetime,
    version: int | None = None,
) -> Issue:
    """Give the check list to sister units, once; it passes the gate like any demand (X-4, X-5).

    Raises `Faulty` by field, `OutOfScope` for a unit that is no sister, `WrongState` for an individual issue or a
    second list.
    """
    text = f"下达举一反三清单给 {len(set(unit_codes))} 个单位"
    row, actor, done = begin(session, "lateral", issue_id, version=version, text=text)
    if done:
        return row
    if row.issue_class != "common":
        raise WrongState("个性问题不需要举一反三。确属共性的，请登记单位在认领前更正问题性质。")
    if row.task_id is not None:
        raise WrongState("这个问题已下达过举一反三清单，不再重复要求。请在该任务中查看各单位情况。")
    known = {unit.code for unit in sisters(session, row, clock.day_of(at))}
    if not set(unit_codes) <= known:
        raise OutOfScope("举一反三只下达给销号单位下级中与牵头单位同级的其他单位。请重新选择。")
    task = issuing.issue(
        session,
        terms_of(row, minutes=minutes, due_on=due_on),
        unit_codes,
        issuer_code=row.closer_code,
        request_id=str(uuid5(NAMESPACE_URL, f"issue:{row.id}:lateral")),
        at=at,
    )
    row.task_id = task.id
    return apply(session, MOVES["lateral"], row, actor, at=at, text=text)
