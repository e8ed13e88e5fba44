"""POS-1, POS-2 and STA-1: whether villages that must have a team have one. Vacancies, not presence (A-18)."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, null, select, union_all

from webapp.evaluation.collectors.cut import STATIONED, Cut, flag, within
from webapp.evaluation.collectors.days import days_from
from webapp.org.models import Posting, VillageDesignation


def teams_of_size(cut: Cut) -> Select[Any]:
    """POS-2: of the villages that had to have a team at the cut-off, those with team.min to team.max persons."""
    villages = _villages(cut)
    right = villages.c.persons.between(cut.parameter("team.min"), cut.parameter("team.max"))
    return _village_rows(villages, right)


def teams_sent(cut: Cut) -> Select[Any]:
    """STA-1: of the villages that had to have a team or first secretary at the cut-off, those with one in post."""
    villages = _villages(cut)
    return _village_rows(villages, villages.c.persons > 0)


def posts_filled(cut: Cut) -> Select[Any]:
    """POS-1: person-days on which required posts were filled ÷ person-days required, each village on its own.

    A village's days fall into stretches in which nothing changes; each stretch counts its length times the posts.
    Extra persons of one day do not make up for another day's vacancy.
    """
    required = cut.parameter("team.min")
    length = (cut.cut_off - cut.starts_on).days + 1
    changes = union_all(
        *_changes(Posting, Posting.starts_on, Posting.ends_on, cut, (1, 0), Posting.role.in_(STATIONED)),
        *_changes(VillageDesignation, VillageDesignation.valid_from, VillageDesignation.valid_to, cut, (0, 1)),
    ).subquery("changes")
    days = (
        select(
            changes.c.unit_code,
            changes.c.offset,
            func.sum(changes.c.persons).label("persons"),
            func.sum(changes.c.duties).label("duties"),
        )
        .group_by(changes.c.unit_code, changes.c.offset)
        .subquery("days")
    )
    order: Any = {"partition_by": days.c.unit_code, "order_by": days.c.offset}
    stretches = select(
        days.c.unit_code,
        func.sum(days.c.persons).over(**order).label("persons"),
        func.sum(days.c.duties).over(**order).label("duties"),
        (func.lead(days.c.offset, 1, length).over(**order) - days.c.offset).label("length"),
    ).subquery("stretches")
    obliged = stretches.c.duties > 0
    filled = case((stretches.c.persons > required, required), else_=stretches.c.persons)
    return (
        select(
            null().label("row_id"),
            stretches.c.unit_code,
            func.sum(case((obliged, filled * stretches.c.length), else_=0)).label("n"),
            func.sum(case((obliged, required * stretches.c.length), else_=0)).label("d"),
            literal(0).label("missing"),
            literal(0).label("later"),
        )
        .group_by(stretches.c.unit_code)
        .having(func.max(stretches.c.duties) > 0)
    )


def _changes(
    model: Any, first: Any, last: Any, cut: Cut, adds: tuple[int, int], *where: ColumnElement[bool]
) -> list[Select[Any]]:
    """On which day of the period (0 = its first) persons and duties are added, and on which they are taken away."""
    persons, duties = adds
    overlaps = (first <= cut.cut_off, last.is_(None) | (last >= cut.starts_on), within(model.unit_code))
    begins = case((first <= cut.starts_on, 0), else_=days_from(literal(cut.starts_on), first))
    return [
        _change(model, begins, persons, duties).where(*overlaps, *where),
        _change(model, days_from(literal(cut.starts_on), last) + 1, -persons, -duties).where(
            *overlaps, last < cut.cut_off, *where
        ),
    ]


def _change(model: Any, offset: Any, persons: int, duties: int) -> Select[Any]:
    return select(
        model.unit_code.label("unit_code"),
        offset.label("offset"),
        literal(persons, Integer).label("persons"),
        literal(duties, Integer).label("duties"),
    )


def _villages(cut: Cut) -> Any:
    """Villages with a duty at the cut-off and the number of persons on post there that day."""
    posting, duty = Posting, VillageDesignation
    found = union_all(
        select(duty.unit_code.label("unit_code"), literal(1).label("duties"), literal(0).label("persons")).where(
            within(duty.unit_code),
            duty.valid_from <= cut.cut_off,
            duty.valid_to.is_(None) | (duty.valid_to >= cut.cut_off),
        ),
        select(posting.unit_code, literal(0), literal(1)).where(
            within(posting.unit_code),
            posting.role.in_(STATIONED),
            posting.starts_on <= cut.cut_off,
            posting.ends_on.is_(None) | (posting.ends_on >= cut.cut_off),
        ),
    ).subquery("found")
    return (
        select(found.c.unit_code, func.sum(found.c.persons).label("persons"))
        .group_by(found.c.unit_code)
        .having(func.sum(found.c.duties) > 0)
        .subquery("villages")
    )


def _village_rows(villages: Any, right: ColumnElement[bool]) -> Select[Any]:
    return select(
        null().label("row_id"),
        villages.c.unit_code,
        flag(right).label("n"),
        literal(1).label("d"),
        literal(0).label("missing"),
        literal(0).label("later"),
    )
