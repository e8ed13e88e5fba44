"""导入: a table is read and judged, waits for its sender's word, and is taken over as a whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import viewer_of
from webapp.accountability.parties import Actor, actor_at
from webapp.errors import Conflict, NotFound, Refused
from webapp.rectification import entering
from webapp.rectification.models import Issue, IssueImport
from webapp.rectification.reading import COLUMNS, Units, particulars
from webapp.rectification.rules import Particulars
from webapp.table_files import Faults, Line, read

MOST_LINES = 2000
_AT_ONCE = 400
_OF_UNIT = ("closer", "supports")
"""Columns that are judged by the lead unit, and not without it."""


@dataclass
class Checked:
    """What an import would do: issues by row of the file, sentences on what is wrong, and what was put right."""

    rows: list[tuple[int, Particulars]]
    faults: Faults
    notes: list[str] = field(default_factory=list)


def lines_of(content: bytes, faults: Faults, notes: list[str]) -> list[Line]:
    """The rows of a file. Raises `Refused` for what spoils the whole file."""
    lines = read(content, COLUMNS, faults, notes)
    if not lines:
        raise Refused("文件里没有问题。请从模板的第二行起填写，一个问题一行。")
    if len(lines) > MOST_LINES:
        raise Refused(f"文件有 {len(lines):,} 行，一次最多导入 {MOST_LINES:,} 行。请分成几个文件后再导入。")
    return lines


def check(session: Session, lines: Sequence[Line], issuer_code: str | None, at: datetime, faults: Faults) -> Checked:
    """Judge rows as the form would; changes nothing. Without an issuer each closing unit enters its own."""
    units = Units(session, lines, issuer_code or "")
    read_rows = [(line.number, *particulars(line, units)) for line in lines]
    known = entering.divisions(session, (code for _, one, _ in read_rows for code in entering.units_of(one)))
    found: list[tuple[int, Particulars]] = []
    for number, one, unread in read_rows:
        judged = entering.judge(session, one, issuer_of(one, issuer_code), at, known)
        unjudged = {*unread, *(_OF_UNIT if "unit" in unread else ())}
        for sentence in [*unread.values(), *(said for column, said in judged.items() if column not in unjudged)]:
            faults.add(number, sentence)
        found.append((number, one))
    _note_twice(session, found, faults)
    return Checked(found, faults)


def issuer_of(one: Particulars, issuer_code: str | None) -> str:
    """Who enters a row: the unit that sends the table; the closing unit where the machine is told to."""
    return issuer_code if issuer_code is not None else one.closer


def stage(session: Session, file_name: str, lines: Sequence[Line], unit_code: str, at: datetime) -> IssueImport:
    """Keep the rows until their sender decides; what the sender left undecided before goes."""
    viewer = viewer_of(session)
    actor_at(viewer, "task.issue", unit_code)
    session.execute(delete(IssueImport).where(IssueImport.person_id == viewer.person_id, IssueImport.done_at.is_(None)))
    row = IssueImport(
        token=str(uuid4()),
        person_id=viewer.person_id,
        unit_code=unit_code,
        file_name=file_name[-120:] or "表格",
        lines=[[line.number, line.cells] for line in lines],
        uploaded_at=at,
    )
    session.add(row)
    session.flush()
    return row


def staged(session: Session, import_id: int) -> tuple[IssueImport, list[Line]]:
    """An import with its rows, locked. Raises `NotFound`, equal for those of other people."""
    row = session.scalar(select(IssueImport).where(IssueImport.id == import_id).with_for_update())
    if row is None:
        raise NotFound("没有找到这次导入。请重新选择文件。")
    return row, [Line(number, cells) for number, cells in row.lines]


def take_over(session: Session, import_id: int, token: str, at: datetime) -> IssueImport:
    """Enter all issues of a staged import; a second click finds them entered. Raises `Refused` with errors by row.

    `token` is what the page showed: a page of an earlier file enters nothing of a later one.
    """
    row, lines = staged(session, import_id)
    if row.token != token:
        raise Conflict("您后来又上传了别的文件，没有登记。下面是后来的文件，请检查后再登记。")
    if row.done_at is not None:
        return row
    actor = actor_at(viewer_of(session), "task.issue", row.unit_code)
    row.entered = len(bring_in(session, lines, row.unit_code, UUID(row.token), actor, at))
    row.done_at, row.lines = at, []
    session.flush()
    return row


def bring_in(
    session: Session,
    lines: Sequence[Line],
    issuer_code: str | None,
    token: UUID,
    actor: Actor,
    at: datetime,
    faults: Faults | None = None,
) -> list[Issue]:
    """Enter the issues of all rows, or none of them. Raises `Refused` with errors by row."""
    checked = check(session, lines, issuer_code, at, faults or Faults())
    checked.faults.refuse()
    rows = []
    for number, one in checked.rows:
        issuer = issuer_of(one, issuer_code)
        rows.append(entering.made(one, issuer, str(uuid5(token, str(number))), actor, at))
    session.add_all(rows)
    session.flush()
    entering.note(session, rows, actor, at)
    audit.record(session, "rectification.import", "issue", "", unit_code=issuer_code or "", after={"rows": len(rows)})
    return rows


def _note_twice(session: Session, found: Sequence[tuple[int, Particulars]], faults: Faults) -> None:
    """Name rows that stand twice in the file, and those that were entered before and are not closed."""
    seen: dict[tuple[str, str], int] = {}
    for number, one in found:
        key = (one.unit_code, one.description)
        if key in seen:
            faults.add(number, f"与第 {seen[key]} 行是同一个单位的同一个问题。请删去其中一行。")
        else:
            seen[key] = number
    keys = list(seen)
    for start in range(0, len(keys), _AT_ONCE):
        same = tuple_(Issue.unit_code, Issue.description).in_(keys[start : start + _AT_ONCE])
        held = list(session.scalars(select(Issue).where(same, Issue.state != "closed")))
        for row in sorted(held, key=lambda row: seen[row.unit_code, row.description]):
            faults.add(seen[row.unit_code, row.description], f"这个问题已登记为 {row.number}。请删去这一行。")
