"""What beside assignments stands still under a disaster order: each feature with clocks of its own registers it (T-9)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from webapp import clock
from webapp.access import acting_as, below
from webapp.accountability.freezing import FREEZING, actor_of, orders_from
from webapp.accountability.order_models import DisasterOrder
from webapp.accountability.order_rules import Happened, covers, data_of, frozen_to, moved_words, thawed_to
from webapp.accountability.parties import Actor
from webapp.notices.service import notify_gathered
from webapp.policy.calendar import work_calendar
from webapp.policy.recalculation import locked

Begun = Callable[[Any], tuple[date, Sequence[Happened]]]
"""Row → the day on which the unit got it, and what happened since its present deadline was set by somebody."""


@dataclass(frozen=True)
class Move:
    """One deadline that an order has just moved."""

    kind: str
    """"freeze", or "thaw" when the order ends early."""
    order: DisasterOrder
    actor: Actor
    words: str
    """From which day to which."""
    data: dict[str, object]
    """What its event holds, so that each day is counted once."""
    at: datetime


def tell_moved(
    session: Session, order: DisasterOrder, kind: str, lines: Mapping[int, Sequence[str]], path: str, at: datetime
) -> None:
    """Tell people (person → lines) what an order has moved; of its start and of its early end each has one message."""
    notify_gathered(session, f"order:{order.id}:{kind}", lines, _composed, path, at)


def _composed(lines: Sequence[str]) -> tuple[str, str]:
    return "灾情期间期限调整", "\n".join(dict.fromkeys(lines))


Record = Callable[[Session, Any, Move], None]
"""(session, row, move): leave it among what happened on the row's page."""


@dataclass(frozen=True)
class Clocks:
    """The clocks of one feature: rows with `due_on`, `state`, `events` and `changed_at`."""

    words: str
    """After a number: "个整改问题"."""
    permission: str
    """Who in the unit that must act hears that its deadline moved."""
    model: type[Any]
    unit: str
    """Name of the column that holds the unit that must act."""
    running: Collection[str]
    """States in which an order stops the clock."""
    unfinished: Collection[str]
    """States in which an order that ends early gives its days back."""
    begun: Begun
    record: Record

    def foreseen(self, session: Session, order: DisasterOrder) -> list[tuple[str, date, date]]:
        """Unit, present deadline and the one to be of each clock that an order would stop; changes nothing."""
        found = [(row, self._frozen(session, row, order)) for row in self._found(session, order, self.running)]
        return [(getattr(row, self.unit), row.due_on, moved[0]) for row, moved in found if moved]

    def stop(self, session: Session, order: DisasterOrder, actor: Actor, at: datetime) -> list[str]:
        """Stop the clocks of the units that an order names; gives the unit of each that moved."""
        rows = self._held(session, order, self.running)
        return [getattr(row, self.unit) for row in rows if self._stop_one(session, row, order, actor, at)]

    def start(self, session: Session, order: DisasterOrder, actor: Actor, at: datetime) -> list[str]:
        """Take back the days by which an order stood longer than it now does; gives the unit of each that moved."""
        calendar, moved = work_calendar(session), []
        for row in self._held(session, order, self.unfinished):
            back = thawed_to(row.due_on, self.begun(row)[1], order, calendar)
            if back is not None:
                self._move(session, row, "thaw", order, actor, *back, at)
                moved.append(getattr(row, self.unit))
        return moved

    def catch_up(self, session: Session, rows: Sequence[Any], at: datetime) -> None:
        """Let orders in force stop the clocks of what is running only from this moment.

        Read as a part of the system: a township does not see the orders of its county, they still hold for its villages.
        """
        session.flush()
        with acting_as(session, FREEZING):
            for order in orders_from(session, clock.day_of(at)):
                for row in rows:
                    if row.state in self.running and covers(order, getattr(row, self.unit)):
                        self._stop_one(session, row, order, actor_of(order), at)
            session.flush()

    def _found(self, session: Session, order: DisasterOrder, states: Collection[str]) -> Sequence[Any]:
        column = getattr(self.model, self.unit)
        named = or_(*(below(column, code) for code in order.units))
        wanted = select(self.model).where(named, self.model.state.in_(states), self.model.due_on >= order.starts_on)
        return session.scalars(wanted.order_by(self.model.id).options(selectinload(self.model.events))).all()

    def _held(self, session: Session, order: DisasterOrder, states: Collection[str]) -> Iterator[Any]:
        ids = [row.id for row in self._found(session, order, states)]
        rows = locked(session, self.model, ids, selectinload(self.model.events))
        return (row for row in rows if row.state in states)

    def _frozen(self, session: Session, row: Any, order: DisasterOrder) -> tuple[date, date] | None:
        begun_on, events = self.begun(row)
        return frozen_to(row.due_on, begun_on, events, order, work_calendar(session))

    def _stop_one(self, session: Session, row: Any, order: DisasterOrder, actor: Actor, at: datetime) -> bool:
        moved = self._frozen(session, row, order)
        if moved is not None:
            self._move(session, row, "freeze", order, actor, *moved, at)
        return moved is not None

    def _move(
        self,
        session: Session,
        row: Any,
        kind: str,
        order: DisasterOrder,
        actor: Actor,
        due_on: date,
        first: date,
        at: datetime,
    ) -> None:
        before, row.due_on, row.changed_at = row.due_on, due_on, at
        move = Move(kind, order, actor, moved_words(before, due_on), data_of(order, first, due_on), at)
        self.record(session, row, move)


registered: list[Clocks] = []
