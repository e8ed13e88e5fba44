"""The days of people on post, gathered from their sources: leave, trips, inspections, roster, confirmations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from webapp import clock
from webapp.access import Viewer, acting_as, below
from webapp.leave.halves import Span, day_of_slot, slot, slot_of
from webapp.leave.queries import Absence, absences
from webapp.org.models import Posting
from webapp.org.queries import valid_between
from webapp.org.rules import STATIONED, holder
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter
from webapp.presence.models import Inspection
from webapp.presence.month_models import SHIFT_HALVES, PresenceExemption, PresenceList, PresenceMonth, RosterEntry
from webapp.presence.rules import (
    HalfDay,
    Post,
    Source,
    Stretch,
    Tally,
    Window,
    half_days,
    least_days,
)
from webapp.presence.scopes import TOWNSHIP_LENGTH

DAYS = "在岗天数"
Days = dict[int, dict[int, HalfDay]]
"""Post → half-day → its state."""


@dataclass(frozen=True)
class Facts:
    """What a window of the pack comes to for one post, up to a day."""

    window: Window
    tally: Tally
    trips_count: bool
    least: Decimal
    """The least days of the whole window, prorated."""
    exemptions: tuple[PresenceExemption, ...]

    @property
    def counted(self) -> Decimal:
        return self.tally.counted(self.trips_count)


@dataclass(frozen=True)
class Gathered:
    """Posts in code order with the half-days of a window, and the confirmed months that touch it."""

    postings: list[Posting]
    days: Days
    months: dict[tuple[str, str], PresenceMonth]
    """Township and "2026-10" → its confirmed month."""
    asked_in: dict[Source, str]
    """Leave or trip → the unit it was asked or reported from: that of an earlier post for whoever was moved."""


def gather(
    session: Session, unit_code: str, window: Window, *, whole: Window | None = None, person_id: int | None = None
) -> Gathered:
    """Posts of a unit and below that touch a window, each half-day of it (or of a larger `whole`) with one state.

    With a person, only that person's. Read as a part of the system, so that whoever came from elsewhere is not counted
    twice on the day of moving, whoever asks: the caller has judged that the viewer reaches the unit.
    """
    whole = whole or window
    session.flush()
    with acting_as(session, Viewer.system(DAYS, "")):
        own = select(Posting.person_id).where(_stationed(window), below(Posting.unit_code, unit_code))
        if person_id is not None:
            own = own.where(Posting.person_id == person_id)
        ever = list(
            session.scalars(
                select(Posting)
                .where(Posting.role.in_(STATIONED), Posting.person_id.in_(own))
                .options(joinedload(Posting.person), joinedload(Posting.division))
                .order_by(Posting.unit_code, Posting.role, Posting.starts_on, Posting.id)
            )
        )
        every = [post for post in ever if _touches(post, whole)]
        shown = [post for post in every if post.unit_code.startswith(unit_code) and _touches(post, window)]
        ids, people = {post.id for post in shown}, {post.person_id for post in shown}
        checks = list(
            session.scalars(
                select(Inspection).where(
                    Inspection.person_id.in_(people), Inspection.outcome.in_(("verified", "present"))
                )
            )
        )
        posts = [post_of(row) for row in every]
        away = absences(session, [post.id for post in ever], whole.first, whole.last)
        months = _confirmed(session, shown, whole)
        found = _confirmations(shown, months, whole) | _roster(session, posts, whole) | _seen(checks)
    days = half_days(posts, whole, [*_away(away, ever, posts), *_absent(checks, away, ever)], found)
    units = {post.id: post.unit_code for post in ever}
    asked_in = {Source(one.what, one.source_id): units[one.posting_id] for one in away}
    return Gathered(shown, {id_: days[id_] for id_ in ids}, months, asked_in)


def townships(session: Session, unit_code: str, window: Window) -> list[str]:
    """Codes of the townships in which somebody is stationed at some time of a window."""
    codes = session.scalars(
        select(Posting.unit_code).where(_stationed(window), below(Posting.unit_code, unit_code)).distinct()
    )
    return sorted({code[:TOWNSHIP_LENGTH] for code in codes})


def post_of(row: Posting) -> Post:
    """A posting as far as days need it."""
    return Post(row.id, row.person_id, row.unit_code, row.starts_on, row.ends_on)


def _stationed(window: Window) -> ColumnElement[bool]:
    return Posting.role.in_(STATIONED) & valid_between(window.first, window.last)


def _touches(post: Posting, window: Window) -> bool:
    return post.starts_on <= window.last and (post.ends_on is None or post.ends_on >= window.first)


def facts_of(session: Session, postings: Sequence[Posting], days: Days, window: Window, on: date) -> dict[int, Facts]:
    """Post → what its window comes to up to a day, and the least days by the pack (Z-24). No order, no comparison."""
    calendar = work_calendar(session)
    exempt: dict[int, list[PresenceExemption]] = {}
    for one in exemptions(session, [posting.id for posting in postings], window):
        exempt.setdefault(one.posting_id, []).append(one)
    facts = {}
    for posting in postings:
        own, unit = days[posting.id], posting.unit_code
        rows = tuple(exempt.get(posting.id, ()))
        free = [row for row in rows if row.kind == "days"]
        held = {day_of_slot(number) for number, half in own.items() if half.state != "off_post"}
        asked = [day for day in held if not any(row.first_on <= day <= row.last_on for row in free)]
        least = parameter(session, "presence.min_days", on=window.last, unit_code=unit)
        facts[posting.id] = Facts(
            window=window,
            tally=Tally.of(half for number, half in own.items() if number <= slot(on, "pm")),
            trips_count=bool(parameter(session, "presence.official_trip_counts", on=window.last, unit_code=unit)),
            least=least_days(least, window, asked, calendar),
            exemptions=rows,
        )
    return facts


def exemptions(session: Session, posting_ids: Iterable[int], window: Window) -> list[PresenceExemption]:
    """Exemptions of posts that touch a window."""
    return list(
        session.scalars(
            select(PresenceExemption)
            .where(
                PresenceExemption.posting_id.in_(list(posting_ids)),
                PresenceExemption.first_on <= window.last,
                PresenceExemption.last_on >= window.first,
            )
            .order_by(PresenceExemption.id)
        )
    )


def own_only(viewer: Viewer) -> int | None:
    """The person whose rows alone a viewer sees: everybody without a post at a township or above."""
    wide = viewer.kind == "system" or any(len(prefix) <= TOWNSHIP_LENGTH for prefix in viewer.prefixes)
    return None if wide else viewer.person_id


def _away(found: Iterable[Absence], ever: Iterable[Posting], posts: Sequence[Post]) -> list[Stretch]:
    """Leave and trips are the person's: whoever is moved meanwhile takes what was granted along to the next post."""
    person = {post.id: post.person_id for post in ever}
    return [
        Stretch(post.id, one.what, one.span, Source(one.what, one.source_id))
        for one in found
        for post in posts
        if post.person_id == person[one.posting_id]
    ]


def _absent(checks: Iterable[Inspection], away: Iterable[Absence], ever: Iterable[Posting]) -> list[Stretch]:
    """Verified absences without the half-days for which the person had leave or a trip when the county decided: what was
    granted is no absence. What is granted later changes nothing until the county revokes."""
    person = {post.id: post.person_id for post in ever}
    found = []
    for row in checks:
        if row.outcome != "verified" or row.span is None or row.decided_on is None:
            continue
        granted = {
            number
            for one in away
            if person[one.posting_id] == row.person_id
            and one.known_at is not None
            and clock.day_of(one.known_at) <= row.decided_on
            for number in one.span
        }
        found += [
            Stretch(row.posting_id, "absent", Span(number, number), Source("inspection", row.id))
            for number in row.span
            if number not in granted
        ]
    return found


def _seen(checks: Iterable[Inspection]) -> dict[tuple[int, int], Source]:
    return {
        (row.posting_id, slot_of(row.inspected_at)): Source("inspection", row.id)
        for row in checks
        if row.outcome == "present" and row.inspected_at
    }


def _roster(session: Session, posts: Sequence[Post], window: Window) -> dict[tuple[int, int], Source]:
    rows = session.scalars(
        select(RosterEntry).where(
            RosterEntry.person_id.in_({post.person_id for post in posts}),
            RosterEntry.day.between(window.first, window.last),
        )
    )
    found = {}
    for row in rows:
        post = holder((one for one in posts if one.person_id == row.person_id), row.day)
        if post is not None:
            for half in SHIFT_HALVES[row.shift]:
                found[post.id, slot(row.day, half)] = Source("roster", row.id)
    return found


def _confirmed(session: Session, shown: Sequence[Posting], window: Window) -> dict[tuple[str, str], PresenceMonth]:
    statement = (
        select(PresenceMonth)
        .where(
            PresenceMonth.unit_code.in_({post.unit_code[:TOWNSHIP_LENGTH] for post in shown}),
            PresenceMonth.current > 0,
            PresenceMonth.month.between(f"{window.first:%Y-%m}", f"{window.last:%Y-%m}"),
        )
        .options(joinedload(PresenceMonth.lists).defer(PresenceList.people))
    )
    return {(row.unit_code, row.month): row for row in session.scalars(statement).unique()}


def _confirmations(
    shown: Sequence[Posting], months: Mapping[tuple[str, str], PresenceMonth], window: Window
) -> dict[tuple[int, int], Source]:
    return {
        (post.id, slot(day, half)): Source("confirmation", months[key].id)
        for post in shown
        for day in window.days
        if (key := (post.unit_code[:TOWNSHIP_LENGTH], f"{day:%Y-%m}")) in months
        for half in ("am", "pm")
    }


def past(window: Window, at: date | None = None) -> bool:
    """Whether the last day of a window is over."""
    return window.last < (at or clock.today())
