"""What an upward request must say, by when it can be answered, and where it stands against its clock (T-10). Pure."""

from dataclasses import dataclass
from datetime import date

from webapp.accountability.rules import Clock, clock_of
from webapp.burden.asking import due_fault
from webapp.policy.workdays import WorkCalendar
from webapp.private_numbers import faults_in
from webapp.upward.models import KINDS, OPEN, STATES
from webapp.words import clean, day_words

LIMITS = {"title": 120, "content": 3000, "basis": 200}
NAMES = {"title": "请示事项", "content": "理由和具体请求", "basis": "依据"}
REASON_LIMIT = 1000
DOCUMENT_LIMIT = 80
LARGEST_AMOUNT = 100_000_000_000
"""Yuan; more is a slip of the key."""


@dataclass(frozen=True)
class Asking:
    """What one send of the form says."""

    unit_code: str
    asked_code: str
    kind: str
    title: str
    content: str
    basis: str
    amount: str
    """Yuan as typed; read for requests for funds only."""
    due_on: date | None


def faults_of(asking: Asking, on: date, calendar: WorkCalendar, min_answer_workdays: int) -> dict[str, str]:
    """What keeps a request from being made on a day: field → sentence. The days are those of demands downward."""
    faults = {}
    if asking.kind not in KINDS:
        faults["kind"] = "没有选择请示类别。请从列出的类别中选一类。"
    for field, limit in LIMITS.items():
        text = clean(getattr(asking, field))
        if not text and field != "basis":
            faults[field] = f"没有填写{NAMES[field]}。请补填。"
        elif len(text) > limit:
            faults[field] = f"{NAMES[field]}超过 {limit} 字，现有 {len(text)} 字。请删减。"
    faults |= faults_in([(field, NAMES[field], getattr(asking, field)) for field in LIMITS])
    if asking.kind == "funds" and amount_of(asking.amount) is None:
        faults["amount"] = "请示资金应填写金额，单位为元，只写整数。请改正。"
    late = _due_fault(asking.due_on, on, calendar, min_answer_workdays)
    if late:
        faults["due_on"] = late
    return faults


def amount_of(typed: str) -> int | None:
    """Whole yuan: "120,000" → 120000; None for anything else."""
    digits = clean(typed).replace(",", "").replace("，", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST_AMOUNT))):
        return None
    return int(digits) if 0 < int(digits) <= LARGEST_AMOUNT else None


def _due_fault(due_on: date | None, on: date, calendar: WorkCalendar, min_answer_workdays: int) -> str | None:
    if due_on is None:
        return "没有填写希望答复的日期，或者日期不正确。请选择一个工作日。"
    if due_on == on:
        return f"不能要求当日答复。请改为{day_words(calendar.add_workdays(on, min_answer_workdays))}或以后的工作日。"
    return due_fault(due_on, on, calendar, min_answer_workdays)


def passed_due(due_on: date, on: date, calendar: WorkCalendar, min_answer_workdays: int) -> date:
    """The deadline of the next unit: the old one, or the shortest answer time where less than that is left."""
    return max(due_on, calendar.add_workdays(on, min_answer_workdays))


def standing(
    state: str, due_on: date, answered_on: date | None, on: date, calendar: WorkCalendar, near_due: int
) -> Clock:
    """Lamp and words, the same as a demand downward would show; an answer ends the clock and keeps its lateness."""
    if state in OPEN:
        return clock_of("issued", due_on, None, on, calendar, near_due)
    if answered_on is not None and answered_on > due_on:
        behind = calendar.workdays_between(due_on, answered_on)
        return Clock("green", -behind, f"{STATES[state]}，晚 {behind} 个工作日")
    return Clock("green", 0, STATES[state])
