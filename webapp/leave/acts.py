"""Acts on a request: approve or not, withdraw, cancel, report the return; and passing on what nobody answered (Z-27, Z-30)."""

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as, viewer_of
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.leave import routing, rules
from webapp.leave.halves import HALVES, slot, slot_of
from webapp.leave.models import STATES, WAITING, LeaveRequest
from webapp.leave.routing import DECIDE, LAST_STEP
from webapp.leave.rules import TEXT_LIMIT
from webapp.leave.service import LABELS, extension_of, hand_to, may_enter, note, tier
from webapp.policy.calendar import work_calendar
from webapp.words import clean

AT_ONCE = 200
PASSING_ON = Viewer.system("请假转办", "")


class WrongState(Refused):
    """The act does not fit the state the request is in."""

    status = 409


def may_decide(viewer: Viewer, row: LeaveRequest) -> bool:
    """Whether the request waits for a post whose right the viewer has, and is not the viewer's nor the post's own."""
    return row.state in WAITING and _own_seat(viewer, row) and _apart(viewer, row)


def decide(
    session: Session, request_id: int, verb: str, *, reason: str = "", at: datetime, version: int | None = None
) -> LeaveRequest:
    """`approve` or `decline`. The township's yes to what the county decides is a review, and hands the request on.

    Which tier decides is counted at this moment: leave asked for meanwhile may have made it longer. Raises `Forbidden`
    for those to whom it does not wait, `Conflict` for a stale version, `Refused` without a reason against.
    """
    said = _said(reason)
    row, done = _begin(session, request_id, ("approve", "review") if verb == "approve" else (verb,), said, version)
    if done:
        return row
    viewer = viewer_of(session)
    if not _apart(viewer, row):
        raise Refused("本人的请假、本岗位的请假和自己代录的请假不能由自己审批。请由其他审批人办理。")
    if row.state not in WAITING:
        raise WrongState(_why_not(verb, row))
    if not _own_seat(viewer, row):
        who = f"现由{row.approver_name}办理" if row.approver_name else "目前没有审批人"
        raise Forbidden(f"这次请假{who}，您不能代为审批。请与该同志联系。")
    if verb == "decline":
        if said is None:
            raise Refused("没有填写不批准的理由。请补填后再提交。")
        row.state, row.decided_at = "declined", at
        return note(session, "decline", row, said, at)
    if row.step < LAST_STEP and tier(session, row, at).number == LAST_STEP:
        row.state = "reviewed"
        following = routing.turn(session, row, LAST_STEP, at)
        hand_to(session, row, following, at)
        return note(session, "review", row, said, at, following)
    row.state, row.decided_at = "approved", at
    return note(session, "approve", row, said, at)


def withdraw(session: Session, request_id: int, *, at: datetime, version: int | None = None) -> LeaveRequest:
    """撤回 by the person, as long as nobody has decided."""
    row, done = _begin(session, request_id, ("withdraw",), None, version)
    _own(session, row)
    if done:
        return row
    if row.state not in WAITING:
        raise WrongState(_why_not("withdraw", row))
    row.state = "withdrawn"
    return note(session, "withdraw", row, None, at)


def cancel(session: Session, request_id: int, *, at: datetime, version: int | None = None) -> LeaveRequest:
    """取消 by the person, before granted leave begins."""
    row, done = _begin(session, request_id, ("cancel",), None, version)
    _own(session, row)
    if done:
        return row
    if row.state != "approved":
        raise WrongState(_why_not("cancel", row))
    if slot_of(at) >= row.span.first:
        raise WrongState("请假已经开始，不能取消。提前返岗的，请办理销假。")
    _refuse_extended(session, row)
    row.state = "cancelled"
    return note(session, "cancel", row, None, at)


def report_return(
    session: Session,
    request_id: int,
    *,
    on: date | None,
    half: str,
    text: str = "",
    at: datetime,
    version: int | None = None,
) -> LeaveRequest:
    """销假: the first half-day back on post. Leave that this one goes on from is returned from at once.

    Back earlier, the rest is no leave; back later, the leave stays as granted, and why it was late is said (Z-27).
    """
    said = _said(text)
    row, done = _begin(session, request_id, ("return",), said, version)
    _own(session, row)
    if done:
        return row
    if row.state != "approved":
        raise WrongState(_why_not("return", row))
    _refuse_extended(session, row)
    if on is None or half not in HALVES:
        raise Faulty({"returned_on": "没有填写返岗日期，或没有选择上午、下午。请补填。"})
    back = slot(on, half)
    chain = _chain(session, row)
    if back > slot_of(at):
        raise Faulty({"returned_on": "返岗时间还没有到。请在返岗后办理销假。"})
    if back < chain[-1].span.first:
        raise Faulty({"returned_on": "返岗时间早于请假开始时间。请改正日期。"})
    if back > row.span.last + 1 and said is None:
        raise Faulty({"text": "返岗晚于批准的时间。请写明原因，由乡镇了解情况。"})
    for one in chain[1:]:
        one.state, one.returned_on, one.returned_half = "returned", on, half
        note(session, "return", one, None, at)
    row.state, row.returned_on, row.returned_half = "returned", on, half
    return note(session, "return", row, said, at)


def pass_on_unanswered(session: Session, *, at: datetime) -> int:
    """Ask a substitute where the time to answer is over (`leave.answer_hours`); gives the number of requests passed on.

    Whoever was asked before is not asked again. Where nobody else can be asked, the request stays where it is.
    """
    moved = 0
    for row in session.scalars(_due(at).with_for_update()).all():
        silent = {one.to_person_id for one in row.events if one.to_person_id is not None}
        found = routing.turn(session, row, row.step, at, silent)
        if found.seat is None and row.approver_id is not None:
            row.answer_by = None
            continue
        hand_to(session, row, found, at)
        if found.seat is not None:
            note(session, "route", row, None, at, found)
            moved += 1
    session.flush()
    return moved


def unanswered(session: Session, at: datetime) -> bool:
    """Whether the time to answer is over for some request."""
    return session.scalar(_due(at).limit(1)) is not None


def _due(at: datetime) -> Select[tuple[LeaveRequest]]:
    due = select(LeaveRequest).where(LeaveRequest.state.in_(WAITING), LeaveRequest.answer_by <= at)
    return due.order_by(LeaveRequest.id).limit(AT_ONCE)


def _begin(
    session: Session, request_id: int, kinds: tuple[str, ...], said: str | None, version: int | None
) -> tuple[LeaveRequest, bool]:
    """The row, locked, and whether this very act was done by a first click. Raises `NotFound` and `Conflict`."""
    row = session.scalar(
        select(LeaveRequest)
        .where(LeaveRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    last = row.events[-1] if row.events else None
    if version is None or version == row.version:
        return row, False
    if last is not None and last.kind in kinds and (last.person_id, last.text) == (viewer_of(session).person_id, said):
        return row, True
    who = f"{last.actor_name}已办理“{LABELS[last.kind]}”" if last is not None else "这次请假已有变动"
    raise Conflict(f"{who}，您的操作没有生效。请看过最新情况后再办理。")


def _own(session: Session, row: LeaveRequest) -> None:
    """The steps of the person, who may hand them in on paper to the township (X-10)."""
    viewer = viewer_of(session)
    if row.person_id != viewer.person_id and not may_enter(viewer, row):
        raise Forbidden("只有请假人本人可以办理这一步。请由本人办理。")


def _own_seat(viewer: Viewer, row: LeaveRequest) -> bool:
    """Whether the viewer may use the right of the post that the request waits for."""
    return any(g.posting_id == row.approver_posting_id and DECIDE in g.permissions for g in viewer.grants)


def _apart(viewer: Viewer, row: LeaveRequest) -> bool:
    """Nobody decides on own leave, on that of the own post or of whom one stands in for, or on what one has entered."""
    through = [g for g in viewer.grants if g.posting_id == row.approver_posting_id]
    return (
        viewer.person_id not in (row.person_id, row.paper_by_id)
        and all(g.posting_id != row.posting_id for g in viewer.grants)
        and all(g.on_behalf_of != row.person_id for g in through)
    )


def _refuse_extended(session: Session, row: LeaveRequest) -> None:
    if extension_of(session, row) is not None:
        raise WrongState("这次请假已经续假。请对最后一次续假办理；还没有批准的续假，请先撤回。")


def _chain(session: Session, row: LeaveRequest) -> list[LeaveRequest]:
    """A leave and those it goes on from, the last one first."""
    found = [row]
    with acting_as(session, routing.KEEPER):
        while found[-1].extends_id is not None:
            parent = session.get(LeaveRequest, found[-1].extends_id)
            if parent is None or parent.state != "approved":
                break
            found.append(parent)
    return found


def _said(text: str) -> str | None:
    said = clean(text)
    if len(said) > TEXT_LIMIT:
        raise Refused(f"填写的文字超过 {TEXT_LIMIT} 字。请删减后再提交。")
    return said or None


def _why_not(kind: str, row: LeaveRequest) -> str:
    return f"这次请假{STATES[row.state]}，不能再{LABELS[kind]}。请刷新页面查看最新情况。"


def late_since(session: Session, row: LeaveRequest, on: date) -> date | None:
    """The day by which the return should have been reported and was not: a fact for the township, no absence (Z-27, X-3)."""
    if row.state != "approved" or extension_of(session, row) is not None:
        return None
    due = rules.due_back(row.span.last, row.decided_on, work_calendar(session))
    return due if due < on else None
