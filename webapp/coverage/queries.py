"""Reading coverage sets: of one unit with all its secretaries, or of many units at once in the order of codes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.coverage.models import CoverageVisit, HouseholdContact, NaturalGroup, OfficeTerm
from webapp.coverage.rules import MEANINGS, Coverage, Period, Place, Span, VisitSet, coverage, spans
from webapp.org.codes import LENGTHS, is_community, level
from webapp.org.models import Division, Person, Posting
from webapp.policy.parameter_names import value_words
from webapp.policy.parameter_sources import source_words
from webapp.policy.service import entry

KEYS = {2: "duty.city_visit_set", 3: "duty.county_visit_set", 4: "duty.township_visit_set"}
CONTACT_KEY = "duty.village_contact_set"
VILLAGE, TOWNSHIP = 5, 4


@dataclass(frozen=True)
class CoverageSet:
    """One secretary's set: whose, which days, what counts, how far."""

    unit_code: str
    posting_id: int
    secretary: str
    span: Span
    closed: bool
    counted_on: date
    """Today, or the last day of a closed set."""
    visit_set: VisitSet
    coverage: Coverage
    names: dict[str, str]
    """Names of the branches of the tree, by code."""

    @property
    def slug(self) -> str:
        """How an address names the set."""
        return f"{self.posting_id}-{self.span.starts_on:%Y%m%d}"

    @property
    def known(self) -> bool:
        """Whether the denominator is complete; a village without its list of groups makes it 缺."""
        return not self.coverage.missing and bool(self.coverage.targets)

    @property
    def figure(self) -> str:
        """How far, in words; nothing is said of a denominator that is not known."""
        done = self.coverage.visited
        if self.visit_set.groups and not self.known:
            return f"已走访 {done} 个，应走访数：缺"
        if not self.visit_set.every:
            return f"已走访 {done} 个，要求{self.visit_set.words}"
        return f"已走访 {done} 个，应走访 {len(self.coverage.targets)} 个"

    def branches(self) -> list[tuple[str, str]]:
        """(code, name) of the units under which the targets stand, in the order of codes."""
        codes = {target.place.branch for target in self.coverage.targets} | set(self.coverage.missing)
        return [(code, self.names.get(code, code)) for code in sorted(codes)]


def visit_set(session: Session, unit_code: str, on: date) -> VisitSet | None:
    """What the secretary of a unit has to visit by the pack of a day; None where the level has no such duty."""
    key = KEYS.get(level(unit_code))
    if key is None:
        return None
    found = entry(session, key, on=on, unit_code=unit_code)
    said = replace(MEANINGS[found["value"]], words=value_words(key, found["value"]))
    return replace(said, source=source_words(found.get("source", "")))


def sets_of(session: Session, unit_codes: Collection[str], on: date) -> dict[str, list[CoverageSet]]:
    """The sets of units of any level by unit, the latest first; few statements, however many units."""
    wanted = {code: held for code in unit_codes if (held := visit_set(session, code, on)) is not None}
    if not wanted:
        return {}
    places, names = _places(session, wanted)
    terms = _terms(session, wanted)
    visits: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for posting_id, key, day in session.execute(
        select(CoverageVisit.posting_id, CoverageVisit.target_key, CoverageVisit.visited_on)
        .where(CoverageVisit.unit_code.in_(wanted))
        .order_by(CoverageVisit.visited_on, CoverageVisit.id)
    ):
        visits[posting_id].append((key, day))
    found: dict[str, list[CoverageSet]] = defaultdict(list)
    for posting, name in session.execute(_secretaries(wanted)):
        unit = posting.unit_code
        for span in spans(posting.starts_on, posting.ends_on, terms[unit]):
            if span.starts_on > on:
                continue
            counted_on = on if span.ends_on is None else min(on, span.ends_on)
            counted = coverage(places[unit], visits[posting.id], span, counted_on)
            if wanted[unit].groups:
                counted.missing = _without_groups(names, places[unit], unit)
            found[unit].append(
                CoverageSet(unit, posting.id, name, span, span.closed(on), counted_on, wanted[unit], counted, names)
            )
    for of_unit in found.values():
        of_unit.sort(key=lambda one: (one.span.starts_on, one.posting_id), reverse=True)
    return dict(found)


def places_of(session: Session, unit_code: str, wanted: VisitSet) -> dict[str, Place]:
    """Everything below a unit that counts or counted, by key."""
    return _places(session, {unit_code: wanted})[0][unit_code]


def contacts(
    session: Session, unit_codes: Collection[str], years: Iterable[int]
) -> dict[tuple[str, int], HouseholdContact]:
    """Yearly confirmations by village and year."""
    statement = select(HouseholdContact).where(
        HouseholdContact.unit_code.in_(unit_codes), HouseholdContact.year.in_(list(years))
    )
    return {(row.unit_code, row.year): row for row in session.scalars(statement)}


def _secretaries(unit_codes: Collection[str]):  # type: ignore[no-untyped-def]
    return (
        select(Posting, Person.name)
        .join(Person, Person.id == Posting.person_id)
        .where(Posting.unit_code.in_(unit_codes), Posting.role == "secretary")
        .order_by(Posting.unit_code, Posting.starts_on, Posting.id)
    )


def _terms(session: Session, unit_codes: Collection[str]) -> dict[str, list[Period]]:
    found: dict[str, list[Period]] = defaultdict(list)
    for row in session.scalars(select(OfficeTerm).where(OfficeTerm.unit_code.in_(unit_codes))):
        found[row.unit_code].append(Period(row.starts_on, row.ends_on))
    return found


def _places(session: Session, wanted: dict[str, VisitSet]) -> tuple[dict[str, dict[str, Place]], dict[str, str]]:
    """What can be visited below each unit, and the names of all divisions read on the way.

    Villages are administrative villages (P-15, P-25): a residents' community does not count.
    """
    levels = {one.level for one in wanted.values()} | {one.level - 1 for one in wanted.values()}
    inside = or_(*(below(Division.code, code) for code in _tops(wanted)))
    divisions = list(
        session.scalars(select(Division).where(inside, Division.level.in_(levels)).order_by(Division.code))
    )
    groups: dict[str, list[NaturalGroup]] = defaultdict(list)
    if any(one.groups for one in wanted.values()):
        held = or_(*(below(NaturalGroup.village_code, code) for code in wanted if wanted[code].groups))
        for row in session.scalars(select(NaturalGroup).where(held).order_by(NaturalGroup.id)):
            groups[row.village_code].append(row)
    names = {one.code: one.name for one in divisions}
    found: dict[str, dict[str, Place]] = {}
    for unit, said in wanted.items():
        own = [one for one in divisions if one.code.startswith(unit) and one.level == said.level]
        if said.level == VILLAGE and not said.groups:
            own = [one for one in own if not is_community(one.name)]
        made = (
            [place for one in own for place in _groups_of(one, groups[one.code])]
            if said.groups
            else [
                Place(
                    one.code,
                    one.name,
                    one.code[: LENGTHS[one.level - 1]],
                    one.valid_from,
                    one.valid_to,
                    one.successor_code,
                )
                for one in own
            ]
        )
        found[unit] = {place.key: place for place in made}
    return found, names


def _groups_of(village: Division, rows: Sequence[NaturalGroup]) -> list[Place]:
    """The groups of a village; with an abolished village its groups end."""
    keys = {row.name: group_key(village.code, row.id) for row in rows}
    return [
        Place(
            keys[row.name],
            f"{village.name}{row.name}",
            village.code,
            village.valid_from,
            min((day for day in (row.valid_to, village.valid_to) if day is not None), default=None),
            keys.get(row.successor_name or ""),
            row.end_reason,
        )
        for row in rows
    ]


def group_key(village_code: str, group_id: int) -> str:
    """How a natural group is named in a set; keys stand in the order of villages, then of the list."""
    return f"{village_code}/{group_id:08d}"


def _without_groups(names: dict[str, str], places: dict[str, Place], unit_code: str) -> list[str]:
    """Villages whose natural groups were not imported; a community has none."""
    having = {place.branch for place in places.values()}
    villages = (
        code
        for code, name in names.items()
        if code.startswith(unit_code) and level(code) == VILLAGE and not is_community(name)
    )
    return sorted(code for code in villages if code not in having)


def _tops(codes: Iterable[str]) -> list[str]:
    """The codes that lie below no other of them."""
    kept: list[str] = []
    for code in sorted(codes):
        if not any(code.startswith(top) for top in kept):
            kept.append(code)
    return kept
