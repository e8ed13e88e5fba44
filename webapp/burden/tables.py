"""The tables of the ledger for a spreadsheet: each names its issuer and its end date (X-20)."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy.orm import Session

from webapp import clock
from webapp.burden.complaints import due_on
from webapp.burden.directory import KINDS, state_words
from webapp.burden.flags import KINDS as FLAG_KINDS
from webapp.burden.flags import STATES as FLAG_STATES
from webapp.burden.flags import labelled
from webapp.burden.models import BurdenEntry, Complaint, Demand, DuplicateFlag
from webapp.burden.queries import AskedDemand
from webapp.burden.report import IssuerLine
from webapp.org.codes import full
from webapp.policy.calendar import work_calendar
from webapp.spreadsheets import Row

LEDGER_HEADINGS = (
    "事项",
    "要求单位",
    "截止日期",
    "预计用时（分钟）",
    "自报用时（分钟）",
    "需填的填报项",
    "是否常规",
    "目录编号",
)


def ledger_rows(entries: Iterable[BurdenEntry]) -> list[Row]:
    """One unit's own month."""
    return [
        (
            entry.title,
            entry.issuer.name,
            entry.due_on,
            entry.minutes,
            entry.minutes_stated,
            entry.fields,
            "是" if entry.regular else "否",
            entry.demand.directory_no if entry.demand is not None else None,
        )
        for entry in entries
    ]


ASKED_HEADINGS = ("事项", "目录编号", "要求单位", "单位数", "每单位预计用时（分钟）", "每单位需填的填报项", "是否常规")


def asked_rows(demands: Iterable[AskedDemand]) -> list[Row]:
    """What units asked in a month, one row a demand."""
    return [
        (
            one.title,
            one.directory_no or None,
            one.issuer_name,
            one.units,
            one.minutes,
            one.fields,
            "是" if one.regular else "否",
        )
        for one in demands
    ]


REPORT_HEADINGS = (
    "要求单位",
    "区划代码",
    "事项数",
    "其中常规",
    "需填的填报项合计",
    "预计用时合计（分钟）",
    "自报用时中位数（分钟）",
    "提示已有数据（次）",
    "其中采纳",
    "发出催办（次）",
)


def report_rows(lines: Iterable[IssuerLine]) -> list[Row]:
    """The report by issuer, in the order of codes."""
    return [
        (
            line.issuer_name,
            full(line.issuer_code),
            line.demands,
            line.regular,
            line.fields,
            line.minutes,
            line.stated,
            line.flags,
            line.upheld,
            line.reminders,
        )
        for line in lines
    ]


DIRECTORY_HEADINGS = (
    "目录编号",
    "名称",
    "类别",
    "责任单位",
    "依据",
    "文号",
    "停用日期",
    "状态",
    "需填的填报项",
    "预填的填报项",
)


def directory_rows(demands: Iterable[Demand], on: date) -> list[Row]:
    """The form directory."""
    return [
        (
            one.directory_no,
            one.title,
            KINDS.get(one.kind, "表单"),
            one.owner_name,
            one.basis,
            one.document_no,
            one.ended_on or one.ends_on,
            state_words(one, on),
            sum(field.mode == "enter" for field in one.fields),
            sum(field.mode == "prefill" for field in one.fields),
        )
        for one in demands
    ]


FLAG_HEADINGS = (
    "要求",
    "涉及内容",
    "情况",
    "提出单位",
    "区划代码",
    "提出人",
    "提出日期",
    "说明",
    "要求单位",
    "状态",
    "答复人",
    "答复日期",
    "答复",
)


def flag_rows(rows: Iterable[DuplicateFlag]) -> Iterator[Row]:
    """One row a flag, with who told it: it is told by name."""
    for one in rows:
        yield (
            one.demand.title,
            labelled(one),
            FLAG_KINDS[one.kind],
            one.unit.name,
            full(one.unit_code),
            one.person_name,
            clock.day_of(one.flagged_at),
            one.words,
            one.owner.name,
            FLAG_STATES[one.state],
            one.answered_by_name,
            clock.day_of(one.answered_at) if one.answered_at else None,
            one.answer,
        )


COMPLAINT_HEADINGS = ("提交日期", "内容", "状态", "答复期限", "答复日期", "答复")


def complaint_rows(session: Session, rows: Iterable[Complaint]) -> Iterator[Row]:
    """What the office's page says, no more: no receipt, no number, nothing that leads to who handed it in (X-11)."""
    calendar = work_calendar(session)
    for one in rows:
        state = "待答复" if one.answer is None else "已答复"
        yield one.day, one.text, state, due_on(session, one, calendar), one.answered_on, one.answer
