"""Reading month sheets: one with its versions, what is held for its lines, a month of a township's villages."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import below
from webapp.accountability.models import Assignment
from webapp.errors import NotFound
from webapp.sheets.models import MonthSheet, SheetAnswer, SheetLine, SheetVersion
from webapp.sheets.rules import VIA

SENT = {"sent": "已提交", "open": "未提交", "paper": "纸质代录"}


def sheet_of(session: Session, unit_code: str, month: str) -> MonthSheet:
    """One village's sheet of a month with lines, task and village. Raises `NotFound`."""
    found = session.scalar(
        select(MonthSheet)
        .where(MonthSheet.unit_code == unit_code, MonthSheet.month == month)
        .options(
            joinedload(MonthSheet.assignment).joinedload(Assignment.task),
            joinedload(MonthSheet.unit),
            selectinload(MonthSheet.lines),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


def version_of(session: Session, sheet: MonthSheet, number: int) -> SheetVersion:
    """One version with its answers. Raises `NotFound`."""
    found = session.scalar(
        select(SheetVersion)
        .where(SheetVersion.sheet_id == sheet.id, SheetVersion.number == number)
        .options(selectinload(SheetVersion.answers))
    )
    if found is None:
        raise NotFound()
    return found


def answers_of(version: SheetVersion | None) -> dict[int, SheetAnswer]:
    """Line → its answer in a version."""
    return {answer.line_id: answer for answer in version.answers} if version is not None else {}


def held_before(session: Session, sheet: MonthSheet) -> dict[int, tuple[str, str]]:
    """Line → (month, text) of the latest earlier sheet on which the village answered the same template."""
    codes = {line.template_code: line.id for line in sheet.lines}
    rows = session.execute(
        select(SheetLine.template_code, MonthSheet.month, SheetAnswer.text)
        .join(SheetVersion, SheetVersion.id == SheetAnswer.version_id)
        .join(SheetLine, SheetLine.id == SheetAnswer.line_id)
        .join(MonthSheet, (MonthSheet.id == SheetVersion.sheet_id) & (MonthSheet.current == SheetVersion.number))
        .where(
            MonthSheet.unit_code == sheet.unit_code,
            MonthSheet.month < sheet.month,
            SheetLine.template_code.in_(codes),
            SheetAnswer.text.is_not(None),
        )
        .order_by(MonthSheet.month)
    )
    return {codes[code]: (month, text) for code, month, text in rows if text}


def listed(month: str, status: str = "", under: str = "") -> Select[tuple[MonthSheet]]:
    """A month's sheets in scope, in the order of village codes; `status` is a key of `SENT`."""
    statement = _shown().where(*conditions(month, status), below(MonthSheet.unit_code, under))
    return statement.order_by(MonthSheet.unit_code)


def conditions(month: str, status: str) -> list[ColumnElement[bool]]:
    """What holds for a month's sheets in a state of `SENT`, or in any."""
    held = [MonthSheet.month == month]
    if status == "open":
        held.append(MonthSheet.current == 0)
    elif status == "sent":
        held.append(MonthSheet.current > 0)
    elif status == "paper":
        held.append(MonthSheet.versions.any(SheetVersion.paper.is_(True)))
    return held


def of_villages(codes: Sequence[str]) -> Select[tuple[MonthSheet]]:
    """All sheets of the villages, the newest month first."""
    return _shown().where(MonthSheet.unit_code.in_(codes)).order_by(MonthSheet.month.desc(), MonthSheet.unit_code)


def latest_month(session: Session, up_to: str) -> str:
    """The latest month with sheets in scope, at most `up_to`; "" where there is none."""
    return session.scalar(select(func.max(MonthSheet.month)).where(MonthSheet.month <= up_to)) or ""


def months_around(session: Session, month: str) -> tuple[str, str]:
    """The months with sheets before and after a month, "" where there is none."""
    before = session.scalar(select(func.max(MonthSheet.month)).where(MonthSheet.month < month))
    after = session.scalar(select(func.min(MonthSheet.month)).where(MonthSheet.month > month))
    return before or "", after or ""


def _shown() -> Select[tuple[MonthSheet]]:
    return select(MonthSheet).options(
        joinedload(MonthSheet.assignment).joinedload(Assignment.task),
        joinedload(MonthSheet.unit),
        selectinload(MonthSheet.versions),
    )


def by_assignment(session: Session, assignment_ids: Sequence[int]) -> dict[int, MonthSheet]:
    """Assignment → its sheet with the lines, for those that are sheets."""
    statement = (
        select(MonthSheet).where(MonthSheet.assignment_id.in_(assignment_ids)).options(selectinload(MonthSheet.lines))
    )
    return {sheet.assignment_id: sheet for sheet in session.scalars(statement)}


def sheet_lines(session: Session, rows: Sequence[Assignment]) -> dict[int, list[str]]:
    """Assignment → the titles of its sheet's lines, for those among some rows that are sheets."""
    wanted = [row.id for row in rows if row.task.via == VIA]
    found = by_assignment(session, wanted) if wanted else {}
    return {assignment_id: [line.title for line in sheet.lines] for assignment_id, sheet in found.items()}
