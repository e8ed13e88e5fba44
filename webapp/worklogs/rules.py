"""What a work log may say: its day, its text, its areas. Pure: values in, value out (Z-40, X-8, X-17)."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp import clock
from webapp.errors import Refused
from webapp.private_numbers import fault_of
from webapp.words import day_words
from webapp.worklogs.models import DUTY_AREAS

TEXT_LIMIT = 10_000
"""Characters; there is no lower limit but one (X-8)."""
SLIGHT = timedelta(minutes=15)
"""How far a device's clock may be ahead and its day still be taken."""
FAR_BEHIND = timedelta(days=31)
"""A log may have waited a month for a signal; what says more comes from a wrong clock."""
_DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?")


class WrongEntry(Refused):
    """One field of the form cannot be taken as it is; `field` names it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Entry:
    """What one send of the form says. `assignment_ids` are the village's tasks that the work served."""

    unit_code: str
    day: date
    duty_area: str
    text: str
    assignment_ids: tuple[int, ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    """What else it served: (kind, id), see `webapp/worklogs/bindings.py`."""

    @property
    def body_hash(self) -> str:
        """SHA-256 over all that the author said: tells a repeated send from another one."""
        said: list[object] = [self.unit_code, self.day.isoformat(), self.duty_area, self.text]
        said.append(sorted(set(self.assignment_ids)))
        if self.others:
            said.append(sorted(set(self.others)))
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def parse_day(text: str) -> date:
    """A day as people type it: 2026-11-04, 2026/11/4, 2026年11月4日, full-width digits too.

    Raises `WrongEntry` for anything else.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        raise WrongEntry("day", "没有填写日期。请选择今天、昨天，或填写其他日期。")
    found = _DAY.fullmatch(typed)
    try:
        if found is None:
            raise ValueError(typed)
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise WrongEntry("day", f"日期“{typed[:20]}”不正确。请按“2026-11-04”的样子填写。") from None


def faults_of(entry: Entry) -> dict[str, str]:
    """What is wrong with the shape of an entry: field → sentence."""
    faults = {}
    if entry.duty_area not in DUTY_AREAS:
        faults["duty_area"] = "没有选择工作方面。请从四项中选一项。"
    if not entry.text:
        faults["text"] = "没有填写做了什么。请简要写明，一句话即可。"
    if len(entry.text) > TEXT_LIMIT:
        faults["text"] = f"内容超过 {TEXT_LIMIT} 字，现有 {len(entry.text)} 字。请删减后再保存。"
    return faults


def checked(entry: Entry) -> Entry:
    """The entry when it can be taken. Raises `WrongEntry` naming the first field that cannot.

    A number of a person is asked to be taken out like in all other free texts (PIPL art. 6); a body that is held already
    is not asked again when a phone sends it a second time.
    """
    for field, sentence in faults_of(entry).items():
        raise WrongEntry(field, sentence)
    if private := fault_of(entry.text, "做了什么"):
        raise WrongEntry("text", private)
    return entry


@dataclass(frozen=True)
class DeviceClock:
    """What the clock of a device said when a log was written and when it was sent, beside the server's; all aware."""

    said: datetime
    sent: datetime | None
    """None from a device that does not tell it: how long the log waited there is then not known."""
    at: datetime

    @property
    def skew(self) -> timedelta | None:
        """How far the device is ahead, negative when it is behind; None where that is not known."""
        return self.sent - self.at if self.sent is not None else None

    @property
    def latest_day(self) -> date:
        """The last day that a log may name: a clock that is a little ahead turns to the next day too early."""
        ahead = max((self.sent or self.said) - self.at, timedelta(0))
        return clock.day_of(self.at + min(ahead, SLIGHT))

    def judge(self, day: date) -> None:
        """Ask for the day again where it was taken from a clock that is far behind. Raises `WrongEntry`.

        A clock far ahead names days in the future, which `judge_day` refuses by itself.
        """
        shown = clock.day_of(self.said)
        if self.skew is not None and self.skew < -FAR_BEHIND and shown - timedelta(days=1) <= day <= shown:
            days = (-self.skew).days
            raise WrongEntry("day", f"手机的时间比实际慢约 {days} 天，日期可能不对。请核对这条日志是哪一天的。")


def judge_day(day: date, latest: date, posts: Iterable[tuple[date, date | None]]) -> None:
    """Refuse a day in the future or on which the author held no post in the village.

    `latest` is today, or what a device's clock excuses (`DeviceClock.latest_day`). `posts` are the first and last days
    of the author's posts there, past ones too; there is at least one.
    Raises `WrongEntry`.
    """
    if day > latest:
        raise WrongEntry("day", f"日期晚于今天（{day_words(latest)}）。请改为今天或以前的日期。")
    held = sorted(posts, key=lambda post: post[0])
    if any(first <= day and (last is None or day <= last) for first, last in held):
        return
    if day < held[0][0]:
        raise WrongEntry("day", f"您自{day_words(held[0][0])}起在该村任职。请填写这一天或以后的日期。")
    raise WrongEntry("day", f"您{day_words(day)}不在该村任职。请填写任职期间的日期。")
