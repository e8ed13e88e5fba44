"""Finding many divisions at once: by level, by pasted codes or names, branch by branch."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.errors import Refused
from webapp.org.codes import LENGTHS, LEVEL_NAMES, LEVEL_OF, candidates
from webapp.org.models import Division

NAMED_AT_MOST = 5
MOST_PASTED = 30_000
_AT_ONCE = 500
_SEPARATORS = re.compile(r"[\n\t,，、;；]+")


def by_codes(session: Session, codes: Iterable[str]) -> list[Division]:
    """Divisions by code, in code order; codes nobody knows are left out."""
    found: list[Division] = []
    held = sorted(set(codes))
    for start in range(0, len(held), _AT_ONCE):
        found += session.scalars(
            select(Division).where(Division.code.in_(held[start : start + _AT_ONCE])).order_by(Division.code)
        )
    return found


def in_force(on: date) -> ColumnElement[bool]:
    """Divisions that have not been closed before a day."""
    return Division.valid_to.is_(None) | (Division.valid_to >= on)


def in_use(session: Session, codes: Sequence[str], on: date) -> tuple[list[str], list[str]]:
    """Codes of the units that are in force on a day, and the names of those that have been closed."""
    found = by_codes(session, codes)
    current = [d.code for d in found if d.valid_to is None or d.valid_to >= on]
    return current, [d.name for d in found if d.valid_to is not None and d.valid_to < on]


def of_level(session: Session, root: str, level: int, on: date) -> list[str]:
    """Codes of all units of a level below a unit that are in force, e.g. every village of a county."""
    statement = select(Division.code).where(below(Division.code, root), Division.level == level, in_force(on))
    return list(session.scalars(statement.order_by(Division.code)))


@dataclass(frozen=True)
class Pasted:
    """What lines of codes or names mean: the good ones are kept, every other one is named."""

    codes: list[str]
    unknown: list[str]
    """Lines that mean no unit below the root."""
    several: list[str]
    """Names that more than one unit bears."""
    closed: list[str]
    """Names of units that have been closed."""
    left: list[str]
    """The lines that were not taken, as they were typed."""

    @property
    def sentences(self) -> list[str]:
        """What is wrong with the lines that were not taken, in words."""
        said = []
        if self.unknown:
            said.append(f"有 {len(self.unknown)} 个没有认出：{named(self.unknown, 20)}。请核对名称，或改用区划代码。")
        if self.several:
            said.append(f"有 {len(self.several)} 个名称不止一个单位使用：{named(self.several, 20)}。请改用区划代码。")
        if self.closed:
            said.append(f"有 {len(self.closed)} 个单位的区划已撤销：{named(self.closed, 20)}。请改选承接单位。")
        return said


def pasted(session: Session, text: str, root: str, on: date) -> Pasted:
    """Read codes of 2 to 12 digits and names, one a line, among the units below the root.

    A name means the unit that bears it, else the village or community that is called so (`spellings`); 「乡镇名 村名」 on one line means the village of that township.
    """
    words = pasted_words(text)
    if len(words) > MOST_PASTED:
        raise Refused(f"一次最多粘贴 {MOST_PASTED:,} 行，现有 {len(words):,} 行。请分几次粘贴。")
    meant = {word: _codes_in(word) for word in words}
    wanted = [code for codes in meant.values() for code in codes]
    known = {d.code: d for d in by_codes(session, [code for code in wanted if _is_below(code, root)])}
    bearing = _bearing(session, [word for word in words if not meant[word]], root)
    taken: list[Division] = []
    unknown, several, closed, left = [], [], [], []
    for word in words:
        found = [known[code] for code in meant[word] if code in known] or bearing.get(word, [])
        current = [division for division in found if division.valid_to is None or division.valid_to >= on]
        if not found:
            unknown.append(word[:40])
        elif not current:
            closed.append(found[0].name)
        elif len(current) > 1 and not meant[word]:
            several.append(word[:40])
        else:
            taken.append(current[0])
            continue
        left.append(word)
    return Pasted(sorted({division.code for division in taken}), unknown, several, closed, left)


def pasted_words(text: str) -> list[str]:
    """The single codes or names of a pasted text, each once."""
    return list(dict.fromkeys(line.strip() for line in _SEPARATORS.split(text) if line.strip()))


def _codes_in(word: str) -> list[str]:
    try:
        return candidates(word)
    except Refused:
        return []


_VILLAGE = ("村委会", "村民委员会")
_COMMUNITY = ("社区居民委员会", "社区居委会", "居民委员会", "居委会")
_ENDING = re.compile(rf"({'|'.join((*_VILLAGE, *_COMMUNITY))}|村|社区)$")


def _is_below(code: str, root: str) -> bool:
    return code.startswith(root) and code != root


def spellings(name: str) -> list[str]:
    """Names in the register that a name in daily use may mean, its own first: 「上帕村」 → 上帕村委会, 上帕村民委员会."""
    stem = _ENDING.sub("", name)
    ending = name[len(stem) :]
    meant = [one for one in (*_VILLAGE, *_COMMUNITY) if not ending or (one in _VILLAGE) == ending.startswith("村")]
    return [name, *(stem + one for one in meant if stem and stem + one != name)]


def _bearing(session: Session, words: list[str], root: str) -> dict[str, list[Division]]:
    """Units below the root by the name that was typed: the name alone, or the unit above and the name."""
    parts = {word: word.split() for word in words}
    meant = {names[-1]: spellings(names[-1]) for names in parts.values()}
    last = sorted({one for some in meant.values() for one in some})
    bearing: dict[str, list[Division]] = defaultdict(list)
    for start in range(0, len(last), _AT_ONCE):
        statement = select(Division).where(
            below(Division.code, root),
            Division.code != root,
            Division.name.in_(last[start : start + _AT_ONCE]),
        )
        for division in session.scalars(statement.order_by(Division.code)):
            bearing[division.name].append(division)
    found = {
        name: bearing.get(name) or [division for one in some for division in bearing.get(one, ())]
        for name, some in meant.items()
    }
    above = {d.code: d.name for d in by_codes(session, [d.parent_code or "" for some in found.values() for d in some])}
    return {
        word: [
            division
            for division in found.get(names[-1], ())
            if len(names) == 1 or above.get(division.parent_code or "") == names[-2]
        ]
        for word, names in parts.items()
    }


@dataclass(frozen=True)
class Branch:
    """One unit of the open part of the tree, with how many lie below it and how many of those are chosen."""

    division: Division
    below: int
    chosen: int


def branches(session: Session, root: str, chosen: Sequence[str], on: date) -> list[Branch]:
    """The units directly below a unit, each with the counts of its subtree."""
    level = LEVEL_OF[len(root)] + 1
    if level not in LENGTHS:
        return []
    length = LENGTHS[level]
    children = session.scalars(
        select(Division).where(Division.parent_code == root, in_force(on)).order_by(Division.code)
    ).all()
    prefix = func.substr(Division.code, 1, length)
    statement = (
        select(prefix, func.count())
        .where(below(Division.code, root), Division.level > level, in_force(on))
        .group_by(prefix)
    )
    under: dict[str, int] = dict(session.execute(statement).tuples().all())
    picked: dict[str, int] = defaultdict(int)
    for code in chosen:
        if len(code) > length:
            picked[code[:length]] += 1
    return [Branch(child, under.get(child.code, 0), picked[child.code]) for child in children]


def counted(codes: Iterable[str]) -> list[tuple[str, int]]:
    """How many units of each level are chosen: [("乡镇", 7), ("村", 57)]."""
    found: dict[int, int] = defaultdict(int)
    for code in codes:
        if len(code) in LEVEL_OF:
            found[LEVEL_OF[len(code)]] += 1
    return [(LEVEL_NAMES[level], found[level]) for level in sorted(found)]


def named(words: Sequence[str], most: int = NAMED_AT_MOST) -> str:
    """The first few of a list: "甲、乙等 9 个"."""
    shown = "、".join(words[:most])
    return shown if len(words) <= most else f"{shown}等 {len(words)} 个"
