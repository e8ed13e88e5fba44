"""Whose lateness it is where a post has changed hands (T-8, Z-17, Z-18).

A task belongs to a unit; which person is late with it follows from the day of its deadline: a post answers for what falls
due from the day on which its holder had come and taken it over. Whatever shows or judges the lateness of a person asks here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from webapp import clock
from webapp.accountability.models import Assignment
from webapp.handover.models import HandoverLine
from webapp.org.models import Handover, Posting

BEFORE = "接收前已到期"
"""What a page says to a person of what fell due before: not that it is late."""


@dataclass(frozen=True)
class Taken:
    """From when to when one post answers for one assignment, both days included."""

    posting_id: int
    first: date
    last: date | None


def post_for(taken: Iterable[Taken], due_on: date) -> int | None:
    """The post that answers for what falls due on a day; None where none of a person's posts does."""
    held = (one for one in taken if one.first <= due_on and (one.last is None or due_on <= one.last))
    return next((one.posting_id for one in held), None)


def taken_on(handover: Handover, line: HandoverLine | None, today: date) -> date:
    """The day on which a thing passed on; today as long as nobody has taken it over. `line` is None before the list is
    handed in."""
    if line is not None and line.accepted_at is not None:
        return clock.day_of(line.accepted_at)
    return handover.done_on or handover.passed_on or today


def first_day(post: Posting | None, taken: date) -> date:
    """The day from which a post answers for what was taken over on a day: not before its holder had come."""
    return max(taken, post.starts_on) if post is not None else taken


def posts_for(
    session: Session, person_id: int | None, rows: Sequence[Assignment], today: date
) -> dict[int, int | None]:
    """Assignment → the person's post that answers for it by the day of its deadline, None where it fell due before the
    person had come and taken it over. Assignments of units at which the person has held no post are left out."""
    if person_id is None or not rows:
        return {}
    leaver = aliased(Posting)
    found = session.execute(
        select(Posting, Handover, leaver.ends_on)
        .outerjoin(Handover, Handover.successor_posting_id == Posting.id)
        .outerjoin(leaver, leaver.id == Handover.leaver_posting_id)
        .where(Posting.person_id == person_id, Posting.unit_code.in_({row.unit_code for row in rows}))
        .order_by(Posting.starts_on, Posting.id)
    ).tuples().all()  # fmt: skip
    posts = defaultdict(list)
    for post, handover, left_on in found:
        posts[post.unit_code].append((post, handover, left_on))
    sheets = [handover.id for _, handover, _ in found if handover is not None]
    lines = _lines(session, sheets, rows) if sheets else {}
    return {
        row.id: post_for(
            [
                Taken(post.id, _first(post, handover, left_on, lines, row, today), post.ends_on)
                for post, handover, left_on in posts[row.unit_code]
            ],
            row.due_on,
        )
        for row in rows
        if row.unit_code in posts
    }


def _lines(session: Session, sheets: Sequence[int], rows: Sequence[Assignment]) -> dict[tuple[int, str], HandoverLine]:
    named = HandoverLine.source.in_([_source(row) for row in rows])
    found = session.scalars(select(HandoverLine).where(HandoverLine.handover_id.in_(sheets), named))
    return {(line.handover_id, line.source): line for line in found}


def _source(row: Assignment) -> str:
    return f"task:{row.id}"


def _first(
    post: Posting,
    handover: Handover | None,
    left_on: date | None,
    lines: dict[tuple[int, str], HandoverLine],
    row: Assignment,
    today: date,
) -> date:
    """The day from which a post answers for an assignment: the first one, or that of acceptance where it passed on."""
    if handover is None:
        return post.starts_on
    line = lines.get((handover.id, _source(row)))
    # Before the list is handed in it is what was open while the leaver was there.
    passes_on = line is not None or (handover.listed_on is None and (left_on is None or row.issued_on <= left_on))
    return first_day(post, taken_on(handover, line, today)) if passes_on else post.starts_on
