"""What a post that has ended leaves to its holder: the own matters of that time, and no row of the unit.

Somebody without a post signs in for them while logs can still be sent or one of them waits for the person. Somebody
who has another post finds them through that.
"""

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy.orm import Session

from webapp.access import Grant
from webapp.auth.sending import open_to_send, posts_of_sender
from webapp.org.models import Posting
from webapp.org.queries import names
from webapp.permissions import FORMER

WAITING: list[Callable[[Session, int | None], Iterable[int]]] = []


class FormerGrant(Grant):
    """A post that has ended, as far as the person's own matters go."""

    @property
    def permissions(self) -> frozenset[str]:
        return FORMER

    @property
    def opens_unit(self) -> bool:
        return False


def register(waiting: Callable[[Session, int | None], Iterable[int]]) -> None:
    """Let a feature keep the door open: session and person → posts with a matter that waits for the person."""
    WAITING.append(waiting)


def late_grants(session: Session, person_id: int | None, today: date, *, begun: date) -> tuple[Grant, ...]:
    """What somebody without a post holds in a session that began on a day.

    A session that began while the post was held ends with it.
    """
    ended = _ended(session, person_id, today)
    waiting = {post_id for find in WAITING for post_id in find(session, person_id)} if ended else set()
    posts = [post for post in ended if post.id in waiting or open_to_send(session, post, today)]
    return () if any(post.covers(begun) for post in posts) else _grants(session, posts)


def former_grants(session: Session, person_id: int | None, today: date) -> tuple[Grant, ...]:
    """The ended posts on a team of somebody who has another post."""
    return _grants(session, _ended(session, person_id, today))


def _ended(session: Session, person_id: int | None, today: date) -> list[Posting]:
    return [post for post in posts_of_sender(session, person_id) if post.ends_on is not None and post.ends_on < today]


def _grants(session: Session, posts: list[Posting]) -> tuple[Grant, ...]:
    named = names(session, [post.unit_code for post in posts]) if posts else {}
    return tuple(
        FormerGrant("former", post.unit_code, post.id, unit_name=named.get(post.unit_code, "")) for post in posts
    )
