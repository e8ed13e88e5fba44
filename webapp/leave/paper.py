"""纸质代录: the township enters leave, 续假 and official trips that a stationed person handed in on paper (X-10).

It is the person's own request or report and goes the way of every other; it says that it came on paper and who entered
it, and that person does not decide on it. Later steps on paper go through the acts themselves (`service.may_enter`).
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import viewer_of
from webapp.errors import Faulty, NotFound, Refused
from webapp.leave import service, trips
from webapp.leave.models import LeaveRequest, OfficialTrip
from webapp.leave.rules import Asking
from webapp.leave.service import Paper
from webapp.leave.trips import Reporting
from webapp.org.models import Posting
from webapp.org.rules import STATIONED


def post_of(session: Session, posting_id: int, today: date) -> Posting:
    """A post for whose holder paper can be entered today. Raises `NotFound`, and `Refused` for any other post."""
    post = session.get(Posting, posting_id)
    if post is None or not service.enters_paper(viewer_of(session), post.unit_code):
        raise NotFound()
    if post.role not in STATIONED or not post.covers(today):
        raise Refused("这位同志现在不在该村驻村，不能代录。请从名单中选择在岗的驻村干部。")
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
    """Enter a request, also one for 续假, from its paper; the same form twice enters it once. Raises as `service.ask`.

    Whether the leave had begun is judged by the day of the paper, whenever it is entered.
    """
    paper = _paper(session, posting_id, paper_on, at)
    typed = replace(asking, posting_id=paper.posting.id)
    return service.ask(session, form_id, typed, master=master, at=at, paper=paper)


def report_for(
    session: Session, posting_id: int, form_id: str, typed: Reporting, *, paper_on: date | None, at: datetime
) -> OfficialTrip:
    """Enter the report of a trip from its paper; the same form twice enters it once. Raises as `trips.report`."""
    return trips.report(session, form_id, typed, at=at, paper=_paper(session, posting_id, paper_on, at))


def _paper(session: Session, posting_id: int, paper_on: date | None, at: datetime) -> Paper:
    today = clock.day_of(at)
    post = service.locked(session, post_of(session, posting_id, today).id)
    if paper_on is None or not post.starts_on <= paper_on <= today:
        words = "没有填写纸质材料的日期，或者这个日期早于到岗、晚于今天。请照纸质材料填写。"
        raise Faulty({"paper_on": words})
    viewer = viewer_of(session)
    return Paper(post, paper_on, viewer.person_id, viewer.name)
