"""Which posts there are at which level, and what the dates of a post must satisfy. Pure (Z-1, Z-6, Z-17, Z-37)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from webapp.errors import Faulty
from webapp.org.codes import LEVEL_NAMES, level
from webapp.permissions import ROLE_NAMES
from webapp.words import day_words

# Role → levels at which it exists. The three administrators are enrolled on the server, so that the offices that
# watch each other are never given away by a page.
LEVELS_OF_ROLE = {
    "secretary": (1, 2, 3, 4, 5),
    "deputy": (1, 2, 3, 4, 5),
    "first_secretary": (5,),
    "team_member": (5,),
    "desk": (1, 2, 3, 4),
    "supervisor": (1, 2, 3, 4),
    "leader": (1, 2, 3),
}
SINGLE = ("secretary", "first_secretary")
"""Posts that one person holds at a time."""
STATIONED = ("first_secretary", "team_member")
# The codes of the posting ledger (WA31): faults and no-faults are different codes (Z-37).
END_REASONS = ("任期届满", "健康", "工作调动", "退休", "不胜任", "违规召回", "其他非过错")
FAULT_REASONS = ("不胜任", "违规召回")
"""Ends that only a recall gives to somebody stationed: proposed, decided and carried out by three units (Z-35)."""
EARLIEST = date(2000, 1, 1)
AHEAD = timedelta(days=366)


class WrongPosting(Faulty):
    """One field of a posting cannot be taken as it is; `field` names it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__({field: sentence})
        self.field = field


@dataclass(frozen=True)
class Held:
    """A post as others hold or held it: whose, and its first and last day."""

    person_id: int
    name: str
    starts_on: date
    ends_on: date | None


class Dated(Protocol):
    """A post with its days."""

    @property
    def id(self) -> int: ...
    @property
    def starts_on(self) -> date: ...
    def covers(self, day: date) -> bool: ...


Post = TypeVar("Post", bound=Dated)


def holder(posts: Iterable[Post], day: date) -> Post | None:
    """The post of one person that a day belongs to: the one begun last, so that a day of moving counts once."""
    return max((post for post in posts if post.covers(day)), key=lambda post: (post.starts_on, post.id), default=None)


def check_level(role: str, unit_code: str) -> None:
    """Raise `WrongPosting` when a role does not exist at the level of a division."""
    levels = LEVELS_OF_ROLE.get(role)
    if levels is None:
        raise WrongPosting("role", "没有选择岗位。请从列出的岗位中选一个。")
    if level(unit_code) not in levels:
        names = "、".join(LEVEL_NAMES[number] for number in levels)
        raise WrongPosting("unit_code", f"{ROLE_NAMES[role]}只在{names}级设立。请改选{names}级区划，或改选岗位。")


def check_dates(starts_on: date, ends_on: date | None, today: date) -> None:
    """Raise `WrongPosting` for days that cannot be: before 2000, more than a year ahead, ended before begun."""
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and not EARLIEST <= day <= today + AHEAD:
            raise WrongPosting(field, f"日期 {day_words(day)} 过早或过晚。请核对年份。")
    if ends_on is not None and ends_on < starts_on:
        raise WrongPosting("ends_on", f"最后任职日早于任职开始日（{day_words(starts_on)}）。请改正其中一个日期。")


def check_alone(
    role: str, person_id: int | None, starts_on: date, ends_on: date | None, others: list[Held], overlap_days: int
) -> None:
    """Raise `WrongPosting` when the post is held already.

    The same person never holds a post twice at once. First secretaries may overlap with the leaver by `overlap_days`
    calendar days, both ends included (压茬交接, Z-6); secretaries do not overlap.
    """
    for held in others:
        days = _shared_days(starts_on, ends_on, held)
        if days is None or days > 0:
            if held.person_id == person_id:
                raise WrongPosting(
                    "starts_on", f"{held.name}自{day_words(held.starts_on)}起已任该岗位，任期重叠。请核对日期。"
                )
            if role not in SINGLE:
                continue
            allowed = overlap_days if role == "first_secretary" else 0
            if days is None or days > allowed:
                raise WrongPosting("starts_on", _taken(role, held, allowed))


def _taken(role: str, held: Held, allowed: int) -> str:
    name = ROLE_NAMES[role]
    if held.ends_on is None:
        return f"{held.name}现任该处{name}，没有离任日期。请先登记其离任，再登记接任。"
    more = f"交接重叠最多 {allowed} 天。" if allowed else ""
    return f"{held.name}任该处{name}至{day_words(held.ends_on)}，任期重叠。{more}请改正任职开始日。"


def _shared_days(starts_on: date, ends_on: date | None, held: Held) -> int | None:
    """Days on which both hold the post; None when there is no end to them."""
    first = max(starts_on, held.starts_on)
    ends = [day for day in (ends_on, held.ends_on) if day is not None]
    return (min(ends) - first).days + 1 if ends else None


def check_end(ends_on: date, starts_on: date, reason: str, document_no: str, today: date) -> None:
    """Raise `WrongPosting` unless a post can end that day for that reason."""
    check_dates(starts_on, ends_on, today)
    if reason not in END_REASONS:
        raise WrongPosting("reason", "没有选择离任原因。请从列出的原因中选一个。")
    check_document(document_no)


def check_document(document_no: str) -> None:
    """Raise `WrongPosting` unless a document number is given and fits."""
    if not document_no:
        raise WrongPosting("document_no", "没有填写文号。请填写任免或选派文件的文号。")
    if len(document_no) > 60:
        raise WrongPosting("document_no", "文号超过 60 字。请删减。")
