"""On which post leave and trips lie: whoever is stationed and moved takes them along to the next post."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.leave.models import LeaveRequest, OfficialTrip
from webapp.org.models import Posting
from webapp.org.rules import STATIONED, holder

KEEPER = Viewer.system("请假岗位", "")


def post_on(session: Session, row: LeaveRequest | OfficialTrip, day: date) -> Posting | None:
    """The post that somebody is away from on a day; None where no post is held. Read as a part of the system."""
    with acting_as(session, KEEPER):
        own = session.get_one(Posting, row.posting_id)
        return of_day(own, session.scalars(select(Posting).where(Posting.person_id == row.person_id)).all(), day)


def of_day(own: Posting, posts: Collection[Posting], day: date) -> Posting | None:
    """Of the posts of one person the one a day lies on: of who is stationed the one held then, of others their own."""
    if own.role in STATIONED:
        return holder([post for post in posts if post.role in STATIONED], day)
    return own if own.covers(day) else None


def time_on_post(session: Session, own: Posting) -> tuple[date, date | None]:
    """First and last day of the unbroken time to which a post belongs: of who is stationed with the posts around it."""
    first, last = own.starts_on, own.ends_on
    if own.role not in STATIONED:
        return first, last
    with acting_as(session, KEEPER):
        every = select(Posting).where(Posting.person_id == own.person_id, Posting.role.in_(STATIONED))
        posts = session.scalars(every.order_by(Posting.starts_on, Posting.id)).all()
    for post in posts:
        if last is not None and first <= post.starts_on <= last + timedelta(days=1):
            last = max(last, post.ends_on) if post.ends_on is not None else None
    for post in reversed(posts):
        if post.starts_on <= first and post.ends_on is not None and first <= post.ends_on + timedelta(days=1):
            first = post.starts_on
    return first, last
