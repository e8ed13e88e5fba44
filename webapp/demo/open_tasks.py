"""Open tasks, dated from the day of set-up: the only part of the demo that depends on it."""

from datetime import date
from random import Random

from webapp.demo import recurring
from webapp.demo.issuing import Desk, Wanted
from webapp.demo.places import ACCOUNT_VILLAGES, COUNTY, Places
from webapp.policy.workdays import WorkCalendar

# Title, content, evidence, minutes, working days since the issue, working days left (negative: overdue), to whom.
OPEN = (
    ("岁末安全隐患排查点位核对", "核对集中居住点、活动场所和在建点位的安全隐患，能当场整改的当场整改。",
     "点位清单或“无变化”", 30, 9, 4, "villages"),
    ("冬季饮水管网防冻措施落实", "核对易冻管段的包扎和备用水源安排，有困难的写明位置和影响户数。",
     "管段清单或“无变化”", 25, 6, 1, "villages"),
    ("今冬明春就业岗位信息发布安排", "在辖区公布县里统一提供的岗位信息，收集外出务工意向人数。",
     "公布日期和人数", 20, 10, -2, "townships"),
    ("村级活动场所维修需求核对", "核对活动场所漏雨、线路老化等问题，按轻重缓急列出维修需求。",
     "需求清单", 30, 2, 8, "villages"),
)  # fmt: skip
# What the open tasks look like at each unit in turn: course and the state at which it stands today.
_STANDING = (
    ("in_time", "issued"),
    ("in_time", "acknowledged"),
    ("in_time", "in_progress"),
    ("in_time", "reported"),
    ("returned", "returned"),
    ("in_time", None),
)


def issue(desk: Desk, places: Places, calendar: WorkCalendar, rng: Random, today: date) -> None:
    """Issue the county's open tasks and the recurring ones of the month."""
    after_closed = calendar.add_workdays(recurring.LAST, 1)
    for number, (title, content, evidence, minutes, ago, left, to) in enumerate(OPEN):
        wanted = Wanted(
            title=title,
            content=content,
            basis=f"演示〔{today.year}〕{number + 41}号",
            evidence=evidence,
            minutes=minutes,
            issuer_code=COUNTY,
            issued_on=calendar.add_workdays(today, -ago),
            due_on=max(calendar.add_workdays(today, left), after_closed),
        )
        units = places.townships if to == "townships" else _villages(places, rng)
        standing = {unit: _STANDING[(place + number) % len(_STANDING)] for place, unit in enumerate(units)}
        stop_at = {unit: state for unit, (_, state) in standing.items() if state}
        if number == 1:
            standing[ACCOUNT_VILLAGES[0]], stop_at[ACCOUNT_VILLAGES[0]] = ("in_time", "issued"), "issued"
        desk.issue(wanted, {unit: course for unit, (course, _) in standing.items()}, stop_at)
    _recurring(desk, places, calendar, rng, today)


def _villages(places: Places, rng: Random) -> list[str]:
    others = [code for code in places.designated if code not in ACCOUNT_VILLAGES]
    return sorted([*ACCOUNT_VILLAGES, *rng.sample(others, 10)])


def _recurring(desk: Desk, places: Places, calendar: WorkCalendar, rng: Random, today: date) -> None:
    """The recurring tasks opened after the closed months that are due this month."""
    end = calendar.last_workday(today.year, today.month)
    for occasion in recurring.occasions(calendar, today.replace(day=1), end):
        if occasion.due_on > recurring.LAST and occasion.opens_on <= today:
            recurring.issue_one(desk, places, calendar, occasion, lambda: rng.choice(("in_time", "late", "unanswered")))
