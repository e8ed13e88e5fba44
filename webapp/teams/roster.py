"""The table of a roster or a rotation: its columns, one row as values, and what a row must hold. No rows are written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.coverage.table_rows import day_in
from webapp.org.codes import held
from webapp.org.rules import END_REASONS, FAULT_REASONS
from webapp.table_files import Column, Faults, Line, read

COME, LEAVE, MOVE = "新派", "离任", "调整"
ACTS = (COME, LEAVE, MOVE)
ROLES = {
    "第一书记": "first_secretary",
    "驻村第一书记": "first_secretary",
    "工作队员": "team_member",
    "驻村工作队员": "team_member",
}
REASONS = tuple(reason for reason in END_REASONS if reason not in FAULT_REASONS)
"""Ends that a table may bring: a recall for fault goes its own way (Z-35)."""
COLUMNS = (
    Column("act", "办理"),
    Column("name", "姓名"),
    Column("village", "村代码"),
    Column("role", "驻村职务"),
    Column("sender", "派出单位", False),
    Column("decided", "决定日期", False, day=True),
    Column("starts", "到村日期", False, day=True),
    Column("ends", "最后任职日", False, day=True),
    Column("reason", "离任原因", False),
    Column("to", "新村代码", False),
    Column("document", "文号"),
    Column("known", "已登记人员", False),
    Column("note", "说明", False),
)
EXAMPLES: tuple[tuple[str, ...], ...] = (
    (COME, "姓名一", "533323101201", "第一书记", "县水利局", "2026-10-08", "2026-10-12", "", "", "", "福组〔2026〕8号", "否", ""),
    (LEAVE, "姓名二", "533323101201", "第一书记", "", "", "", "2026-10-15", "任期届满", "", "福组〔2026〕8号", "", ""),
    (MOVE, "姓名三", "533323101201", "工作队员", "", "", "2026-10-20", "", "", "533323101202", "福组〔2026〕8号", "", "工作需要"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row as it can be read; whether it can stand is judged against the rows of the database."""

    number: int
    act: str
    name: str
    village: str
    role: str
    sender: str
    decided_on: date | None
    starts_on: date | None
    ends_on: date | None
    reason: str
    to: str
    document_no: str
    known: bool
    """Whether the file says that the person is enrolled already."""
    fresh: bool
    """Whether the file says that the person is not, whoever else bears the name."""
    note: str
    faulty: bool
    """Whether something of it was noted as a fault: its units are still judged, and nothing else."""


def rows(content: bytes, faults: Faults, notes: list[str] | None = None) -> list[Row]:
    """The rows of a file; faults are noted. Raises `Refused` for what spoils the whole file."""
    return [_row(line, faults) for line in read(content, COLUMNS, faults, notes)]


def plain_rows(content: bytes) -> list[list[str]]:
    """The known columns of a table as text, under their headings, for the second step of a page."""
    named = {column.key: column.heading for column in COLUMNS}
    lines = read(content, COLUMNS, Faults())
    keys = [key for key in named if lines and key in lines[0].cells]
    return [[named[key] for key in keys], *([line.cells[key] for key in keys] for line in lines)]


def template() -> Sequence[Sequence[str]]:
    """The table to fill in, with an example of each kind of row."""
    return [[column.heading for column in COLUMNS], *EXAMPLES]


def _row(line: Line, faults: Faults) -> Row:
    cells = {column.key: line.cells.get(column.key, "").strip() for column in COLUMNS}
    said: list[str] = []
    plain = Line(line.number, cells)
    days = {key: day_in(plain, key, name, faults) for key, name in _DAYS.get(cells["act"], ())}
    if cells["act"] not in ACTS:
        said.append(f"办理“{cells['act'][:10]}”不正确。请填写新派、离任或者调整。")
    if cells["role"] not in ROLES:
        said.append(f"驻村职务“{cells['role'][:10]}”不正确。请填写第一书记或者工作队员。")
    if not cells["name"]:
        said.append("没有填写姓名。请补填。")
    if not cells["document"]:
        said.append("没有填写文号。请补填。")
    if cells["known"] not in ("", "是", "否"):
        said.append("“已登记人员”请填写是或者否。")
    if cells["act"] == LEAVE and cells["reason"] in FAULT_REASONS:
        said.append(f"因{cells['reason']}结束驻村须按召回办理，不能由表格导入。请删去这一行。")
    elif cells["act"] == LEAVE and cells["reason"] not in REASONS:
        said.append(f"离任原因“{cells['reason'][:10]}”不正确。请填写{'、'.join(REASONS)}之一。")
    if cells["act"] == MOVE and not held(cells["to"]):
        said.append(f"新村代码“{cells['to'][:20]}”不正确。请填写 12 位村代码。")
    for sentence in said:
        faults.add(line.number, sentence)
    return Row(
        line.number,
        cells["act"],
        " ".join(cells["name"].split()),
        held(cells["village"]),
        ROLES.get(cells["role"], ""),
        cells["sender"],
        days.get("decided"),
        days.get("starts"),
        days.get("ends"),
        cells["reason"],
        held(cells["to"]),
        cells["document"],
        cells["known"] == "是",
        cells["known"] == "否",
        cells["note"],
        bool(said) or None in days.values(),
    )


_DAYS = {
    COME: (("decided", "决定日期"), ("starts", "到村日期")),
    LEAVE: (("ends", "最后任职日"),),
    MOVE: (("starts", "到村日期"),),
}
