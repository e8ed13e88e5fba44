"""A village with its open month sheet, and the people who answer and read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.burden.models import BurdenEntry
from webapp.policy import calendar
from webapp.sheets import opening, service
from webapp.sheets.models import MonthSheet
from webapp.sheets.rules import Answer

OPENED_ON = date(2026, 12, 1)
OPENED = factories.at("2026-12-01 09:00")
SENT = factories.at("2026-12-20 10:00")
MONTH = "2026-12"


@dataclass
class Places:
    """Who works where."""

    village: Viewer
    township: Viewer
    second: Viewer
    county: Viewer


def people(session: Session) -> Places:
    calendar.seed(session)
    return Places(
        village=factories.viewer(session, "secretary", VILLAGE),
        township=factories.viewer(session, "desk", TOWNSHIP),
        second=factories.viewer(session, "desk", TOWNSHIP),
        county=factories.viewer(session, "desk", COUNTY),
    )


def opened(session: Session, on: date = OPENED_ON, root: str = "") -> opening.Opening:
    found = opening.open_sheets(session, on, root=root, at=factories.at(f"{on} 09:00"))
    session.flush()
    return found


def sheet_at(session: Session, unit: str = VILLAGE, month: str = MONTH) -> MonthSheet:
    return session.scalars(select(MonthSheet).where(MonthSheet.unit_code == unit, MonthSheet.month == month)).one()


def unchanged(sheet: MonthSheet, **written: str) -> dict[int, Answer]:
    """无变化 for every line, but for templates given with words: unchanged(sheet, WA02_T1="新增线索 1 条")."""
    words = {code.replace("_", "-"): text for code, text in written.items()}
    return {
        line.id: Answer(False, words[line.template_code]) if line.template_code in words else Answer(True)
        for line in sheet.lines
    }


def send(
    session: Session,
    viewer: Viewer,
    sheet: MonthSheet,
    answers: Mapping[int, Answer],
    *,
    at: datetime = SENT,
    seen: int | None = None,
    request_id: str | None = None,
    paper_on: date | None = None,
    reason: str | None = None,
    minutes: int | None = None,
) -> MonthSheet:
    with acting_as(session, viewer):
        return service.send(
            session,
            sheet.unit_code,
            sheet.month,
            answers,
            request_id=request_id or str(uuid4()),
            seen=sheet.current if seen is None else seen,
            at=at,
            paper=paper_on is not None,
            paper_on=paper_on,
            reason=reason,
            minutes_taken=minutes,
        )


def asked_else(session: Session, month: date, *, minutes: int, regular: bool) -> None:
    """Something else in the village's ledger of a month."""
    session.add(
        BurdenEntry(
            unit_code=VILLAGE, month=month, issuer_code=COUNTY, key="other", title="另一项", minutes=minutes, regular=regular
        )
    )  # fmt: skip
