"""Entries in the burden ledger: one a demand and unit, in the month of its first deadline, struck out when recalled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as, insert_rows
from webapp.burden.limits import estimates
from webapp.burden.models import BurdenEntry, Demand, ReminderEntry
from webapp.burden.rules import month_of, stated_median
from webapp.errors import Refused
from webapp.policy.service import parameter

_AT_ONCE = 5000
"""Keys in one statement: both databases take as many."""
LEDGER = Viewer.system("负担台账", "")


def enter_many(
    session: Session,
    units: Mapping[str, str],
    *,
    due_on: date,
    issuer_code: str,
    title: str,
    minutes: int,
    regular: bool,
    fields: int = 0,
    demand_id: int | None = None,
) -> None:
    """Enter one demand on each unit (key of the entry → unit) in the month in which the answer is due.

    `minutes` is the issuer's estimate for one unit, `fields` what has to be entered there.
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
                "due_on": due_on,
                "issuer_code": issuer_code,
                "title": title,
                "minutes": minutes,
                "regular": regular,
                "fields": fields,
                "demand_id": demand_id,
            }
            for key, unit_code in units.items()
        ],
    )


def move(session: Session, key: str, due_on: date) -> None:
    """Note a new deadline. The demand goes on counting in the month of its first one: it was asked for that month, and
    may not take the place of what is asked in another."""
    session.execute(update(BurdenEntry).where(BurdenEntry.key == key).values(due_on=due_on))


def move_many(session: Session, keys: Sequence[str], due_on: date) -> None:
    """The same for many demands that get one new deadline."""
    for start in range(0, len(keys), _AT_ONCE):
        session.execute(
            update(BurdenEntry)
            .where(BurdenEntry.key.in_(keys[start : start + _AT_ONCE]))
            .values(due_on=due_on)
            .execution_options(synchronize_session=False)
        )


def strike_out(session: Session, key: str) -> None:
    """Take out a demand that was recalled: it costs the unit nothing any more."""
    session.execute(delete(BurdenEntry).where(BurdenEntry.key == key))


def strike_out_many(session: Session, keys: Sequence[str]) -> None:
    """The same for all units of a demand that was recalled."""
    for start in range(0, len(keys), _AT_ONCE):
        session.execute(delete(BurdenEntry).where(BurdenEntry.key.in_(keys[start : start + _AT_ONCE])))


def add_to(session: Session, keys: Sequence[str], *, minutes: int, fields: int) -> None:
    """Add what is asked on top of a demand to its entries: further minutes and fields of each unit."""
    for start in range(0, len(keys), _AT_ONCE):
        session.execute(
            update(BurdenEntry)
            .where(BurdenEntry.key.in_(keys[start : start + _AT_ONCE]))
            .values(minutes=BurdenEntry.minutes + minutes, fields=BurdenEntry.fields + fields)
            .execution_options(synchronize_session=False)
        )


def state_minutes(session: Session, key: str, minutes: int | None, on: date) -> None:
    """Note what the answerer says a demand took (None: nothing was said), and mend the estimate where enough have.

    Only what somebody states is held: no time on pages or in between is ever taken (X-35). Raises `Refused`.
    """
    asked = select(BurdenEntry.demand_id, BurdenEntry.issuer_code).where(BurdenEntry.key == key)
    demand_id, owner_code = session.execute(asked).tuples().one_or_none() or (None, "")
    if minutes is not None:
        impossible = estimates(session, on, owner_code).fault(minutes, "实际用时", "，也可以不填。请改正。")
        if impossible:
            raise Refused(impossible)
    session.execute(update(BurdenEntry).where(BurdenEntry.key == key).values(minutes_stated=minutes))
    if minutes is not None and demand_id is not None:
        restate(session, demand_id, int(parameter(session, "burden.answers_for_median", on=on, unit_code=owner_code)))


def restate(session: Session, demand_id: int, least: int) -> int | None:
    """From `least` answers on let the median of what answerers stated replace the estimate of a demand and its entries.

    Gives the minutes that now stand, None where the estimate was left alone. Reads what all units said, also those
    whom the answerer does not see.
    """
    with acting_as(session, LEDGER):
        held = select(BurdenEntry.minutes_stated).where(
            BurdenEntry.demand_id == demand_id, BurdenEntry.minutes_stated.is_not(None)
        )
        stated = [minutes for minutes in session.scalars(held) if minutes is not None]
        if len(stated) < least:
            return None
        minutes = stated_median(stated)
        for model, own in ((BurdenEntry, BurdenEntry.demand_id), (Demand, Demand.id)):
            session.execute(update(model).where(own == demand_id).values(minutes=minutes))
    return minutes


def note_reminders(session: Session, sent: Iterable[tuple[str, str]], on: date) -> None:
    """Count reminders (sender, unit reminded) in the ledgers of the units that sent them (X-15); they add no minutes."""
    rows = [{"issuer_code": sender, "unit_code": unit, "day": on} for sender, unit in sent]
    insert_rows(session, ReminderEntry, rows)
