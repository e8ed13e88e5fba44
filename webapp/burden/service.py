"""Entries in the burden ledger: one a demand and unit, moved with its deadline, struck out when it is recalled."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from webapp.access import insert_rows
from webapp.burden.models import BurdenEntry
from webapp.burden.rules import month_of


def enter_many(
    session: Session,
    units: Mapping[str, str],
    *,
    due_on: date,
    issuer_code: str,
    title: str,
    minutes: int,
    regular: bool,
) -> None:
    """Enter one demand on each unit (key of the entry → unit) in the month in which the answer is due.

    `minutes` is the issuer's estimate for one unit.
    """
    month = month_of(due_on)
    insert_rows(
        session,
        BurdenEntry,
        [
            {
                "key": key,
                "unit_code": unit_code,
                "month": month,
                "issuer_code": issuer_code,
                "title": title,
                "minutes": minutes,
                "regular": regular,
            }
            for key, unit_code in units.items()
        ],
    )


def move(session: Session, key: str, due_on: date) -> None:
    """Put a demand into the month of its new deadline."""
    session.execute(update(BurdenEntry).where(BurdenEntry.key == key).values(month=month_of(due_on)))


def state_minutes(session: Session, key: str, minutes: int | None) -> None:
    """Note what the answerer says a demand took; None where nothing was said."""
    session.execute(update(BurdenEntry).where(BurdenEntry.key == key).values(minutes_stated=minutes))


def strike_out(session: Session, key: str) -> None:
    """Take out a demand that was recalled: it costs the unit nothing any more."""
    session.execute(delete(BurdenEntry).where(BurdenEntry.key == key))
