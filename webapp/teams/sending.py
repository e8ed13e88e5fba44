"""Whom a sending unit has sent, wherever they are stationed: the posts alone, no logs and no tasks (X-17)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer, acting_as
from webapp.leave.models import LeaveEntitlement
from webapp.org.codes import full
from webapp.org.models import Posting
from webapp.org.queries import valid_on
from webapp.org.rules import STATIONED
from webapp.permissions import ROLE_NAMES
from webapp.policy.service import parameter
from webapp.teams.models import PostingStep, Recall
from webapp.teams.stepping import term_from

TERMS = Viewer.system("任期", "")
VIEWS = {"now": "在岗", "past": "已离任", "later": "尚未到任", "every": "全部"}
HEADINGS = ("区划代码", "村", "姓名", "岗位", "派出单位", "到任日", "最后任职日", "离任原因", "任职文号")


def sent_postings(viewer: Viewer, view: str, on: date) -> Select[tuple[Posting]]:
    """Stationed posts of the viewer's sending units, in the order of villages; the newest of a village first."""
    statement = (
        select(Posting)
        .where(Posting.sending_unit_id.in_(viewer.sending_units), Posting.role.in_(STATIONED))
        .options(joinedload(Posting.person), joinedload(Posting.division), joinedload(Posting.sending_unit))
        .order_by(Posting.unit_code, Posting.starts_on.desc(), Posting.id)
    )
    if view == "now":
        return statement.where(valid_on(on))
    if view == "past":
        return statement.where(Posting.ends_on < on)
    return statement.where(Posting.starts_on > on) if view == "later" else statement


def waiting_recalls(session: Session, viewer: Viewer) -> int:
    """Recalls that the county has decided and the viewer's sending units have still to carry out or to follow up."""
    theirs = Recall.sending_unit_id.in_(viewer.sending_units), Recall.state.in_(("decided", "recalled"))
    return session.scalar(select(func.count(Recall.id)).where(*theirs)) or 0


def ending_soon(session: Session, viewer: Viewer, on: date) -> Counter[str]:
    """People on post of the viewer's sending units for whom a successor is due (Z-6): how many of them are "over"
    their term, and for how many it or the last day on post is "near"."""
    posts = session.scalars(select(Posting).where(*_on_post(viewer, on))).all()
    steps: dict[int, list[PostingStep]] = defaultdict(list)
    with acting_as(session, TERMS):
        moved = PostingStep.posting_id.in_([post.id for post in posts]), PostingStep.kind.in_(("extend", "adjust_in"))
        for step in session.scalars(select(PostingStep).where(*moved).order_by(PostingStep.id)):
            steps[step.posting_id].append(step)
    return Counter(filter(None, (_ending(session, post, steps[post.id], on) for post in posts)))


def _ending(session: Session, post: Posting, steps: Collection[PostingStep], on: date) -> str | None:
    days, years = (
        int(parameter(session, key, on=on, unit_code=post.unit_code))
        for key in ("tenure.ending_days", "tenure.min_years")
    )
    known = post.ends_on is not None and post.ends_on <= on + timedelta(days=days)
    term = term_from(post, steps, years)
    if term.over(on):
        return "over"
    return "near" if known or term.ending(on, days) else None


def without_leave(session: Session, viewer: Viewer, on: date) -> int:
    """People on post for whom nobody has entered the days of yearly leave of this year."""
    entered = select(LeaveEntitlement.person_id).where(LeaveEntitlement.year == on.year)
    return _number(session, viewer, on, Posting.person_id.not_in(entered))


def _number(session: Session, viewer: Viewer, on: date, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Posting.id)).where(*_on_post(viewer, on), which)) or 0


def _on_post(viewer: Viewer, on: date) -> tuple[ColumnElement[bool], ...]:
    return Posting.sending_unit_id.in_(viewer.sending_units), Posting.role.in_(STATIONED), valid_on(on)


def table_rows(rows: Iterable[Posting]) -> Iterator[Sequence[object]]:
    """One row a post, in the order of the list."""
    for row in rows:
        yield (
            full(row.unit_code),
            row.division.name,
            row.person.name,
            ROLE_NAMES[row.role],
            row.sending_unit.name if row.sending_unit else "",
            row.starts_on,
            row.ends_on,
            row.end_reason,
            row.document_no,
        )
