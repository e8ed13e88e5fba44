"""Who cannot be, or may not be, where the roster puts him: no longer on post, on granted leave, or on an official trip.

A post that is not held that day is refused. Leave and trips are warned of and may be confirmed: a leave may end early and
a trip be called off. What is granted after the roster was made is marked on it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.errors import Refused
from webapp.leave.halves import slot
from webapp.leave.queries import absences
from webapp.org.models import Posting
from webapp.presence.month_models import SHIFT_HALVES, SHIFTS
from webapp.presence.rules import Window
from webapp.words import day_words

LEAVE, TRIP, OFF = "请假", "因公外出", "不在岗"
CHECKING = Viewer.system("值班核对", "")
Place = tuple[date, str, int]
"""Day, shift and person."""


@dataclass(frozen=True)
class Reason:
    """Why somebody is not there in a shift: what it is, without the kind of leave, and its days in words."""

    what: str
    detail: str

    @property
    def words(self) -> str:
        return f"{self.what}，{self.detail}" if self.detail else self.what


class Warned(Refused):
    """Somebody is put on a shift while on leave or on a trip; saved when exactly this is confirmed by `accept`."""

    def __init__(self, sentence: str, accept: str) -> None:
        super().__init__(sentence)
        self.accept = accept


def missing(session: Session, posts: Iterable[Posting], people: Collection[int], window: Window) -> dict[Place, Reason]:
    """Shifts of a window in which people are not there; `posts` are those that may be on duty in the unit.

    Read as a part of the system: leave of a post in another village counts as well. The caller has judged that the
    viewer may know who is away in the unit.
    """
    held: dict[int, list[Posting]] = {person_id: [] for person_id in people}
    for post in posts:
        if post.person_id in held:
            held[post.person_id].append(post)
    found: dict[Place, Reason] = {}
    for person_id, own in held.items():
        for day in window.days:
            if not any(post.covers(day) for post in own):
                found |= {(day, shift, person_id): Reason(OFF, _since(own, day)) for shift in SHIFTS}
    with acting_as(session, CHECKING):
        every = select(Posting.id, Posting.person_id).where(Posting.person_id.in_(people))
        person = dict(session.execute(every).tuples().all())
        stretches = absences(session, person.keys(), window.first, window.last)
    for one in stretches:
        reason = Reason(LEAVE if one.what == "leave" else TRIP, one.span.words)
        for number in range(one.first_day.toordinal(), one.last_day.toordinal() + 1):
            day = date.fromordinal(number)
            for shift, halves in SHIFT_HALVES.items():
                if any(one.span.first <= slot(day, half) <= one.span.last for half in halves):
                    found.setdefault((day, shift, person[one.posting_id]), reason)
    return found


def check(added: Iterable[Place], away: Mapping[Place, Reason], names: Mapping[int, str], accepted: str) -> None:
    """Raise `Refused` for who is not on post in a shift, and `Warned` for who is away and was not confirmed."""
    found = [(place, away[place]) for place in sorted(added) if place in away]
    gone = [one for one in found if one[1].what == OFF]
    if gone:
        raise Refused(f"下列人员值班当天不在岗，不能值班：{_lines(gone, names)}。请从在岗人员中重选。")
    lines = _lines(found, names)
    if lines and lines != accepted:
        sentence = (
            f"下列人员在值班时间已经请假或者报备外出：{lines}。请改选他人；确需安排的，勾选“仍按所选安排”后再保存。"
        )
        raise Warned(sentence, lines)


def _lines(found: Iterable[tuple[Place, Reason]], names: Mapping[int, str]) -> str:
    return "；".join(
        f"{day.month}月{day.day}日{SHIFTS[shift]}{names[person_id]}（{reason.words}）"
        for (day, shift, person_id), reason in found
    )


def _since(own: Collection[Posting], day: date) -> str:
    """Since when somebody is gone, or when he comes."""
    left = [post.ends_on for post in own if post.ends_on is not None and post.ends_on < day]
    if left:
        return f"任职到{day_words(max(left))}"
    return f"{day_words(min(post.starts_on for post in own))}到岗" if own else ""
