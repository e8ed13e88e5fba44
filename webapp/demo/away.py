"""Leave and official trips of the first demo village's team, made by the same acts as on the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Grant, Viewer, acting_as
from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, COUNTY
from webapp.leave import acts, balance, service, trips
from webapp.leave.models import LeaveRequest
from webapp.leave.rules import Asking
from webapp.leave.trips import Reporting
from webapp.org.models import Posting
from webapp.policy.workdays import WorkCalendar

VILLAGE = ACCOUNT_VILLAGES[0]
LAST = date(2026, 10, 31)
YEARS = {"first_secretary": "12", "team_member": "4"}


def add(session: Session, staff: Staff, calendar: WorkCalendar, today: date, master_key: bytes) -> None:
    """Write what is over in October 2026, and what waits or lies ahead from the day of loading."""
    team = _Team(session, staff, master_key, today)
    if today > LAST + timedelta(days=7):
        team.over()
    day = calendar.add_workdays(today, 4)
    with team.doing(today - timedelta(days=1), "team_member"):
        team.ask("team_member", "personal", day, day, number=4)
        team.trip("team_member", "meeting", calendar.add_workdays(today, 2), "全县驻村工作例会（演示）", number=5)
    session.flush()


class _Team:
    """The people of one village and those above who decide."""

    def __init__(self, session: Session, staff: Staff, master_key: bytes, today: date) -> None:
        self._session, self._staff, self._key, self._today = session, staff, master_key, today
        self._at = clock.now()

    def over(self) -> None:
        """A sick leave of two days, four days of yearly leave through both tiers, and a training."""
        with self.doing(date(2026, 10, 9), "desk", COUNTY):
            for role, years in YEARS.items():
                balance.entitle(self._session, self._one(role).id, 2026, source="years", years=years, at=self._at)
        with self.doing(date(2026, 10, 10), "team_member"):
            self.trip("team_member", "training", date(2026, 10, 12), "驻村干部业务培训（演示）", number=1)
        self._granted("team_member", "sick", date(2026, 10, 19), date(2026, 10, 20), number=2)
        self._granted("first_secretary", "annual", date(2026, 10, 26), date(2026, 10, 29), number=3)

    def ask(self, role: str, kind: str, first: date, last: date, *, number: int) -> LeaveRequest:
        reason = "outpatient" if kind == "sick" else ""
        asking = Asking(self._one(role).id, kind, first, "am", last, "pm", reason)
        return service.ask(self._session, _form(number), asking, master=self._key, at=self._at)

    def trip(self, role: str, kind: str, day: date, subject: str, *, number: int) -> None:
        typed = Reporting(self._one(role).id, kind, day, "am", day, "pm", subject)
        trips.report(self._session, _form(number), typed, at=self._at)

    def _granted(self, role: str, kind: str, first: date, last: date, *, number: int) -> None:
        """Asked for three days before, granted the next day, returned from the morning after."""
        with self.doing(first - timedelta(days=3), role):
            row = self.ask(role, kind, first, last, number=number)
        with self.doing(first - timedelta(days=2), "secretary", VILLAGE[:9]):
            acts.decide(self._session, row.id, "approve", at=self._at)
        if row.state == "reviewed":
            seat = row.approver_posting_id
            with self.doing(first - timedelta(days=1), "desk", COUNTY, seat):
                acts.decide(self._session, row.id, "approve", at=self._at)
        with self.doing(last + timedelta(days=1), role):
            acts.report_return(self._session, row.id, on=last + timedelta(days=1), half="am", at=self._at)

    def _one(self, role: str, unit: str = VILLAGE, posting_id: int | None = None) -> Posting:
        found = self._staff.on_post(unit, self._today)
        return next(p for p in found if p.role == role and posting_id in (None, p.id))

    @contextmanager
    def doing(self, day: date, role: str, unit: str = VILLAGE, posting_id: int | None = None) -> Iterator[None]:
        """Somebody of a unit acts on a morning of the past."""
        posting, self._at = self._one(role, unit, posting_id), datetime.combine(day, time(10, 20), CHINA)
        kind = self._staff.kinds.get(posting.organisation_id or 0)
        grant = Grant(posting.role, unit, posting.id, posting.organisation_id, kind)
        viewer = Viewer("account", posting.person.name, person_id=posting.person_id, grants=(grant,))
        with clock.held_at(self._at), acting_as(self._session, viewer):
            yield


def _form(number: int) -> str:
    return str(UUID(f"00000000-0000-4000-8000-2026100000{number:02d}"))
