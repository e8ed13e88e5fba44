"""你已有此数据, 有误: what answerers say by name about a demand, and what its owner or the burden-relief office answers."""

from datetime import date, datetime

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.burden import directory
from webapp.burden.models import BurdenEntry, Demand, DemandField, DuplicateFlag
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.notices.service import notify
from webapp.org.models import Organisation, Posting
from webapp.org.queries import valid_on
from webapp.permissions import permissions_of
from webapp.words import clean

WORDS_LIMIT = 300
HOLDER_LIMIT = 120
KINDS = {"duplicate": "已有此数据", "wrong": "预填有误"}
STATES = {"open": "待答复", "upheld": "已采纳", "kept": "未采纳"}
PATH = "/burden/flags/"


def asked_of_viewer(session: Session, demand_id: int) -> tuple[Demand, str]:
    """A demand and the viewer's unit that it was asked of. Raises `NotFound` where no own unit was asked."""
    units = viewer_of(session).units_with("burden.object")
    unit = session.scalar(
        select(BurdenEntry.unit_code)
        .where(BurdenEntry.demand_id == demand_id, BurdenEntry.unit_code.in_(units))
        .order_by(BurdenEntry.unit_code)
        .limit(1)
    )
    row = session.get(Demand, demand_id, options=[selectinload(Demand.fields)]) if unit is not None else None
    if row is None or unit is None:
        raise NotFound("没有找到向本单位提出的这项要求。请从减负页面的本月事项中选择。")
    return row, unit


def flag(
    session: Session, demand_id: int, *, field_name: str = "", kind: str = "duplicate", words: str, at: datetime
) -> DuplicateFlag:
    """Tell the owner of a demand, by name, that it holds the data already or has filled in something wrong.

    The same unit says it once for each field: a second click gives the first flag. Raises `NotFound`, `Refused`,
    `Conflict` when the unit has said something else about it before.
    """
    demand, unit_code = asked_of_viewer(session, demand_id)
    viewer = viewer_of(session)
    if kind not in KINDS:
        raise Refused("没有选择要说明的情况。请选择“已有此数据”或者“预填有误”。")
    if field_name and field_name not in {field.name for field in demand.fields}:
        raise Refused("所选内容不在这项要求里。请重新选择。")
    said = clean(words)
    if not said:
        raise Refused("没有填写说明。请写明数据在哪里，或者哪里不对。")
    if len(said) > WORDS_LIMIT:
        raise Refused(f"说明超过 {WORDS_LIMIT} 字，现有 {len(said)} 字。请删减后再提交。")
    known = _known(session, demand_id, unit_code, field_name)
    if known is not None:
        return _same(known, kind, said)
    row = DuplicateFlag(
        demand_id=demand_id,
        unit_code=unit_code,
        owner_code=demand.owner_code,
        person_id=viewer.person_id,
        person_name=viewer.name,
        field_name=field_name,
        kind=kind,
        words=said,
        flagged_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = _known(session, demand_id, unit_code, field_name)
        if known is None:
            raise
        return _same(known, kind, said)
    audit.record(session, "burden.flag", "duplicate_flag", row.id, unit_code=unit_code, after={"demand": demand_id})
    for person_id in _desk(session, demand.owner_code, clock.day_of(at)):
        notify(
            session,
            person_id,
            f"duplicate_flag:{row.id}:person:{person_id}",
            f"“{demand.title}”有一条“{KINDS[kind]}”的提示",
            "有承办单位对贵单位提出的要求作了提示，请核对后答复。",
            PATH,
            at,
        )
    return row


def _known(session: Session, demand_id: int, unit_code: str, field_name: str) -> DuplicateFlag | None:
    return session.scalar(
        select(DuplicateFlag).where(
            DuplicateFlag.demand_id == demand_id,
            DuplicateFlag.unit_code == unit_code,
            DuplicateFlag.field_name == field_name,
        )
    )


def _same(known: DuplicateFlag, kind: str, words: str) -> DuplicateFlag:
    if (known.kind, known.words) == (kind, words):
        return known
    raise Conflict(f"{known.person_name}已代表本单位就此提出过。请到“重复要数提示”查看答复。")


def listed(state: str = "") -> Select[tuple[DuplicateFlag]]:
    """Flags in scope, unanswered ones first, by the day they were made."""
    statement = (
        select(DuplicateFlag)
        .options(
            joinedload(DuplicateFlag.demand).selectinload(Demand.fields),
            joinedload(DuplicateFlag.unit),
            joinedload(DuplicateFlag.owner),
        )
        .order_by(DuplicateFlag.answered_at.is_not(None), DuplicateFlag.flagged_at.desc(), DuplicateFlag.id)
    )
    return statement.where(DuplicateFlag.state == state) if state in STATES else statement


def labelled(row: DuplicateFlag) -> str:
    """The words of the field that a flag is about; "" for the whole demand, and for a field that is gone."""
    return next((field.label for field in row.demand.fields if field.name == row.field_name), "")


def may_settle(viewer: Viewer, row: DuplicateFlag) -> bool:
    """The owner's own desk, or the burden-relief office that stands over the owner."""
    over = any(row.owner_code.startswith(unit) for unit in viewer.units_with("complaint.answer"))
    return over or row.owner_code in viewer.units_with("task.issue")


def settle(
    session: Session,
    flag_id: int,
    *,
    uphold: bool,
    answer: str,
    holder: str = "",
    at: datetime,
    version: int | None = None,
) -> DuplicateFlag:
    """Answer a flag once. Upheld: the field is prefilled from now on, or the demand ends; kept: with the reason.

    `holder` names who holds the data of an upheld field. Raises `NotFound`, `Forbidden`, `Refused`, and `Conflict`
    when somebody was faster.
    """
    viewer = viewer_of(session)
    row = session.scalar(select(DuplicateFlag).where(DuplicateFlag.id == flag_id).with_for_update())
    if row is None:
        raise NotFound()
    if not may_settle(viewer, row):
        raise Forbidden("这条提示由提出要求的单位或者其减负办答复。请联系该单位。")
    state, said, keeper = "upheld" if uphold else "kept", clean(answer), clean(holder)
    if row.state != "open":
        if (row.state, row.answer, row.answered_by_name) == (state, said, viewer.name):
            return row
        raise Conflict(f"{row.answered_by_name}已经答复：{STATES[row.state]}。您的答复没有生效，请看过后再定。")
    if version is not None and version != row.version:
        raise Conflict("这条提示刚刚有变动。请刷新页面查看后再答复。")
    if not said:
        raise Refused("没有填写答复。请写明如何处理，不采纳的写明理由。")
    if len(said) > WORDS_LIMIT or len(keeper) > HOLDER_LIMIT:
        raise Refused(f"答复最多 {WORDS_LIMIT} 字，掌握单位最多 {HOLDER_LIMIT} 字。请删减后再提交。")
    if uphold and row.kind == "duplicate":
        _carry_out(session, row, keeper, said, at)
    row.state, row.answer, row.answered_by_name, row.answered_at = state, said, viewer.name, at
    audit.record(
        session,
        "burden.settle",
        "duplicate_flag",
        row.id,
        unit_code=row.unit_code,
        before={"state": "open"},
        after={"state": state},
        reason=said,
    )
    session.flush()
    notify(
        session,
        row.person_id,
        f"duplicate_flag:{row.id}:answered",
        f"您的“{KINDS[row.kind]}”提示已答复：{STATES[state]}",
        f"“{row.demand.title}”：{said}",
        PATH,
        at,
    )
    return row


def _carry_out(session: Session, row: DuplicateFlag, holder: str, reason: str, at: datetime) -> None:
    """Nobody is asked again: an upheld field turns into prefill for all units, an upheld demand ends."""
    if not row.field_name:
        if row.demand.state == "granted":
            directory.take_out(session, row.demand, f"已有此数据：{reason}"[: directory.REASON_LIMIT], at)
        return
    if not holder:
        raise Refused("没有填写数据由哪个单位掌握。请补填，各单位将看到它。")
    field = session.scalar(
        select(DemandField).where(DemandField.demand_id == row.demand_id, DemandField.name == row.field_name)
    )
    if field is None or field.mode == "prefill":
        return
    field.mode, field.holder = "prefill", holder
    with acting_as(session, Viewer.system("负担台账", "")):
        session.execute(
            update(BurdenEntry)
            .where(BurdenEntry.demand_id == row.demand_id, BurdenEntry.fields > 0)
            .values(fields=BurdenEntry.fields - 1)
        )


def _desk(session: Session, unit_code: str, on: date) -> list[int]:
    """Who sits at the desk of a unit on a day; read as a part of the system, since a village does not see them."""
    with acting_as(session, Viewer.system("减负提示", unit_code)):
        rows = session.execute(
            select(Posting.person_id, Posting.role, Organisation.kind)
            .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
            .where(Posting.unit_code == unit_code, valid_on(on))
            .order_by(Posting.person_id)
        ).all()
    holders = (person for person, role, kind in rows if "task.issue" in permissions_of(role, unit_code, kind))
    return list(dict.fromkeys(holders))
