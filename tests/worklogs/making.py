"""Rows of these tests: an entry, a task at a village."""

import uuid
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from tests import factories
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.sheets.models import MonthSheet, SheetLine
from webapp.worklogs.bindings import Kind, Target
from webapp.worklogs.rules import Entry

ID = "0b7cbe6a-1f0c-4b57-8f3b-6f2b1f6d0c11"
LEDGER_ROWS = {7: "危房台账第七行", 8: "危房台账第八行"}
LEDGER = Kind(
    "ledger",
    "ledger_rows",
    "台账事项",
    "用于哪些台账事项",
    lambda _session, units: [Target(id_, title, "", units[0]) for id_, title in LEDGER_ROWS.items() if units],
    lambda _session, _unit, ids: {id_: title for id_, title in LEDGER_ROWS.items() if id_ in ids},
)
"""A kind of row that no code of ours knows: what it says here is all that logs have of it."""


def entry(**changes: object) -> Entry:
    usual = Entry(factories.VILLAGE, date(2026, 11, 4), "service", "走访三户")
    return replace(usual, **changes)  # type: ignore[arg-type]


def assignment(session: Session, unit_code: str, state: str = "issued", title: str = "排查饮水管网") -> Assignment:
    """A task of the county desk at one village, issued on 2026-11-02, due on 2026-11-20."""
    task = AccountabilityTask(
        request_id=str(uuid.uuid4()),
        state="issued",
        title=title,
        content="逐户查看。",
        basis="福政办〔2026〕1号",
        evidence="排查清单",
        minutes=30,
        issuer_code=factories.COUNTY,
        issued_by_name="测试",
        drafted_at=factories.at("2026-11-02 09:00"),
        issued_at=factories.at("2026-11-02 09:00"),
        due_on=date(2026, 11, 20),
    )
    session.add(task)
    session.flush()
    row = Assignment(
        task_id=task.id,
        unit_code=unit_code,
        issuer_code=factories.COUNTY,
        state=state,
        issued_on=date(2026, 11, 2),
        due_on=date(2026, 11, 20),
        first_due_on=date(2026, 11, 20),
        changed_at=factories.at("2026-11-02 09:00"),
    )
    session.add(row)
    session.flush()
    return row


def sheet_line(session: Session, unit_code: str, title: str) -> int:
    """A line of the village's open sheet of November 2026; returns its id."""
    sheet = MonthSheet(assignment_id=assignment(session, unit_code).id, unit_code=unit_code, month="2026-11")
    session.add(sheet)
    session.flush()
    line = SheetLine(
        sheet_id=sheet.id,
        unit_code=unit_code,
        template_code="T-1",
        period="2026-11",
        position=1,
        title=title,
        evidence="sheet_line",
        minutes=5,
    )
    session.add(line)
    session.flush()
    return line.id
