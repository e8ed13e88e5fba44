"""Presence in the demo: a spot check that found its person on post, a roster, and one month that is confirmed."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

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
    window = window_of(MONTH)
    at = _moment(date(2026, 11, 3), 9)
    found = gather(session, township, window)
    rows = confirming.listed(found.postings, found.days)
    desk = _of(staff, township, "desk", at.date())
    month = PresenceMonth(unit_code=township, month=MONTH, current=1)
    month.lists.append(
        PresenceList(
            unit_code=township,
            number=1,
            people=rows,
            digest=confirming.digest_of(rows),
            confirmed_at=at,
            confirmed_by_id=desk.person_id,
            confirmed_by_name=desk.person.name,
        )
    )
    session.add(month)


def _of(staff: Staff, unit: str, role: str, day: date) -> Posting:
    return next(posting for posting in staff.on_post(unit, day) if posting.role == role)


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 20), CHINA)
