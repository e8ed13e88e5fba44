"""纸质代录: the township enters leave that a stationed person asked for on paper, and later steps that came so (X-10).

It is the person's own request, decided on as every other; it says that it came on paper and who entered it, and that
person does not decide on it.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import viewer_of
from webapp.errors import Faulty, NotFound, Refused
from webapp.leave import service
from webapp.leave.models import LeaveRequest
from webapp.leave.rules import Asking
from webapp.leave.service import Paper
from webapp.org.models import Posting
from webapp.org.rules import STATIONED


def post_of(session: Session, posting_id: int, today: date) -> Posting:
    """A post for whose holder paper can be entered today. Raises `NotFound`, and `Refused` for any other post."""
    post = session.get(Posting, posting_id)
    if post is None or not service.enters_paper(viewer_of(session), post.unit_code):
        raise NotFound()
    if post.role not in STATIONED or not post.covers(today):
        raise Refused("这位同志现在不在该村驻村，不能代录假条。请从名单中选择在岗的驻村干部。")
    return post


def ask_for(
    session: Session,
    posting_id: int,
    form_id: str,
    asking: Asking,
    *,
    paper_on: date | None,
    master: bytes,
    at: datetime,
) -> LeaveRequest:
    """Enter a request from its paper; entered twice by the same form it stands once. Raises as `service.ask`.

    Whether the leave had begun is judged by the day of the paper, whenever it is entered.
    """
    today = clock.day_of(at)
    post = service.locked(session, post_of(session, posting_id, today).id)
    if paper_on is None or not post.starts_on <= paper_on <= today:
        raise Faulty({"paper_on": "没有填写假条日期，或者早于到岗、晚于今天。请按假条填写。"})
    viewer = viewer_of(session)
    paper = Paper(post, paper_on, viewer.person_id, viewer.name)
    typed = replace(asking, posting_id=post.id, extends_id=None)
    return service.ask(session, form_id, typed, master=master, at=at, paper=paper)
