"""A year's list of holidays and make-up workdays from a CSV: columns day, kind (off or work), name."""

import csv
import io
from datetime import date

from sqlalchemy import delete, extract
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.errors import Refused
from webapp.policy.models import CalendarDay, CalendarYear

LARGEST_FILE = 64 * 1024
MOST_DAYS = 366
COLUMNS = ["day", "kind", "name"]


def load(session: Session, content: bytes, source: str) -> int:
    """Replace one year's list by the file's; gives the year. Raises `Refused` naming the line at fault.

    Deadlines already set stay as they are; what is counted from now on follows the list.
    """
    rows = _rows(content)
    year = rows[0].day.year
    session.execute(delete(CalendarDay).where(extract("year", CalendarDay.day) == year))
    held = session.get(CalendarYear, year)
    if held is None:
        session.add(CalendarYear(year=year, source=source, loaded_at=clock.now()))
    else:
        held.source, held.loaded_at = source, clock.now()
    session.add_all(rows)
    session.flush()
    session.info.pop("work_calendar", None)
    audit.record(session, "calendar.load", "calendar_year", year, after={"days": len(rows), "source": source})
    return year


def _rows(content: bytes) -> list[CalendarDay]:
    if len(content) > LARGEST_FILE:
        raise Refused("文件过大。一年的节假日安排不超过 366 行，请核对文件。")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("文件不是 UTF-8 编码。请另存为 UTF-8 编码的 CSV 后再导入。") from error
    reader = csv.reader(io.StringIO(text))
    if next(reader, None) != COLUMNS:
        raise Refused("第 1 行应为 day,kind,name。请按此表头整理后再导入。")
    rows: dict[date, CalendarDay] = {}
    for number, cells in enumerate(reader, 2):
        row = _row(number, cells)
        if row.day in rows:
            raise Refused(f"第 {number} 行的日期 {row.day} 重复。请删去一行。")
        rows[row.day] = row
    if not rows or len(rows) > MOST_DAYS or len({day.year for day in rows}) != 1:
        raise Refused("文件中应只有同一年的日期，至少一行。请按年分开导入。")
    return list(rows.values())


def _row(number: int, cells: list[str]) -> CalendarDay:
    if len(cells) != len(COLUMNS):
        raise Refused(f"第 {number} 行应有 3 栏：日期、类别、名称。请补全。")
    typed, kind, name = (cell.strip() for cell in cells)
    try:
        day = date.fromisoformat(typed)
    except ValueError as error:
        raise Refused(f"第 {number} 行的日期“{typed[:20]}”不正确。请写成 2027-01-01。") from error
    weekend = day.weekday() >= 5
    if (kind, weekend) not in (("off", False), ("work", True)):
        raise Refused(f"第 {number} 行不成立：放假（off）只写周一至周五，上班（work）只写周六、周日。请核对 {day}。")
    if not 1 <= len(name) <= 40:
        raise Refused(f"第 {number} 行的名称须为 1 至 40 个字。请修改。")
    return CalendarDay(day=day, kind=kind, name=name)
