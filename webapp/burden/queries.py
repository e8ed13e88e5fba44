"""Reading the burden ledger."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from webapp.burden.models import BurdenEntry
from webapp.burden.rules import Load, month_of

_AT_ONCE = 500


def month_load(session: Session, unit_codes: Collection[str], month: date) -> dict[str, Load]:
    """What each unit is asked in a month (any day of it), by all levels; units without demands are not in it."""
    codes = sorted(set(unit_codes))
    found: dict[str, Load] = {}
    for start in range(0, len(codes), _AT_ONCE):
        statement = (
            select(
                BurdenEntry.unit_code,
                func.count(),
                func.sum(BurdenEntry.minutes),
                func.sum(case((BurdenEntry.regular, 1), else_=0)),
            )
            .where(BurdenEntry.unit_code.in_(codes[start : start + _AT_ONCE]), BurdenEntry.month == month_of(month))
            .group_by(BurdenEntry.unit_code)
        )
        for code, items, minutes, regular in session.execute(statement):
            found[code] = Load(items, int(minutes), int(regular))
    return found
