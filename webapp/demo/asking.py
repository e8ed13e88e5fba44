"""Upward requests of the demo: one answered in the past, one that waits for the township, one passed on to the county."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, COUNTY
from webapp.org.models import Posting
from webapp.policy.workdays import WorkCalendar
from webapp.upward.models import UpwardEvent, UpwardRequest

LAST = date(2026, 10, 31)
"""What was answered belongs to the closed months."""


def add(session: Session, staff: Staff, calendar: WorkCalendar, today: date) -> None:
    """Write the three requests of the first demo village; open ones are dated from the day of loading."""
    village = ACCOUNT_VILLAGES[0]
    township = village[:9]
    answered = date(2026, 10, 12)
    if answered + timedelta(days=30) < today:
        row = _asked(session, staff, calendar, answered, "approval", "村民文化室改为便民服务点")
        _then(staff, row, "acknowledge", township, "desk", calendar.add_workdays(answered, 1))
        row.state, row.outcome, row.answered_on = "answered", "agreed", calendar.add_workdays(answered, 4)
        row.answer = "同意改用，产权和用途变更由镇便民服务中心协助登记。"
        _then(staff, row, "answer", township, "desk", row.answered_on, row.answer)
    lately = calendar.add_workdays(today, -2)
    _asked(session, staff, calendar, lately, "coordination", "协调电信公司修复二组通信线路")
    earlier = calendar.add_workdays(today, -4)
    row = _asked(session, staff, calendar, earlier, "funds", "补助三组饮水管道更换材料费", 86_000)
    row.asked_code, row.due_on = COUNTY, calendar.add_workdays(earlier, 8)
    reason = "镇级没有这笔资金，请县级统筹。"
    _then(staff, row, "pass", township, "desk", calendar.add_workdays(earlier, 2), reason)
    session.flush()


def _asked(
    session: Session,
    staff: Staff,
    calendar: WorkCalendar,
    day: date,
    kind: str,
    title: str,
    amount_yuan: int | None = None,
) -> UpwardRequest:
    village = ACCOUNT_VILLAGES[0]
    who, due_on = _of(staff, village, "secretary", day), calendar.add_workdays(day, 6)
    row = UpwardRequest(
        form_id=f"00000000-0000-4000-8000-{day:%Y%m%d}{len(title):04d}",
        unit_code=village,
        asked_code=village[:9],
        first_asked_code=village[:9],
        kind=kind,
        title=f"{title}（演示）",
        content="情况已经村“两委”研究，所列事项村里没有条件自行解决。",
        amount_yuan=amount_yuan,
        state="asked",
        asked_on=day,
        due_on=due_on,
        first_due_on=due_on,
        asked_by_id=who.person_id,
        asked_by_name=who.person.name,
        changed_at=_moment(day),
    )
    session.add(row)
    _then(staff, row, "ask", village, "secretary", day)
    return row


def _then(
    staff: Staff, row: UpwardRequest, kind: str, unit: str, role: str, day: date, text: str | None = None
) -> None:
    who = _of(staff, unit, role, day)
    row.changed_at = _moment(day)
    row.events.append(
        UpwardEvent(
            unit_code=row.unit_code,
            at=_moment(day),
            kind=kind,
            person_id=who.person_id,
            actor_name=who.person.name,
            actor_unit=unit,
            asked_code=row.asked_code,
            due_on=row.due_on,
            text=text,
        )
    )
    if kind == "acknowledge":
        row.state = "acknowledged"


def _of(staff: Staff, unit: str, role: str, day: date) -> Posting:
    return next(posting for posting in staff.on_post(unit, day) if posting.role == role)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(10, 20), CHINA)
