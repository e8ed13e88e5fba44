"""One outside message a person and working day, whatever happened to the person's tasks (X-15, T-6).

The inbox gets every message at once. What is unread is gathered into one row within the hours in which the person may
be spoken to; what comes later waits for the next working day.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import clock
from webapp.auth.models import Account
from webapp.notices.hours import Hours, narrowed, open_now, pack_hours
from webapp.notices.kinds import kind_of
from webapp.notices.models import InboxMessage, NoticePreference, OutsideMessage, PersonChannel
from webapp.org.models import Posting
from webapp.org.queries import valid_on

_AT_ONCE = 500
_GONE = "收件人已不在岗或账号已停用，这条提醒不再发出。"


@dataclass
class Reach:
    """Who may be spoken to at one moment; reads each unit's hours once."""

    session: Session
    at: datetime

    def __post_init__(self) -> None:
        self._hours: dict[str, Hours] = {}

    @property
    def day(self) -> date:
        return clock.day_of(self.at)

    def of(self, people: Collection[int]) -> dict[int, bool]:
        """Of people in post with an open account: whether it is their time now. The others are left out."""
        units: dict[int, str] = {}
        own: dict[int, tuple[str | None, str | None]] = {}
        asked = sorted(people)
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            in_post = (
                select(Posting.person_id, Posting.unit_code)
                .join(Account, Account.person_id == Posting.person_id)
                .where(Posting.person_id.in_(some), valid_on(self.day), Account.closed_at.is_(None))
                .order_by(Posting.id.desc())
            )
            units |= dict(self.session.execute(in_post).tuples().all())
            chosen = select(NoticePreference.person_id, NoticePreference.opens, NoticePreference.closes)
            for person_id, opens, closes in self.session.execute(chosen.where(NoticePreference.person_id.in_(some))):
                own[person_id] = (opens, closes)
        return {
            person_id: open_now(self.session, self.at, narrowed(self._pack(unit), *own.get(person_id, (None, None))))
            for person_id, unit in units.items()
        }

    def _pack(self, unit_code: str) -> Hours:
        if unit_code not in self._hours:
            self._hours[unit_code] = pack_hours(self.session, self.day, unit_code)
        return self._hours[unit_code]


def gather(session: Session, at: datetime, channels: Collection[str], sender: str) -> int:
    """Make the day's row of everybody who has unread news, a usable channel and the time for it; gives how many.

    `channels` are the kinds that can be used now, `sender` the host that message ids end with. Call while holding the
    sending lock: the unique key of person and day is the last guard, not the first.
    """
    reach = Reach(session, at)
    usable = _first_channels(session, channels)
    waiting = _people_with_news(session, at, reach.day, usable)
    people = [person_id for person_id, now in reach.of(waiting).items() if now]
    rows = [
        OutsideMessage(
            person_id=person_id,
            day=reach.day,
            channel_id=usable[person_id][0],
            channel=usable[person_id][1],
            created_at=at,
            message_id=f"<{uuid.uuid4()}@{sender}>",
            next_try_at=at,
        )
        for person_id in sorted(people)
    ]
    session.add_all(rows)
    _told(session, people, at)
    session.flush()
    return len(rows)


def due(session: Session, at: datetime) -> list[int]:
    """Ids of rows to be tried now; a row that waits from an earlier day becomes the message of this day."""
    reach = Reach(session, at)
    tried = select(OutsideMessage).where(OutsideMessage.state == "waiting", OutsideMessage.next_try_at <= at)
    rows = list(session.scalars(tried.order_by(OutsideMessage.id)))
    now = reach.of({row.person_id for row in rows})
    for row in rows:
        if row.person_id not in now:
            row.state, row.last_error = "failed", _GONE
    ready = [row for row in rows if now.get(row.person_id)]
    taken = set(session.scalars(select(OutsideMessage.person_id).where(OutsideMessage.day == reach.day)))
    for row in ready:
        if row.day < reach.day and row.person_id not in taken:
            row.day = reach.day
            taken.add(row.person_id)
    _told(session, [row.person_id for row in ready], at)
    session.flush()
    return [row.id for row in ready]


def _first_channels(session: Session, kinds: Collection[str]) -> dict[int, tuple[int, str]]:
    """Person → the first active channel that can be used now."""
    active = (
        select(PersonChannel.person_id, PersonChannel.id, PersonChannel.kind)
        .where(PersonChannel.active, PersonChannel.ended_at.is_(None), PersonChannel.kind.in_(kinds))
        .order_by(PersonChannel.id.desc())
    )
    return {person_id: (channel_id, kind) for person_id, channel_id, kind in session.execute(active)}


def _people_with_news(session: Session, at: datetime, day: date, usable: Collection[int]) -> set[int]:
    """Those with a channel, without a row of today or one that still waits, who have not read something they want to hear of."""
    standing = select(OutsideMessage.id).where(
        OutsideMessage.person_id == NoticePreference.person_id,
        (OutsideMessage.day == day) | OutsideMessage.state.in_(("waiting", "sending")),
    )
    news = (
        select(InboxMessage.person_id, InboxMessage.key, InboxMessage.path, NoticePreference.muted)
        .join(NoticePreference, NoticePreference.person_id == InboxMessage.person_id)
        .where(
            InboxMessage.read_at.is_(None),
            InboxMessage.created_at > NoticePreference.gathered_until,
            InboxMessage.created_at <= at,
            ~standing.exists(),
        )
    )
    return {
        person_id
        for person_id, key, path, muted in session.execute(news)
        if person_id in usable and kind_of(key, path) not in muted
    }


def _told(session: Session, people: list[int], at: datetime) -> None:
    for start in range(0, len(people), _AT_ONCE):
        of_some = NoticePreference.person_id.in_(people[start : start + _AT_ONCE])
        session.execute(update(NoticePreference).where(of_some).values(gathered_until=at))
