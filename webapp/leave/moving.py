"""Leave that nobody has decided on goes along with who is moved: whoever is over the new post decides (Z-25, Z-30)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import viewer_of
from webapp.leave import routing
from webapp.leave.models import WAITING, LeaveRequest
from webapp.leave.service import hand_to, note
from webapp.leave.telling import tell_given_up
from webapp.org.models import Posting
from webapp.org.rules import STATIONED
from webapp.words import day_words


def waiting_from(session: Session, person_id: int, day: date) -> Sequence[LeaveRequest]:
    """Undecided requests of somebody stationed that reach a day or lie after it."""
    statement = (
        select(LeaveRequest)
        .join(Posting, Posting.id == LeaveRequest.posting_id)
        .where(
            LeaveRequest.person_id == person_id,
            LeaveRequest.state.in_(WAITING),
            LeaveRequest.last_day >= day,
            Posting.role.in_(STATIONED),
        )
    )
    return session.scalars(statement.order_by(LeaveRequest.first_day, LeaveRequest.id)).all()


def take_along(session: Session, new: Posting, village: str, at: datetime) -> None:
    """Hand the undecided requests that reach into a new post to whoever is over it, from the first tier on; what lies
    wholly before stays where it was asked for. The person, who was asked before and who is asked now are told."""
    why = f"本人自{day_words(new.starts_on)}起调整到{village}任职"
    for row in waiting_from(session, new.person_id, new.starts_on):
        before = row.approver_id
        row.posting_id, row.unit_code, row.state = new.id, new.unit_code, "asked"
        now = routing.turn(session, row, routing.first_step(new.unit_code, new.role), at)
        hand_to(session, row, now, at)
        note(session, "route", row, why, at, now)
        if before is not None and before not in (row.approver_id, viewer_of(session).person_id):
            tell_given_up(session, row, before, why, at)
