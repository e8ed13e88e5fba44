"""When a template comes due: its periods, the working days on which one opens and is to be answered. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from webapp.burden.rules import months_of
from webapp.policy.duty_lists import Carried, lapsed
from webapp.policy.models import Duty
from webapp.policy.work_areas import Template, templates
from webapp.policy.workdays import WorkCalendar
from webapp.words import day_words


@dataclass(frozen=True)
class Occasion:
    """One period of a template, with the working days on which it opens and falls due."""

    template: Template
    period: str
    """ "2026-10", "2026Q3", "2026H1" or "2026"."""
    opens_on: date
    due_on: date


def occasions(calendar: WorkCalendar, first: date, last: date, via: str = "direct") -> Iterator[Occasion]:
    """The occasions that open between two days, by month and template; each period of a template once, at its first."""
    seen: set[tuple[str, str]] = set()
    for year, month in _months(first, last):
        for template in templates():
            if template.via != via or template.due is None:
                continue
            if template.every != "month" and month not in template.months:
                continue
            occasion = _occasion(template, year, month, calendar)
            key = (template.code, occasion.period)
            if first <= occasion.opens_on <= last and key not in seen:
                seen.add(key)
                yield occasion


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield number // 12, number % 12 + 1


def _occasion(template: Template, year: int, month: int, calendar: WorkCalendar) -> Occasion:
    """A month's list is confirmed in the three working days after the month; the rest has the month to be done in."""
    period, due_on = period_of(template.every, year, month), due_of(template, year, month, calendar)
    if template.due == "third_working_day_after":
        return Occasion(template, period, calendar.last_workday(year, month), due_on)
    return Occasion(template, period, calendar.add_workdays(date(year, month, 1), 0), due_on)


def due_of(template: Template, year: int, month: int, calendar: WorkCalendar) -> date:
    """The deadline of a template in a month, as the duty list counts it."""
    last = calendar.last_workday(year, month)
    return calendar.add_workdays(last, 3) if template.due == "third_working_day_after" else last


def period_of(every: str, year: int, month: int) -> str:
    """The period that a month's occasion stands for: ("quarter", 2026, 9) → "2026Q3"."""
    return {
        "month": f"{year}-{month:02d}",
        "quarter": f"{year}Q{(month + 2) // 3}",
        "half_year": f"{year}H{(month + 5) // 6}",
    }.get(every, str(year))


def period_words(period: str) -> str:
    """ "2026Q3" → "2026年第三季度"."""
    year, rest = period[:4], period[4:]
    words = {"": "", "Q": "第{}季度", "H": "{}半年", "-": "{}月"}[rest[:1]]
    number = {"Q": "一二三四", "H": "上下"}.get(rest[:1])
    return f"{year}年" + words.format(number[int(rest[1:]) - 1] if number else rest[1:].lstrip("0"))


def why_not(occasion: Occasion, held: set[str], duties: Carried, unit_code: str) -> str | None:
    """Why a period does not open for a unit that has the periods `held` of its template; None where it opens.

    Its interval was changed while another period was open, or the duty list had no duty in force for it when it began.
    """
    other = clash(occasion.period, held)
    if other is not None:
        return f"模板周期在期中调整，{period_words(other)}已按原周期开设，从下一个完整周期起按新周期开设"
    starts = months_of(occasion.period)[0]
    gone = lapsed(duties.get(occasion.template.code, ()), unit_code, starts)
    if not gone:
        return None
    said = "、".join(f"“{row.title}”{_validity(row, starts)}" for row in gone)
    return f"责任清单所列{said}，{period_words(occasion.period)}开始时不在有效期内，不开设"


def _validity(row: Duty, on: date) -> str:
    """The day that puts it out of force on a day."""
    if row.valid_from > on:
        return f"自{day_words(row.valid_from)}起生效"
    return f"有效期至{day_words(row.valid_to)}" if row.valid_to else ""


def clash(period: str, others: set[str]) -> str | None:
    """Another period of the same template that shares a month: its interval was changed while that one was open."""
    first, last = months_of(period)
    for other in sorted(others - {period}):
        starts, ends = months_of(other)
        if starts <= last and first <= ends:
            return other
    return None
