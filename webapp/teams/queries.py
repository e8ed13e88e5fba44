"""What the pages on teams show: villages with their teams in code order, and one team. Names of people, no work logs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import below
from webapp.accountability.models import Assignment
from webapp.accountability.rules import OPEN
from webapp.org.codes import at_level
from webapp.org.models import DESIGNATIONS, Division, Handover, Posting, VillageDesignation
from webapp.org.rules import STATIONED
from webapp.org.units import by_codes
from webapp.policy.service import parameter
from webapp.presence.month_models import PresenceMonth
from webapp.presence.rules import window_around
from webapp.teams import rules
from webapp.teams.models import PostingStep
from webapp.teams.rules import Post, Size, Tenure
from webapp.teams.stepping import term_from

_Row = TypeVar("_Row", Posting, VillageDesignation)
COUNTY, TOWNSHIP, VILLAGE = 3, 4, 5
VIEWS = {"vacant": "缺第一书记", "size": "人数不合要求", "ending": "任期将满或已满", "coming": "待到村"}


@dataclass(frozen=True)
class Member:
    """One stationed person with the clock of the term."""

    posting: Posting
    tenure: Tenure
    ending: bool
    """Whether the term ends within `tenure.ending_days`, or has ended."""


@dataclass
class TeamLine:
    """One village with its team of a day."""

    unit: Division
    township: str = ""
    designations: list[VillageDesignation] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    """On post, the first secretary before the members, each in the order of arrival."""
    coming: list[Posting] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reminders: list[str] = field(default_factory=list)
    tasks: int = 0
    """Open tasks of the village."""
    manned: list[str] = field(default_factory=list)
    """Months ("2026-09") of the last year that are over and in which somebody was on post in the township."""
    months: list[str] = field(default_factory=list)
    """Those of them whose list of presence the township has not confirmed."""

    @property
    def kinds(self) -> list[str]:
        return [DESIGNATIONS[row.kind] for row in self.designations]

    @property
    def lacking(self) -> list[str]:
        """What is not covered yet (Z-1), of all that is told."""
        return [words for words in self.warnings if words.startswith(rules.LACKING)]

    @property
    def leader(self) -> Member | None:
        return next((one for one in self.members if one.posting.role == "first_secretary"), None)

    @property
    def ending(self) -> list[Member]:
        return [one for one in self.members if one.ending and one.posting.ends_on is None]


def size_at(session: Session, unit_code: str, on: date) -> Size:
    """What the pack in force at a village says of teams."""

    def value(key: str) -> object:
        return parameter(session, key, on=on, unit_code=unit_code)

    return Size(
        least=int(str(value("team.min"))),
        most=int(str(value("team.max"))),
        overlap_days=int(str(value("tenure.handover_days"))),
        rules=value("team.rules"),  # type: ignore[arg-type]
    )


def teams(session: Session, root: str, on: date) -> list[TeamLine]:
    """Villages below a unit that have, expect or must have somebody stationed, in the order of codes."""
    designated = _designated(session, root, on)
    since = _months_since(on)
    ever = _stationed(session, root, since)
    postings = {code: now for code, posts in ever.items() if (now := [one for one in posts if _still(one, on)])}
    manned = _manned(ever, since, on)
    lines = _lines(session, sorted(designated.keys() | postings.keys()), designated, postings, on)
    for line in lines:
        line.manned = manned[at_level(line.unit.code, TOWNSHIP)]
    return lines


def team(session: Session, unit: Division, on: date) -> TeamLine:
    """One village's team, also where it has none."""
    return _lines(session, [unit.code], _designated(session, unit.code, on), _stationed(session, unit.code, on), on)[0]


def leavers(session: Session, unit_code: str, on: date, limit: int) -> list[tuple[Posting, Handover | None]]:
    """Those who were stationed here before or leave with a hand-over, each with it, the latest first (Z-18)."""
    statement = (
        select(Posting, Handover)
        .outerjoin(Handover, Handover.leaver_posting_id == Posting.id)
        .where(
            Posting.unit_code == unit_code,
            Posting.role.in_(STATIONED),
            (Posting.ends_on < on) | Handover.id.is_not(None),
        )
        .options(
            joinedload(Posting.person),
            joinedload(Posting.sending_unit),
            joinedload(Handover.successor).joinedload(Posting.person),
        )
        .order_by(Posting.ends_on.desc(), Posting.id.desc())
        .limit(limit)
    )
    return [(post, handover) for post, handover in session.execute(statement)]


def with_children(session: Session, code: str) -> list[tuple[str, str]]:
    """A county with its townships, a township alone: code and name, in the order of codes."""
    level = Division.level <= TOWNSHIP
    own = select(Division.code, Division.name).where(or_(Division.code == code, (Division.parent_code == code) & level))
    return list(session.execute(own.order_by(Division.code)).tuples())


def add_tasks(session: Session, lines: Sequence[TeamLine], on: date) -> None:
    """Note on the lines of one page how many tasks of each village are open, and which months its township has not
    confirmed: a month counts as confirmed by its list alone, whatever became of the duty (X-2)."""
    villages = {line.unit.code for line in lines}
    townships = {at_level(code, TOWNSHIP) for code in villages}
    confirmed = (PresenceMonth.unit_code == Division.code) & (PresenceMonth.month >= f"{_months_since(on):%Y-%m}")
    owed = (Assignment.unit_code == Division.code) & Division.code.in_(villages) & Assignment.state.in_(OPEN)
    statement = (
        select(Division.code, PresenceMonth.month, func.count(Assignment.id))
        .outerjoin(PresenceMonth, confirmed)
        .outerjoin(Assignment, owed)
        .where(Division.code.in_(villages | townships))
        .group_by(Division.code, PresenceMonth.month)
    )
    months, tasks = set[tuple[str, str | None]](), Counter[str]()
    for code, month, number in session.execute(statement):
        months.add((code, month))
        tasks[code] += number
    for line in lines:
        line.tasks = tasks[line.unit.code]
        line.months = [month for month in line.manned if (at_level(line.unit.code, TOWNSHIP), month) not in months]


def open_tasks(session: Session, unit_code: str, limit: int) -> list[Assignment]:
    """The village's open tasks, the earliest due first."""
    statement = (
        select(Assignment)
        .where(Assignment.unit_code == unit_code, Assignment.state.in_(OPEN))
        .options(joinedload(Assignment.task))
        .order_by(Assignment.due_on, Assignment.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def matches(line: TeamLine, view: str) -> bool:
    """Whether a line belongs to one of `VIEWS`; any other view takes every line."""
    if view == "vacant":
        return bool(line.designations) and line.leader is None
    if view == "size":
        return any(words.startswith("人数") for words in line.warnings)
    if view == "ending":
        return bool(line.ending)
    if view == "coming":
        return bool(line.coming)
    return True


def _lines(
    session: Session,
    codes: Sequence[str],
    designated: dict[str, list[VillageDesignation]],
    postings: dict[str, list[Posting]],
    on: date,
) -> list[TeamLine]:
    steps = _terms(session, postings)
    units = {unit.code: unit for unit in by_codes(session, {*codes, *(at_level(code, TOWNSHIP) for code in codes)})}
    lines = []
    for unit in (units[code] for code in codes):
        size = size_at(session, unit.code, on)
        days = int(parameter(session, "tenure.ending_days", on=on, unit_code=unit.code))
        township = units.get(unit.parent_code or "")
        years = int(parameter(session, "tenure.min_years", on=on, unit_code=unit.code))
        line = TeamLine(unit, township.name if township else "", designated.get(unit.code, []))
        for posting in postings.get(unit.code, []):
            if posting.starts_on > on:
                line.coming.append(posting)
                continue
            clock = term_from(posting, steps.get(posting.id, ()), years)
            line.members.append(Member(posting, clock, clock.ending(on, days)))
        posts = [_post(one.posting) for one in line.members]
        line.warnings = rules.shortfalls(posts, on, size, line.kinds)
        line.reminders = rules.reminders(size)
        lines.append(line)
    return lines


def _terms(session: Session, postings: dict[str, list[Posting]]) -> dict[int, list[PostingStep]]:
    """The steps that move the clock of a term, by posting."""
    found: dict[int, list[PostingStep]] = defaultdict(list)
    if postings:
        statement = select(PostingStep).where(
            PostingStep.unit_code.between(min(postings), max(postings)), PostingStep.kind.in_(("extend", "adjust_in"))
        )
        for step in session.scalars(statement.order_by(PostingStep.id)):
            found[step.posting_id].append(step)
    return found


def _post(posting: Posting) -> Post:
    sender = posting.sending_unit.name if posting.sending_unit else ""
    return Post(posting.role, posting.starts_on, posting.ends_on, sender)


def _designated(session: Session, root: str, on: date) -> dict[str, list[VillageDesignation]]:
    still = or_(VillageDesignation.valid_to.is_(None), VillageDesignation.valid_to >= on)
    statement = select(VillageDesignation).where(
        below(VillageDesignation.unit_code, root), VillageDesignation.valid_from <= on, still
    )
    return _by_unit(session.scalars(statement.order_by(VillageDesignation.unit_code, VillageDesignation.id)))


def _months_since(on: date) -> date:
    """The first of the months that are looked back to for lists that nobody confirmed: a year, however long the
    product has been in use."""
    return date(on.year - 1, on.month, 1)


def _still(posting: Posting, on: date) -> bool:
    return posting.ends_on is None or posting.ends_on >= on


def _manned(ever: dict[str, list[Posting]], since: date, on: date) -> dict[str, list[str]]:
    """Township → the months from `since` that are over and in which somebody was on post in one of its villages."""
    posts: dict[str, list[Posting]] = defaultdict(list)
    for code, own in ever.items():
        posts[at_level(code, TOWNSHIP)] += own
    found: dict[str, list[str]] = defaultdict(list)
    month = window_around("month", since)
    while month.last < on:
        for township, own in posts.items():
            if any(one.starts_on <= month.last and _still(one, month.first) for one in own):
                found[township].append(f"{month.first:%Y-%m}")
        month = window_around("month", month.last + date.resolution)
    return found


def _stationed(session: Session, root: str, on: date) -> dict[str, list[Posting]]:
    """Who is on post at a day or later, or expected; the first secretary stands before the members."""
    statement = (
        select(Posting)
        .where(
            below(Posting.unit_code, root),
            Posting.role.in_(STATIONED),
            or_(Posting.ends_on.is_(None), Posting.ends_on >= on),
        )
        .options(joinedload(Posting.person), joinedload(Posting.sending_unit))
        .order_by(Posting.unit_code, Posting.role, Posting.starts_on, Posting.id)
    )
    return _by_unit(session.scalars(statement))


def _by_unit(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.unit_code].append(row)
    return found
