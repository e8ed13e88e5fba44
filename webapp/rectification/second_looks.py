"""回头看 (R-5): the server draws once from what a unit has closed, people look again, a relapse reopens the old number.

Seed, population and size are stored, so that anybody can draw the same sample again.
"""

import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.accountability.parties import actor_at
from webapp.accountability.rules import WrongState, required
from webapp.accountability.sampling import drawn, size_of
from webapp.errors import Refused
from webapp.policy.service import parameter
from webapp.rectification.deadlines import check_due
from webapp.rectification.events import event_of
from webapp.rectification.models import Issue, SecondLook, SecondLookSample
from webapp.rectification.moving import apply, begin
from webapp.rectification.rules import MOVES, REASON_LIMIT
from webapp.words import day_words


def await_look(session: Session, row: Issue, closed_on: date) -> None:
    """Put an issue that is being closed among those from which the next sample is drawn."""
    days = int(parameter(session, "issue.second_look_days", on=closed_on, unit_code=row.closer_code))
    row.looks.append(
        SecondLook(
            round=row.round,
            unit_code=row.unit_code,
            closer_code=row.closer_code,
            closed_on=closed_on,
            due_on=closed_on + timedelta(days=days),
        )
    )


def draw(session: Session, unit_code: str, request_id: str, at: datetime) -> SecondLookSample:
    """Draw from all that a unit has closed and from which nothing was drawn yet; what was drawn stays drawn.

    The form's `request_id` sent again gives the sample it made. The share is the one of verification (`verify.*`).
    Raises `Forbidden`, and `WrongState` when nothing waits.
    """
    try:
        UUID(request_id)
    except ValueError:
        raise Refused("表单已失效。请重新打开“回头看”页面再抽取。") from None
    actor = actor_at(viewer_of(session), "task.verify", unit_code)
    # Locked before they are read: of two who draw at once the second finds what the first has left.
    undrawn = SecondLook.drawn.is_(None) & SecondLook.looked_on.is_(None) & (SecondLook.closer_code == unit_code)
    locked = (
        select(Issue)
        .join(Issue.looks)
        .where(undrawn)
        .order_by(Issue.id)
        .with_for_update(of=Issue)
        .execution_options(populate_existing=True)
    )
    issues = {row.id: row for row in session.scalars(locked)}
    known = session.scalar(select(SecondLookSample).where(SecondLookSample.request_id == request_id))
    if known is not None:
        return known
    fresh = select(SecondLook).where(undrawn).order_by(SecondLook.id).execution_options(populate_existing=True)
    looks = [look for look in session.scalars(fresh) if look.issue_id in issues]
    if not looks:
        raise WrongState("没有等待抽取的已销号问题。有新的问题销号后再抽取。")
    today = clock.day_of(at)
    share = Decimal(str(parameter(session, "verify.sample_share", on=today, unit_code=unit_code)))
    least = int(parameter(session, "verify.sample_min", on=today, unit_code=unit_code))
    seed, size = secrets.token_hex(16), size_of(len(looks), share, least)
    chosen = set(drawn([str(look.issue_id) for look in looks], seed, size))
    sample = SecondLookSample(
        request_id=request_id,
        unit_code=unit_code,
        seed=seed,
        population=len(looks),
        size=size,
        drawn_at=at,
        drawn_by_id=actor.person_id,
        drawn_by_name=actor.name,
    )
    session.add(sample)
    for look in looks:
        look.sample, look.drawn = sample, str(look.issue_id) in chosen
        row = issues[look.issue_id]
        row.changed_at = at
        words = "抽中，由人回头看" if look.drawn else "未抽中"
        row.events.append(event_of(row, "draw", row.state, actor, at, text=words, data={"drawn": look.drawn}))
    session.flush()
    audit.record(
        session,
        "rectification.draw",
        "second_look",
        sample.id,
        unit_code=unit_code,
        after={"seed": seed, "size": size, "population": len(looks)},
    )
    session.flush()
    return sample


def hold(session: Session, issue_id: int, *, words: str, at: datetime, version: int | None = None) -> Issue:
    """巩固: the drawn issue was looked at again and is still right."""
    said = required(words, "回头看情况", REASON_LIMIT)
    row, actor, done = begin(session, "held", issue_id, version=version, text=said)
    if done:
        return row
    look = _open_look(row)
    if not look.drawn:
        raise WrongState("这个问题没有被抽中，不需要登记回头看结果。发现反弹的，请登记反弹。")
    look.looked_on, look.result, look.words, look.looked_by_name = clock.day_of(at), "held", said, actor.name
    return apply(session, MOVES["held"], row, actor, at=at, text=said)


def relapse(
    session: Session, issue_id: int, *, words: str, due_on: date, at: datetime, version: int | None = None
) -> Issue:
    """反弹: the issue opens again under its old number, with the evidence named at its start and a new deadline.

    Also for one that was not drawn. Once the time of the second look is over an old matter is not held on to (R-4):
    what happens then is a new issue. A drawn one is looked at even when that is late.
    """
    said, today = required(words, "反弹情况", REASON_LIMIT), clock.day_of(at)
    data = {"due_on": due_on.isoformat()}
    row, actor, done = begin(session, "relapse", issue_id, version=version, reason=said, data=data)
    if done:
        return row
    look = _open_look(row)
    if today > look.due_on and not look.drawn:
        raise WrongState(f"回头看期限{day_words(look.due_on)}已过，原问题不再重新打开。再次发生的，请作为新问题登记。")
    check_due(session, due_on, row.closer_code, at)
    look.looked_on, look.result, look.words, look.looked_by_name = today, "relapsed", said, actor.name
    row.round += 1
    row.due_on = row.first_due_on = due_on
    row.requested_on = row.verified_on = row.closed_on = row.outcome = row.proofs = row.requested_by_id = None
    return apply(session, MOVES["relapse"], row, actor, at=at, reason=said, data=data)


def _open_look(row: Issue) -> SecondLook:
    look = row.look
    if look is None or look.result is not None:
        raise WrongState("这次销号的回头看已有结果。请刷新页面查看最新情况。")
    return look
