"""How long a tenure runs, who counts to a team on a day, and what a team lacks, with the reason. Pure (Z-1, Z-4 … Z-6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webapp.clock import years_later
from webapp.org.rules import FAULT_REASONS, STATIONED

LACKING = ("缺", "人数不足")
"""How those sentences begin that say what is not covered yet; the others tell of too many, or of a locality's rules."""
_DAY = timedelta(days=1)
_MONTHS = 12


@dataclass(frozen=True)
class Tenure:
    """The term of one posting: from the arrival to its last day, which an extension moves (Z-6)."""

    starts_on: date
    ends_on: date
    extended: bool = False

    def ending(self, on: date, days: int) -> bool:
        """Whether the term ends within so many calendar days, or has ended."""
        return (self.ends_on - on).days <= days

    def over(self, on: date) -> bool:
        return self.ends_on < on

    def words(self, on: date) -> str:
        """What is left, in words: "还有 1 年 2 个月", "还有 12 天", "今天期满", "已期满 3 天"."""
        if self.ends_on == on:
            return "今天期满"
        if self.ends_on < on:
            return f"已期满 {_span(self.ends_on, on)}"
        return f"还有 {_span(on, self.ends_on)}"


def tenure(starts_on: date, min_years: int, extended_to: date | None = None) -> Tenure:
    """The term that begins on a day: `min_years` years, or until the day to which it was extended."""
    usual = years_later(starts_on, min_years) - _DAY
    if extended_to is not None and extended_to > usual:
        return Tenure(starts_on, extended_to, True)
    return Tenure(starts_on, usual)


def _span(first: date, last: date) -> str:
    """The time between two days: whole months once there is one, else days."""
    months = (last.year - first.year) * _MONTHS + last.month - first.month - (last.day < first.day)
    if months <= 0:
        return f"{(last - first).days} 天"
    years, rest = divmod(months, _MONTHS)
    return " ".join(filter(None, (f"{years} 年" if years else "", f"{rest} 个月" if rest else "")))


@dataclass(frozen=True)
class Post:
    """A stationed post as the rules see it."""

    role: str
    starts_on: date
    ends_on: date | None
    sending_unit: str = ""
    """Name of the sending unit; "" where none is recorded."""

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Size:
    """What the rule pack says of a team at one place."""

    least: int
    most: int
    overlap_days: int
    rules: Sequence[Mapping[str, Any]] = ()


def overlapping(leaver: Post, posts: Iterable[Post], on: date, overlap_days: int) -> bool:
    """Whether a post stands in its hand-over: its last days, shared with a successor in the same role (压茬交接)."""
    if leaver.ends_on is None or not leaver.covers(on):
        return False
    first = leaver.ends_on - timedelta(days=overlap_days - 1)
    return on >= first and any(
        post.role == leaver.role and first <= post.starts_on <= on and post.starts_on > leaver.starts_on
        for post in posts
    )


def shortfalls(posts: Sequence[Post], on: date, size: Size, designations: Sequence[str]) -> list[str]:
    """What a village's team lacks or has too much of on a day, each with its reason; nothing of it forbids anything.

    Days of overlap never make a team too large. A village that need not have a team is judged only once it has one.
    """
    here = [post for post in posts if post.role in STATIONED and post.covers(on)]
    counted = [post for post in here if not overlapping(post, here, on, size.overlap_days)]
    firsts = [post for post in counted if post.role == "first_secretary"]
    members = [post for post in counted if post.role == "team_member"]
    found = []
    if designations and not firsts:
        found.append(f"缺第一书记：{'、'.join(designations)}应当选派第一书记。")
    elif members and not firsts:
        found.append("缺队长：工作队由第一书记任队长，现在只有队员。")
    if len(firsts) > 1:
        found.append(f"第一书记 {len(firsts)} 人同时在任，且不在 {size.overlap_days} 天交接期内：每村一名第一书记。")
    if (designations or members) and len(here) < size.least:
        found.append(f"人数不足：在岗 {len(here)} 人，规则包要求每队至少 {size.least} 人。")
    if len(counted) > size.most:
        found.append(f"人数超出：在岗 {len(counted)} 人（交接重叠的不计），规则包规定每队最多 {size.most} 人。")
    return found + _local(counted, size)


def _local(counted: Sequence[Post], size: Size) -> list[str]:
    """Rules of a locality that the held data can judge."""
    senders = sorted({post.sending_unit for post in counted if post.sending_unit})
    return [
        f"派出单位不一致：{rule['words']}现有{'、'.join(senders)}。"
        for rule in size.rules
        if rule.get("check") == "one_sending_unit" and len(senders) > 1
    ]


def reminders(size: Size) -> list[str]:
    """Rules of a locality that only people can judge: the product holds no such data of persons."""
    return [str(rule["words"]) for rule in size.rules if not rule.get("check")]


def affects_grade(end_reason: str | None) -> bool:
    """Whether an end of a posting may be looked at in an assessment: only a recall for fault (Z-37)."""
    return end_reason in FAULT_REASONS
