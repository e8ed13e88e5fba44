"""The lines of the demo's hand-overs: what was open in the village on the leaver's last day, and what only the leaver knew."""

import uuid
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.rules import SHEET
from webapp.clock import CHINA
from webapp.handover.models import HandoverLine
from webapp.handover.sources import Found
from webapp.org.models import Handover, Posting

_SPACE = uuid.UUID("0c9f5a2e-7f27-4a37-8a0b-2f3f4f0f7a61")
TYPED = (
    ("project", "草果烘干房续建（演示）", "村两委已通过，等乡镇批复；资金由派出单位协调。"),
    ("contract", "合作社与收购企业的收购协议（演示）", "协议存村委会档案柜，次年3月到期。"),
    ("contact", "村民小组长联系安排（演示）", "各组组长由村党总支书记介绍见面。"),
    ("paper", "驻村工作台账和会议记录（演示）", "纸质一盒，存驻村工作队办公室。"),
    ("asset", "办公电脑一台、打印机一台（演示）", "派出单位配发，留村使用。"),
)
OPEN_TASKS = 4


def add(session: Session, today: date) -> None:
    """Give each hand-over its list; those that nobody accepted in time have passed by themselves, one stands open."""
    statement = select(Handover).options(joinedload(Handover.leaver), joinedload(Handover.successor))
    for row in session.scalars(statement.order_by(Handover.unit_code)).all():
        ended = row.leaver.ends_on
        if ended is None:
            continue
        row.listed_on = min(ended, today)
        if (row.done_on or today) > row.due_on:
            row.passed_on = row.due_on + timedelta(days=1)
        state = "passed" if row.passed_on else "accepted" if row.done_on else "open"
        for one in _open_then(session, row.unit_code, row.listed_on) if row.leaver.role == "first_secretary" else ():
            session.add(_line(row, state, **vars(one)))
        for kind, title, detail in TYPED:
            number = str(uuid.uuid5(_SPACE, f"{row.unit_code}:{ended}:{kind}"))
            line = _line(row, state, kind=kind, source=number, title=title, detail=detail)
            line.added_by_id = row.leaver.person_id
            session.add(line)
    session.flush()


def _open_then(session: Session, unit_code: str, ended: date) -> list[Found]:
    """Tasks of a village that had been issued and were not reported on a day, the earliest due first."""
    statement = (
        select(Assignment)
        .join(Assignment.task)
        .where(
            Assignment.unit_code == unit_code,
            Assignment.issued_on <= ended,
            or_(Assignment.first_reported_on.is_(None), Assignment.first_reported_on > ended),
            or_(AccountabilityTask.via.is_(None), AccountabilityTask.via != SHEET),
        )
        .options(joinedload(Assignment.task))
        .order_by(Assignment.due_on, Assignment.id)
        .limit(OPEN_TASKS)
    )
    return [
        Found("task", f"task:{row.id}", row.task.title, row.due_on, f"/tasks/assignments/{row.id}")
        for row in session.scalars(statement)
    ]


def _line(row: Handover, state: str, **said: object) -> HandoverLine:
    line = HandoverLine(handover_id=row.id, unit_code=row.unit_code, state=state, **said)
    taker: Posting | None = row.successor
    if state == "accepted" and taker is not None and row.done_on is not None:
        line.accepted_by_id, line.accepted_at = taker.person_id, datetime.combine(row.done_on, time(10), CHINA)
    return line
