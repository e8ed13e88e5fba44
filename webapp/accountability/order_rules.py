"""How far a disaster order moves a deadline, each working day on which a clock stood still counted once (T-9). Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from webapp import clock
from webapp.accountability.order_models import DisasterOrder
from webapp.policy.workdays import WorkCalendar
from webapp.words import day_words

Window = tuple[date, date]
"""First and last day on which a clock stood still, both included."""


class Happened(Protocol):
    """An event as far as it stopped or started a clock."""

    kind: Any
    at: Any
    data: Any


def windows_of(events: Iterable[Happened], *, without_order: int | None = None) -> list[Window]:
    """The windows that have already moved a deadline: suspensions that ended, and disaster orders but the named one."""
    orders: dict[int, Window] = {}
    found: list[Window] = []
    stopped: date | None = None
    for event in events:
        data = event.data or {}
        if event.kind == "suspend":
            stopped = clock.day_of(event.at)
        elif event.kind == "resume" and stopped is not None:
            found.append((stopped + timedelta(days=1), clock.day_of(event.at)))
        elif event.kind == "freeze":
            orders[data["order"]] = (date.fromisoformat(data["from"]), date.fromisoformat(data["to"]))
        elif event.kind == "thaw":
            orders[data["order"]] = (orders[data["order"]][0], date.fromisoformat(data["to"]))
    return [*found, *(window for order, window in orders.items() if order != without_order)]


def workdays_outside(calendar: WorkCalendar, first: date, last: date, covered: Iterable[Window]) -> int:
    """Working days from a first to a last day (both included) that lie in none of the windows."""
    windows = list(covered)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sum(calendar.is_workday(day) and not any(a <= day <= b for a, b in windows) for day in days)


def frozen_to(
    due_on: date, begun_on: date, events: Sequence[Happened], order: DisasterOrder, calendar: WorkCalendar
) -> tuple[date, date] | None:
    """The deadline that an order gives to what began to run on a day, and the first day on which its clock stands still.

    The working days of the order after the day it began are added to the deadline, but for days on which the clock
    stood still already. None where it stays: what was due before the order began stays late.
    """
    if due_on < order.starts_on:
        return None
    if any(event.kind == "freeze" and (event.data or {}).get("order") == order.id for event in events):
        return None
    first = max(order.starts_on, begun_on + timedelta(days=1))
    days = workdays_outside(calendar, first, order.ends_on, windows_of(events))
    return (calendar.add_workdays(due_on, days), first) if days else None


def thawed_to(
    due_on: date, events: Sequence[Happened], order: DisasterOrder, calendar: WorkCalendar
) -> tuple[date, date] | None:
    """The deadline without the days by which an order stood longer than it now does; None where it stays."""
    frozen = next((e for e in reversed(events) if e.kind == "freeze" and (e.data or {})["order"] == order.id), None)
    if frozen is None:
        return None
    data = frozen.data or {}
    start = date.fromisoformat(data["from"])
    first, last = max(start, order.ends_on + timedelta(days=1)), date.fromisoformat(data["to"])
    days = workdays_outside(calendar, first, last, windows_of(events, without_order=order.id))
    return (calendar.add_workdays(due_on, -days), start) if days else None


def covers(order: DisasterOrder, unit_code: str) -> bool:
    """Whether a unit is named by an order or lies below one that is."""
    return any(unit_code.startswith(code) for code in order.units)


def words_of(order: DisasterOrder) -> str:
    """ "《关于…的通知》（福政办发〔2026〕31号）"."""
    return f"{order.title}（{order.document_no}）"


def data_of(order: DisasterOrder, first: date, due_on: date) -> dict[str, object]:
    """What the event of a move holds: which order, the days on which the clock stands still, the new deadline."""
    return {
        "order": order.id,
        "from": first.isoformat(),
        "to": order.ends_on.isoformat(),
        "due_on": due_on.isoformat(),
    }


def moved_words(before: date, after: date) -> str:
    """ "期限由2026年10月23日改为2026年11月6日"."""
    return f"期限由{day_words(before)}改为{day_words(after)}"
