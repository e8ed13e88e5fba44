"""The table in which a township desk enters replies that its villages gave on paper or by telephone (X-10).

Out: the villages of the township with codes and names, and empty columns. In: everything is judged first, errors by
row; only a table without errors can be applied.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp import clock
from webapp.accountability.asked import heading
from webapp.accountability.brought_out import answerable, answers_with, brought_out
from webapp.accountability.documents import asks_document, document_faults
from webapp.accountability.models import STATES, AccountabilityTask, Assignment
from webapp.accountability.rules import OPEN, TEXT_LIMIT
from webapp.errors import Refused
from webapp.private_numbers import fault_of
from webapp.table_files import Column, Faults, Line, read
from webapp.words import clean

VILLAGE_DIGITS = 12
MOST = 100
"""Rows that are entered at once."""
CODE = Column("code", "区划代码")
TEXT = Column("text", "完成情况")
DOCUMENT = Column("document_no", "文号", required=False)
EVIDENCE = Column("evidence", "佐证说明", required=False)
FIXED = (CODE, TEXT, DOCUMENT, EVIDENCE)
NUMBER = Column("document_no", "文号")
DAY = Column("document_on", "文件日期", day=True)
LIMITS = {"text": TEXT_LIMIT, "document_no": 60, "evidence": 300}
FIELD = "field:"


@dataclass(frozen=True)
class Entry:
    """One village's reply as typed; `line` is its row in the file, `version` that of the assignment when judged."""

    line: int
    code: str
    text: str
    document_no: str = ""
    document_on: str = ""
    """As typed: "2026-11-04"."""
    evidence: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    """By field name, as typed."""
    version: int = 0


@dataclass(frozen=True)
class Judged:
    """An entry that can be made: its assignment, and the answers as they are stored."""

    entry: Entry
    row: Assignment
    answers: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """What a table would do: entries in code order, how many villages were left empty, what was put right silently."""

    judged: list[Judged]
    empty: int = 0
    notes: tuple[str, ...] = ()


def columns_of(task: AccountabilityTask) -> tuple[Column, ...]:
    """The columns of a task's table before its asked fields; a document is asked for nothing but its number and date."""
    return (CODE, NUMBER, DAY) if asks_document(task) else FIXED


def fields_of(task: AccountabilityTask) -> list[dict[str, Any]]:
    """The task's fields that some unit may have to enter; for one that gave it before the cell may stay empty (X-4)."""
    return answerable(task)


def villages(session: Session, task: AccountabilityTask, townships: Sequence[str]) -> list[Assignment]:
    """The task's assignments at villages of the townships, in code order."""
    statement = (
        select(Assignment)
        .where(Assignment.task_id == task.id)
        .options(joinedload(Assignment.unit))
        .order_by(Assignment.unit_code)
    )
    return [row for row in session.scalars(statement) if _within(row.unit_code, townships)]


def _within(code: str, townships: Sequence[str]) -> bool:
    return len(code) == VILLAGE_DIGITS and code.startswith(tuple(townships))


def table(session: Session, task: AccountabilityTask, townships: Sequence[str], on: date) -> Iterator[Sequence[object]]:
    """The empty table, one row for each village that still has to answer; each row names the issuer and the end date
    (X-20). Raises `Refused` where nobody has to answer any more: an expired form is not given out blank."""
    owing = [row for row in villages(session, task, townships) if row.state in OPEN]
    if not owing:
        raise Refused("本乡镇没有待反馈的村，不需代录。")
    heads = [_head(one) for one in fields_of(task)]
    asked = [column.heading for column in columns_of(task)[1:]]
    yield (CODE.heading, "单位名称", "状态", *asked, *heads, "下达单位", "有效期至")
    for row in owing:
        blank = [None] * (len(asked) + len(heads))
        yield (row.unit_code, row.unit.name, STATES[row.state], *blank, task.issuer.name, max(row.due_on, on))


def _head(field: dict[str, Any]) -> str:
    words = heading(field)
    return f"{words}（填报项）" if words in {column.heading for column in FIXED} else words


def entries(task: AccountabilityTask, content: bytes, faults: Faults) -> tuple[list[Entry], int, tuple[str, ...]]:
    """The rows of a file as typed, with the number of those left empty; cells that cannot be read go to `faults`."""
    notes = list[str]()
    asked = [
        Column(f"{FIELD}{one['name']}", _head(one), required=False, day=one["kind"] == "date")
        for one in fields_of(task)
    ]
    lines = read(content, (*columns_of(task), *asked), faults, notes)
    found = [_entry(line) for line in lines]
    typed = [
        one
        for one in found
        if one.text or one.document_no or one.document_on or one.evidence or any(one.answers.values())
    ]
    if not typed:
        faults.refuse()
        raise Refused("文件中没有填写任何村的完成情况。请填写后再导入。")
    return typed, len(found) - len(typed), tuple(notes)


def _entry(line: Line) -> Entry:
    answers = {key.removeprefix(FIELD): text for key, text in line.cells.items() if key.startswith(FIELD) and text}
    text, number, day, proof = (
        clean(line.cells.get(name)) for name in ("text", "document_no", "document_on", "evidence")
    )
    return Entry(line.number, line.cells.get("code", "").strip(), text, number, day, proof, answers)


def judged(
    session: Session,
    task: AccountabilityTask,
    townships: Sequence[str],
    typed: Sequence[Entry],
    at: datetime,
    faults: Faults | None = None,
) -> list[Judged]:
    """Every entry with its assignment, or `Refused` with all errors by row; a village elsewhere is as good as none.

    `faults` holds what the reading of the file has found already; a row in it is not judged further.
    """
    if len(typed) > MOST:
        raise Refused(f"一次最多代录 {MOST} 个村，文件中有 {len(typed)} 个。请分几次导入。")
    rows = {row.unit_code: row for row in villages(session, task, townships)}
    brought = brought_out(session, task, list(rows))
    faults = faults or Faults()
    unread = {number for number, _ in faults.kept}
    found: list[Judged] = []
    seen: dict[str, int] = {}
    for one in typed:
        if one.line in unread:
            continue
        row = rows.get(one.code)
        problem = _problem(one, row, seen, clock.day_of(at))
        seen.setdefault(one.code, one.line)
        if problem is not None or row is None:
            faults.add(one.line, problem or "")
            continue
        try:
            answers = answers_with(task, brought[row.unit_code], one.answers)
        except Refused as refused:
            faults.add(one.line, refused.sentence)
            continue
        found.append(Judged(one, row, answers))
    faults.refuse()
    return sorted(found, key=lambda one: one.row.unit_code)


def _problem(one: Entry, row: Assignment | None, seen: dict[str, int], today: date) -> str | None:
    if row is None:
        return f"“{one.code[:20] or '空代码'}”不是本乡镇承办这项任务的村。请按下载的表格核对代码。"
    if one.code in seen:
        return f"{row.unit.name}与第 {seen[one.code]} 行重复。请只留一行。"
    if row.state not in OPEN:
        return f"{row.unit.name}{STATES[row.state]}，不能代录。如需更正，请先由下达单位退回。"
    if asks_document(row.task):
        faults = document_faults(one.document_no, day_of_document(one), 0, today)
        return f"{row.unit.name}：{''.join(faults.values())}" if faults else None
    if not one.text:
        return f"{row.unit.name}没有填写完成情况。请补填，没有变化的写“无变化”。"
    for name, limit in LIMITS.items():
        if len(getattr(one, name)) > limit:
            heading = next(column.heading for column in FIXED if column.key == name)
            return f"{row.unit.name}的{heading}超过 {limit} 字。请删减。"
    return fault_of(f"{one.text}\n{one.evidence}", f"{row.unit.name}的反馈")


def day_of_document(one: Entry) -> date | None:
    """The day that was typed; None where it is none."""
    try:
        return date.fromisoformat(one.document_on)
    except ValueError:
        return None


def packed(plan: Plan) -> str:
    """The entries as the page of the dry run sends them back, each with the version that was judged."""
    rows = [asdict(one.entry) | {"version": one.row.version} for one in plan.judged]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> list[Entry]:
    """The entries that a page of a dry run sent back. Raises `Refused`; what they say is judged anew."""
    try:
        return [
            Entry(
                int(one["line"]),
                str(one["code"]),
                clean(str(one["text"])),
                clean(str(one["document_no"])),
                clean(str(one["document_on"])),
                clean(str(one["evidence"])),
                {str(name): str(value) for name, value in one["answers"].items()},
                int(one["version"]),
            )
            for one in json.loads(text)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("页面内容不完整。请重新导入文件。") from None
