"""Entries in the burden ledger: one a demand and unit, moved with its deadline, struck out when it is recalled."""

from datetime import date

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from webapp.burden.models import BurdenEntry
from webapp.burden.rules import month_of


def enter(
    session: Session,
    *,
    key: str,
    unit_code: str,
    due_on: date,
    issuer_code: str,
    title: str,
    minutes: int,
    regular: bool,
) -> None:
    """Enter one demand on one unit in the month in which its answer is due; `minutes` is the issuer's estimate."""
    session.add(
        BurdenEntry(
            key=key,
            unit_code=unit_code,
            month=month_of(due_on),
            issuer_code=issuer_code,
            title=title,
            minutes=minutes,
            regular=regular,
        )
    )


def move(session: Session, key: str, due_on: date) -> None:
    """Put a demand into the month of its new deadline."""
    session.execute(update(BurdenEntry).where(BurdenEntry.key == key).values(month=month_of(due_on)))


def strike_out(session: Session, key: str) -> None:
    """Take out a demand that was recalled: it costs the unit nothing any more."""
    session.execute(delete(BurdenEntry).where(BurdenEntry.key == key))
