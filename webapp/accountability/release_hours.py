"""When a task that is set for later may go out: when its units may be spoken to (X-15, T-6)."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.errors import Faulty
from webapp.notices.hours import open_now, pack_hours
from webapp.policy.calendar import work_calendar
from webapp.words import day_words


def check_hours(session: Session, moment: datetime, issuer_code: str) -> None:
    """Raise `Faulty` unless the moment lies within the pack's hours of a working day, naming the next that does."""
    day = clock.day_of(moment)
    hours = pack_hours(session, day, issuer_code)
    if open_now(session, moment, hours):
        return
    calendar = work_calendar(session)
    late = calendar.is_workday(day) and clock.local(moment).time() >= hours[1]
    next_day = calendar.add_workdays(day, 1 if late else 0)
    opens, closes = pack_hours(session, next_day, issuer_code)
    raise Faulty(
        {
            "scheduled_for": f"定时下达应在工作日 {opens:%H:%M} 至 {closes:%H:%M} 之间，所填时间是休息时间。"
            f"请改为{day_words(next_day)} {opens:%H:%M} 或以后。"
        }
    )
