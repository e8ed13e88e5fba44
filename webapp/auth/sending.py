"""Who may send logs: holders of a post from which logs are written, and for some days those who held one.

Sending opens one door only. The viewer made here holds no other permission, whatever the posts would carry.
"""

from datetime import date, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from webapp.access import Grant, Viewer
from webapp.org.models import Organisation, Posting
from webapp.permissions import permissions_of
from webapp.policy.service import parameter

SUBMIT = "worklog.submit"


class SendingGrant(Grant):
    """A post, as far as sending goes."""

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset({SUBMIT})


def posts_of_sender(session: Session, person_id: int | None) -> list[Posting]:
    """Every post from which the person writes or wrote logs, the first first."""
    found = session.execute(_posts(), {"person_id": person_id})
    return [post for post, kind in found if SUBMIT in permissions_of(post.role, post.unit_code, kind)]


@cache
def _posts() -> Select[tuple[Posting, str]]:
    """A person's posts; written once, because every submission asks it."""
    return (
        select(Posting, Organisation.kind)
        .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
        .where(Posting.person_id == bindparam("person_id"))
        .order_by(Posting.starts_on, Posting.id)
    )


def last_day_to_send(session: Session, post: Posting, today: date) -> date | None:
    """Until when logs of a post may be sent: `tenure.late_send_days` after its end; None while no end is known."""
    if post.ends_on is None:
        return None
    return post.ends_on + timedelta(
        days=parameter(session, "tenure.late_send_days", on=today, unit_code=post.unit_code)
    )


def open_to_send(session: Session, post: Posting, today: date) -> bool:
    """Whether logs of a post may be sent today: it is held now, or ended not long ago."""
    if post.covers(today):
        return True
    last = last_day_to_send(session, post, today)
    return last is not None and post.starts_on <= today <= last


def posts_to_send_for(session: Session, person_id: int | None, today: date) -> list[Posting]:
    """Posts whose logs may be sent today, the first first. A log's day must still lie within the post."""
    return [post for post in posts_of_sender(session, person_id) if open_to_send(session, post, today)]


def sender_of(session: Session, name: str, account_id: int | None, person_id: int | None, today: date) -> Viewer:
    """The person as a sender of logs; without grants where no post allows it."""
    posts = posts_to_send_for(session, person_id, today)
    grants = tuple(SendingGrant("sender", post.unit_code, post.id) for post in posts)
    return Viewer("account", name, account_id=account_id, person_id=person_id, grants=grants)
