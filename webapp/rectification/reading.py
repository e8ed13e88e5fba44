"""A table of issues as people send it: its columns, and each row as an issue that can be judged."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.errors import Refused
from webapp.org.codes import ancestors, candidates
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.rectification.models import CLASSES, SOURCES
from webapp.rectification.rules import Particulars
from webapp.table_files import Column, Line
from webapp.words import clean, typed_day

COLUMNS = (
    Column("source", "问题来源"),
    Column("source_document", "来源文件"),
    Column("source_number", "原编号", required=False),
    Column("issue_class", "问题性质"),
    Column("description", "问题描述"),
    Column("leader", "责任领导"),
    Column("unit", "牵头单位"),
    Column("supports", "配合单位", required=False),
    Column("measure", "整改措施", required=False),
    Column("due_on", "整改期限", day=True),
    Column("evidence", "佐证要求"),
    Column("closer", "销号单位", required=False),
)
_ITEMS = re.compile(r"[；;\n]+")
_UNITS = re.compile(r"[、，,；;\s]+")
_AT_ONCE = 400


class Units:
    """The divisions that a table names by code or by name, read at once."""

    def __init__(self, session: Session, lines: Sequence[Line], root: str) -> None:
        words = {word for line in lines for word in _named(line)}
        codes = sorted({code for word in words if word.isdigit() for code in _codes(word)})
        called = sorted(word for word in words if not word.isdigit())
        self._by_code: set[str] = set()
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for start in range(0, len(codes), _AT_ONCE):
            some = Division.code.in_(codes[start : start + _AT_ONCE])
            self._by_code |= set(session.scalars(select(Division.code).where(some)))
        for start in range(0, len(called), _AT_ONCE):
            some = Division.name.in_(called[start : start + _AT_ONCE])
            near = or_(below(Division.code, root), Division.code.in_(ancestors(root) if root else ()))
            statement = select(Division.name, Division.code).where(some, near)
            for name, code in session.execute(statement.order_by(Division.code)):
                self._by_name[name].append(code)

    def held(self, word: str) -> str:
        """The held code of a unit. Raises `Refused` when it is unknown or the name stands for several."""
        found = self.means(word)
        if not found:
            raise Refused(f"没有找到单位“{word[:40]}”。请填写本单位范围内的全称或区划代码。")
        if len(found) > 1 and not word.isdigit():
            raise Refused(f"有 {len(found)} 个单位叫“{word[:40]}”。请改填区划代码。")
        return found[0]

    def means(self, word: str) -> list[str]:
        """The held codes that a code or a name may stand for."""
        if word.isdigit():
            return [code for code in _codes(word) if code in self._by_code]
        return self._by_name.get(word, [])


def particulars(line: Line, units: Units) -> tuple[Particulars, dict[str, str]]:
    """A row as an issue, and sentences by column on cells that cannot be read, which have a value that nobody judges."""
    cells = {key: clean(text) for key, text in line.cells.items()}
    faults: dict[str, str] = {}
    unit = _unit("unit", cells.get("unit", ""), units, faults)
    closer = _unit("closer", cells["closer"], units, faults) if cells.get("closer") else ""
    helpers = [_unit("supports", word, units, faults) for word in _UNITS.split(cells.get("supports", "")) if word]
    one = Particulars(
        source=_key(SOURCES, cells.get("source", "")),
        source_document=cells.get("source_document", ""),
        source_number=cells.get("source_number") or None,
        issue_class=_key(CLASSES, cells.get("issue_class", "")),
        description=cells.get("description", ""),
        leader=cells.get("leader", ""),
        unit_code=unit,
        supports=tuple(filter(None, helpers)),
        measure=cells.get("measure") or None,
        due_on=_day(cells.get("due_on", ""), faults),
        evidence=items(cells.get("evidence", "")),
        closer_code=closer,
    )
    return one, faults


def spoken(session: Session, codes: Sequence[str], root: str) -> dict[str, str]:
    """How units are written into a form: by name where that means one unit only, else by code."""
    named = names(session, codes)
    units = Units(session, [Line(0, {"supports": "、".join(named.values())})], root)
    return {code: name if units.means(name) == [code] else code for code, name in named.items()}


def items(text: str) -> tuple[str, ...]:
    """Evidence items, one a line or between semicolons: "甲；乙" → ("甲", "乙")."""
    return tuple(item for part in _ITEMS.split(clean(text)) if (item := part.strip()))


def _named(line: Line) -> list[str]:
    words = [clean(line.cells.get("unit")), clean(line.cells.get("closer"))]
    return [word for word in (*words, *_UNITS.split(clean(line.cells.get("supports")))) if word]


def _codes(word: str) -> list[str]:
    try:
        return candidates(word)
    except Refused:
        return []


def _unit(column: str, word: str, units: Units, faults: dict[str, str]) -> str:
    if not word:
        faults[column] = "没有填写牵头单位。请补填。"
        return ""
    try:
        return units.held(word)
    except Refused as error:
        faults[column] = error.sentence
        return ""


def _day(word: str, faults: dict[str, str]) -> date:
    day = typed_day(word)
    if day is not None:
        return day
    faults["due_on"] = (
        f"整改期限“{word[:20]}”不正确。请按“2026-12-18”的样子填写。" if word else "没有填写整改期限。请补填。"
    )
    return date.min


def _key(words: dict[str, str], typed: str) -> str:
    """The code of a word; what is none stays as it is, so that it is told from an empty cell."""
    return next((key for key, name in words.items() if name == typed), typed)
