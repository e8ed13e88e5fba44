"""Disaster orders stop the clocks of assignments, those open now and those issued or opened again in the time (T-9)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, acting_as, below, insert_rows
from webapp.accountability.models import Assignment, AssignmentEvent, Extension
from webapp.accountability.moving import apply
from webapp.accountability.order_models import DisasterOrder
from webapp.accountability.order_rules import (
    Happened,
    Window,
    covers,
    data_of,
    frozen_to,
    moved_words,
    thawed_to,
    words_of,
    workdays_outside,
)
from webapp.accountability.parties import Actor
from webapp.accountability.postponing import AT_ONCE, Shift, Standing, standing
from webapp.accountability.rules import BY_RULE, OPEN
from webapp.burden import service as burden
from webapp.policy.calendar import work_calendar

FREEZING = Viewer.system("灾情期间暂停计时", "")


def freeze(session: Session, row: Assignment, order: DisasterOrder, at: datetime) -> None:
    """Let an order stop the clock of one assignment."""
    moved = frozen_to(row.due_on, row.issued_on, row.events, order, work_calendar(session))
    if row.state in OPEN and moved is not None:
        _move(session, row, order, *moved, at)


def to_freeze(session: Session, codes: Sequence[str], order: DisasterOrder, *, lock: bool = True) -> list[Shift]:
    """What an order moves under some units, read set by set."""
    which = under(codes), Assignment.state.in_(OPEN), Assignment.due_on >= order.starts_on
    rows, calendar = standing(session, *which, lock=lock), work_calendar(session)
    events = _stops(session, codes) if rows else {}
    moves = _alike(lambda row, happened: frozen_to(row.due_on, row.issued_on, happened, order, calendar))
    return [
        Shift(row, due_on, data_of(order, first, due_on))
        for row in rows
        for due_on, first in filter(None, [moves(row, events.get(row.id, ()))])
    ]


def to_thaw(session: Session, codes: Sequence[str], order: DisasterOrder) -> list[Shift]:
    """The deadlines under some units that go back by the days by which an order stood longer than it now does."""
    which = under(codes), Assignment.state.in_(BY_RULE["thaw"].from_states)
    rows, calendar = standing(session, *which, lock=True), work_calendar(session)
    events = _stops(session, codes) if rows else {}
    moves = _alike(lambda row, happened: thawed_to(row.due_on, happened, order, calendar))
    return [
        Shift(row, due_on, data_of(order, first, due_on))
        for row in rows
        for due_on, first in filter(None, [moves(row, events.get(row.id, ()))])
    ]


def _alike(
    moved: Callable[[Standing, Sequence[Happened]], tuple[date, date] | None],
) -> Callable[[Standing, Sequence[Happened]], tuple[date, date] | None]:
    """The same question asked once for all rows that only differ in their unit: thousands of one task are alike."""
    known: dict[tuple[date, date], tuple[date, date] | None] = {}

    def answer(row: Standing, events: Sequence[Happened]) -> tuple[date, date] | None:
        if events:
            return moved(row, events)
        alike = row.issued_on, row.due_on
        if alike not in known:
            known[alike] = moved(row, events)
        return known[alike]

    return answer


def _stops(session: Session, codes: Sequence[str]) -> dict[int, list[Happened]]:
    """Assignment → its events that stopped or started a clock, in their order, for all under some units."""
    named = AssignmentEvent.assignment_id, AssignmentEvent.kind, AssignmentEvent.at, AssignmentEvent.data
    kinds = AssignmentEvent.kind.in_(("suspend", "resume", "freeze", "thaw"))
    statement = select(*named).where(under(codes, AssignmentEvent), kinds).order_by(AssignmentEvent.id)
    found: dict[int, list[Happened]] = defaultdict(list)
    for one in session.execute(statement):
        found[one.assignment_id].append(one)
    return found


def under(codes: Sequence[str], model: type[Assignment | AssignmentEvent] = Assignment) -> ColumnElement[bool]:
    """Rows of some units and of all below them."""
    return or_(*(below(model.unit_code, code) for code in codes))


def catch_up(session: Session, row: Assignment, at: datetime) -> None:
    """Let orders in force stop the clock of what is open only now: resumed, returned or taken back.

    Read as a part of the system: a township does not see the orders of its county, they still hold for its villages.
    """
    with acting_as(session, FREEZING):
        for order in orders_from(session, clock.day_of(at)):
            if covers(order, row.unit_code):
                freeze(session, row, order, at)


def freeze_new(session: Session, ids: Mapping[str, int], issued_on: date, due_on: date, at: datetime) -> None:
    """Let orders in force move the deadlines of what was issued this moment (unit → assignment), set by set."""
    with acting_as(session, FREEZING):
        orders = orders_from(session, issued_on)
        groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for code in ids if orders else ():
            groups[tuple(order.id for order in orders if covers(order, code))].append(code)
        for held, codes in groups.items():
            _freeze_alike(
                session, {code: ids[code] for code in codes}, [o for o in orders if o.id in held], issued_on, due_on, at
            )


def _freeze_alike(
    session: Session,
    ids: Mapping[str, int],
    orders: Sequence[DisasterOrder],
    issued_on: date,
    due_on: date,
    at: datetime,
) -> None:
    """The same orders hold for all of these units."""
    calendar, windows, due = work_calendar(session), list[Window](), due_on
    for order in orders:
        first = max(order.starts_on, issued_on + timedelta(days=1))
        days = workdays_outside(calendar, first, order.ends_on, windows)
        if days == 0 or due < order.starts_on:
            continue
        before, due = due, calendar.add_workdays(due, days)
        windows.append((first, order.ends_on))
        actor, common = actor_of(order), {"at": at, "kind": "freeze", "from_state": "issued", "to_state": "issued"}
        event = {
            **common,
            "person_id": actor.person_id,
            "actor_name": actor.name,
            "actor_unit": actor.unit_code,
            "reason": words_of(order),
            "text": moved_words(before, due),
            "data": data_of(order, first, due),
        }
        rows = [{"assignment_id": one, "unit_code": code} for code, one in ids.items()]
        insert_rows(session, AssignmentEvent, [event | row for row in rows])
        insert_rows(session, Extension, [_extension(order, actor, due, at) | row for row in rows])
    if due != due_on:
        held = list(ids.values())
        for start in range(0, len(held), AT_ONCE):
            session.execute(
                update(Assignment).where(Assignment.id.in_(held[start : start + AT_ONCE])).values(due_on=due)
            )
        burden.move_many(session, [f"assignment:{one}" for one in held], due)


def orders_from(session: Session, on: date) -> list[DisasterOrder]:
    """Orders that a day has not outlived, in the order in which they were made."""
    return list(session.scalars(select(DisasterOrder).where(DisasterOrder.ends_on >= on).order_by(DisasterOrder.id)))


def actor_of(order: DisasterOrder) -> Actor:
    """Who decided the order; the person stands in every event that follows from it."""
    return Actor(order.made_by_id, order.made_by_name, order.unit_code)


def _move(session: Session, row: Assignment, order: DisasterOrder, due_on: date, first: date, at: datetime) -> None:
    before, row.due_on, actor = row.due_on, due_on, actor_of(order)
    row.extensions.append(Extension(unit_code=row.unit_code, **_extension(order, actor, due_on, at)))
    burden.move(session, row.burden_key, due_on)
    apply(
        session,
        BY_RULE["freeze"],
        row,
        actor,
        at=at,
        reason=words_of(order),
        text=moved_words(before, due_on),
        data=data_of(order, first, due_on),
    )


def _extension(order: DisasterOrder, actor: Actor, due_on: date, at: datetime) -> dict[str, object]:
    return {
        "state": "granted",
        "asked_at": at,
        "asked_by_id": actor.person_id,
        "wanted_due_on": due_on,
        "reason": words_of(order),
        "decided_at": at,
        "decided_by_id": actor.person_id,
    }
