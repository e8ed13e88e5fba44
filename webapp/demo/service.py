"""Loading the demo county: real places, invented people and work, the same for the closed months on whatever day."""

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.clock import CHINA
from webapp.delivery.models import Subscription
from webapp.demo import (
    accounts,
    asking,
    away,
    desk_work,
    handovers,
    issues,
    logs,
    one_off,
    open_tasks,
    people,
    places,
    presence,
    recurring,
    sheets,
    supervising,
    support,
    teams,
    visits,
)
from webapp.demo.issuing import Desk
from webapp.demo.people import Staff
from webapp.demo.places import COUNTY
from webapp.errors import Refused
from webapp.evaluation.models import Assessment
from webapp.org.models import Person
from webapp.policy.calendar import seed, work_calendar

SEED = "福贡县演示"
PLAN_NUMBER = "演示〔2026〕5号"


def load(session: Session, master_key: bytes) -> bool:
    """Write the demo into an instance without people; False when it is there already.

    The closed months 2025-11 to 2026-10 do not depend on the day; open tasks are dated from today. Raises `Refused`
    where people who are not of the demo are enrolled: invented rows must never stand among real ones.
    """
    if session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None:
        return False
    if session.scalar(select(Person.id).limit(1)) is not None:
        raise Refused("系统中已有正式人员，不能放入演示数据。请另设一个实例目录（DANDANG_INSTANCE）后再试。")
    today = clock.today()
    seed(session)
    calendar = work_calendar(session)
    where = places.add(session, _lot("places"))
    staff = people.add(session, where, _lot("people"), today)
    desk = Desk(session, staff, calendar, _lot("tasks"), min(today, recurring.LAST))
    recurring.issue(desk, where, calendar, _lot("recurring"))
    one_off.issue(desk, where, calendar, _lot("matters"))
    desk.book_burden()
    logs.write(session, staff, where, desk.issued, _lot("logs"))
    now = Desk(session, staff, calendar, _lot("open"), today - timedelta(days=1))
    open_tasks.issue(now, where, calendar, _lot("standing"), today)
    now.book_burden()
    sheets.open_month(session, calendar, today)
    issues.run(session, staff, calendar, where.townships, today)
    supervising.run(session, staff, calendar, today)
    asking.add(session, staff, calendar, today)
    desk_work.add(session, staff, calendar, where, _lot("desk"), today)
    teams.add(session, staff, where)
    handovers.add(session, today)
    visits.add(session, staff, where, _lot("visits"))
    away.add(session, staff, calendar, today, master_key)
    presence.add(session, staff, today)
    support.add(session, staff, today)
    _assessment(session)
    _subscription(session, staff)
    accounts.add(session, staff, where, master_key)
    audit.record(session, "demo.load", "division", COUNTY, unit_code=COUNTY, after={"seed": SEED})
    session.flush()
    return True


def _lot(part: str) -> Random:
    """A generator for each part: a change in one part does not move the others."""
    return Random(f"{SEED}:{part}")  # noqa: S311 - invented facts, nothing secret


def _assessment(session: Session) -> None:
    session.add(
        Assessment(
            plan_number=PLAN_NUMBER,
            title="2026年上半年责任落实考核（演示）",
            unit_code=COUNTY,
            period="2026H1",
            plan_approved_on=date(2026, 1, 20),
            scheme_slug="standing-provisional-2026",
            scheme_version=1,
            opened_at=datetime(2026, 6, 22, 9, 30, tzinfo=CHINA),
            opened_by="福贡县委组织部（演示）",
        )
    )


def _subscription(session: Session, staff: Staff) -> None:
    leader = next(p for p in staff.by_unit[COUNTY] if p.role == "leader")
    session.add(
        Subscription(
            kind="period-report",
            unit_code=COUNTY,
            cadence="month",
            recipient_id=leader.person_id,
            first_window="2026-10",
            # What was asked for only now is not late, whatever day the demo is set up.
            created_at=clock.now(),
        )
    )
