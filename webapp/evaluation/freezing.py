"""What a run is made from: days, parameters, packs, indicators, calendar and code, read once and written down."""

import hashlib
import json
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from webapp import clock
from webapp.errors import Refused
from webapp.evaluation.collectors.cut import AnswerDay, Cut
from webapp.evaluation.collectors.values import COLLECTORS
from webapp.evaluation.periods import Period
from webapp.evaluation.schemes import SchemeVersion
from webapp.org.codes import ancestors
from webapp.policy.calendar import work_calendar
from webapp.policy.service import packs_in_force, parameter
from webapp.policy.work_areas import Indicator, indicators
from webapp.policy.workdays import WorkCalendar

PARAMETERS = (
    "burden.min_answer_workdays",
    "team.min",
    "team.max",
    "tenure.handover_days",
    "score.min_denominator",
)
# Reports this many days before the period may have an answer time that ends inside it: ten working days at most
# (the schema's limit) and the longest holiday.
LOOK_BACK = timedelta(days=40)


def cut_off_of(period: Period, today: date) -> date:
    """The last day whose facts count. Raises `Refused` for a period of which no day is over."""
    if period.starts_on > today:
        day = period.starts_on
        raise Refused(f"{period.label}尚未开始（{day.year}年{day.month}月{day.day}日起）。请选择已开始的周期。")
    if period.starts_on == today:
        raise Refused(f"{period.label}今天开始，还没有可以统计的日期。请明天再测算，或选择上一周期。")
    return min(period.ends_on, today - timedelta(days=1))


def indicators_of(period: Period) -> list[Indicator]:
    """Indicators that facts of the product feed and whose periods include this kind, in the order of codes."""
    found = [i for i in indicators() if i.code in COLLECTORS and period.kind in i.periods]
    return sorted(found, key=lambda item: item.code)


def cut_of(session: Session, period: Period, cut_off: date, values: dict[str, Any]) -> Cut:
    """What the collectors are told about a period; `values` are the frozen parameters of the subtree."""
    days = answer_days(work_calendar(session), period, cut_off, values["burden.min_answer_workdays"])
    return Cut(period.starts_on, period.ends_on, cut_off, tuple(sorted(values.items())), days)


def parameters_of(session: Session, period: Period, unit_code: str) -> dict[str, Any]:
    """The parameters that values depend on, as the packs in force on the period's last day give them for a unit."""
    return {key: parameter(session, key, on=period.ends_on, unit_code=unit_code) for key in PARAMETERS}


def answer_days(calendar: WorkCalendar, period: Period, cut_off: date, workdays: int) -> tuple[AnswerDay, ...]:
    """Days of reports whose answer time ends in the period, with the moment it ends (TSK-3)."""
    found = []
    day = period.starts_on - LOOK_BACK
    while day <= period.ends_on:
        last = calendar.add_workdays(day, workdays)
        if period.starts_on <= last <= period.ends_on:
            due = last <= cut_off
            found.append(AnswerDay(clock.day_start(day), clock.day_end(day), clock.day_end(last), due))
        day += timedelta(days=1)
    return tuple(found)


def frozen(
    session: Session, period: Period, root: str, counties: list[str], scheme: SchemeVersion | None
) -> dict[str, Any]:
    """Everything a run's values and scores depend on, besides the facts."""
    calendar = work_calendar(session)
    packs = {
        pack.slug: pack
        for unit in [root, *counties]
        for pack in packs_in_force(session, on=period.ends_on, unit_code=unit)
    }
    national = packs_in_force(session, on=period.ends_on)[0]
    base = parameters_of(session, period, "")
    own = {code: parameters_of(session, period, code) for code in counties}
    return {
        "pack": national.slug,
        "packs": [{"slug": p.slug, "sha256": p.sha256} for p in packs.values()],
        "parameters": {"": base, **{code: values for code, values in own.items() if values != base}},
        "indicators": {item.code: item.sha256 for item in indicators_of(period)},
        "calendar": _hash(_calendar_days(calendar, period)),
        "scheme": None if scheme is None else {"slug": scheme.slug, "version": scheme.version, "sha256": scheme.sha256},
        "code": code_version(),
    }


def frozen_parameters(run_frozen: dict[str, Any], unit_code: str) -> dict[str, Any]:
    """The parameters a run used for a unit."""
    by_county: dict[str, dict[str, Any]] = run_frozen["parameters"]
    for code in reversed([*ancestors(unit_code), unit_code]):
        if code in by_county:
            return by_county[code]
    return by_county[""]


def inputs_hash(run_frozen: dict[str, Any], cut_off: date, provisional: bool) -> str:
    """One hash over what was frozen, without the code's version: a new version that counts the same is no change."""
    return _hash([{k: v for k, v in run_frozen.items() if k != "code"}, cut_off.isoformat(), provisional])


def _calendar_days(calendar: WorkCalendar, period: Period) -> list[str]:
    first, last = period.starts_on - LOOK_BACK, period.ends_on
    days = [*((d, "off") for d in calendar.off), *((d, "work") for d in calendar.work)]
    return sorted(f"{day.isoformat()} {kind}" for day, kind in days if first <= day <= last)


def _hash(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash over the sources that make values and scores; it changes when they do, with or without a release."""
    folder = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
