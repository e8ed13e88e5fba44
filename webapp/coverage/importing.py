"""Tables that are imported: dates of visits, natural groups, terms of office. All or nothing, with errors by row.

Which of the three a file holds follows from its headings.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.coverage import queries, service
from webapp.coverage.list_tables import groups, terms
from webapp.coverage.queries import VILLAGE, group_key
from webapp.coverage.rules import day_fault
from webapp.coverage.service import Entry
from webapp.coverage.table_rows import EXAMPLES, KINDS, Imported, day_in, named_groups
from webapp.errors import DandangError, Refused
from webapp.org.codes import held, is_community, level
from webapp.table_files import Column, Faults, Line, UnknownHeadings, read


def import_file(
    session: Session, content: bytes, *, at: datetime, dry_run: bool = False, office: str = "", visits: bool = True
) -> Imported:
    """Take in a table. `office` is the unit whose secretary's office sends dates; "" lets a command enter them for
    every unit; without `visits` dates are refused.

    Raises `Refused` with every row at fault; then nothing is written. A dry run judges the same and writes nothing.
    """
    faults = Faults()
    notes: list[str] = []
    found = _lines(content, faults, notes)
    kind = _kind(found)
    lines = [Line(one.number, {c.key: one.cells.get(c.heading, "").strip() for c in KINDS[kind][1]}) for one in found]
    if kind == "visits" and not visits:
        raise Refused("走访日期由书记所在单位的书记办公室导入。您可以导入自然村组名单和任期。")
    return replace(_IMPORTS[kind](session, lines, faults, at, dry_run, office), notes=tuple(notes))


def template(kind: str) -> bytes:
    """An empty table of a kind with one example, as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows([[column.heading for column in KINDS[kind][1]], EXAMPLES[kind]])
    return out.getvalue().encode("utf-8-sig")


def plain_rows(content: bytes) -> list[list[str]]:
    """The known columns of a table as text, under their headings."""
    found = _lines(content, Faults())
    headings = list(found[0].cells) if found else []
    return [headings, *([line.cells[heading] for heading in headings] for line in found)]


def _lines(content: bytes, faults: Faults, notes: list[str] | None = None) -> list[Line]:
    headings = {column.heading: column.day for _, columns in KINDS.values() for column in columns}
    columns = [Column(heading, heading, False, day) for heading, day in sorted(headings.items())]
    try:
        found = read(content, columns, faults, notes)
    except UnknownHeadings as error:
        raise _not_ours(error.found) from error
    if not found:
        raise Refused("文件只有表头，没有内容。请在表头下填写后再导入。")
    return found


def _kind(lines: Sequence[Line]) -> str:
    """Which table it is. Raises `Refused` naming the headings that were found and those that each would need."""
    headings = list(lines[0].cells)
    for kind, (_, columns) in KINDS.items():
        if all(column.heading in headings for column in columns if column.required):
            return kind
    raise _not_ours(headings)


def _not_ours(found: Sequence[str]) -> Refused:
    needed = "；".join(
        f"{name}：{'、'.join(column.heading for column in columns if column.required)}"
        for name, columns in KINDS.values()
    )
    return Refused(
        f"表头不能识别，文件中是“{'”“'.join(found)}”。表头应为（{needed}）。请改正表头，或者下载模板后填写。"
    )


def _visits(
    session: Session, lines: Sequence[Line], faults: Faults, at: datetime, dry_run: bool, office: str
) -> Imported:
    """Dates for the set that each unit belongs to: those of one secretary's office, or by command of every unit above."""
    today = clock.day_of(at)
    named = _groups_by_name(session, {held(line.cells["unit"]) for line in lines})
    wanted: dict[str, dict[str, tuple[date, int]]] = {}
    owners: dict[str, queries.CoverageSet | str] = {}
    for line in lines:
        code, day = held(line.cells["unit"]), day_in(line, "day", "走访日期", faults)
        owner = office or _owner(code, bool(line.cells["group"]))
        if owner not in owners:
            owners[owner] = _set_or_reason(session, owner, today)
        target = owners[owner]
        if isinstance(target, str):
            faults.add(line.number, target)
            continue
        key = code if not target.visit_set.groups else named.get((code, line.cells["group"]), "")
        places = {one.place.key: one.place for one in target.coverage.targets}
        places |= {place.key: place for place, _ in target.coverage.left}
        if key not in places:
            what = f"{line.cells['unit'][:20]}{line.cells['group'][:20]}"
            if is_community(name := target.names.get(code, "")):
                faults.add(line.number, f"{name}是社区，不计入行政村遍访。请删去这一行。")
            else:
                faults.add(line.number, f"“{what}”不在本轮遍访范围内。请核对代码和自然村组名称。")
            continue
        if day is None:
            continue
        if key in wanted.setdefault(owner, {}):
            faults.add(line.number, f"{places[key].name}在文件中出现两次，一个单位只登记一个日期。请删去一行。")
        elif fault := day_fault(day, places[key], target.span, today):
            faults.add(line.number, fault)
        wanted[owner].setdefault(key, (day, line.number))
    faults.refuse()
    added = changed = same = 0
    for owner, days in wanted.items():
        shown = owners[owner]
        seen = {} if isinstance(shown, str) else service.dates_of(session, shown)
        added += sum(key not in seen for key in days)
        changed += sum(key in seen and seen[key] != day for key, (day, _) in days.items())
        same += sum(seen.get(key) == day for key, (day, _) in days.items())
        if not dry_run:
            service.record(session, owner, [Entry(key, day, seen.get(key)) for key, (day, _) in days.items()], at=at)
    return Imported("visits", len(lines), added, changed, same)


_Import = Callable[[Session, Sequence[Line], Faults, datetime, bool, str], Imported]
_IMPORTS: dict[str, _Import] = {"visits": _visits, "groups": groups, "terms": terms}


def _groups_by_name(session: Session, codes: set[str]) -> dict[tuple[str, str], str]:
    rows = session.scalars(named_groups(codes))
    return {(row.village_code, row.name): group_key(row.village_code, row.id) for row in rows}


def _owner(code: str, with_group: bool) -> str:
    """Whose duty a unit is: groups are the township's, villages the county's, townships the city's."""
    if not code:
        return ""
    return code[:9] if with_group else code[:6] if level(code) == VILLAGE else code[:4]


def _set_or_reason(session: Session, owner: str, today: date) -> queries.CoverageSet | str:
    if not owner:
        return "单位代码不正确。请填写 9 位或者 12 位代码。"
    try:
        return service.current_set(session, owner, today)
    except DandangError as error:
        return error.sentence
