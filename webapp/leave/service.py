"""Ask for leave; each request finds out who decides on it when it is made (Z-25 … Z-30)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.errors import AlreadySent, Conflict, Faulty, Forbidden, Refused
from webapp.leave import routing, rules, sealing
from webapp.leave.halves import Span, joined, slot, slot_of
from webapp.leave.models import KINDS, LIVE, STATES, TRIP_KINDS, WAITING, LeaveEvent, LeaveRequest, OfficialTrip
from webapp.leave.posts import post_on, time_on_post
from webapp.leave.queries import reported
from webapp.leave.rules import Asking
from webapp.leave.telling import tell
from webapp.org.codes import LENGTHS
from webapp.org.models import Posting
from webapp.policy.calendar import work_calendar

ASK, PAPER = "leave.ask", "leave.paper"
VILLAGE = 5
LABELS = {
    "ask": "提出请假",
    "route": "转请代办",
    "review": "乡镇审核同意",
    "approve": "批准",
    "decline": "不批准",
    "withdraw": "撤回",
    "cancel": "取消",
    "return": "销假",
}


@dataclass(frozen=True)
class Tier:
    """Which tier decides, and why: days together with consecutive leave, or a feature that raised it whatever the days."""

    number: int
    own_days: Decimal
    total_days: Decimal
    together: tuple[LeaveRequest, ...]
    """Consecutive leave that was added up."""
    raised: bool = False


@dataclass(frozen=True)
class Paper:
    """A request or a report on paper: whose it is, the day it bears, and who enters it (X-10)."""

    posting: Posting
    on: date
    by_id: int | None
    by_name: str


def ask(
    session: Session, form_id: str, asking: Asking, *, master: bytes, at: datetime, paper: Paper | None = None
) -> LeaveRequest:
    """Ask for leave of an own post, or of the one whose paper is entered; the same form sent twice asks once.

    Raises `Faulty`, `Refused`, `Conflict`, and `AlreadySent` for a form that comes again with other words.
    """
    viewer = viewer_of(session)
    person_id = paper.posting.person_id if paper is not None else viewer.person_id
    if known := _sent_before(session, form_id, person_id, asking, master, paper):
        return known
    posting = paper.posting if paper is not None else own_posting(session, viewer, asking.posting_id)
    parent = _extended(session, person_id, asking.extends_id)
    asked = slot(paper.on, "am") if paper is not None else slot_of(at)
    span = _checked(session, asking, posting, parent, asked, paper)
    row = LeaveRequest(
        form_id=form_id,
        posting_id=posting.id,
        person_id=posting.person_id,
        unit_code=posting.unit_code,
        kind=asking.kind,
        first_day=span.first_day,
        first_half=span.first_half,
        last_day=span.last_day,
        last_half=span.last_half,
        reason_category=sealing.seal(master, form_id, asking.reason) if asking.kind == "sick" else None,
        urgent=span.first < asked,
        paper_on=paper.on if paper is not None else None,
        paper_by_id=paper.by_id if paper is not None else None,
        paper_by_name=paper.by_name if paper is not None else None,
        extends_id=parent.id if parent is not None else None,
        asked_at=at,
        changed_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same form was sent twice at once, and the other one won
        return _sent_before(session, form_id, person_id, asking, master, paper) or row
    now = routing.turn(session, row, routing.first_step(posting.unit_code, posting.role), at)
    hand_to(session, row, now, at)
    return note(session, "ask", row, None, at, now)


def own_posts(viewer: Viewer) -> list[int]:
    """Ids of the viewer's own posts of today that may ask for leave; not those of whom one stands in for."""
    return [g.posting_id for g in viewer.grants if g.on_behalf_of is None and ASK in g.permissions]


def own_posting(session: Session, viewer: Viewer, posting_id: int) -> Posting:
    """An own post of today, locked: two requests for one post wait for each other. Raises `Faulty`."""
    if posting_id not in own_posts(viewer):
        raise Faulty({"posting": "只能为本人现任岗位办理请假和外出报备。请从列出的岗位中选择。"})
    return locked(session, posting_id)


def locked(session: Session, posting_id: int) -> Posting:
    """A post in scope; two requests for it wait for each other."""
    return session.scalars(select(Posting).where(Posting.id == posting_id).with_for_update()).one()


def enters_paper(viewer: Viewer, unit_code: str) -> bool:
    """Whether the viewer's office enters what people of a village hand in on paper (X-10)."""
    return any(unit_code.startswith(own) for own in viewer.units_with(PAPER))


def may_enter(viewer: Viewer, row: LeaveRequest | OfficialTrip) -> bool:
    """Whether the viewer may enter a step that the person handed in on paper."""
    village = len(row.unit_code) == LENGTHS[VILLAGE]
    return village and row.person_id != viewer.person_id and enters_paper(viewer, row.unit_code)


def refuse_overlap(
    session: Session, person_id: int, span: Span, *, leave_id: int | None = None, trip_id: int | None = None
) -> None:
    """Nobody is away twice in one half-day, from whatever post. The named rows are those being changed."""
    own = viewer_of(session).person_id == person_id
    with acting_as(session, routing.KEEPER):
        _refuse_overlap(session, person_id, span, own, leave_id, trip_id)


def _refuse_overlap(
    session: Session, person_id: int, span: Span, own: bool, leave_id: int | None, trip_id: int | None
) -> None:
    near = select(LeaveRequest).where(
        LeaveRequest.person_id == person_id,
        LeaveRequest.state.in_(LIVE),
        LeaveRequest.touches(span.first_day, span.last_day),
        LeaveRequest.id != (leave_id or 0),
    )
    for row in session.scalars(near.order_by(LeaveRequest.first_day)):
        if row.taken is not None and row.taken.overlaps(span):
            what = f"{KINDS[row.kind] if own else '请假'}（{row.taken.words}）"
            raise Faulty({"first_day": f"与本人的{what}重叠。请改选日期，或先撤回、取消那一次请假。"})
    trips = reported(span.first_day, span.last_day).where(
        OfficialTrip.person_id == person_id, OfficialTrip.id != (trip_id or 0)
    )
    for trip in session.scalars(trips.order_by(OfficialTrip.first_day)):
        if trip.span.overlaps(span):
            what = f"因公外出（{TRIP_KINDS[trip.kind]}，{trip.span.words}）"
            raise Faulty({"first_day": f"与本人的{what}重叠。请改选日期，或先更正、取消那一次外出报备。"})


def tier(session: Session, row: LeaveRequest, at: datetime) -> Tier:
    """Which tier decides on a request, with the leave that is consecutive to it: now, or as it stood when it was decided."""
    calendar = work_calendar(session)
    if row.state not in WAITING:
        at = row.decided_at or row.changed_at
    with acting_as(session, routing.KEEPER):
        limits = routing.limits_of(session, clock.day_of(at), row.unit_code)
        others = [one for one in _live(session, row.person_id, at) if one.id != row.id]
    spans = {one.id: one.span if one.changed_at > at else one.taken for one in others}
    whole = joined(row.span, [s for s in spans.values() if s], calendar)
    total = rules.days_of(whole, limits.count, calendar)
    together = tuple(o for o in others if (s := spans[o.id]) and whole.first <= s.first and s.last <= whole.last)
    raised = any(one(session, row, at) for one in routing.raised)
    number = routing.LAST_STEP if raised else rules.tier_of(total, limits)
    return Tier(number, rules.days_of(row.span, limits.count, calendar), total, together, raised)


def hand_to(session: Session, row: LeaveRequest, turn: routing.Turn, at: datetime) -> None:
    """Write down whose turn it is, until when."""
    hours = routing.limits_of(session, clock.day_of(at), row.unit_code).answer_hours
    row.step, row.route = turn.step, turn.route
    row.approver_id = turn.seat.person_id if turn.seat else None
    row.approver_name = turn.seat.name if turn.seat else None
    row.approver_posting_id = turn.seat.posting_id if turn.seat else None
    row.answer_by = at + timedelta(hours=hours)


def note(
    session: Session, kind: str, row: LeaveRequest, text: str | None, at: datetime, turn: routing.Turn | None = None
) -> LeaveRequest:
    """Write the act down, in the record and in the audit log, and tell those whom it concerns."""
    viewer = viewer_of(session)
    row.changed_at = at
    row.events.append(
        LeaveEvent(
            unit_code=row.unit_code,
            owner_id=row.person_id,
            at=at,
            kind=kind,
            person_id=viewer.person_id,
            actor_name=viewer.name,
            text=text,
            to_person_id=turn.seat.person_id if turn and turn.seat else None,
            to_name=turn.seat.name if turn and turn.seat else None,
            route=turn.route if turn else None,
        )
    )
    session.flush()
    after = {"state": STATES[row.state]}
    verb = {"return": "back", "cancel": "call_off"}.get(kind, kind)
    audit.record(session, f"leave.{verb}", "leave_request", row.id, unit_code=row.unit_code, after=after, reason=text)
    tell(session, kind, row, at, text)
    return row


def _sent_before(
    session: Session, form_id: str, person_id: int | None, asking: Asking, master: bytes, paper: Paper | None
) -> LeaveRequest | None:
    known = session.scalar(select(LeaveRequest).where(LeaveRequest.form_id == form_id))
    if known is not None and known.person_id != person_id:
        raise Conflict("这份请假的编号已被占用，没有提交。请重新打开填写页面再提交。")
    if known is not None and not _same(known, asking, master, paper):
        held = f"{KINDS[known.kind]}，{known.span.words}"
        raise AlreadySent(
            f"这一页已提交过请假（{held}），这次填写的与它不同，已提交的没有改动。"
            "要改已提交的，请先在该请假页面撤回或者取消；要另外申请，核对后再次提交。",
            f"/leave/{known.id}",
        )
    return known


def _same(row: LeaveRequest, asking: Asking, master: bytes, paper: Paper | None) -> bool:
    """Whether a form says what is held; where it goes on from leave, the first half-day is not typed."""
    first = asking.extends_id is not None or (row.first_day, row.first_half) == (asking.first_day, asking.first_half)
    held = (row.kind, row.last_day, row.last_half, row.extends_id, row.paper_on, sealing.unseal(master, row))
    reason = asking.reason if asking.kind == "sick" and row.reason_category is not None else ""
    typed = (asking.kind, asking.last_day, asking.last_half, asking.extends_id, paper.on if paper else None, reason)
    return first and held == typed and (paper is not None or row.posting_id == asking.posting_id)


def _extended(session: Session, person_id: int | None, extends_id: int | None) -> LeaveRequest | None:
    """The own granted leave that a request goes on from, which nothing goes on from yet."""
    if extends_id is None:
        return None
    parent = session.scalar(select(LeaveRequest).where(LeaveRequest.id == extends_id))
    if parent is None or parent.person_id != person_id:
        raise Forbidden("只能为本人的请假办理续假。请从本人的请假记录中选择。")
    if parent.state != "approved":
        raise Refused("只有已经批准、还没有销假的请假可以续假。请另提一次请假。")
    if extension_of(session, parent) is not None:
        raise Refused("这次请假已经续过假。请对最后一次续假再办理续假。")
    return parent


def extension_of(session: Session, row: LeaveRequest) -> LeaveRequest | None:
    """The live request that goes on from this one."""
    return session.scalar(
        select(LeaveRequest).where(LeaveRequest.extends_id == row.id, LeaveRequest.state.in_(LIVE)).limit(1)
    )


def _checked(
    session: Session,
    asking: Asking,
    posting: Posting,
    parent: LeaveRequest | None,
    asked: int,
    paper: Paper | None,
) -> Span:
    """The half-days asked for, as it stood in the half-day `asked`. Raises `Faulty` by field."""
    first_day, first_half = asking.first_day, asking.first_half
    if parent is not None:
        first_day, first_half = parent.span.following
        held = post_on(session, parent, posting.starts_on)
        if held is None or held.id != posting.id:
            raise Faulty({"posting": "续假应当与原来的请假属于同一岗位。请改选岗位。"})
    faults = rules.asking_faults(asking)
    faults |= rules.span_faults(first_day, first_half, asking.last_day, asking.last_half)
    if first_day is None or asking.last_day is None or faults:
        raise Faulty(faults)
    span = Span.of(first_day, first_half, asking.last_day, asking.last_half)
    who = "您" if paper is None else posting.person.name
    starts_on = posting.starts_on if parent is None else time_on_post(session, posting)[0]
    faults |= rules.posting_fault(span, starts_on, posting.ends_on, who)
    faults |= rules.begun_fault(span, asked, urgent=asking.urgent)
    if faults:
        raise Faulty(faults)
    refuse_overlap(session, posting.person_id, span)
    return span


def _live(session: Session, person_id: int, at: datetime) -> Sequence[LeaveRequest]:
    """The requests of a person that were live at a moment; those that are not live any more ended with their last act."""
    stood = LeaveRequest.state.in_(LIVE) | (LeaveRequest.changed_at > at)
    statement = select(LeaveRequest).where(LeaveRequest.person_id == person_id, LeaveRequest.asked_at <= at, stood)
    return session.scalars(statement.order_by(LeaveRequest.first_day, LeaveRequest.id)).all()
