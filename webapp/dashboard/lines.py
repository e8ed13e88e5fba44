"""One line of the home page, and how a deadline is said on it."""

from dataclasses import dataclass
from datetime import date

from webapp.policy.workdays import WorkCalendar


@dataclass(frozen=True)
class Todo:
    """One line of the list 需要您办理, or of what others owe (then without a button)."""

    what: str
    path: str
    unit: str
    why: str
    due_on: date
    when: str
    """Where it stands against its deadline, in words."""
    lamp: str
    button: str = ""
    dated: bool = True
    """Whether the day is a deadline; without one it only orders the list."""


def due_words(due_on: date, on: date, calendar: WorkCalendar) -> str:
    """今天到期, 还有 3 个工作日, 逾期 2 个工作日."""
    left = calendar.workdays_between(on, due_on)
    if due_on == on:
        return "今天到期"
    if due_on > on:
        return f"还有 {left} 个工作日"
    return f"逾期 {-left} 个工作日" if left else "已过期限"
