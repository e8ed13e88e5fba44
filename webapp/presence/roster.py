"""值班表: who is on duty in a unit at night and on days of rest; one or more people a shift, edited a month at a time."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp import audit, clock
from webapp.access import below, viewer_of
from webapp.errors import Conflict, Forbidden, Refused
from webapp.org.models import Person, Posting
from webapp.org.queries import valid_between
from webapp.policy.calendar import work_calendar
from webapp.policy.models import CalendarDay
from webapp.presence import roster_away
from webapp.presence.month_models import SHIFTS, RosterEntry
from webapp.presence.roster_away import Place, Reason
from webapp.presence.rules import Window

WRITE = "roster.write"
ON_DUTY = ("secretary", "deputy", "desk", "first_secretary", "team_member")
Slot = tuple[date, str]


def entries(session: Session, unit_code: str, window: Window) -> dict[Slot, list[RosterEntry]]:
    """Day and shift → those on duty in a unit, in the order in which they were entered."""
    statement = select(RosterEntry).where(
        RosterEntry.unit_code == unit_code, RosterEntry.day.between(window.first, window.last)
    )
    found: dict[Slot, list[RosterEntry]] = {}
    for row in session.scalars(statement.order_by(RosterEntry.day, RosterEntry.id)):
        found.setdefault((row.day, row.shift), []).append(row)
    return found


def units_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Entry → the unit whose roster it stands on: somebody of a village may be on duty at the township."""
    rows = select(RosterEntry.id, RosterEntry.unit_code).where(RosterEntry.id.in_(ids))
    return dict(session.execute(rows).tuples().all()) if ids else {}


def shifts_of(session: Session, day: date) -> tuple[str, ...]:
    """Nights always; days only when offices rest."""
    return ("night",) if work_calendar(session).is_workday(day) else ("day", "night")


def holiday_names(session: Session, window: Window) -> dict[date, str]:
    """Day → the name under which the published list has it, for holidays and make-up working days."""
    listed = select(CalendarDay.day, CalendarDay.name).where(CalendarDay.day.between(window.first, window.last))
    return dict(session.execute(listed).tuples().all())


def candidates(session: Session, unit_code: str, window: Window) -> list[Person]:
    """People in office in a unit at some time of the window, a village's team among them, in the order of their posts."""
    return list({post.person_id: post.person for post in _posts(session, unit_code, window)}.values())


def missing(session: Session, unit_code: str, window: Window, people: Collection[int]) -> dict[Place, Reason]:
    """Shifts in which people are not on post in a unit, or away from it."""
    return roster_away.missing(session, _posts(session, unit_code, window), people, window)


def _posts(session: Session, unit_code: str, window: Window) -> Sequence[Posting]:
    statement = (
        select(Posting)
        .where(
            Posting.unit_code == unit_code if len(unit_code) > 9 else below(Posting.unit_code, unit_code),  # noqa: PLR2004
            Posting.role.in_(ON_DUTY),
            valid_between(window.first, window.last),
        )
        .order_by(Posting.unit_code, Posting.id)
    )
    return session.scalars(statement.options(joinedload(Posting.person))).all()


def fingerprint(known: Mapping[Slot, list[RosterEntry]]) -> str:
    """What a month's roster is now, so that a stale page is noticed."""
    lines = sorted(f"{day}{shift}{row.person_id}" for (day, shift), rows in known.items() for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def save(
    session: Session,
    unit_code: str,
    window: Window,
    wanted: Mapping[Slot, Collection[int]],
    *,
    seen: str,
    at: datetime,
    accepted: str = "",
) -> int:
    """Make the roster what was chosen; gives how many shifts changed. The same again changes nothing.

    Days that are over stay as they are: what was is no plan. Raises `Forbidden`, `Refused` naming the day, `Conflict`,
    and `Warned` where somebody added is away and that was not `accepted`.
    """
    viewer = viewer_of(session)
    if not any(unit_code.startswith(own) for own in viewer.units_with(WRITE)):
        raise Forbidden("值班表由本村或者所在乡镇编排，您现任岗位不能代办。")
    known, today = entries(session, unit_code, window), clock.day_of(at)
    people = {person.id: person for person in candidates(session, unit_code, window)}
    changes = {
        key: set(ids)
        for key, ids in wanted.items()
        if key[0] >= today and {row.person_id for row in known.get(key, ())} != set(ids)
    }
    if changes and seen != fingerprint(known):
        raise Conflict("值班表在您打开页面后有变动，没有保存。请看过最新的值班表再改。")
    for (day, shift), ids in sorted(changes.items()):
        if shift not in shifts_of(session, day) or not ids <= people.keys():
            raise Refused(f"{day.month}月{day.day}日{SHIFTS.get(shift, '')}所选人员不能值班。请从列出的人员中重选。")
    added = {(*key, one) for key, ids in changes.items() for one in ids - {row.person_id for row in known.get(key, ())}}
    if added:
        away = missing(session, unit_code, window, {person_id for _, _, person_id in added})
        roster_away.check(added, away, {id_: person.name for id_, person in people.items()}, accepted)
    for (day, shift), ids in sorted(changes.items()):
        there = {row.person_id: row for row in known.get((day, shift), ())}
        for gone in there.keys() - ids:
            session.delete(there[gone])
        for person_id in [one for one in dict.fromkeys(wanted[day, shift]) if one not in there]:
            row = RosterEntry(unit_code=unit_code, day=day, shift=shift, person_id=person_id)
            row.person_name, row.changed_at, row.changed_by_name = people[person_id].name, at, viewer.name
            session.add(row)
    if changes:
        session.flush()
        after = {"rows": len(changes), "period": f"{window.first:%Y-%m}"}
        audit.record(session, "roster.change", "roster", unit_code, unit_code=unit_code, after=after)
    return len(changes)
