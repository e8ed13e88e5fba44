"""Entering dates in bulk, and the village's yearly confirmation (P-27, P-29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.coverage import queries
from webapp.coverage.models import CoverageVisit, HouseholdContact
from webapp.coverage.queries import CoverageSet
from webapp.coverage.rules import Place, day_fault
from webapp.errors import Conflict, Faulty, Forbidden, Refused
from webapp.org.models import Posting
from webapp.words import clean

WRITE, CONFIRM = "coverage.write", "coverage.confirm"
WORDS_LIMIT = 1000


@dataclass(frozen=True)
class Entry:
    """One line of the form: a unit, the date typed for it (None takes it out), and the date the form had shown."""

    key: str
    day: date | None
    seen: date | None


@dataclass(frozen=True)
class Recorded:
    """How many units got a date, another date, or none any more."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def current_set(session: Session, unit_code: str, on: date) -> CoverageSet:
    """The set of the secretary in office. Raises `Refused` where there is none."""
    of_unit = queries.sets_of(session, [unit_code], on).get(unit_code, [])
    found = next((one for one in of_unit if not one.closed), None)
    if found is None:
        raise Refused("该单位现在没有书记任职，或者本级没有遍访要求，不能登记。请先登记书记任职。")
    return found


def record(session: Session, unit_code: str, entries: Sequence[Entry], *, at: datetime) -> Recorded:
    """Enter, change or take out dates of the present set, all or nothing.

    Raises `Forbidden` for anybody but the secretary's own office, `Faulty` by unit, and `Conflict` naming the units
    whose date somebody else has changed since the form was opened.
    """
    viewer = viewer_of(session)
    if viewer.kind != "system" and unit_code not in viewer.units_with(WRITE):
        raise Forbidden("走访日期由书记所在单位的书记办公室登记。请联系该办公室。")
    today = clock.day_of(at)
    held_set = current_set(session, unit_code, today)
    # Of two who enter at once one waits here, and then meets what the other has written.
    session.scalar(select(Posting.id).where(Posting.id == held_set.posting_id).with_for_update())
    places = queries.places_of(session, unit_code, held_set.visit_set)
    held = _held(session, held_set)
    _refuse_faults(entries, places, held_set, today)
    _refuse_stale(entries, places, held)
    before, after, counts = [], [], [0, 0, 0]
    for one in entries:
        row = held.get(one.key)
        if one.day in (one.seen, row.visited_on if row else None):
            continue  # the line was left as it was, or says what is held already
        name = places[one.key].name
        if row is not None:
            before.append(f"{name} {row.visited_on}")
        if one.day is not None:
            after.append(f"{name} {one.day}")
        counts[0 if row is None else 1 if one.day is not None else 2] += 1
        _write(session, held_set, one, row, at)
    session.flush()
    if sum(counts):
        audit.record(
            session,
            "coverage.record",
            "coverage_set",
            held_set.posting_id,
            unit_code=unit_code,
            before={"units": before} if before else None,
            after={"units": after} if after else None,
        )
    return Recorded(*counts)


def confirm(
    session: Session, unit_code: str, year: int, *, exceptions: str, at: datetime, version: int | None = None
) -> HouseholdContact:
    """Confirm once that every household of a village was visited or contacted in a year, with exceptions.

    The same words sent twice change nothing; other words correct the confirmation. Raises `Forbidden`, `Refused`,
    and `Conflict` when somebody else has confirmed or corrected meanwhile.
    """
    if unit_code not in viewer_of(session).units_with(CONFIRM):
        raise Forbidden("年度确认由本村党组织书记或者副书记办理。请联系本村。")
    return keep_confirmation(session, unit_code, year, exceptions=exceptions, at=at, version=version)


def keep_confirmation(
    session: Session, unit_code: str, year: int, *, exceptions: str, at: datetime, version: int | None = None
) -> HouseholdContact:
    """The same by somebody whose right to answer for the village was judged: on its page, or on its month sheet."""
    viewer, today, said = viewer_of(session), clock.day_of(at), clean(exceptions)
    if viewer.person_id is None:
        raise Forbidden("年度确认由本村党组织书记或者副书记办理。请联系本村。")
    if year not in (today.year, today.year - 1):
        raise Refused("只能确认今年或者去年的走访联系。请重新选择年度。")
    if len(said) > WORDS_LIMIT:
        raise Refused(f"例外情况超过 {WORDS_LIMIT} 字，现有 {len(said)} 字。请删减后再提交。")
    row = session.scalar(_contact(unit_code, year).with_for_update())
    if row is None:
        row = HouseholdContact(unit_code=unit_code, year=year)
        before = None
    elif (row.exceptions or "") == said:
        return row
    elif version != row.version:
        raise Conflict(f"{row.confirmed_by_name}刚刚办理了{year}年的确认，您填写的没有保存。请看过后再更正。")
    else:
        before = {"exceptions": row.exceptions or ""}
    row.exceptions, row.confirmed_on = said or None, today
    row.confirmed_by_id, row.confirmed_by_name = viewer.person_id, viewer.name
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict("本村刚刚有人办理了这一年的确认，您填写的没有保存。请刷新页面查看。") from None
    audit.record(
        session,
        "coverage.confirm",
        "household_contact",
        row.id,
        unit_code=unit_code,
        before=before,
        after={"year": year, "exceptions": said},
    )
    session.flush()
    return row


def _contact(unit_code: str, year: int):  # type: ignore[no-untyped-def]
    return select(HouseholdContact).where(HouseholdContact.unit_code == unit_code, HouseholdContact.year == year)


def _held(session: Session, held_set: CoverageSet) -> dict[str, CoverageVisit]:
    """The dates of a set by unit, as they stand now."""
    statement = select(CoverageVisit).where(CoverageVisit.posting_id == held_set.posting_id)
    rows = session.scalars(statement.order_by(CoverageVisit.id).execution_options(populate_existing=True))
    return {row.target_key: row for row in rows if held_set.span.holds(row.visited_on)}


def dates_of(session: Session, held_set: CoverageSet) -> dict[str, date]:
    """The dates of a set by unit, also of units that have left it."""
    return {key: row.visited_on for key, row in _held(session, held_set).items()}


def _refuse_faults(entries: Sequence[Entry], places: dict[str, Place], held_set: CoverageSet, today: date) -> None:
    faults = {}
    for one in entries:
        place = places.get(one.key)
        if place is None:
            faults[one.key] = "有一个单位不在本轮遍访范围内。请刷新页面后重新填写。"
        elif one.day is not None and (fault := day_fault(one.day, place, held_set.span, today)):
            faults[one.key] = f"{place.name}：{fault}"
    if faults:
        raise Faulty(faults)


def _refuse_stale(entries: Sequence[Entry], places: dict[str, Place], held: dict[str, CoverageVisit]) -> None:
    stale = []
    for one in entries:
        row = held.get(one.key)
        now = row.visited_on if row else None
        if one.day != one.seen and now not in (one.seen, one.day):
            by = f"{row.entered_by_name}已登记为 {row.visited_on}" if row else "已被取消登记"
            stale.append(f"{places[one.key].name}{by}")
    if stale:
        raise Conflict(f"您填写期间有改动：{'；'.join(stale)}。您的填写没有保存，请核对后再提交。")


def _write(session: Session, held_set: CoverageSet, one: Entry, row: CoverageVisit | None, at: datetime) -> None:
    if one.day is None:
        session.delete(row)
        return
    if row is None:
        row = CoverageVisit(unit_code=held_set.unit_code, posting_id=held_set.posting_id, target_key=one.key)
        session.add(row)
    row.visited_on, row.entered_by_name, row.entered_at = one.day, viewer_of(session).name, at
