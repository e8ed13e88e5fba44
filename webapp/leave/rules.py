"""What a request may say, and which tier decides it (Z-25 … Z-30). Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from webapp.leave.halves import HALVES, Span, slot
from webapp.leave.models import KINDS, REASONS
from webapp.policy.workdays import WorkCalendar
from webapp.words import day_words

LONGEST_DAYS = 366
TEXT_LIMIT = 500


@dataclass(frozen=True)
class Limits:
    """What the pack in force says of leave; `answer_hours` in hours, `tier1_max_days` in days as `count` has them."""

    tier1_max_days: Decimal
    count: str
    offices: tuple[str, str]
    substitutes: tuple[str, ...]
    answer_hours: int


@dataclass(frozen=True)
class Asking:
    """What was typed; a first day of None is a day that cannot be read. `extends_id` takes the first half-day's place."""

    posting_id: int
    kind: str
    first_day: date | None
    first_half: str
    last_day: date | None
    last_half: str
    reason: str = ""
    urgent: bool = False
    extends_id: int | None = None


def days_of(span: Span, count: str, calendar: WorkCalendar) -> Decimal:
    """Days of a span in the way of counting that the pack names, in halves (Z-29)."""
    return span.workdays(calendar) if count == "working_days" else span.days


def tier_of(days: Decimal, limits: Limits) -> int:
    """1 up to `leave.tier1_max_days`, else 2."""
    return 1 if days <= limits.tier1_max_days else 2


def due_back(last: int, decided_on: date | None, calendar: WorkCalendar) -> date:
    """The day by whose end a return is reported: that of the first half-day after leave, or the next working day.

    Leave granted afterwards (Z-30) leaves the first working day after the decision for it.
    """
    due = calendar.add_workdays(date.fromordinal((last + 1) // 2), 0)
    return due if decided_on is None else max(due, calendar.add_workdays(decided_on, 1))


def span_faults(first_day: date | None, first_half: str, last_day: date | None, last_half: str) -> dict[str, str]:
    """What is wrong with two half-days as they were typed."""
    faults = {}
    if first_day is None:
        faults["first_day"] = "没有填写开始日期，或日期不正确。请按“年-月-日”填写。"
    if last_day is None:
        faults["last_day"] = "没有填写结束日期，或日期不正确。请按“年-月-日”填写。"
    if first_half not in HALVES:
        faults["first_half"] = "没有选择从上午还是下午开始。请选择。"
    if last_half not in HALVES:
        faults["last_half"] = "没有选择到上午还是下午结束。请选择。"
    if faults or first_day is None or last_day is None:
        return faults
    if slot(last_day, last_half) < slot(first_day, first_half):
        return {"last_day": "结束时间早于开始时间。请改正。"}
    if (last_day - first_day).days >= LONGEST_DAYS:
        return {"last_day": f"一次最多填写 {LONGEST_DAYS} 天。请改为较近的日期。"}
    return {}


def posting_fault(span: Span, starts_on: date, ends_on: date | None, who: str = "您") -> dict[str, str]:
    """A span lies within the days of the post; `who` is told, or told of."""
    if span.first_day < starts_on:
        return {"first_day": f"{who}{day_words(starts_on)}才到岗，不能早于这一天。请改正开始日期。"}
    if ends_on is not None and span.last_day > ends_on:
        return {"last_day": f"{who}任职到{day_words(ends_on)}为止，不能超过这一天。请改正结束日期。"}
    return {}


def asking_faults(asking: Asking) -> dict[str, str]:
    """What is wrong with the rest of a request."""
    faults = {}
    if asking.kind not in KINDS:
        faults["kind"] = "没有选择请假种类。请选择。"
    if asking.kind == "sick" and asking.reason not in REASONS:
        faults["reason"] = "病假应当选择原因类别。请选择，不需要写病名。"
    return faults


def begun_fault(span: Span, asked: int, *, urgent: bool) -> dict[str, str]:
    """Leave that had begun in the half-day in which it was asked for may be entered only as urgent (Z-30)."""
    if span.first < asked and not urgent:
        return {"urgent": "开始时间已过。确属紧急、来不及事先请假的，请勾选“紧急情况，事后补办”；否则请改日期。"}
    return {}
