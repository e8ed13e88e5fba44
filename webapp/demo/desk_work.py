"""What else lies on a desk of the demo: drafts, groups of units, a disaster order, delegations, remarks, answered sheets."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp.access import Viewer, acting_as
from webapp.accountability import drafts, orders, remarks
from webapp.accountability.models import Assignment
from webapp.accountability.rules import OPEN, TaskTerms
from webapp.clock import CHINA
from webapp.demo import recurring
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, COUNTY, Places
from webapp.org import groups
from webapp.org.models import Delegation, Posting
from webapp.org.queries import valid_grants
from webapp.policy.workdays import WorkCalendar
from webapp.sheets import service as sheets
from webapp.sheets.models import MonthSheet
from webapp.sheets.rules import Answer

FLOODED = "533323202"
"""The township whose clocks stand still."""
ANSWERED = 4
"""So many villages have answered the month sheet."""


def add(session: Session, staff: Staff, calendar: WorkCalendar, places: Places, rng: Random, today: date) -> None:
    """Write all of it, dated on the last working days."""
    before = calendar.add_workdays(today, -1)
    if before <= recurring.LAST:
        return  # the closed months do not depend on the day
    county = _viewer(session, staff, "order.write", COUNTY, before)
    with acting_as(session, county):
        _groups(session, places, before)
        _drafts(session, places, calendar, rng, before)
        orders.make(session, _order(calendar, before), _at(before, 18))
    _delegations(session, staff, calendar, today)
    _remarks(session, staff, county, before)
    _sheets(session, staff, rng, before)
    session.flush()


def _groups(session: Session, places: Places, day: date) -> None:
    own = [code for code in places.villages if code.startswith(FLOODED)]
    for name, codes in (("沿江村（演示）", places.villages[1::9]), ("地质灾害隐患点较多的村（演示）", own[:5])):
        wanted = groups.Wanted(COUNTY, name, "县级台账（演示）", tuple(sorted(codes)))
        groups.save(session, wanted, _at(day, 9))


def _drafts(session: Session, places: Places, calendar: WorkCalendar, rng: Random, day: date) -> None:
    """One finished but for a look by a colleague, one just begun with a day that nobody can read."""
    terms = TaskTerms(
        title="冬春灌溉水渠清淤安排（演示）",
        content="核对本村灌溉水渠淤堵位置，能自行清理的先清理，需要上级安排的写明地点。",
        basis="演示〔2026〕63号",
        evidence="点位清单或“无变化”",
        minutes=25,
        due_on=calendar.add_workdays(day, 9),
    )
    begun = TaskTerms("春节前低温天气物资准备（演示）", "", "", "", 0, date.min)
    for number, (one, units, unread) in enumerate(
        ((terms, places.villages[1::9], {}), (begun, [], {"due_on": "小年以前", "minutes": "半天"}))
    ):
        drafts.save(
            session,
            one,
            units,
            issuer_code=COUNTY,
            request_id=str(UUID(int=rng.getrandbits(128), version=4)),
            at=_at(day, 14 + number),
            unread=unread,
        )


def _order(calendar: WorkCalendar, day: date) -> orders.Wanted:
    return orders.Wanted(
        unit_code=COUNTY,
        document_no=f"演示〔{day.year}〕58号",
        title="关于启动低温雨雪冰冻灾害Ⅳ级应急响应的通知（演示）",
        units=[FLOODED],
        starts_on=day,
        ends_on=calendar.add_workdays(day, 3),
    )


def _delegations(session: Session, staff: Staff, calendar: WorkCalendar, today: date) -> None:
    """Approvals of a county desk, passed to the supervisor while its holder was away: once over, once until next week."""
    giver = staff.with_permission("task.verify", COUNTY, today)[0]
    receiver = next(post for post in staff.on_post(COUNTY, today) if post.role == "supervisor")
    for first, last, reason in ((-12, -9, "到州里参加培训"), (-1, 3, "下乡调研")):
        starts_on = calendar.add_workdays(today, first)
        session.add(
            Delegation(
                unit_code=COUNTY,
                posting_id=giver.id,
                to_person_id=receiver.person_id,
                starts_on=starts_on,
                ends_on=calendar.add_workdays(today, last),
                reason=reason,
                made_at=_at(starts_on - timedelta(days=1), 16),
            )
        )


def _remarks(session: Session, staff: Staff, county: Viewer, day: date) -> None:
    """A question of the first demo village on an open task, and the answer of the desk."""
    village = ACCOUNT_VILLAGES[0]
    open_here = select(Assignment).where(Assignment.unit_code == village, Assignment.state.in_(OPEN))
    row = session.scalars(open_here.order_by(Assignment.due_on.desc(), Assignment.id).limit(1)).first()
    if row is None:
        return
    for number, (viewer, text) in enumerate(
        (
            (
                _viewer(session, staff, "task.answer", village, day),
                "三组的点位去年已经报过，今年没有变化，是否还要逐个写？",
            ),
            (county, "没有变化的写“无变化”即可，不用逐个写。"),
        )
    ):
        with acting_as(session, viewer):
            remarks.write(
                session,
                row.id,
                request_id=f"00000000-0000-4000-8000-{day:%Y%m%d}{number:04d}",
                text=text,
                chosen=(),
                at=_at(day, 10 + number),
            )


def _sheets(session: Session, staff: Staff, rng: Random, day: date) -> None:
    """The month sheet as a few villages have sent it; the demo's own villages still have theirs to answer."""
    statement = (
        select(MonthSheet)
        .join(Assignment, Assignment.id == MonthSheet.assignment_id)
        .where(Assignment.state == "issued", MonthSheet.unit_code.not_in(ACCOUNT_VILLAGES), Assignment.issued_on < day)
        .options(selectinload(MonthSheet.lines))
        .order_by(MonthSheet.unit_code)
    )
    for sheet in session.scalars(statement.limit(ANSWERED)).all():
        answers = {
            line.id: Answer(no_change=bool(number), text="" if number else "已按要求办理，情况见村务公开栏。")
            for number, line in enumerate(sheet.lines)
        }
        if not staff.with_permission("task.answer", sheet.unit_code, day):
            continue
        with acting_as(session, _viewer(session, staff, "task.answer", sheet.unit_code, day)):
            sheets.send(
                session,
                sheet.unit_code,
                sheet.month,
                answers,
                request_id=str(UUID(int=rng.getrandbits(128), version=4)),
                seen=sheet.current,
                at=_at(day, 15),
            )


def _viewer(session: Session, staff: Staff, permission: str, unit_code: str, day: date) -> Viewer:
    post: Posting = staff.with_permission(permission, unit_code, day)[0]
    grants = valid_grants(session, post.person_id, day)
    return Viewer("account", post.person.name, person_id=post.person_id, grants=grants)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 30), CHINA)
