"""值班表: who is on duty in a unit at night and on days of rest; one person a shift, edited a month at a time."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import below, viewer_of
from webapp.errors import Conflict, Forbidden, Refused
from webapp.org.models import Person, Posting
from webapp.org.queries import valid_between
from webapp.policy.calendar import work_calendar
from webapp.policy.models import CalendarDay
from webapp.presence.month_models import SHIFTS, RosterEntry
from webapp.presence.rules import Window

WRITE = "roster.write"
ON_DUTY = ("secretary", "deputy", "desk", "first_secretary", "team_member")
Slot = tuple[date, str]


def entries(session: Session, unit_code: str, window: Window) -> dict[Slot, RosterEntry]:
    """Day and shift → entry of a unit."""
    statement = select(RosterEntry).where(
        RosterEntry.unit_code == unit_code, RosterEntry.day.between(window.first, window.last)
    )
    return {(row.day, row.shift): row for row in session.scalars(statement.order_by(RosterEntry.day))}


def shifts_of(session: Session, day: date) -> tuple[str, ...]:
    """Nights always; days only when offices rest."""
    return ("night",) if work_calendar(session).is_workday(day) else ("day", "night")


def holiday_names(session: Session, window: Window) -> dict[date, str]:
    """Day → the name under which the published list has it, for holidays and make-up working days."""
    listed = select(CalendarDay.day, CalendarDay.name).where(CalendarDay.day.between(window.first, window.last))
    return dict(session.execute(listed).tuples().all())


def candidates(session: Session, unit_code: str, window: Window) -> list[Person]:
    """People in office in a unit at some time of the window, a village's team among them, in the order of their posts."""
    statement = (
        select(Posting)
        .where(
            Posting.unit_code == unit_code if len(unit_code) > 9 else below(Posting.unit_code, unit_code),  # noqa: PLR2004
            Posting.role.in_(ON_DUTY),
            valid_between(window.first, window.last),
        )
        .order_by(Posting.unit_code, Posting.id)
    )
    return list({post.person_id: post.person for post in session.scalars(statement)}.values())


def fingerprint(known: Mapping[Slot, RosterEntry]) -> str:
    """What a month's roster is now, so that a stale page is noticed."""
    lines = [f"{day}{shift}{row.person_id}" for (day, shift), row in sorted(known.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def save(
    session: Session, unit_code: str, window: Window, wanted: Mapping[Slot, int | None], *, seen: str, at: datetime
) -> int:
    """Make the roster what was chosen; gives how many shifts changed. The same again changes nothing.

    Days that are over stay as they are: what was is no plan. Raises `Forbidden`, `Refused` naming the day, `Conflict`.
    """
    viewer = viewer_of(session)
    if not any(unit_code.startswith(own) for own in viewer.units_with(WRITE)):
        raise Forbidden("值班表由本村或者所在乡镇编排，您现任岗位不能代办。")
    known, today = entries(session, unit_code, window), clock.day_of(at)
    people = {person.id: person for person in candidates(session, unit_code, window)}
    changes = {
        key: person_id
        for key, person_id in wanted.items()
        if key[0] >= today and (known[key].person_id if key in known else None) != person_id
    }
    if changes and seen != fingerprint(known):
        raise Conflict("值班表在您打开页面后有变动，没有保存。请看过最新的值班表再改。")
    for (day, shift), person_id in sorted(changes.items()):
        if shift not in shifts_of(session, day) or (person_id is not None and person_id not in people):
            raise Refused(f"{day.month}月{day.day}日{SHIFTS.get(shift, '')}所选人员不能值班。请从列出的人员中重选。")
        row = known.get((day, shift))
        if person_id is None:
            session.delete(row)
            continue
        if row is None:
            row = RosterEntry(unit_code=unit_code, day=day, shift=shift)
            session.add(row)
        row.person_id, row.person_name = person_id, people[person_id].name
        row.changed_at, row.changed_by_name = at, viewer.name
    if changes:
        session.flush()
        after = {"rows": len(changes), "period": f"{window.first:%Y-%m}"}
        audit.record(session, "roster.change", "roster", unit_code, unit_code=unit_code, after=after)
    return len(changes)
