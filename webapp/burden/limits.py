"""The pack's limits for the units of a demand: a county may have a pack of its own, stricter than the issuer's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from webapp.burden.rules import Ceilings, Estimates
from webapp.org.codes import at_level
from webapp.policy.service import parameter

COUNTY_LEVEL = 3


@dataclass(frozen=True)
class Limits:
    """What holds for the targets of one demand; days are working days."""

    min_answer_workdays: int
    """The longest answer time that the owner's or a target's pack asks for."""
    estimates: Estimates
    """Of the owner's pack: the owner is who estimates."""
    _ceilings: dict[str, Ceilings]

    def ceilings(self, unit_code: str) -> Ceilings:
        """The ceilings of one target."""
        return self._ceilings[at_level(unit_code, COUNTY_LEVEL)]


def limits_for(session: Session, owner_code: str, unit_codes: Collection[str], on: date) -> Limits:
    """The limits in force on a day; packs reach down to counties, so that each county is asked once."""
    counties = sorted({at_level(code, COUNTY_LEVEL) for code in (owner_code, *unit_codes)})

    def value(key: str, unit: str) -> int:
        return int(parameter(session, key, on=on, unit_code=unit))

    ceilings = {
        county: Ceilings(value("burden.requests_month", county), value("burden.minutes_month", county))
        for county in counties
    }
    answer_time = max(value("burden.min_answer_workdays", county) for county in counties)
    return Limits(answer_time, estimates(session, on, owner_code), ceilings)


def estimates(session: Session, on: date, unit_code: str) -> Estimates:
    """What the pack over a unit takes for a possible time of one demand."""

    def value(key: str) -> int:
        return int(parameter(session, key, on=on, unit_code=unit_code))

    return Estimates(value("burden.minutes_max"), value("burden.field_seconds"))
