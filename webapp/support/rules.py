"""What is owed for a post in a year, until when, and what an entry of it must satisfy. Pure (Z-9, Z-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from webapp.errors import Faulty
from webapp.org.codes import level
from webapp.private_numbers import fault_of
from webapp.support.models import REASONS
from webapp.words import clean, day_words

WITH_AMOUNT = ("county_funds", "work_funds", "allowance", "hardship")
"""Sums that are paid by rule. What an illness cost is nobody's business here (S-3)."""
MOST_YUAN = Decimal(1_000_000)
DOCUMENT_LIMIT = 60
_LEVELS = {1: "province", 2: "city"}


@dataclass(frozen=True)
class Owed:
    """One kind as a pack gives it."""

    owner: str
    every: str
    """"year", "posting" (once, in the year of arrival) or "event" (when it occurs, without a day)."""
    roles: tuple[str, ...]
    due: str | None
    """Month and day, "06-30"."""
    arrival_days: int | None
    """Calendar days after arrival."""
    yuan: int | Mapping[str, int] | None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Owed":
        """From the value of a parameter."""
        return cls(
            value["owner"],
            value["every"],
            tuple(value["roles"]),
            value.get("due"),
            value.get("arrival_days"),
            value.get("yuan"),
        )

    def opens(self, role: str, year: int, starts_on: date, ends_on: date | None, least_days: int) -> bool:
        """Whether a post that has begun is owed this in a year."""
        if role not in self.roles:
            return False
        if self.every == "posting":
            return starts_on.year == year
        return days_in(year, starts_on, ends_on) >= max(1, least_days)

    def due_on(self, year: int, starts_on: date) -> date | None:
        """The day in the year; for who arrived late so many days after that; None for what is settled when it occurs."""
        if self.every == "event":
            return None
        arrived = starts_on + timedelta(days=self.arrival_days or 0)
        return max(date.fromisoformat(f"{year}-{self.due}"), arrived) if self.due else arrived

    def usual_yuan(self, sender_code: str | None) -> int | None:
        """What the pack names as the usual sum; by the level of the sending unit where it says so."""
        if isinstance(self.yuan, Mapping):
            return self.yuan[_LEVELS.get(level(sender_code), "county")] if sender_code else None
        return self.yuan


def days_in(year: int, starts_on: date, ends_on: date | None) -> int:
    """Days of a year that a post covers, both ends included; an open end lasts to 31 December."""
    first, last = max(starts_on, date(year, 1, 1)), min(ends_on or date(year, 12, 31), date(year, 12, 31))
    return max(0, (last - first).days + 1)


@dataclass(frozen=True)
class Entry:
    """What an owner records about one or many items; `state` is "done", "not_applicable" or, taken back, "open"."""

    state: str
    done_on: date | None = None
    document_no: str | None = None
    amount: Decimal | None = None
    reason: str | None = None


def entry_from(
    state: str,
    kinds: set[str],
    *,
    year: int,
    today: date,
    done_on: date | None = None,
    document_no: str = "",
    amount: str = "",
    reason: str = "",
) -> Entry:
    """The entry in what was typed, for items of some kinds in a year. Raises `Faulty` by field."""
    if state == "open":
        return Entry("open")
    number, faults = clean(document_no), {}
    if len(number) > DOCUMENT_LIMIT:
        faults["document_no"] = f"文号超过 {DOCUMENT_LIMIT} 字。请删减。"
    elif wrong := fault_of(number, "文号"):
        faults["document_no"] = wrong
    if state == "not_applicable":
        if reason not in REASONS:
            faults["reason"] = "没有选择不适用的原因。请从列出的原因中选一个。"
        elif reason == "document" and not number:
            faults["document_no"] = "选择“其他”时应当填写文号。请补填。"
        if faults:
            raise Faulty(faults)
        return Entry(state, document_no=number or None, reason=reason)
    if done_on is None:
        faults["done_on"] = "没有填写落实日期，或者日期不能识别。请按“2026-11-04”的样子填写。"
    elif done_on > today:
        faults["done_on"] = f"落实日期 {day_words(done_on)} 还没有到。落实以后再登记。"
    elif not date(year - 1, 1, 1) <= done_on <= date(year + 1, 12, 31):
        faults["done_on"] = f"落实日期 {day_words(done_on)} 与{year}年度不符。请核对年份。"
    money, wrong_money = _money(clean(amount), kinds)
    if wrong_money:
        faults["amount"] = wrong_money
    if faults:
        raise Faulty(faults)
    return Entry("done", done_on, number or None, money)


def _money(typed: str, kinds: set[str]) -> tuple[Decimal | None, str | None]:
    if not typed:
        return None, None
    if not kinds <= set(WITH_AMOUNT):
        return None, "只有工作经费、补贴和津贴登记金额，所选事项不登记。请清空金额。"
    try:
        money = Decimal(typed.replace(",", "").replace("，", ""))
    except InvalidOperation:
        money = Decimal(-1)
    if not money.is_finite() or not 0 < money <= MOST_YUAN or money != money.quantize(Decimal("0.01")):
        return None, f"金额应当是大于 0、不超过 {MOST_YUAN} 元的数，最多两位小数。请改正。"
    return money, None
