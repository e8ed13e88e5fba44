"""What somebody reads whose posts have all ended: own matters that wait, and until when logs can still be sent."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.auth.sending import last_day_to_send, open_to_send, posts_of_sender
from webapp.handover import queries as handover
from webapp.handover.people import with_people
from webapp.org.models import Handover, Posting
from webapp.org.queries import names
from webapp.presence.inspection_queries import Sought, sought
from webapp.presence.models import Inspection


@dataclass(frozen=True)
class EndedPost:
    """A post that has ended. `send_until` is the last day on which its logs are taken, None where that is past."""

    unit: str
    ends_on: date | None
    send_until: date | None


@dataclass(frozen=True)
class Left:
    """What of ended posts can still be settled or read."""

    posts: list[EndedPost]
    sheets: list[Handover]
    checks: list[Inspection]

    @property
    def sends(self) -> bool:
        return any(post.send_until is not None for post in self.posts)


def left(session: Session, viewer: Viewer, today: date) -> Left:
    """The person's posts, own sheets and spot checks that are not decided."""
    held = {grant.posting_id for grant in viewer.grants}
    posts = [post for post in posts_of_sender(session, viewer.person_id) if post.id in held]
    named = names(session, [post.unit_code for post in posts])
    return Left(
        [EndedPost(named.get(post.unit_code, ""), post.ends_on, _send_until(session, post, today)) for post in posts],
        list(with_people(session, list(session.scalars(handover.listed("every"))))),
        list(session.scalars(sought(Sought(state="open")))),
    )


def _send_until(session: Session, post: Posting, today: date) -> date | None:
    return last_day_to_send(session, post, today) if open_to_send(session, post, today) else None
