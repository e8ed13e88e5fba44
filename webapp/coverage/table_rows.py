"""What the imported tables have in common: their headings, days and units as people type them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import viewer_of
from webapp.coverage.models import NaturalGroup
from webapp.org.models import Division
from webapp.org.units import by_codes
from webapp.table_files import Column, Faults, Line

_VISITS = (Column("unit", "单位代码"), Column("group", "自然村组", False), Column("day", "走访日期", day=True))
_GROUPS = (
    Column("unit", "村代码"),
    Column("group", "自然村组"),
    Column("ended", "停用日期", False, day=True),
    Column("reason", "停用原因", False),
    Column("into", "并入", False),
)
_TERMS = (
    Column("unit", "单位代码"),
    Column("starts", "任期开始", day=True),
    Column("ends", "任期届满", day=True),
    Column("document", "文号", False),
)
KINDS = {"visits": ("走访日期", _VISITS), "groups": ("自然村组名单", _GROUPS), "terms": ("任期", _TERMS)}
EXAMPLES = {
    "visits": ["533323101201", "", "2026-03-05"],
    "groups": ["533323101201", "一组", "", "", ""],
    "terms": ["533323", "2026-07-01", "2031-06-30", "福党发〔2026〕1号"],
}


@dataclass(frozen=True)
class Imported:
    """What a file holds, or would hold: rows that are new, that change something, and that are known already."""

    kind: str
    rows: int
    added: int
    changed: int
    same: int
    notes: tuple[str, ...] = ()
    """What was put right in reading the file."""


def noted(session: Session, done: Imported, dry_run: bool) -> Imported:
    """The same, with its entry in the audit log unless nothing changed."""
    if not dry_run and done.added + done.changed:
        session.flush()
        viewer = viewer_of(session)
        unit = viewer.prefixes[0] if viewer.prefixes else ""
        after = {"kind": KINDS[done.kind][0], "rows": done.rows}
        audit.record(session, "coverage.import", done.kind, done.kind, unit_code=unit, after=after)
    return done


def day_in(line: Line, key: str, name: str, faults: Faults, *, required: bool = True) -> date | None:
    """A cell as a day; a fault is noted by row and gives None."""
    typed = line.cells[key]
    if not typed and not required:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        faults.add(line.number, f"{name}“{typed[:20]}”不正确。请写成 2026-03-05。")
        return None


def unit_fault(session: Session, unit: Division | None, code: str, levels: tuple[int, ...]) -> str | None:
    """Why a unit cannot stand in a table, or None."""
    if unit is None:
        return "没有这个代码的区划。请核对代码。"
    if unit.level not in levels:
        return f"{unit.name}的级别不对，不能列在这张表里。请核对代码。"
    if not viewer_of(session).reaches(code):
        return f"{unit.name}不在您的管辖范围内。请删去这一行。"
    return None


def divisions(session: Session, codes: set[str]) -> dict[str, Division]:
    """Divisions by code."""
    return {division.code: division for division in by_codes(session, codes)}


def named_groups(codes: set[str]) -> Select[tuple[NaturalGroup]]:
    """The natural groups of some villages."""
    return select(NaturalGroup).where(NaturalGroup.village_code.in_(codes))
