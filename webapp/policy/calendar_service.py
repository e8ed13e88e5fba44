"""Changing the working calendar: a whole year from a file, or one day; open deadlines follow, never to an earlier day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, extract, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.errors import Conflict, Refused
from webapp.policy.calendar_file import NAME_LIMIT, YearList, check
from webapp.policy.models import CalendarChange, CalendarDay, CalendarYear
from webapp.policy.recalculation import recalculate
from webapp.words import clean, day_words

SOURCE_LIMIT = 120
REASON_LIMIT = 200
KIND_WORDS = {"off": "放假", "work": "上班", None: "按周计算"}


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: the year, its days, days new, changed and gone, deadlines moved."""

    year: int
    days: int
    added: int
    changed: int
    removed: int
    moved: int
    replaced: bool
    """The year had a published list before."""


def import_year(
    session: Session, listed: YearList, *, source: str, at: datetime, dry_run: bool = False, unit_code: str = ""
) -> Imported:
    """Replace one year's list by the file's and move the deadlines that it forbids. A dry run changes nothing."""
    source = _text(source, "发布文件", SOURCE_LIMIT)
    if dry_run:
        attempt = session.begin_nested()
        done = _import_year(session, listed, source, at, unit_code)
        attempt.rollback()
        session.expire_all()
        session.info.pop("work_calendar", None)
        return done
    return _import_year(session, listed, source, at, unit_code)


def _import_year(session: Session, listed: YearList, source: str, at: datetime, unit_code: str) -> Imported:
    year = listed.year
    in_year = extract("year", CalendarDay.day) == year
    before = {row.day: row.kind for row in session.scalars(select(CalendarDay).where(in_year))}
    after = {day.day: day.kind for day in listed.days}
    session.execute(delete(CalendarDay).where(in_year))
    session.add_all(CalendarDay(day=day.day, kind=day.kind, name=day.name) for day in listed.days)
    held = session.get(CalendarYear, year)
    if held is None:
        session.add(CalendarYear(year=year, source=source, loaded_at=at))
    else:
        held.source, held.loaded_at = source, at
    moved = recalculate(session, year, at)
    done = Imported(
        year=year,
        days=len(after),
        added=len(after.keys() - before.keys()),
        changed=sum(before[day] != kind for day, kind in after.items() if day in before),
        removed=len(before.keys() - after.keys()),
        moved=moved,
        replaced=held is not None,
    )
    words = f"导入全年安排 {done.days} 天，顺延期限 {moved} 项"
    _note(session, year, None, words, None, source, at, unit_code)
    audit.record(
        session, "calendar.import", "calendar_year", year, after={"days": done.days, "source": source, "moved": moved}
    )
    session.flush()
    return done


def set_day(
    session: Session,
    day: date,
    *,
    kind: str,
    name: str,
    reason: str,
    source: str,
    at: datetime,
    seen: int | None = None,
    unit_code: str = "",
) -> int:
    """Add a day to a published year, or change it; gives how many deadlines moved. `kind` is off or work.

    `seen` is the number of the last change the page showed: somebody who was faster is not overwritten.
    """
    name = _text(name, "名称", NAME_LIMIT)
    fault = check(day, kind, name)
    if fault is not None:
        raise Refused(f"{day_words(day)}{fault}" if fault.startswith("不成立") else fault)
    reason, source = _text(reason, "理由", REASON_LIMIT), _text(source, "发布文件", SOURCE_LIMIT)
    _published(session, day.year)
    row = session.get(CalendarDay, day, with_for_update=True)
    before = row.kind if row is not None else None
    if row is not None and (row.kind, row.name) == (kind, name):
        return 0  # the same form came twice
    _still(session, day, before, seen)
    if row is None:
        session.add(CalendarDay(day=day, kind=kind, name=name))
    else:
        row.kind, row.name = kind, name
    return _changed(session, day, before, kind, name, reason, source, at, unit_code)


def remove_day(
    session: Session,
    day: date,
    *,
    reason: str,
    source: str,
    at: datetime,
    seen: int | None = None,
    unit_code: str = "",
) -> int:
    """Let a day follow the week's rule again; gives how many deadlines moved. A second click changes nothing."""
    reason, source = _text(reason, "理由", REASON_LIMIT), _text(source, "发布文件", SOURCE_LIMIT)
    _published(session, day.year)
    row = session.get(CalendarDay, day, with_for_update=True)
    if row is None:
        return 0
    before, name = row.kind, row.name
    _still(session, day, before, seen)
    session.delete(row)
    return _changed(session, day, before, None, name, reason, source, at, unit_code)


def _changed(
    session: Session,
    day: date,
    before: str | None,
    after: str | None,
    name: str,
    reason: str,
    source: str,
    at: datetime,
    unit_code: str,
) -> int:
    moved = recalculate(session, day.year, at)
    words = f"{name}：{KIND_WORDS[before]}改为{KIND_WORDS[after]}，顺延期限 {moved} 项"
    _note(session, day.year, day, words, reason, source, at, unit_code)
    audit.record(
        session,
        "calendar.day",
        "calendar_day",
        day,
        before={"kind": before},
        after={"kind": after, "name": name, "source": source, "moved": moved},
        reason=reason,
    )
    session.flush()
    return moved


def _published(session: Session, year: int) -> None:
    if session.get(CalendarYear, year) is None:
        raise Refused(f"{year} 年的安排还没有导入，现按周一至周五暂定。请先导入全年安排。")


def _still(session: Session, day: date, now: str | None, seen: int | None) -> None:
    later = select(CalendarChange.id).where(CalendarChange.day == day, CalendarChange.id > (seen or 0))
    if seen is not None and session.scalar(later.limit(1)) is not None:
        raise Conflict(f"{day_words(day)}刚刚被其他同志改为“{KIND_WORDS[now]}”，您的改动没有生效。请核对后再改。")


def _note(
    session: Session,
    year: int,
    day: date | None,
    words: str,
    reason: str | None,
    source: str,
    at: datetime,
    unit_code: str,
) -> None:
    session.add(
        CalendarChange(
            year=year, day=day, words=words, reason=reason, source=source, at=at, changed_by_unit=unit_code or None
        )
    )


def _text(text: str, name: str, limit: int) -> str:
    cleaned = clean(text)
    if not cleaned:
        raise Refused(f"没有填写{name}。请补填。")
    if len(cleaned) > limit:
        raise Refused(f"{name}超过 {limit} 字，现有 {len(cleaned)} 字。请删减。")
    return cleaned
