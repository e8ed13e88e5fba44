"""When a reminder goes out, when 督办 goes up, and in which order the ladder is climbed (T-6, P-22, X-15). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from webapp.policy.workdays import WorkCalendar

Kind = Literal["before", "after"]
KIND_WORDS = {"before": "期限前", "after": "逾期后"}
RANK = {"remind": 1, "talk": 1, "circular": 2, "listed_supervision": 3, "accountability": 4}
"""The ladder of P-22: 提醒 or 约谈, then 通报, then 挂牌督办, then 问责."""


@dataclass(frozen=True)
class Limits:
    """What the pack says for one issuer; near and escalate in working days, grace in calendar days."""

    before: int
    after: int
    near_due: int
    escalate: int
    grace: int
    hours: tuple[time, time]
    """From when and until before when a message may go out on a working day (X-15)."""

    def cap(self, kind: Kind) -> int:
        """How many reminders of a kind one assignment may get, pressed and automatic together."""
        return self.before if kind == "before" else self.after


def kind_on(due_on: date, on: date) -> Kind:
    """A reminder on the last day still comes before the deadline."""
    return "before" if on <= due_on else "after"


def automatic(number: int, due_on: date, on: date, limits: Limits, calendar: WorkCalendar) -> bool:
    """Whether the `number`-th reminder of its kind is due by itself.

    Before the deadline once it is near; afterwards the allowed ones are spread over the days until 督办 goes up: with
    two of them and five days, on the first working day past the deadline and on the fourth.
    """
    kind = kind_on(due_on, on)
    if number > limits.cap(kind):
        return False
    if kind == "before":
        return calendar.workdays_between(on, due_on) <= limits.near_due
    wait = -(-(number - 1) * limits.escalate // limits.after)
    return calendar.workdays_between(due_on, on) >= 1 + wait


def goes_up(due_on: date, on: date, *, secretary_duty: bool, limits: Limits, calendar: WorkCalendar) -> bool:
    """Whether 督办 goes to the level above: `escalate` working days past the deadline; a secretary's own duty not
    before the office has had its `grace` calendar days (P-31)."""
    late = due_on < on and calendar.workdays_between(due_on, on) >= limits.escalate
    return late and (not secretary_duty or (on - due_on).days > limits.grace)


def next_steps(standing: Collection[str]) -> tuple[str, ...]:
    """Steps that may follow those that stand: one rung up, none is left out and none is taken twice."""
    rung = max((RANK[kind] for kind in standing), default=0) + 1
    return tuple(kind for kind, rank in RANK.items() if rank == rung)
