"""灾情期间暂停计时: a disaster order stops the clocks of what named units owe between two days (T-9)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import acting_as, viewer_of
from webapp.accountability.freezing import FREEZING, to_freeze, to_thaw
from webapp.accountability.issuing import targets
from webapp.accountability.order_models import DisasterOrder
from webapp.accountability.order_rules import words_of, workdays_outside
from webapp.accountability.other_clocks import registered, tell_moved
from webapp.accountability.parties import Actor, actor_at, posted
from webapp.accountability.postponing import postpone
from webapp.audit import AuditEntry
from webapp.errors import Conflict, Faulty, NotFound, Refused
from webapp.org.codes import ancestors
from webapp.org.models import Division
from webapp.org.units import by_codes
from webapp.policy.calendar import work_calendar
from webapp.words import clean, day_words

LONGEST = {"document_no": 80, "title": 120}
NAMES = {"document_no": "文号", "title": "文件名称"}
DAYS = {"starts_on": "开始日期", "ends_on": "结束日期"}


@dataclass(frozen=True)
class Wanted:
    """An order as somebody asks for it; a day is None where none was given."""

    unit_code: str
    """The unit that orders."""
    document_no: str
    title: str
    units: Sequence[str]
    starts_on: date | None
    ends_on: date | None


TASKS = "项任务"
Moves = dict[str, list[str]]
"""What a number of them is called ("项任务", "个整改问题") → unit of each whose deadline moves."""


@dataclass(frozen=True)
class Stopped:
    """One named unit and what an order stops there and below."""

    unit: Division
    clocks: str
    """What stands still, "2 项任务、1 个整改问题"; "" for nothing."""
    below: int
    """Units that owe these."""


@dataclass(frozen=True)
class Foreseen:
    """What an order would do, before it is made."""

    units: list[Stopped]
    clocks: str
    """What stands still in all of them."""
    cleared: str
    """What of it is overdue now and would be no more."""
    workdays: int
    """Working days between the two days, both included."""


def foresee(session: Session, wanted: Wanted, at: datetime) -> Foreseen:
    """Which units and how many clocks an order would stop; changes nothing. Raises as `make` does."""
    _, order, known = _prepared(session, wanted, at)
    if known is not None:
        raise _taken(known)
    shifts = to_freeze(session, order.units, order, lock=False)
    found = {TASKS: [(one.row.unit_code, one.row.due_on, one.due_on) for one in shifts]}
    found |= {clocks.words: clocks.foreseen(session, order) for clocks in registered}
    moves = {what: [code for code, *_ in some] for what, some in found.items()}
    today = clock.day_of(at)
    late = {what: [code for code, due, moved in some if due < today <= moved] for what, some in found.items()}
    owing: dict[str, Moves] = {code: defaultdict(list) for code in order.units}
    for what, codes in moves.items():
        for code in codes:
            owing[next(named for named in order.units if code.startswith(named))][what].append(code)
    return Foreseen(
        units=[
            Stopped(unit, said(owing[unit.code]), len({code for some in owing[unit.code].values() for code in some}))
            for unit in by_codes(session, owing)
        ],
        clocks=said(moves),
        cleared=said(late),
        workdays=workdays_outside(work_calendar(session), order.starts_on, order.ends_on, ()),
    )


def said(moves: Moves) -> str:
    """ "2 项任务、1 个整改问题"; "" where nothing moves."""
    return "、".join(f"{len(codes):,} {what}" for what, codes in moves.items() if codes)


def stopped_by(session: Session, order: DisasterOrder) -> str:
    """What an order stopped when it was made, as its entry in the audit log says: the same for a second click."""
    made = (AuditEntry.object_kind == "disaster_order") & (AuditEntry.object_id == str(order.id))
    with acting_as(session, FREEZING):  # who orders does not read the audit log
        entry = select(AuditEntry.after).where(made, AuditEntry.action == "order.make")
        return str(session.scalars(entry).one()["clocks"])


def make(session: Session, wanted: Wanted, at: datetime) -> tuple[DisasterOrder, Moves]:
    """Order that the clocks of units (the own one or units below) stand still; gives the order and what moved.

    The same document of a unit is one order: a second click gives the first one. Raises `Forbidden`, `Faulty` with
    every field that cannot be taken, `OutOfScope`, and `Conflict` where the document stands for another order.
    """
    actor, order, known = _prepared(session, wanted, at)
    if known is None:
        try:
            with session.begin_nested():
                session.add(order)
        except IntegrityError:
            known = _known(session, order.unit_code, order.document_no)
    if known is not None:
        if (known.units, known.starts_on, known.first_ends_on) != (order.units, order.starts_on, order.ends_on):
            raise _taken(known)
        return known, {}
    shifts = to_freeze(session, order.units, order)
    moved = {TASKS: [shift.row.unit_code for shift in shifts]}
    moved |= {clocks.words: clocks.stop(session, order, actor, at) for clocks in registered}
    audit.record(
        session,
        "order.make",
        "disaster_order",
        order.id,
        unit_code=order.unit_code,
        after={
            "units": order.units,
            "starts_on": order.starts_on.isoformat(),
            "ends_on": order.ends_on.isoformat(),
            "clocks": said(moved),
        },
        reason=words_of(order),
    )
    postpone(session, "freeze", shifts, actor, at, reason=words_of(order))
    span = f"{day_words(order.starts_on)}至{day_words(order.ends_on)}暂停计时，期限顺延"
    _tell(session, order, moved, span, "freeze", at)
    return order, moved


def _prepared(session: Session, wanted: Wanted, at: datetime) -> tuple[Actor, DisasterOrder, DisasterOrder | None]:
    """Who orders, the order (not yet in the session), and the one that the document stands for already."""
    actor = actor_at(viewer_of(session), "order.write", wanted.unit_code)
    faults = faults_of(wanted, clock.day_of(at))
    if faults or wanted.starts_on is None or wanted.ends_on is None:
        raise Faulty(faults)
    texts, codes = {name: clean(getattr(wanted, name)) for name in LONGEST}, _topmost(wanted.units)
    if codes != [wanted.unit_code]:
        targets(session, codes, wanted.unit_code, at)
    order = DisasterOrder(
        unit_code=wanted.unit_code,
        units=codes,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        first_ends_on=wanted.ends_on,
        made_at=at,
        made_by_id=actor.person_id,
        made_by_name=actor.name,
        **texts,
    )
    return actor, order, _known(session, wanted.unit_code, texts["document_no"])


def faults_of(wanted: Wanted, today: date) -> dict[str, str]:
    """Everything that is missing or wrong in an order as it was asked for: field → sentence."""
    texts = {name: clean(getattr(wanted, name)) for name in LONGEST}
    faults = {name: f"没有填写{NAMES[name]}。请补填。" for name, text in texts.items() if not text}
    faults |= {
        name: f"{NAMES[name]}超过 {LONGEST[name]} 字。请删减。"
        for name, text in texts.items()
        if len(text) > LONGEST[name]
    }
    faults |= _day_faults(wanted.starts_on, wanted.ends_on, today)
    if not wanted.units:
        faults["units"] = "没有选择暂停单位。请至少选择一个单位。"
    return faults


def _topmost(units: Iterable[str]) -> list[str]:
    """The chosen units without those that lie below another chosen one, in code order."""
    chosen = set(units)
    return sorted(code for code in chosen if chosen.isdisjoint(ancestors(code)))


def _taken(known: DisasterOrder) -> Conflict:
    return Conflict(f"文号为“{known.document_no}”的暂停计时已经登记。请核对文号，或先提前结束原来的登记。")


def end(
    session: Session, order_id: int, *, last_day: date, at: datetime, version: int | None = None
) -> tuple[DisasterOrder, Moves]:
    """End an order early: `last_day` is the last on which the clocks stand still. Gives what moved back.

    Raises `NotFound`, `Forbidden`, `Refused` for an order that is over, `Conflict` when somebody else ended it.
    """
    statement = select(DisasterOrder).where(DisasterOrder.id == order_id).with_for_update()
    order = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if order is None:
        raise NotFound()
    actor = actor_at(viewer_of(session), "order.write", order.unit_code)
    today = clock.day_of(at)
    if order.ended_at is not None:
        if order.ends_on == last_day:
            return order, {}
        raise Conflict(f"已经提前到{day_words(order.ends_on)}结束。请刷新页面查看。")
    if version is not None and version != order.version:
        raise Conflict("其他同志刚刚修改过这项登记。请刷新页面查看。")
    if order.ends_on < today:
        raise Refused(f"已于{day_words(order.ends_on)}结束，不需要提前结束。")
    if not max(today, order.starts_on) <= last_day < order.ends_on:
        raise Faulty(
            {
                "last_day": f"最后暂停日应在{day_words(max(today, order.starts_on))}至"
                f"{day_words(order.ends_on)}之前。请改正。"
            }
        )
    order.ends_on, order.ended_at = last_day, at
    session.flush()
    shifts = to_thaw(session, order.units, order)
    moved = {TASKS: [shift.row.unit_code for shift in shifts]}
    moved |= {clocks.words: clocks.start(session, order, actor, at) for clocks in registered}
    audit.record(
        session,
        "order.end",
        "disaster_order",
        order.id,
        unit_code=order.unit_code,
        before={"ends_on": order.first_ends_on.isoformat()},
        after={"ends_on": last_day.isoformat(), "clocks": said(moved)},
    )
    postpone(session, "thaw", shifts, actor, at, reason=words_of(order))
    _tell(session, order, moved, f"提前到{day_words(last_day)}结束，期限相应提前", "thaw", at)
    return order, moved


def listed() -> Select[tuple[DisasterOrder]]:
    """Orders of the viewer's units and of all below, the latest first."""
    return select(DisasterOrder).order_by(DisasterOrder.starts_on.desc(), DisasterOrder.id.desc())


def order_of(session: Session, order_id: int) -> DisasterOrder:
    """One order in scope. Raises `NotFound`."""
    order = session.scalar(select(DisasterOrder).where(DisasterOrder.id == order_id))
    if order is None:
        raise NotFound()
    return order


def _known(session: Session, unit_code: str, document_no: str) -> DisasterOrder | None:
    own = (DisasterOrder.unit_code == unit_code) & (DisasterOrder.document_no == document_no)
    return session.scalar(select(DisasterOrder).where(own))


def _day_faults(starts_on: date | None, ends_on: date | None, today: date) -> dict[str, str]:
    held = {"starts_on": starts_on, "ends_on": ends_on}
    faults = {name: f"没有填写{DAYS[name]}。请补填。" for name, day in held.items() if day is None}
    faults |= {
        name: "日期距今超过一年。请检查年份。" for name, day in held.items() if day is not None and _far(day, today)
    }
    if ends_on is not None and "ends_on" not in faults:
        if starts_on is not None and ends_on < starts_on:
            faults["ends_on"] = "结束日期早于开始日期。请改正。"
        elif ends_on < today:
            faults["ends_on"] = "结束日期已过。请改为今天或以后的日期。"
    return faults


def _far(day: date, today: date) -> bool:
    return abs(day.year - today.year) > 1


def _tell(session: Session, order: DisasterOrder, moved: Moves, what: str, kind: str, at: datetime) -> None:
    """One message a person, however many deadlines moved at however many units."""
    people = posted(
        session, {code for codes in moved.values() for code in codes}, clock.day_of(at), root=order.unit_code
    )
    permissions = {TASKS: "task.answer"} | {clocks.words: clocks.permission for clocks in registered}
    told: dict[int, Moves] = defaultdict(lambda: defaultdict(list))
    for words, codes in moved.items():
        for code, number in sorted(Counter(codes).items()):
            for person_id in people.with_permission(permissions[words], code):
                told[person_id][words] += [code] * number
    lines = {person_id: [f"因{words_of(order)}，本单位 {said(own)}{what}。"] for person_id, own in told.items()}
    tell_moved(session, order, kind, lines, "/tasks/", at)
