"""The calendar feed: an address with a secret in it, and a file that names no person, no unit and no task."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.agenda.models import CalendarFeed
from webapp.agenda.sources import Entry, entries
from webapp.auth.models import Account, SignInThrottle
from webapp.auth.throttle import account_key
from webapp.errors import Forbidden, NotFound
from webapp.org.models import Person
from webapp.org.queries import valid_grants

BYTES = 32
BACK, AHEAD = timedelta(days=31), timedelta(days=366)
MOST = 500
REFRESH = timedelta(hours=6)
READER = Viewer.system("日程订阅", "")
PERMISSION = "calendar.read"


def of_viewer(session: Session) -> CalendarFeed | None:
    """The viewer's own feed."""
    own = select(CalendarFeed).where(CalendarFeed.person_id == viewer_of(session).person_id)
    return session.scalar(own)


def renew(session: Session, at: datetime) -> str:
    """Make the viewer's feed, or give it a new address; the old one ends. Gives the token, which is never shown again."""
    person_id = viewer_of(session).person_id
    if person_id is None:
        raise Forbidden()
    token = secrets.token_urlsafe(BYTES)
    row = of_viewer(session)
    if row is None:
        session.add(CalendarFeed(person_id=person_id, token_hash=_hash(token), made_at=at))
    else:
        row.token_hash, row.made_at = _hash(token), at
    audit.record(session, "calendar.feed", "person", person_id)
    session.flush()
    return token


def revoke(session: Session) -> bool:
    """End the viewer's feed; tells whether there was one."""
    row = of_viewer(session)
    if row is None:
        return False
    session.delete(row)
    audit.record(session, "calendar.feed_end", "person", row.person_id)
    session.flush()
    return True


def holder(session: Session, token: str, at: datetime) -> Viewer:
    """Who holds a token, with the posts of today. Raises `NotFound`, the same for a token that never was and for one
    whose holder has no post, no open account or a locked one."""
    today = clock.day_of(at)
    with acting_as(session, READER):
        found = session.execute(
            select(Account, Person)
            .join(Person, Person.id == Account.person_id)
            .join(CalendarFeed, CalendarFeed.person_id == Person.id)
            .where(CalendarFeed.token_hash == _hash(token), Account.closed_at.is_(None))
        ).one_or_none()
        if found is None:
            raise NotFound()
        account, person = found
        lock = session.get(SignInThrottle, account_key(account.login))
        grants = valid_grants(session, person.id, today)
    if lock is not None and lock.locked_until is not None and lock.locked_until > at:
        raise NotFound()
    viewer = Viewer("account", person.name, account_id=account.id, person_id=person.id, grants=grants)
    # A delegation opens nothing to somebody without a post.
    if all(grant.on_behalf_of is not None for grant in grants) or not viewer.may(PERMISSION):
        raise NotFound()
    return viewer


def entries_of(session: Session, viewer: Viewer, at: datetime) -> list[Entry]:
    """What stands in a holder's feed, seen with the posts of today: a month back and a year ahead."""
    today = clock.day_of(at)
    with acting_as(session, viewer):
        return entries(session, viewer, today - BACK, today + AHEAD)[:MOST]


def file_of(rows: Iterable[Entry], base_url: str, at: datetime) -> bytes:
    """The feed as iCalendar (RFC 5545): what kind of act is due on which day, and the link to it. No names."""
    file = Calendar()
    for name, value in (("prodid", "-//Dandang//Calendar//ZH"), ("version", "2.0"), ("method", "PUBLISH")):
        file.add(name, value)
    file.add("x-wr-calname", "担当日程")
    file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows:
        event = Event()
        event.add("uid", _uid(row))
        event.add("dtstamp", at)
        event.add("dtstart", row.day)
        event.add("dtend", row.day + timedelta(days=1))
        event.add("summary", row.kind)
        event.add("url", base_url.rstrip("/") + row.path)
        event.add("transp", "TRANSPARENT")  # a due date keeps nobody busy
        event.add("class", "PRIVATE")
        file.add_component(event)
    content: bytes = file.to_ical()
    return content


def _uid(row: Entry) -> str:
    return f"{hashlib.sha256(f'{row.kind}:{row.path}'.encode()).hexdigest()[:32]}@dandang"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
