"""Presence in the demo: a spot check that found its person on post, a roster, and the months that are confirmed."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, COUNTY
from webapp.org.models import Posting
from webapp.org.rules import STATIONED
from webapp.presence import confirming
from webapp.presence.days import gather
from webapp.presence.models import Inspection, InspectionEvent, InspectionPlan
from webapp.presence.month_models import PresenceList, PresenceMonth, RosterEntry
from webapp.presence.roster import shifts_of
from webapp.presence.rules import Window, last_day, window_of

CHECKED = date(2026, 10, 14)
MONTH = "2026-10"


def add(session: Session, staff: Staff, today: date) -> None:
    """Write the rows; what lies after the day of loading is left out."""
    village = ACCOUNT_VILLAGES[0]
    _roster(session, staff, village, today)
    if today > CHECKED:
        _check(session, staff, village)
    _answered(session)
    if window_of(MONTH).last + timedelta(days=5) < today:
        _confirmed(session, staff, village[:9])
    session.flush()


def _check(session: Session, staff: Staff, village: str) -> None:
    posts = [post for post in staff.on_post(village, CHECKED) if post.role in STATIONED]
    inspector, at = _of(staff, COUNTY, "supervisor", CHECKED), _moment(CHECKED, 10)
    drawn_at = at - timedelta(days=2)
    plan = InspectionPlan(
        request_id="00000000-0000-4000-8000-000020261014",
        unit_code=COUNTY,
        seed="20261012",
        first_on=drawn_at.date(),
        last_on=last_day(CHECKED),
        size=1,
        population=sum(
            post.role in STATIONED and post.covers(CHECKED) for own in staff.by_unit.values() for post in own
        ),
        inspector_id=inspector.person_id,
        inspector_name=inspector.person.name,
        drawn_at=drawn_at,
        drawn_by_id=inspector.person_id,
        drawn_by_name=inspector.person.name,
    )
    row = Inspection(
        plan=plan,
        posting_id=posts[0].id,
        person_id=posts[0].person_id,
        unit_code=village,
        root_code=COUNTY,
        inspector_id=inspector.person_id,
        inspector_name=inspector.person.name,
        state="closed",
        inspected_at=at,
        finding="present",
        finding_text="在村委会参加群众会。",
        outcome="present",
        changed_at=at,
    )
    for kind, when, text in (("draw", drawn_at, None), ("find", at, row.finding_text)):
        row.events.append(
            InspectionEvent(
                unit_code=village,
                person_id=row.person_id,
                kind=kind,
                at=when,
                actor_id=inspector.person_id,
                actor_name=inspector.person.name,
                text=text,
            )
        )
    session.add(row)


def _roster(session: Session, staff: Staff, village: str, today: date) -> None:
    """The month of loading: the team takes turns."""
    window = Window("month", today.replace(day=1), last_day(today))
    for day in window.days:
        team = [post for post in staff.on_post(village, day) if post.role in STATIONED]
        for number, shift in enumerate(shifts_of(session, day)):
            if team:
                post = team[(day.day + number) % len(team)]
                session.add(
                    RosterEntry(
                        unit_code=village,
                        day=day,
                        shift=shift,
                        person_id=post.person_id,
                        person_name=post.person.name,
                        changed_at=_moment(window.first, 9),
                        changed_by_name=team[0].person.name,
                    )
                )


def _confirmed(session: Session, staff: Staff, township: str) -> None:
    """A list that was confirmed before its duty is answered."""
    if confirming.month_of(session, township, MONTH) is None:
        at = _moment(date(2026, 11, 3), 9)
        found = gather(session, township, window_of(MONTH))
        desk = _of(staff, township, "desk", at.date())
        rows = confirming.listed(found.postings, found.days)
        session.add(_month(township, MONTH, rows, at, desk.person_id, desk.person.name))


def _answered(session: Session) -> None:
    """The list of each month whose duty was answered: nothing but the list answers it."""
    duties = (
        select(Assignment)
        .join(Assignment.task)
        .where(AccountabilityTask.template_code == confirming.DUTY, Assignment.last_reported_on.is_not(None))
        .options(contains_eager(Assignment.task), selectinload(Assignment.events))
        .order_by(AccountabilityTask.period, Assignment.unit_code)
    )
    for month, rows in groupby(session.scalars(duties).all(), key=lambda row: row.task.period or ""):
        found = gather(session, COUNTY, window_of(month))
        for row in rows:
            told = [event for event in row.events if event.kind == "report"]
            row.report_text = confirming.ANSWER
            for event in told:
                event.text = confirming.ANSWER
            own = [post for post in found.postings if post.unit_code.startswith(row.unit_code)]
            first, people = told[0], confirming.listed(own, found.days)
            session.add(_month(row.unit_code, month, people, first.at, first.person_id, first.actor_name))
    session.flush()


def _month(
    township: str, month: str, people: list[dict[str, Any]], at: datetime, person_id: int | None, name: str
) -> PresenceMonth:
    row = PresenceMonth(unit_code=township, month=month, current=1)
    row.lists.append(
        PresenceList(
            unit_code=township,
            number=1,
            people=people,
            digest=confirming.digest_of(people),
            confirmed_at=at,
            confirmed_by_id=person_id,
            confirmed_by_name=name,
        )
    )
    return row


def _of(staff: Staff, unit: str, role: str, day: date) -> Posting:
    return next(posting for posting in staff.on_post(unit, day) if posting.role == role)


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 20), CHINA)
