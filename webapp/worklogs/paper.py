"""纸质代录: the township enters a log that a stationed person wrote on paper (X-10).

The log is the person's own: the person reads, edits and finds it like any other; the version says that it came on
paper and who entered it, and the audit log holds the act. The township does not read logs by this (X-17).
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Viewer, acting_as, viewer_of
from webapp.auth.sending import posts_to_send_for
from webapp.errors import NotFound, Refused
from webapp.org.models import Posting
from webapp.org.rules import STATIONED
from webapp.worklogs import service
from webapp.worklogs.rules import Entry


def post_of(session: Session, posting_id: int, today: date) -> Posting:
    """A post for which paper can be entered today. Raises `NotFound`, and `Refused` for any other post."""
    post = session.get(Posting, posting_id)
    if post is None or not viewer_of(session).reaches(post.unit_code):
        raise NotFound()
    open_posts = {one.id for one in posts_to_send_for(session, post.person_id, today)}
    if post.role not in STATIONED or post.id not in open_posts:
        raise Refused("这位同志现在不在该村驻村，不能代录日志。请从名单中选择在岗的驻村干部。")
    return post


def enter(session: Session, post: Posting, *, log_id: str, entry: Entry, at: datetime) -> service.Saved:
    """Enter one log for the holder of a post; sent twice it is kept once. Raises as `service.write`."""
    viewer = viewer_of(session)
    with acting_as(session, Viewer.system("纸质代录", post.unit_code)):
        saved = service.write(
            session, log_id=log_id, author_id=post.person_id, entry=entry, at=at, entered_by_id=viewer.person_id
        )
    if saved.new:
        after = {"day": entry.day.isoformat(), "to": post.person_id}
        audit.record(session, "worklog.paper", "work_log", log_id, unit_code=post.unit_code, after=after)
    return saved
