"""What each event makes of an assignment: its state rebuilt from nothing but its events. Pure."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Protocol

from webapp import clock


class Event(Protocol):
    """An event as far as the state follows from it (`AssignmentEvent`)."""

    at: Any
    kind: Any
    to_state: Any
    person_id: Any
    actor_unit: Any
    data: Any


@dataclass
class Facts:
    """The columns of an assignment that follow from its events."""

    state: str = "issued"
    issued_on: date | None = None
    first_due_on: date | None = None
    due_on: date | None = None
    acknowledged_on: date | None = None
    first_reported_on: date | None = None
    last_reported_on: date | None = None
    reported_by_id: int | None = None
    verified_on: date | None = None
    verified_by_id: int | None = None
    verified_by_unit: str | None = None
    closed_on: date | None = None
    closed_as: str | None = None
    recalled_on: date | None = None
    sampled: bool | None = None
    times_returned: int = 0
    reports: list[date] = field(default_factory=list)
    """Days of the reports that stand, the first one first; no column."""


COLUMNS = tuple(one.name for one in fields(Facts) if one.name != "reports")


def facts_after(events: Iterable[Event]) -> Facts:
    """The facts that a whole chain of events leaves."""
    facts = Facts()
    before: list[Facts] = []
    for event in events:
        if event.kind == "undo":
            moved_to = facts.due_on  # a deadline that moved meanwhile stays moved: its extension stays on record
            facts = deepcopy(before[-event.data["events"]])
            facts.due_on = moved_to
        before.append(deepcopy(facts))
        if event.kind != "undo":
            _step(facts, event)
    return facts


def differing(row: Any, events: Iterable[Event]) -> dict[str, tuple[Any, Any]]:
    """Column → (what the row holds, what its events say), for those that differ."""
    facts = facts_after(events)
    pairs = {name: (getattr(row, name), getattr(facts, name)) for name in COLUMNS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _step(facts: Facts, event: Event) -> None:
    day = clock.day_of(event.at)
    data = event.data or {}
    facts.state = event.to_state
    if "due_on" in data:
        facts.due_on = date.fromisoformat(data["due_on"])
    match event.kind:
        case "issue":
            facts.issued_on, facts.first_due_on = day, facts.due_on
        case "acknowledge":
            facts.acknowledged_on = day
        case "report":
            facts.reports.append(day)
            facts.reported_by_id = event.person_id
            _report_days(facts)
        case "withdraw":
            facts.reports.pop()
            _report_days(facts)
        case "return" | "reopen":
            facts.times_returned += event.kind == "return"
            facts.verified_on = facts.verified_by_id = facts.verified_by_unit = None
            facts.closed_on = facts.closed_as = None
        case "draw":
            facts.sampled = data["sampled"]
        case "verify":
            facts.verified_on, facts.verified_by_id, facts.verified_by_unit = day, event.person_id, event.actor_unit
        case "close":
            facts.closed_on, facts.closed_as = day, "verified"
        case "close_unsampled":
            facts.closed_on, facts.closed_as = day, "unsampled"
        case "recall" | "exempt":
            facts.recalled_on = day


def _report_days(facts: Facts) -> None:
    facts.first_reported_on = facts.reports[0] if facts.reports else None
    facts.last_reported_on = facts.reports[-1] if facts.reports else None
