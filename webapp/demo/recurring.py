"""The recurring tasks of the closed months, from the work areas' templates with `via: direct`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from webapp.demo.issuing import Desk, Wanted
from webapp.demo.places import CITY, COUNTY, Places
from webapp.policy import work_areas
from webapp.policy.work_areas import Template
from webapp.policy.workdays import WorkCalendar

FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
EVIDENCE = {
    "document": "文件或章节，注明文号即可",
    "import_batch": "部门数据导入批次号，不另报表",
    "record": "会议或办理记录一份",
    "list": "清单一份；没有变化的填“无变化”",
}
# How often a unit is late or silent, by lot: most answer in time, some need help.
_LOT = ("in_time",) * 15 + ("late",) * 3 + ("returned",) * 2 + ("unanswered",)


@dataclass(frozen=True)
class Occasion:
    """One occurrence of a template: its period and the days of issue and deadline."""

    template: Template
    period: str
    issued_on: date
    due_on: date


def issue(desk: Desk, places: Places, calendar: WorkCalendar, rng: Random) -> None:
    """Issue every occurrence due in the closed months, in the order of days: city to county, county to townships."""
    for occasion in sorted(occasions(calendar, FIRST, LAST), key=lambda o: (o.issued_on, o.template.code)):
        issue_one(desk, places, occasion, lambda unit_code: rng.choice(_LOT))


def issue_one(desk: Desk, places: Places, occasion: Occasion, course_of) -> None:  # type: ignore[no-untyped-def]
    """Issue one occurrence to the levels its template names; `course_of(unit_code)` chooses how it went."""
    levels = {"county": (CITY, [COUNTY]), "township": (COUNTY, places.townships)}
    for level in occasion.template.levels:
        if level in levels:
            issuer, units = levels[level]
            desk.issue(wanted(occasion, issuer), {unit: course_of(unit) for unit in units})


def wanted(occasion: Occasion, issuer: str) -> Wanted:
    """What an occurrence asks, in words."""
    template, words = occasion.template, period_words(occasion.period)
    return Wanted(
        title=f"{template.title}（{words}）",
        content=f"按责任清单完成{words}“{template.title}”，如实反馈结果；没有变化的填“无变化”，不另写报告。",
        basis="中发〔2020〕30号及本级责任清单",
        evidence=EVIDENCE[template.evidence],
        minutes=template.minutes,
        issuer_code=issuer,
        issued_on=occasion.issued_on,
        due_on=occasion.due_on,
        template_code=template.code,
        period=occasion.period,
    )


def occasions(calendar: WorkCalendar, first: date, last: date) -> Iterator[Occasion]:
    """Occurrences of all direct templates whose deadline lies between two days."""
    for template in work_areas.templates():
        if template.via != "direct" or template.evidence not in EVIDENCE or template.due is None:
            continue
        for year, month in _months(first, last):
            if template.every == "month" or month in template.months:
                occasion = _occasion(template, year, month, calendar)
                if first <= occasion.due_on <= last:
                    yield occasion


def _occasion(template: Template, year: int, month: int, calendar: WorkCalendar) -> Occasion:
    period = _period(template.every, year, month)
    end = calendar.last_workday(year, month)
    if template.due == "third_working_day_after":
        return Occasion(template, period, end, calendar.add_workdays(end, 3))
    issued_on = calendar.add_workdays(date(year, month, 1), 0)
    return Occasion(template, period, issued_on, end)


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    """Months from the one before `first` to that of `last`: some deadlines fall into the following month."""
    number, end = first.year * 12 + first.month - 2, last.year * 12 + last.month - 1
    while number <= end:
        yield number // 12, number % 12 + 1
        number += 1


def _period(every: str, year: int, month: int) -> str:
    return {
        "month": f"{year}-{month:02}",
        "quarter": f"{year}Q{(month + 2) // 3}",
        "half_year": f"{year}H{(month + 5) // 6}",
    }.get(every, str(year))


def period_words(period: str) -> str:
    """ "2026-10" → "2026年10月", "2026Q3" → "2026年第三季度", "2026H1" → "2026年上半年", "2026" → "2026年"."""
    year, rest = period[:4], period[4:]
    if rest.startswith("-"):
        return f"{year}年{int(rest[1:])}月"
    if rest.startswith("Q"):
        return f"{year}年第{'一二三四'[int(rest[1]) - 1]}季度"
    if rest.startswith("H"):
        return f"{year}年{'上下'[int(rest[1]) - 1]}半年"
    return f"{year}年"
