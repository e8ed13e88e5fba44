"""Plans and summaries of a team: written, edited, taken away; a summary is drafted from the logs and edited by people.

They are never due, reminded of, counted or told as missing (Z-39, Z-40), and nobody outside the team reads them (X-17).
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from webapp import audit, clock
from webapp.errors import Conflict, Faulty, NotFound
from webapp.org.codes import full
from webapp.spreadsheets import Row
from webapp.words import clean
from webapp.worklogs.models import DUTY_AREAS, WorkLog, WorkLogVersion
from webapp.worklogs.plan_models import TeamPaper
from webapp.worklogs.rules import WrongEntry, parse_day

TITLE_LIMIT, TEXT_LIMIT = 80, 20_000
DRAFTED = 400
"""Logs that one draft takes up."""


@dataclass(frozen=True)
class Written:
    """What the form says; dates as they were typed."""

    unit_code: str
    title: str
    starts_on: str
    ends_on: str
    text: str


@dataclass(frozen=True)
class Checked:
    """What the form says, in values."""

    unit_code: str
    title: str
    starts_on: date
    ends_on: date
    text: str


def listed(kind: str, words: str = "", month: date | None = None) -> Select[tuple[TeamPaper]]:
    """The team's plans or summaries, the latest time first: those whose title or text holds the words, and whose time
    touches the month that begins on a day."""
    statement = (
        select(TeamPaper)
        .where(TeamPaper.kind == kind)
        .options(joinedload(TeamPaper.unit), joinedload(TeamPaper.written_by))
        .order_by(TeamPaper.starts_on.desc(), TeamPaper.id.desc())
    )
    if words:
        inside = TeamPaper.title.icontains(words, autoescape=True) | TeamPaper.text.icontains(words, autoescape=True)
        statement = statement.where(inside)
    if month is not None:
        last = month.replace(day=monthrange(month.year, month.month)[1])
        statement = statement.where(TeamPaper.starts_on <= last, TeamPaper.ends_on >= month)
    return statement


HEADINGS = ("标题", "开始日期", "结束日期", "村", "区划代码", "内容", "最近保存人", "最近保存日期")


def table_rows(rows: Iterable[TeamPaper]) -> Iterator[Row]:
    """One row a plan or summary with its words, for the team's own spreadsheet."""
    for row in rows:
        place, saved = (row.unit.name, full(row.unit_code)), (row.written_by.name, clock.day_of(row.written_at))
        yield row.title, row.starts_on, row.ends_on, *place, row.text, *saved


def one(session: Session, kind: str, paper_id: int) -> TeamPaper:
    """One of the team's. Raises `NotFound`."""
    found = session.scalar(listed(kind).where(TeamPaper.id == paper_id))
    if found is None:
        raise NotFound()
    return found


def check(written: Written, villages: Collection[str]) -> Checked:
    """The values of a form. Raises `Faulty` with a sentence for each wrong field."""
    faults: dict[str, str] = {}
    title, text = clean(written.title), clean(written.text)
    if not title:
        faults["title"] = "没有填写标题。请写一个便于查找的标题。"
    if len(title) > TITLE_LIMIT:
        faults["title"] = f"标题超过 {TITLE_LIMIT} 字。请缩短。"
    if not text:
        faults["text"] = "没有填写内容。请填写后再保存。"
    if len(text) > TEXT_LIMIT:
        faults["text"] = f"内容超过 {TEXT_LIMIT} 字，现有 {len(text)} 字。请删减。"
    if written.unit_code not in villages:
        faults["unit_code"] = "没有选择村。请选择您现任职的村。"
    days: dict[str, date] = {}
    for name in ("starts_on", "ends_on"):
        try:
            days[name] = parse_day(getattr(written, name))
        except WrongEntry as wrong:
            faults[name] = wrong.sentence
    if len(days) == 2 and days["ends_on"] < days["starts_on"]:
        faults["ends_on"] = "结束日期早于开始日期。请核对。"
    if faults:
        raise Faulty(faults)
    return Checked(written.unit_code, title, days["starts_on"], days["ends_on"], text)


def write(session: Session, kind: str, checked: Checked, *, request_id: str, person_id: int, at: datetime) -> TeamPaper:
    """Write a plan or a summary; the same form sent twice gives the same one."""
    row = TeamPaper(
        request_id=request_id,
        kind=kind,
        unit_code=checked.unit_code,
        title=checked.title,
        starts_on=checked.starts_on,
        ends_on=checked.ends_on,
        text=checked.text,
        written_by_id=person_id,
        written_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        held = session.scalar(select(TeamPaper).where(TeamPaper.request_id == request_id, TeamPaper.kind == kind))
        if held is None:
            raise NotFound() from None
        return held
    return row


def edit(session: Session, row: TeamPaper, checked: Checked, *, seen: int, person_id: int, at: datetime) -> None:
    """Save the team's changes. Raises `Conflict` when a team mate has saved others meanwhile."""
    same = (checked.title, checked.starts_on, checked.ends_on, checked.text)
    if same == (row.title, row.starts_on, row.ends_on, row.text):
        return
    if row.version != seen:
        raise Conflict(f"{row.written_by.name}同志在您修改期间已另存。现在的内容在下面，请把您的修改并进去再保存。")
    row.title, row.starts_on, row.ends_on, row.text = same
    row.written_by_id, row.written_at = person_id, at
    session.flush()


def remove(session: Session, row: TeamPaper) -> None:
    """Take one away; the logs it was made from stay."""
    audit.record(
        session, "worklog.take_out", "team_paper", row.id, unit_code=row.unit_code, before={"title": row.title}
    )
    session.delete(row)
    session.flush()


def draft(session: Session, unit_code: str, starts_on: date, ends_on: date) -> str:
    """The team's logs of a time by duty area, day by day, as a text to go on from; "" where there are none."""
    rows = session.execute(
        select(WorkLog.duty_area, WorkLog.day, WorkLogVersion.text)
        .join(WorkLogVersion, (WorkLogVersion.log_id == WorkLog.id) & (WorkLogVersion.number == WorkLog.version))
        .where(WorkLog.unit_code == unit_code, WorkLog.day >= starts_on, WorkLog.day <= ends_on)
        .order_by(WorkLog.day, WorkLog.created_at, WorkLog.id)
        .limit(DRAFTED)
    ).all()
    parts = []
    for area, name in DUTY_AREAS.items():
        lines = [f"{day.month}月{day.day}日，{' '.join(text.split())}" for of, day, text in rows if of == area]
        if lines:
            parts.append("\n".join([name, *lines]))
    return "\n\n".join(parts)[:TEXT_LIMIT]
