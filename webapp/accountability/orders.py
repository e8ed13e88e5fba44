"""灾情期间暂停计时: a disaster order stops the clocks of open assignments of named units between two days (T-9)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from webapp import audit, clock
from webapp.access import below, viewer_of
from webapp.accountability.freezing import freeze, thaw, words_of
from webapp.accountability.issuing import targets
from webapp.accountability.models import Assignment
from webapp.accountability.moving import locked
from webapp.accountability.order_models import DisasterOrder
from webapp.accountability.parties import actor_at, posted
from webapp.accountability.rules import UNFINISHED
from webapp.errors import Conflict, Faulty, NotFound, Refused
from webapp.notices.service import notify
from webapp.words import clean, day_words

LONGEST = {"document_no": 80, "title": 120}
NAMES = {"document_no": "文号", "title": "文件名称"}


def make(
    session: Session,
    *,
    unit_code: str,
    document_no: str,
    title: str,
    units: Iterable[str],
    starts_on: date,
    ends_on: date,
    at: datetime,
) -> tuple[DisasterOrder, int]:
    """Order that the clocks of units (the own one or units below) stand still; gives the order and how many moved.

    The same document of a unit is one order: a second click gives the first one. Raises `Forbidden`, `Faulty` by
    field, `OutOfScope`, and `Conflict` where the document stands for another order.
    """
    actor = actor_at(viewer_of(session), "order.write", unit_code)
    texts = {"document_no": clean(document_no), "title": clean(title)}
    faults = {name: f"没有填写{NAMES[name]}。请补填。" for name, text in texts.items() if not text}
    faults |= {
        name: f"{NAMES[name]}超过 {LONGEST[name]} 字。请删减。"
        for name, text in texts.items()
        if len(text) > LONGEST[name]
    }
    faults |= _day_faults(starts_on, ends_on, clock.day_of(at))
    if faults:
        raise Faulty(faults)
    chosen = set(units)
    codes = [unit_code] if unit_code in chosen else sorted(chosen)
    if not codes:
        raise Refused("没有选择暂停单位。请至少选择一个单位。")
    if codes != [unit_code]:
        targets(session, codes, unit_code, at)
    known = _known(session, unit_code, texts["document_no"])
    if known is None:
        order = DisasterOrder(
            unit_code=unit_code,
            units=codes,
            starts_on=starts_on,
            ends_on=ends_on,
            first_ends_on=ends_on,
            made_at=at,
            made_by_id=actor.person_id,
            made_by_name=actor.name,
            **texts,
        )
        try:
            with session.begin_nested():
                session.add(order)
        except IntegrityError:
            known = _known(session, unit_code, texts["document_no"])
    if known is not None:
        if (known.units, known.starts_on, known.first_ends_on) != (codes, starts_on, ends_on):
            raise Conflict(f"文号为“{known.document_no}”的暂停计时已经登记。请核对文号，或先提前结束原来的登记。")
        return known, 0
    audit.record(
        session,
        "order.make",
        "disaster_order",
        order.id,
        unit_code=unit_code,
        after={"units": codes, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()},
        reason=words_of(order),
    )
    moved = [row for row in _open_under(session, codes) if freeze(session, row, order, at)]
    _tell(session, order, moved, f"{day_words(starts_on)}至{day_words(ends_on)}暂停计时，期限顺延", "made", at)
    return order, len(moved)


def end(
    session: Session, order_id: int, *, last_day: date, at: datetime, version: int | None = None
) -> tuple[DisasterOrder, int]:
    """End an order early: `last_day` is the last on which the clocks stand still. Gives how many deadlines moved back.

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
            return order, 0
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
    audit.record(
        session,
        "order.end",
        "disaster_order",
        order.id,
        unit_code=order.unit_code,
        before={"ends_on": order.first_ends_on.isoformat()},
        after={"ends_on": last_day.isoformat()},
    )
    moved = [row for row in _open_under(session, order.units) if thaw(session, row, order, actor, at)]
    _tell(session, order, moved, f"提前到{day_words(last_day)}结束，期限相应提前", "ended", at)
    return order, len(moved)


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


def _day_faults(starts_on: date, ends_on: date, today: date) -> dict[str, str]:
    if ends_on < starts_on:
        return {"ends_on": "结束日期早于开始日期。请改正。"}
    if ends_on < today:
        return {"ends_on": "结束日期已过。请改为今天或以后的日期。"}
    far = next((name for name, day in (("starts_on", starts_on), ("ends_on", ends_on)) if _far(day, today)), None)
    return {far: "日期距今超过一年。请检查年份。"} if far else {}


def _far(day: date, today: date) -> bool:
    return abs(day.year - today.year) > 1


def _open_under(session: Session, codes: Sequence[str]) -> Iterable[Assignment]:
    """What is not over under some units, each row locked in turn, with its events."""
    under = or_(*(below(Assignment.unit_code, code) for code in codes))
    ids = session.scalars(
        select(Assignment.id).where(under, Assignment.state.in_(UNFINISHED)).order_by(Assignment.id)
    ).all()
    for start in range(0, len(ids), 500):
        some = Assignment.id.in_(ids[start : start + 500])
        session.scalars(select(Assignment).where(some).options(selectinload(Assignment.events))).all()
        for one in ids[start : start + 500]:
            yield locked(session, one)


def _tell(
    session: Session, order: DisasterOrder, moved: Sequence[Assignment], what: str, kind: str, at: datetime
) -> None:
    """One message a person, however many assignments moved."""
    by_unit: dict[str, int] = defaultdict(int)
    for row in moved:
        by_unit[row.unit_code] += 1
    people = posted(session, list(by_unit), clock.day_of(at), root=order.unit_code)
    for code, number in sorted(by_unit.items()):
        for person_id in people.with_permission("task.answer", code):
            notify(
                session,
                person_id,
                f"order:{order.id}:{kind}:{code}:{person_id}",
                "灾情期间任务期限调整",
                f"因{words_of(order)}，本单位 {number} 项任务{what}。",
                "/tasks/",
                at,
            )
