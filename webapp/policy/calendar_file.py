"""A year's list of holidays and make-up workdays from a table (XLSX or CSV): a day, whether it is off or worked, a name."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from webapp.errors import Refused
from webapp.policy.workdays import differs
from webapp.table_files import Column, Faults, Line, read

MOST_DAYS = 366
NAME_LIMIT = 40
COLUMNS = (Column("day", "日期", day=True), Column("kind", "类别"), Column("name", "名称"))
PLAIN_COLUMNS = tuple(Column(column.key, column.key, day=column.day) for column in COLUMNS)
"""The headings of files that programs write: day,kind,name."""
HOLIDAYS = (("元旦",), ("春节",), ("清明",), ("劳动节", "五一"), ("端午",), ("中秋",), ("国庆",))
"""The holidays of the State Council's regulation, by the words that name them in a list."""
KINDS = {"放假": "off", "上班": "work", "off": "off", "work": "work"}


@dataclass(frozen=True)
class ListedDay:
    """A day that differs from the week's rule; `kind` is off or work."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True)
class YearList:
    """All such days of one year, by day."""

    year: int
    days: tuple[ListedDay, ...]
    notes: tuple[str, ...] = ()
    """What was put right or left out in reading the file."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Statutory holidays that no day off is named after: a list without them is hardly the whole year."""
        named = "".join(day.name for day in self.days if day.kind == "off")
        return tuple(words[0] for words in HOLIDAYS if not any(word in named for word in words))


def parse(content: bytes) -> YearList:
    """The list in a file. Raises `Refused` naming each row at fault; a list with a fault is not taken in part."""
    faults = Faults()
    columns = PLAIN_COLUMNS if content.removeprefix(b"\xef\xbb\xbf").startswith(b"day,") else COLUMNS
    found: dict[date, ListedDay] = {}
    notes: list[str] = []
    weekends = 0
    for line in read(content, columns, faults, notes):
        listed = _day(line, faults)
        if listed is None:
            continue
        if listed.kind == "off" and not differs(listed.day, "off"):
            weekends += 1
            continue
        if listed.day in found:
            faults.add(line.number, f"日期 {listed.day} 重复。请删去一行。")
        found[listed.day] = listed
    faults.refuse()
    if weekends:
        notes.append(f"放假日中有 {weekends} 天是周六、周日，本来不上班，不再列入。")
    years = {day.year for day in found}
    if len(years) != 1 or len(found) > MOST_DAYS:
        raise Refused("文件中应只有同一年的日期，至少一行。请按年分开导入。")
    return YearList(years.pop(), tuple(found[day] for day in sorted(found)), tuple(notes))


def check(day: date, kind: str, name: str, *, span: bool = False) -> str | None:
    """Why a day cannot stand in a list, or None; a list of whole spans (as notices print them) may name weekends off."""
    if not 2000 <= day.year <= 2100:
        return "日期的年份不正确。请核对。"
    if kind not in ("off", "work"):
        return "类别应写“放假”或“上班”。请改正。"
    if not differs(day, kind) and not (span and kind == "off"):
        return f"不成立：放假只写周一至周五，上班只写周六、周日。请核对 {day}。"
    if not 1 <= len(name) <= NAME_LIMIT:
        return f"名称须为 1 至 {NAME_LIMIT} 个字。请修改。"
    return None


def template() -> bytes:
    """An empty list with two examples, as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(
        [[column.heading for column in COLUMNS], ["2027-01-01", "放假", "元旦"], ["2027-01-09", "上班", "元旦调休上班"]]
    )
    return out.getvalue().encode("utf-8-sig")


def _day(line: Line, faults: Faults) -> ListedDay | None:
    typed, kind, name = (line.cells.get(key, "").strip() for key in ("day", "kind", "name"))
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        faults.add(line.number, f"日期“{typed[:20]}”不正确。请写成 2027-01-01。")
        return None
    sentence = check(day, KINDS.get(kind, ""), name, span=True)
    if sentence is not None:
        faults.add(line.number, sentence)
        return None
    return ListedDay(day, KINDS[kind], name)
