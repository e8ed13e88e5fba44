"""Reading a file of divisions line by line; every error names its line and says what to do."""

import csv
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from webapp.errors import Refused
from webapp.org.codes import LENGTHS, at_level, full
from webapp.table_files import Faults

COLUMNS = ("code", "parent_code", "level", "name")
LONGEST_LINE = 2000
LONGEST_NAME = 80

# Controls, invisible marks, line ends. Private-use characters stay: two real villages are still written with one.
_UNSHOWABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Row:
    """One division of a file: codes at the length of their level, and the line it stands on."""

    line: int
    code: str
    parent_code: str | None
    level: int
    name: str


def rows(handle: BinaryIO, faults: Faults, advance: Callable[[int], None]) -> Iterator[Row]:
    """Yield the good rows of a CSV and note the others in `faults`; `advance` hears the bytes read.

    Raises `Refused` at once for what spoils the whole file: another encoding, a cut-off end, missing columns.
    """
    reader = csv.reader(_lines(handle, advance), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            raise Refused(
                f"文件第 1 行缺少列 {'、'.join(missing)}。"
                f"第 1 行应为 {','.join(COLUMNS)}；如文件是 Excel 表格，请另存为 CSV UTF-8 后再导入。"
            )
        places = [header.index(column) for column in COLUMNS]
        for cells in reader:
            if not cells:
                continue
            row = _row(reader.line_num, cells, len(header), places, faults)
            if row is not None:
                yield row
    except csv.Error:
        raise Refused(
            f"第 {reader.line_num} 行的引号不完整或含有不能识别的字符，文件可能不完整。请重新取得完整文件后再导入。"
        ) from None


def _lines(handle: BinaryIO, advance: Callable[[int], None]) -> Iterator[str]:
    number = 0
    while raw := handle.readline(LONGEST_LINE + 1):
        number += 1
        advance(len(raw))
        if len(raw) > LONGEST_LINE:
            raise Refused(f"第 {number} 行过长，不像区划文件。请检查文件后重新导入。")
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.endswith(b"\n"):
            # A name cut in the middle still looks like a name: only the missing line end gives it away.
            raise Refused(
                f"文件在第 {number} 行中断，末尾没有换行，可能没有传输完整。请重新取得完整文件；"
                "如确认完整，请在末尾加一个换行后再导入。"
            )
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(
                f"第 {number} 行不是 UTF-8 编码（可能是 GBK）。请将文件另存为 UTF-8 编码的 CSV 后再导入。"
            ) from None


def _row(line: int, cells: list[str], width: int, places: list[int], faults: Faults) -> Row | None:
    if len(cells) != width:
        faults.add(line, f"应有 {width} 列，实有 {len(cells)} 列，这一行可能不完整。请补全。")
        return None
    code, parent_code, level_text, name = (cells[place].strip() for place in places)
    level = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}.get(level_text)
    if level is None:
        faults.add(line, f"层级“{level_text[:20]}”不正确。请填写 1（省）至 5（村）。")
        return None
    held = _held(code, level)
    if held is None:
        faults.add(
            line, f"代码“{code[:20]}”与第 {level} 级不符。请填写 {LENGTHS[level]} 位数字，或在其后补 0 至 12 位。"
        )
        return None
    parent = at_level(held, level - 1) if level > 1 else None
    if parent_code not in ({""} if parent is None else {parent, full(parent)}):
        wanted = "留空" if parent is None else f"填写 {full(parent)}"
        faults.add(line, f"上级代码“{parent_code[:20]}”与代码 {full(held)} 不符。请{wanted}。")
        return None
    if not name or len(name) > LONGEST_NAME or any(unicodedata.category(c) in _UNSHOWABLE for c in name):
        faults.add(line, f"名称为空、超过 {LONGEST_NAME} 个字，或含有不能显示的字符。请改正名称。")
        return None
    return Row(line, held, parent, level, name)


def _held(code: str, level: int) -> str | None:
    """The code at its level's length, None when its digits do not fit the level."""
    length = LENGTHS[level]
    if not (code.isascii() and code.isdigit() and len(code) in (length, 12)):
        return None
    held = code[:length]
    return held if full(held) == full(code) else None
