"""Reading the burden ledger: loads of targets for those who ask, a unit's own month for itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from os.path import commonprefix

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from webapp.access import below
from webapp.burden.models import BurdenEntry, Demand, ReminderEntry
from webapp.burden.rules import Load, month_of
from webapp.org.models import Division

_NAMED_ONE_BY_ONE = 500


def among(codes: Sequence[str], column: InstrumentedAttribute[str] = BurdenEntry.unit_code) -> ColumnElement[bool]:
    """Rows of the units, and for very many units also of others in the smallest division that holds them all.

    Who asks with it leaves those out again. A range of codes is one walk along an index; 25,000 codes named one by one
    are fifty statements, each planned anew.
    """
    if len(codes) <= _NAMED_ONE_BY_ONE:
        return column.in_(codes)
    return below(column, commonprefix(codes))


def month_load(session: Session, unit_codes: Collection[str], month: date) -> dict[str, Load]:
    """What each unit is asked in a month (any day of it), by all levels; units without demands are not in it."""
    codes = sorted(set(unit_codes))
    statement = (
        select(
            BurdenEntry.unit_code,
            func.count(),
            func.sum(BurdenEntry.minutes),
            func.sum(case((BurdenEntry.regular, 1), else_=0)),
        )
        .where(among(codes), BurdenEntry.month == month_of(month))
        .group_by(BurdenEntry.unit_code)
    )
    wanted = set(codes)
    return {
        code: Load(items, int(minutes), int(regular))
        for code, items, minutes, regular in session.execute(statement)
        if code in wanted
    }


@dataclass(frozen=True)
class Asked:
    """What another unit asks of a target in the month."""

    title: str
    issuer_code: str
    issuer_name: str
    minutes: int
    regular: bool
    due_on: date | None


@dataclass(frozen=True)
class Foreseen:
    """What a target is asked already in the month of a deadline, before the new demand goes out."""

    load: Load
    same_day: int
    """Answers that fall due on the very day."""
    others: tuple[Asked, ...]
    """What other units than the asking one have asked, by the issuer's code and the deadline."""


def foreseen(session: Session, unit_codes: Collection[str], due_on: date, *, asking: str = "") -> dict[str, Foreseen]:
    """Each target with what all levels ask of it in the month of `due_on`; `asking` is the unit that is about to ask.

    Shown to the issuer in the order of codes before it asks; never a list by load (X-5).
    """
    codes = sorted(set(unit_codes))
    loads = month_load(session, codes, due_on)
    same_day = dict.fromkeys(codes, 0)
    others: dict[str, list[Asked]] = {code: [] for code in codes}
    statement = (
        select(
            BurdenEntry.unit_code,
            BurdenEntry.title,
            BurdenEntry.issuer_code,
            Division.name,
            BurdenEntry.minutes,
            BurdenEntry.regular,
            BurdenEntry.due_on,
            BurdenEntry.month,
        )
        .join(Division, Division.code == BurdenEntry.issuer_code)
        .where(among(codes), or_(BurdenEntry.month == month_of(due_on), BurdenEntry.due_on == due_on))
        .order_by(BurdenEntry.issuer_code, BurdenEntry.due_on, BurdenEntry.id)
    )
    for code, *asked, month in session.execute(statement):
        if code in others:
            one = Asked(*asked)
            same_day[code] += one.due_on == due_on
            if one.issuer_code != asking and month == month_of(due_on):
                others[code].append(one)
    return {code: Foreseen(loads.get(code, Load()), same_day[code], tuple(others[code])) for code in codes}


def own_ledger(unit_code: str, month: date) -> Select[tuple[BurdenEntry]]:
    """What one unit is asked in a month, by deadline: shown to itself."""
    return (
        select(BurdenEntry)
        .where(BurdenEntry.unit_code == unit_code, BurdenEntry.month == month_of(month))
        .options(joinedload(BurdenEntry.issuer), joinedload(BurdenEntry.demand))
        .order_by(BurdenEntry.due_on, BurdenEntry.issuer_code, BurdenEntry.id)
    )


@dataclass(frozen=True)
class AskedDemand:
    """One demand of an issuer in a month: how many units it went to, and what it costs each."""

    title: str
    demand_id: int | None
    directory_no: str
    issuer_name: str
    units: int
    minutes: int
    fields: int
    regular: bool


def asked_by(session: Session, issuer_codes: Collection[str], month: date) -> list[AskedDemand]:
    """What units asked of the units below in a month, by issuer, demand and title; no unit that was asked is named."""
    statement = (
        select(
            BurdenEntry.issuer_code,
            Division.name,
            BurdenEntry.demand_id,
            BurdenEntry.title,
            func.count(),
            func.max(BurdenEntry.minutes),
            func.max(BurdenEntry.fields),
            func.sum(case((BurdenEntry.regular, 1), else_=0)),
            Demand.owner_code,
        )
        .join(Division, Division.code == BurdenEntry.issuer_code)
        .outerjoin(Demand, Demand.id == BurdenEntry.demand_id)
        .where(BurdenEntry.issuer_code.in_(sorted(issuer_codes)), BurdenEntry.month == month_of(month))
        .group_by(BurdenEntry.issuer_code, Division.name, BurdenEntry.demand_id, BurdenEntry.title, Demand.owner_code)
        .order_by(BurdenEntry.issuer_code, BurdenEntry.demand_id, BurdenEntry.title)
    )
    return [
        AskedDemand(
            title=title,
            demand_id=demand_id,
            directory_no=f"{owner}-B{demand_id}" if owner else "",
            issuer_name=issuer,
            units=units,
            minutes=minutes,
            fields=fields,
            regular=bool(regular),
        )
        for _, issuer, demand_id, title, units, minutes, fields, regular, owner in session.execute(statement)
    ]


def reminders_sent(session: Session, issuer_codes: Collection[str], month: date) -> int:
    """Reminders that units sent in a month (X-15)."""
    first = month_of(month)
    after = (first + timedelta(days=31)).replace(day=1)
    statement = select(func.count(ReminderEntry.id)).where(
        ReminderEntry.issuer_code.in_(sorted(issuer_codes)), ReminderEntry.day >= first, ReminderEntry.day < after
    )
    return session.scalar(statement) or 0
