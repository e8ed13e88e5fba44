"""Invented people of the demo, their posts, a rotation in mid-month and its hand-overs."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from webapp.clock import CHINA
from webapp.demo.places import ACCOUNT_VILLAGES, CITY, COUNTY, PROVINCE, Places
from webapp.org.models import Handover, Person, Posting
from webapp.permissions import permissions_of

# Characters that are no family names, so that nobody bears these names by intent.
_FIRST = "稻禾渡岚榕椿砚黍穗笙陶砺泊筠桐麓汀渠"
_SECOND = "望知怀向守听行映承起"
_THIRD = "川原屿朗畴野澜峦陌朔"
CREATED = datetime(2025, 10, 20, 9, 0, tzinfo=CHINA)
HANDOVER_DAYS, LAST_DAYS = timedelta(days=7), timedelta(days=3)
SPRING, AUTUMN = date(2026, 5, 15), date(2026, 10, 16)


@dataclass
class Staff:
    """Everybody on post: postings by unit, and who acts for a unit on a day."""

    kinds: dict[int, str]
    """Organisation → its kind."""
    by_unit: dict[str, list[Posting]] = field(default_factory=lambda: defaultdict(list))

    def with_permission(self, permission: str, unit_code: str, on: date) -> list[Posting]:
        """Postings of a unit valid on a day whose role carries a permission, in a fixed order."""
        return [p for p in self.on_post(unit_code, on) if permission in self._rights(p)]

    def on_post(self, unit_code: str, on: date) -> list[Posting]:
        """Postings of exactly this unit valid on a day."""
        return [p for p in self.by_unit[unit_code] if p.covers(on)]

    def _rights(self, posting: Posting) -> frozenset[str]:
        return permissions_of(posting.role, posting.unit_code, self.kinds.get(posting.organisation_id or 0))


class Hiring:
    """Makes people and postings; flushes once at the end."""

    def __init__(self, session: Session, places: Places, rng: Random) -> None:
        self._session = session
        self._names = _names(rng)
        kinds = {id_: kind for (kind, _), id_ in places.organisations.items()}
        self.staff = Staff(kinds | dict.fromkeys(places.sending_units, "sending_unit"))

    def post(
        self,
        role: str,
        unit_code: str,
        starts_on: date,
        ends_on: date | None = None,
        *,
        organisation_id: int | None = None,
        sending_unit_id: int | None = None,
        end_reason: str | None = None,
    ) -> Posting:
        person = Person(name=next(self._names), is_demo=True, created_at=CREATED)
        posting = Posting(
            person=person,
            role=role,
            unit_code=unit_code,
            starts_on=starts_on,
            ends_on=ends_on,
            organisation_id=organisation_id,
            sending_unit_id=sending_unit_id,
            document_no=f"演示〔{starts_on.year}〕{starts_on.month}号",
            end_reason=end_reason,
        )
        self._session.add(posting)
        self.staff.by_unit[unit_code].append(posting)
        return posting


def _names(rng: Random) -> Iterator[str]:
    """Distinct made-up names, each marked as demo."""
    every = [a + b + c for a in _FIRST for b in _SECOND for c in _THIRD]
    rng.shuffle(every)
    return (f"{name}（演示）" for name in every)


def add(session: Session, places: Places, rng: Random, today: date) -> Staff:
    """Write everybody on post from before November 2025, with vacancies, changes and hand-overs."""
    hiring = Hiring(session, places, rng)
    _offices(hiring, places)
    _village_secretaries(hiring, places, rng)
    for number, village in enumerate(places.designated):
        _team(session, hiring, places, village, number, rng)
    _particular_offices(hiring, places)
    _rotation_of_today(session, hiring, ACCOUNT_VILLAGES[1], today)
    session.flush()
    return hiring.staff


def _offices(hiring: Hiring, places: Places) -> None:
    since = date(2024, 3, 1)
    for unit in (PROVINCE, CITY, COUNTY):
        department = places.organisations[("organisation_department", unit)]
        hiring.post("secretary", unit, since)
        for role in ("desk", "desk", "supervisor", "leader"):
            hiring.post(role, unit, since, organisation_id=None if role == "leader" else department)
    for _ in range(2):
        hiring.post("desk", COUNTY, since, organisation_id=places.organisations[("rural_affairs", COUNTY)])
    for role in ("system_admin", "security_admin", "audit_admin"):
        hiring.post(role, COUNTY, since)
    for number, township in enumerate(places.townships):
        committee = places.organisations[("party_committee", township)]
        if number == 3:  # one township without a secretary for six weeks
            hiring.post("secretary", township, since, date(2026, 1, 31), end_reason="工作调动")
            hiring.post("secretary", township, date(2026, 3, 16))
        else:
            hiring.post("secretary", township, since)
        for role in ("desk", "desk", "supervisor"):
            hiring.post(role, township, since, organisation_id=committee)


def _particular_offices(hiring: Hiring, places: Places) -> None:
    """The secretary's own office, the burden-relief office, a deputy of the county, and the desk of a sending unit."""
    since = date(2024, 3, 1)
    for kind in ("secretary_office", "burden_relief"):
        hiring.post("desk", COUNTY, since, organisation_id=places.organisations[(kind, COUNTY)])
    hiring.post("deputy", COUNTY, since, organisation_id=places.organisations[("party_committee", COUNTY)])
    hiring.post("desk", COUNTY, since, organisation_id=_sender(places, ACCOUNT_VILLAGES[0]))


def _sender(places: Places, village: str) -> int:
    """The sending unit of a village's whole team."""
    return places.sending_units[places.designated.index(village) % len(places.sending_units)]


def _village_secretaries(hiring: Hiring, places: Places, rng: Random) -> None:
    vacant = set(rng.sample([v for v in places.villages if v not in ACCOUNT_VILLAGES], 2))
    for village in places.villages:
        if village in vacant:
            hiring.post("secretary", village, date(2021, 2, 1), date(2026, 6, 10), end_reason="健康")
        else:
            hiring.post("secretary", village, date(2021, 2, 1) + timedelta(days=rng.randrange(30)))


def _team(session: Session, hiring: Hiring, places: Places, village: str, number: int, rng: Random) -> None:
    """A first secretary and two to four members; some teams rotate, some have a gap."""
    organisation = places.organisations[("work_team", village)]
    sender = _sender(places, village)
    since = date(2024, 4, 8) + timedelta(days=rng.randrange(20))

    def stationed(role: str, starts_on: date, ends_on: date | None = None, why: str | None = None) -> Posting:
        return hiring.post(
            role, village, starts_on, ends_on, organisation_id=organisation, sending_unit_id=sender, end_reason=why
        )

    if number in ROTATIONS:
        ended, days_to_done = ROTATIONS[number]
        leaver = stationed("first_secretary", since, ended, "任期届满")
        successor = stationed("first_secretary", ended - timedelta(days=3))
        done = None if days_to_done is None else ended + timedelta(days=days_to_done)
        _hand_over(session, leaver, ended, successor, done)
    elif number == GAP_CLOSED:
        ended = date(2026, 3, 20)
        leaver = stationed("first_secretary", since, ended, "工作调动")
        successor = stationed("first_secretary", date(2026, 4, 27))
        _hand_over(session, leaver, ended, successor, date(2026, 4, 29))
    elif number in GAPS_OPEN:
        ended = GAPS_OPEN[number]
        leaver = stationed("first_secretary", since, ended, "工作调动")
        _hand_over(session, leaver, ended, None, None)
    else:
        stationed("first_secretary", since)
    for _ in range(1 if number in SMALL_TEAMS else rng.choice((2, 2, 3, 4))):
        stationed("team_member", since + timedelta(days=rng.randrange(15)))
    if number == MEMBER_LEFT:
        ended = date(2026, 7, 10)
        leaver = stationed("team_member", since, ended, "健康")
        _hand_over(session, leaver, ended, None, date(2026, 7, 15))
    if number in UNRECORDED:  # nobody has entered a hand-over: the value is missing, not zero
        stationed("team_member", since, UNRECORDED[number], "工作调动")


def _rotation_of_today(session: Session, hiring: Hiring, village: str, today: date) -> None:
    """The first secretary of a village leaves in some days; the successor has come today and takes over."""
    leaver = next(one for one in hiring.staff.on_post(village, today) if one.role == "first_secretary")
    leaver.ends_on, leaver.end_reason = today + LAST_DAYS, "工作调动"
    successor = hiring.post(
        "first_secretary",
        village,
        today,
        organisation_id=leaver.organisation_id,
        sending_unit_id=leaver.sending_unit_id,
    )
    _hand_over(session, leaver, leaver.ends_on, successor, None)


# Number of the team in code order → last day of the leaver, days until the hand-over was done (None: still open).
ROTATIONS = {
    2: (SPRING, 4),
    6: (SPRING, 6),
    11: (SPRING, 14),
    15: (SPRING, 7),
    21: (AUTUMN, 5),
    26: (AUTUMN, 12),
    30: (AUTUMN, None),
}
GAP_CLOSED = 9
GAPS_OPEN = {17: date(2026, 8, 31), 24: date(2026, 9, 18)}
SMALL_TEAMS = (13, 28)
MEMBER_LEFT = 28
UNRECORDED = {5: date(2026, 5, 22), 19: date(2026, 10, 15)}


def _hand_over(session: Session, leaver: Posting, ended: date, successor: Posting | None, done_on: date | None) -> None:
    session.flush()
    session.add(
        Handover(
            unit_code=leaver.unit_code,
            leaver_posting_id=leaver.id,
            successor_posting_id=successor.id if successor else None,
            due_on=ended + HANDOVER_DAYS,
            done_on=done_on,
            note="待办任务、在办事项、项目合同、重点户联系方式和材料已逐项移交。" if done_on else None,
        )
    )
