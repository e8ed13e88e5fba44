"""The issuing desk's own lists as tables for a spreadsheet: drafts and issued tasks, and disaster orders."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability import drafts
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.order_models import DisasterOrder
from webapp.org.queries import names
from webapp.spreadsheets import Row

DRAFT_HEADINGS = ("任务名称", "状态", "定时下达", "下达单位", "已选承办单位（个）", "依据文件", "文号", "截止日期")
ISSUED_HEADINGS = ("任务名称", "任务编号", "状态", "应急", "下达单位", "依据文件", "文号", "下达日期", "截止日期")
ORDER_HEADINGS = (
    "文号",
    "文件名称",
    "暂停单位",
    "开始日期",
    "结束日期",
    "原定结束日期",
    "提前结束",
    "登记单位",
    "登记人",
    "登记日期",
)


def draft_rows(tasks: Iterable[AccountabilityTask]) -> Iterator[Row]:
    """One row a draft or scheduled task; a day that could not be read is left empty, as on the page."""
    for task in tasks:
        yield (
            task.title,
            "正在下达" if task.issuing_since else task.refusal or ("定时下达" if task.scheduled_for else "草稿"),
            drafts.scheduled_words(task),
            task.issuer.name,
            len(task.targets),
            task.basis,
            task.document_no,
            None if "due_on" in task.unread else task.due_on,
        )


def issued_rows(tasks: Iterable[AccountabilityTask]) -> Iterator[Row]:
    """One row a task that was issued, also when it was recalled later."""
    for task in tasks:
        yield (
            task.title,
            task.number,
            "已撤回" if task.state == "recalled" else "已下达",
            "是" if task.urgent else "否",
            task.issuer.name,
            task.basis,
            task.document_no,
            clock.day_of(task.issued_at) if task.issued_at else None,
            task.due_on,
        )


def order_rows(session: Session, orders: Iterable[DisasterOrder]) -> Iterator[Row]:
    """One row an order, with all units whose clocks it stops."""
    known: dict[str, str] = {}
    for row in orders:
        known |= names(session, {row.unit_code, *row.units} - known.keys())
        yield (
            row.document_no,
            row.title,
            _units(row, known),
            row.starts_on,
            row.ends_on,
            row.first_ends_on,
            "是" if row.ended_at else "否",
            known.get(row.unit_code, ""),
            row.made_by_name,
            clock.day_of(row.made_at),
        )


def _units(row: DisasterOrder, known: Mapping[str, str]) -> str:
    return "、".join(known.get(code, code) for code in row.units)
