"""What somebody reads whose posts have all ended: until when logs of them can still be sent (`tenure.late_send_days`)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from webapp.auth.sending import last_day_to_send, posts_to_send_for
from webapp.org.queries import names


@dataclass(frozen=True)
class EndedPost:
    """A post that has ended. `send_until` is the last day on which its logs are taken."""

    unit: str
    ends_on: date | None
    send_until: date | None


def ended_posts(session: Session, person_id: int | None, today: date) -> list[EndedPost]:
    """The person's posts of which logs can still be sent, the first first."""
    posts = posts_to_send_for(session, person_id, today)
    named = names(session, [post.unit_code for post in posts])
    return [
        EndedPost(named.get(post.unit_code, ""), post.ends_on, last_day_to_send(session, post, today)) for post in posts
    ]
