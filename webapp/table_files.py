"""Tables that people send, as XLSX or CSV: limits before opening, cells as plain text, errors by row.

Nothing in a file is run: macros and links to other files are refused, formulas are named and never computed.
"""

import csv
import io
import re
import unicodedata
import zipfile
from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from webapp.errors import Refused
from webapp.words import typed_day

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 120 * 1024 * 1024
MOST_ROWS = 20_000
"""Rows that hold something; empty ones cost nothing and are passed over."""
LONGEST_CELL = 5000
SHOWN = 20
_EMPTY_CELL = re.compile(rb'<c(?=[^<>]*\sr=")[^<>]*(?:/>|></c>)')
_EMPTY_ROW = re.compile(rb'<row(?=[^<>]*\sr=")[^<>]*(?:/>|>\s*</row>)')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')


@dataclass(frozen=True)
class Column:
    """A column that is looked for by its heading; other columns are left alone."""

    key: str
    heading: str
    required: bool = True
    """Whether the file must have it."""
    day: bool = False
    """Whether it holds a day: read as 2026-11-03, however it was typed."""


@dataclass(frozen=True)
class Line:
    """One row that holds something: its number in the file, and its cells as text by column key."""

    number: int
    cells: dict[str, str]


def _named(rows: Sequence[tuple[int, str]]) -> list[str]:
    return [f"第 {number} 行：{sentence}" for number, sentence in rows]


class FaultyRows(Refused):
    """Rows of a file cannot be taken as they are; `rows` are those named, by number, each with its sentence."""

    def __init__(self, rows: Sequence[tuple[int, str]], total: int) -> None:
        self.rows = tuple(rows)
        lines = "\n".join(_named(rows))
        more = f"（另有 {total - len(rows)} 处未列出）" if total > len(rows) else ""
        super().__init__(f"{lines}\n文件有 {total} 处错误{more}，未导入任何数据。请改正后重新导入。")


@dataclass
class Faults:
    """Errors by row, in the order of rows; the first are kept word by word, the others counted."""

    kept: list[tuple[int, str]] = field(default_factory=list)
    total: int = 0

    @property
    def sentences(self) -> list[str]:
        return _named(self.kept)

    def add(self, line: int, sentence: str) -> None:
        self.total += 1
        insort(self.kept, (line, sentence), key=itemgetter(0))
        del self.kept[SHOWN:]

    def refuse(self) -> None:
        """Raise `FaultyRows` with all sentences if there are any."""
        if self.total:
            raise FaultyRows(self.kept, self.total)


class UnknownHeadings(Refused):
    """None of the headings is one that is looked for; `found` are the file's own, shortened."""

    def __init__(self, number: int, found: Sequence[str], wanted: Sequence[str]) -> None:
        self.found = [heading[:20] for heading in found if heading][:20]
        super().__init__(
            f"第 {number} 行的表头不能识别，文件中是“{'”“'.join(self.found)}”。"
            f"表头应有“{'”“'.join(wanted)}”。请按模板的表头整理后再导入。"
        )


def read(content: bytes, columns: Sequence[Column], faults: Faults, notes: list[str] | None = None) -> list[Line]:
    """The rows of a table whose heading row is the first that holds something; cells at fault are noted by row.

    `notes` hears what was put right silently (full-width digits, days as Excel writes them). Raises `Refused` for what spoils the whole file:
    too large, not a table, macros, links, merged cells, a missing column.
    """
    if len(content) > LARGEST_FILE:
        raise Refused(f"文件超过 {LARGEST_FILE // 1024 // 1024} MB。请分成几个文件后再导入。")
    rows = _xlsx(content, faults) if content.startswith(b"PK") else _csv(content)
    found: list[Line] = []
    places: dict[str, int] = {}
    widened = rewritten = 0
    days = {column.key for column in columns if column.day}
    for number, cells in rows:
        if not any(cells):
            continue
        if not places:
            places = _places(number, cells, columns)
            continue
        if len(found) == MOST_ROWS:
            raise Refused(f"文件超过 {MOST_ROWS:,} 行。请分成几个文件后再导入。")
        values = {}
        for key, place in places.items():
            text = cells[place] if place < len(cells) else ""
            plain = unicodedata.normalize("NFKC", text) if any("０" <= sign <= "９" for sign in text) else text
            widened += plain != text
            if key in days and plain and (day := typed_day(plain)) is not None and day.isoformat() != plain:
                plain, rewritten = day.isoformat(), rewritten + 1
            if len(plain) > LONGEST_CELL:
                faults.add(number, f"有一格超过 {LONGEST_CELL} 字。请删减。")
                plain = ""
            values[key] = plain
        if any(values.values()):
            found.append(Line(number, values))
    if not places:
        raise Refused("文件是空的。请下载模板，填写后再导入。")
    if widened and notes is not None:
        notes.append(f"有 {widened} 格的全角数字已按半角处理。")
    if rewritten and notes is not None:
        notes.append(f"有 {rewritten} 格的日期已统一写成 2026-11-03 的样子。")
    return found


def _places(number: int, cells: list[str], columns: Sequence[Column]) -> dict[str, int]:
    headings = [cell.strip() for cell in cells]
    if not any(column.heading in headings for column in columns):
        raise UnknownHeadings(number, headings, [column.heading for column in columns])
    missing = [column.heading for column in columns if column.required and column.heading not in headings]
    if missing:
        raise Refused(f"第 {number} 行缺少列“{'”“'.join(missing)}”。请按模板的表头整理后再导入。")
    return {column.key: headings.index(column.heading) for column in columns if column.heading in headings}


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("文件不是 UTF-8 编码的 CSV，也不是 XLSX。请另存为其中一种后再导入。") from None
    if "\x00" in text:
        raise Refused("文件不是表格。请另存为 XLSX 或 UTF-8 编码的 CSV 后再导入。")
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        raise Refused(f"第 {reader.line_num} 行的引号不完整。请改正后再导入。") from None


def _xlsx(content: bytes, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    _look_inside(content)
    try:
        book = load_workbook(_without_blanks(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may claim a million columns
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, [_text(number, cell, faults) for cell in _until_last(cells)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError):
        raise Refused("文件打不开，可能已损坏。请在电子表格软件中另存为 XLSX 后再导入。") from None


def _without_blanks(content: bytes) -> io.BytesIO:
    """The workbook without cells and rows that hold a border or a colour and nothing else.

    Whoever drags a format down to row 60,000 sends a quarter of a million such cells; read one by one they take
    twenty seconds. Cells and rows carry their own place, so that the others stay where they are.
    """
    slim = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as pack, zipfile.ZipFile(slim, "w", zipfile.ZIP_STORED) as made:
        for info in pack.infolist():
            if info.filename.startswith("xl/media/"):
                continue  # pictures are not read
            part = pack.read(info)
            if info.filename.startswith("xl/worksheets/"):
                part = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", part))
            made.writestr(info.filename, part)
    slim.seek(0)
    return slim


def _until_last(cells: Iterable[object]) -> list[object]:
    held = list(cells)
    while held and getattr(held[-1], "value", None) is None:
        held.pop()
    return held


def _look_inside(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            infos = pack.infolist()
            names = [info.filename for info in infos]
            if "xl/workbook.xml" not in names:
                raise Refused("文件不是 XLSX 表格。请另存为 XLSX 或 UTF-8 编码的 CSV 后再导入。")
            if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
                raise Refused("文件展开后过大。请只留需要导入的工作表和行后再导入。")
            if any("vbaProject" in name for name in names):
                raise Refused("文件带有宏。请另存为不带宏的 XLSX 后再导入。")
            if any(name.startswith("xl/externalLinks/") for name in names):
                raise Refused("文件链接了其他文件。请把内容粘贴为数值后再导入。")
            sheet = next((name for name in sorted(names) if name.startswith("xl/worksheets/sheet")), None)
            merged = _MERGED.search(pack.read(sheet)) if sheet else None
    except zipfile.BadZipFile:
        raise Refused("文件打不开，可能没有传输完整。请重新选择文件。") from None
    if merged:
        raise Refused(f"有合并单元格（{merged.group(1).decode()}）。请取消合并、逐格填写后再导入。")


def _text(number: int, cell: object, faults: Faults) -> str:
    value = getattr(cell, "value", None)
    kind = getattr(cell, "data_type", "")
    if value is None:
        return ""
    if kind == "f":
        faults.add(number, f"单元格 {cell.coordinate} 是公式。请粘贴为数值。")  # type: ignore[attr-defined]
        return ""
    if kind == "e":
        faults.add(number, f"单元格 {cell.coordinate} 是错误值“{value}”。请改正。")  # type: ignore[attr-defined]
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
