"""Which villages must have a first secretary or a team, and on which document that rests (Z-1); kept by the county."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.errors import Conflict, Faulty, NotFound, OutOfScope
from webapp.org.models import DESIGNATIONS, Division, VillageDesignation
from webapp.org.rules import AHEAD, EARLIEST
from webapp.words import clean, day_words

WRITE = "posting.write"
VILLAGE = 5
DOCUMENT_LIMIT = 60


def designate(
    session: Session, unit_code: str, *, kind: str, valid_from: date | None, document_no: str, at: datetime
) -> VillageDesignation:
    """Put a village on the list from a day on; the same twice is one row. Raises `Faulty` by field, `OutOfScope`."""
    unit = _village(session, unit_code)
    faults = _faults(kind, valid_from, document_no, clock.day_of(at))
    if valid_from is not None and unit.valid_to is not None and unit.valid_to < valid_from:
        faults["valid_from"] = f"{unit.name}的区划代码已于{day_words(unit.valid_to)}停用。请改选现行区划。"
    if faults or valid_from is None:
        raise Faulty(faults)
    number = clean(document_no)
    for row in of_village(session, unit_code):
        if row.kind != kind or (row.valid_to is not None and row.valid_to < valid_from):
            continue
        if (row.valid_from, row.document_no) == (valid_from, number):
            return row
        raise Conflict(
            f"该村已列为{DESIGNATIONS[kind]}（自{day_words(row.valid_from)}起）。请先结束原有类别再重新列入。"
        )
    row = VillageDesignation(unit_code=unit_code, kind=kind, valid_from=valid_from, document_no=number)
    session.add(row)
    session.flush()
    after = {"kind": DESIGNATIONS[kind], "valid_from": valid_from.isoformat(), "document_no": number}
    audit.record(session, "designation.add", "division", unit_code, unit_code=unit_code, after=after)
    return row


def end_designation(
    session: Session, unit_code: str, designation_id: int, *, valid_to: date | None, reason: str, at: datetime
) -> VillageDesignation:
    """Take a village off the list after a last day; the same twice changes nothing. Raises as `designate`."""
    _village(session, unit_code)
    row = session.scalar(select(VillageDesignation).where(VillageDesignation.id == designation_id).with_for_update())
    if row is None or row.unit_code != unit_code:
        raise NotFound()
    said = clean(reason)
    faults = {}
    if valid_to is None or valid_to < row.valid_from or valid_to > clock.day_of(at) + AHEAD:
        faults["valid_to"] = f"最后一天没有填写，或者早于{day_words(row.valid_from)}，或者过晚。请改正。"
    if not said or len(said) > DOCUMENT_LIMIT:
        faults["reason"] = f"没有填写依据文号，或者超过 {DOCUMENT_LIMIT} 字。请改正。"
    if faults:
        raise Faulty(faults)
    if row.valid_to == valid_to:
        return row
    if row.valid_to is not None and row.valid_to < clock.day_of(at):
        raise Conflict(f"这一类别已于{day_words(row.valid_to)}结束，不能再改。请返回查看。")
    row.valid_to = valid_to
    session.flush()
    after = {"kind": DESIGNATIONS[row.kind], "valid_to": str(valid_to)}
    audit.record(session, "designation.end", "division", unit_code, unit_code=unit_code, after=after, reason=said)
    return row


def of_village(session: Session, unit_code: str) -> list[VillageDesignation]:
    """Every designation that a village has or had, the latest first."""
    statement = select(VillageDesignation).where(VillageDesignation.unit_code == unit_code)
    order = (VillageDesignation.valid_from.desc(), VillageDesignation.id.desc())
    return list(session.scalars(statement.order_by(*order)))


def _village(session: Session, unit_code: str) -> Division:
    """The village, its row locked where the database locks rows: of two who list it at once one waits."""
    viewer = viewer_of(session)
    unit = session.scalar(select(Division).where(Division.code == unit_code).with_for_update())
    if unit is None or unit.level != VILLAGE:
        raise NotFound()
    if viewer.kind != "system" and not any(unit_code.startswith(own) for own in viewer.units_with(WRITE)):
        raise OutOfScope()
    return unit


def _faults(kind: str, valid_from: date | None, document_no: str, today: date) -> dict[str, str]:
    faults = {}
    if kind not in DESIGNATIONS:
        faults["kind"] = "没有选择类别。请从列出的类别中选一个。"
    if valid_from is None or not EARLIEST <= valid_from <= today + AHEAD:
        faults["valid_from"] = "起始日期没有填写，或者过早、过晚。请核对年份。"
    number = clean(document_no)
    if not number or len(number) > DOCUMENT_LIMIT:
        faults["document_no"] = f"没有填写文号，或者超过 {DOCUMENT_LIMIT} 字。请填写列入文件的文号。"
    return faults
