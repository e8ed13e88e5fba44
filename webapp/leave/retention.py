"""How long it is kept what a sick leave was for; the leave itself stays (S-29)."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import audit
from webapp.clock import years_later
from webapp.leave.models import LeaveRequest
from webapp.policy.service import parameter

_AT_ONCE = 500


def clear_old_reasons(session: Session, today: date) -> int:
    """Take the category out of every request that ended more than `leave.reason_years` years ago; gives how many.

    Whatever became of the request. Its kind and half-days stay, so that balances and presence do not move. Repeating it
    does nothing more; only a run that cleared something is audited.
    """
    held = LeaveRequest.reason_category.is_not(None)
    kept_since = {
        code: years_later(today, -int(parameter(session, "leave.reason_years", on=today, unit_code=code)))
        for code in session.scalars(select(LeaveRequest.unit_code).where(held).distinct())
    }
    rows = select(LeaveRequest.id, LeaveRequest.unit_code, LeaveRequest.last_day).where(held)
    ids = [number for number, code, last_day in session.execute(rows).tuples() if last_day < kept_since[code]]
    for start in range(0, len(ids), _AT_ONCE):
        some = LeaveRequest.id.in_(ids[start : start + _AT_ONCE])
        session.execute(update(LeaveRequest).where(some).values(reason_category=None))
    if ids:
        audit.record(session, "leave.clear", "list", "病假原因类别", after={"rows": len(ids)})
    session.flush()
    return len(ids)
