"""Groups of units from a table of one line a unit; all of the file or nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.errors import Faulty, NotFound, Refused
from webapp.org import groups
from webapp.org.groups import Wanted
from webapp.org.queries import find
from webapp.org.units import pasted
from webapp.table_files import Column, Faults, Line, read

COLUMNS = (
    Column("owner", "所属单位代码"),
    Column("name", "分组名称"),
    Column("source", "依据文件", required=False),
    Column("member", "单位"),
)


@dataclass(frozen=True)
class Outcome:
    """How many groups were made and changed, and how many units they hold."""

    made: int
    changed: int
    units: int


def import_groups(session: Session, content: bytes, at: datetime) -> Outcome:
    """Make the groups of a file, or give those of the same owner and name its members. Raises `Refused` by row."""
    faults = Faults()
    parts: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in read(content, COLUMNS, faults):
        owner = _owner(session, line, faults)
        if owner is not None:
            parts[owner, line.cells["name"]].append(line)
    made = changed = units = 0
    for (owner, name), lines in parts.items():
        codes = _members(session, owner, lines, at, faults)
        if faults.total or not codes:
            continue
        source = next((line.cells["source"] for line in lines if line.cells.get("source")), "")
        known = groups.named_group(session, owner, name)
        try:
            groups.save(
                session, Wanted(owner, name, source, tuple(codes)), at, group_id=known.id if known is not None else None
            )
        except Faulty as refused:
            faults.add(lines[0].number, refused.sentence)
            continue
        made, changed, units = made + (known is None), changed + (known is not None), units + len(codes)
    faults.refuse()
    return Outcome(made, changed, units)


def _owner(session: Session, line: Line, faults: Faults) -> str | None:
    try:
        return find(session, line.cells["owner"]).code
    except (Refused, NotFound) as error:
        faults.add(line.number, error.sentence)
        return None


def _members(session: Session, owner: str, lines: list[Line], at: datetime, faults: Faults) -> list[str]:
    """Codes of the units of one group; what is not recognised is noted at its row."""
    on = clock.day_of(at)
    found = pasted(session, "\n".join(line.cells["member"] for line in lines), owner, on)
    left = set(found.left)
    for line in lines:
        if line.cells["member"] in left:
            faults.add(
                line.number, f"“{line.cells['member'][:40]}”不是所属单位下级在用的单位，或有重名。请改用区划代码。"
            )
    return found.codes
