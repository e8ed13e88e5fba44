"""The list of villages that must have a team, from a table: all of it or nothing, faults by row (Z-1)."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.coverage.table_rows import day_in
from webapp.errors import DandangError
from webapp.org.codes import held
from webapp.org.models import DESIGNATIONS, Division, VillageDesignation
from webapp.org.units import by_codes
from webapp.table_files import Column, Faults, Line, UnknownHeadings, read
from webapp.teams.designating import designate, of_village
from webapp.teams.rotation import Change, Outcome, TakeBack
from webapp.words import clean

COLUMNS = (
    Column("village", "村代码"),
    Column("kind", "村类别"),
    Column("from", "起始日期", day=True),
    Column("document", "依据文号"),
)
EXAMPLE = ("533323101201", "脱贫村", "2026-01-01", "福办〔2026〕3号")
_KINDS = {words: kind for kind, words in DESIGNATIONS.items()}


def is_needs_table(content: bytes) -> bool:
    """Whether the headings are those of this table, not of a roster. Raises `Refused` for a file that is no table."""
    try:
        found = read(content, [Column("kind", "村类别", False), Column("act", "办理", False)], Faults())
    except UnknownHeadings:
        return False
    return bool(found) and "kind" in found[0].cells


def import_needs(session: Session, content: bytes, *, at: datetime, dry_run: bool = False) -> Outcome:
    """Put the villages of a file on the list. Raises `Refused` with every row at fault; then nothing is written."""
    faults = Faults()
    notes: list[str] = []
    lines = read(content, COLUMNS, faults, notes)
    villages = {unit.code: unit for unit in by_codes(session, {held(line.cells["village"]) for line in lines})}
    outcome = Outcome(rows=len(lines), notes=notes)
    try:
        with session.begin_nested():
            for line in lines:
                _take(session, line, villages, faults, outcome, at)
            faults.refuse()
            outcome.villages.sort(key=lambda one: one.code)
            if dry_run:
                raise TakeBack
    except TakeBack:
        session.expire_all()
    return outcome


def plain_rows(content: bytes) -> list[list[str]]:
    """The known columns as text, under their headings."""
    lines = read(content, COLUMNS, Faults())
    return [[one.heading for one in COLUMNS], *([line.cells[one.key] for one in COLUMNS] for line in lines)]


def template() -> list[list[str]]:
    """The table to fill in, with an example."""
    return [[one.heading for one in COLUMNS], list(EXAMPLE)]


def _take(
    session: Session, line: Line, villages: dict[str, Division], faults: Faults, outcome: Outcome, at: datetime
) -> None:
    code, kind = held(line.cells["village"]), _KINDS.get(line.cells["kind"], "")
    day = day_in(line, "from", "起始日期", faults)
    if not kind:
        faults.add(line.number, f"村类别“{line.cells['kind'][:20]}”不正确。请填写{'、'.join(_KINDS)}之一。")
    if code not in villages:
        faults.add(line.number, "没有这个代码的村。请填写 12 位村代码。")
    if day is None or not kind or code not in villages:
        return
    number = clean(line.cells["document"])
    if any(_same(row, kind, day, number) for row in of_village(session, code)):
        outcome.same += 1
        return
    try:
        with session.begin_nested():
            designate(session, code, kind=kind, valid_from=day, document_no=number, at=at)
    except DandangError as error:
        faults.add(line.number, error.sentence or "没有这个代码的村。请填写 12 位村代码。")
        return
    outcome.done += 1
    outcome.villages.append(Change(line.cells["village"], villages[code].name, [], [line.cells["kind"]]))


def _same(row: VillageDesignation, kind: str, day: object, number: str) -> bool:
    return (row.kind, row.valid_from, row.document_no) == (kind, day, number)
