"""Which units a task goes to: what may be chosen, and the groups and levels that choose many at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import below
from webapp.errors import OutOfScope, Refused
from webapp.org import groups
from webapp.org.codes import LEVEL_NAMES, LEVEL_OF
from webapp.org.models import DESIGNATIONS, Division, VillageDesignation
from webapp.org.units import by_codes, named


def targets(session: Session, unit_codes: Iterable[str], issuer_code: str, at: datetime) -> list[Division]:
    """The chosen units in code order. Raises `OutOfScope` or `Refused` naming what cannot be chosen."""
    codes = sorted(set(unit_codes))
    if not codes:
        raise Refused("没有选择承办单位。请至少选择一个单位。")
    outside = [code for code in codes if not code.startswith(issuer_code) or code == issuer_code]
    if outside:
        raise OutOfScope(f"代码 {named(outside)} 不在下达单位的下级范围内。请去掉后重新选择。")
    today = clock.day_of(at)
    found = {division.code: division for division in by_codes(session, codes)}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise Refused(f"没有代码为 {named(unknown)} 的单位。请核对后重新选择。")
    closed = [d.name for d in found.values() if d.valid_to is not None and d.valid_to < today]
    if closed:
        raise Refused(f"{named(closed)}的区划已撤销。请改选承接单位。")
    return [found[code] for code in codes]


def levels_below(root: str) -> list[tuple[int, str]]:
    """The levels that a unit may hand down to, from the nearest: (4, "乡镇"), (5, "村")."""
    own = LEVEL_OF[len(root)]
    return [(level, name) for level, name in LEVEL_NAMES.items() if level > own]


@dataclass(frozen=True)
class Group:
    """Something that names many units at once; `key` is what the form sends."""

    key: str
    name: str
    count: int


def groups_for(session: Session, issuer_code: str, on: date) -> list[Group]:
    """The saved groups in scope and the kinds of designated villages, each with its size below the issuer; in two statements."""
    found = [
        Group(f"group:{row.id}", row.name, count) for row, count in session.execute(groups.sized(issuer_code)).tuples()
    ]
    in_force = _in_force(issuer_code, on).with_only_columns(
        VillageDesignation.kind, func.count(VillageDesignation.unit_code.distinct())
    )
    counts = dict(session.execute(in_force.group_by(VillageDesignation.kind)).tuples().all())
    found += [Group(f"kind:{kind}", f"全部{words}", counts.get(kind, 0)) for kind, words in DESIGNATIONS.items()]
    return [group for group in found if group.count]


def of_group(session: Session, key: str, issuer_code: str, on: date) -> list[str]:
    """The units of a group below the issuer. Raises `Refused` for a group that is not there."""
    what, _, which = key.partition(":")
    if what == "kind" and which in DESIGNATIONS:
        return _designated(session, issuer_code, which, on)
    if what == "group" and which.isascii() and which.isdigit():
        row = groups.find(session, int(which))
        if row is not None:
            return _below(groups.members(session, row.id), issuer_code)
    raise Refused("没有选择分组，或分组已删除。请从列出的分组中选一个。")


def _below(codes: Iterable[str], issuer_code: str) -> list[str]:
    return [code for code in codes if code.startswith(issuer_code) and code != issuer_code]


def _designated(session: Session, issuer_code: str, kind: str, on: date) -> list[str]:
    """Villages below the issuer that bear a designation on a day."""
    statement = _in_force(issuer_code, on).where(VillageDesignation.kind == kind)
    return list(session.scalars(statement.distinct().order_by(VillageDesignation.unit_code)))


def _in_force(issuer_code: str, on: date) -> Select[tuple[str]]:
    """The villages below an issuer with the designations they bear on a day."""
    return (
        select(VillageDesignation.unit_code)
        .join(Division, Division.code == VillageDesignation.unit_code)
        .where(
            below(VillageDesignation.unit_code, issuer_code),
            VillageDesignation.unit_code != issuer_code,
            VillageDesignation.valid_from <= on,
            VillageDesignation.valid_to.is_(None) | (VillageDesignation.valid_to >= on),
        )
    )
