"""Leave, trips, absences and a confirmed October, for tests of days."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP
from webapp.access import Viewer, acting_as
from webapp.leave.models import LeaveRequest, OfficialTrip
from webapp.org.models import Posting
from webapp.presence import confirming
from webapp.presence.days import gather
from webapp.presence.models import Inspection, InspectionPlan
from webapp.presence.month_models import PresenceMonth
from webapp.presence.rules import window_of

OCTOBER = window_of("2026-10")
AFTER = factories.at("2026-11-03 10:00")


def leave(
    session: Session, post: Posting, first: date, last: date, *, decided_at: datetime | None = None
) -> LeaveRequest:
    row = LeaveRequest(
        form_id=f"leave-{post.id}-{first}", posting_id=post.id, person_id=post.person_id, unit_code=post.unit_code,
        kind="personal", first_day=first, first_half="pm", last_day=last, last_half="pm", state="approved",
        asked_at=AFTER, changed_at=AFTER, decided_at=decided_at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def trip(session: Session, post: Posting, day: date) -> OfficialTrip:
    row = OfficialTrip(
        form_id=f"trip-{post.id}-{day}", posting_id=post.id, person_id=post.person_id, unit_code=post.unit_code,
        kind="meeting", first_day=day, first_half="am", last_day=day, last_half="pm", subject="县里开会", reported_at=AFTER,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def absence(session: Session, post: Posting, day: date, last: date | None = None) -> Inspection:
    who = factories.person(session)
    plan = InspectionPlan(
        request_id=f"plan-{post.id}", unit_code=COUNTY, seed=f"s{post.id}", first_on=day, last_on=day, size=1,
        population=1, inspector_id=who.id, inspector_name=who.name, drawn_at=AFTER, drawn_by_name="县",
    )  # fmt: skip
    row = Inspection(
        plan=plan, posting_id=post.id, person_id=post.person_id, unit_code=post.unit_code, root_code=COUNTY,
        inspector_id=who.id, inspector_name=who.name, state="closed", outcome="verified", first_on=day, first_half="am",
        last_on=last or day, last_half="pm" if last else "am", decided_on=AFTER.date(), inspected_at=factories.at(f"{day} 10:00"), changed_at=AFTER,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def seen_now(session: Session) -> str:
    found = gather(session, TOWNSHIP, OCTOBER)
    return confirming.digest_of(confirming.listed(found.postings, found.days))


def confirm(session: Session, desk: Viewer) -> PresenceMonth:
    seen = seen_now(session)
    with acting_as(session, desk):
        return confirming.confirm(session, TOWNSHIP, OCTOBER, seen=seen, at=AFTER)
