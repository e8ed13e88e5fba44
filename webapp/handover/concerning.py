"""What of a village's open work is a team member's own: reported or acted on by the member, asked by the member, or served
by the member's logs. The first secretary hands on what the village has open; a member hands on the member's part."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accountability.models import Assignment, AssignmentEvent
from webapp.handover.sources import Found, found
from webapp.org.models import Handover
from webapp.rectification.models import Issue, IssueEvent
from webapp.upward.models import UpwardEvent, UpwardRequest
from webapp.worklogs.bindings import LINE
from webapp.worklogs.models import WorkLog, WorkLogBinding, WorkLogTask


def found_for(session: Session, row: Handover) -> list[Found]:
    """The open work that a sheet lists."""
    everything = found(session, row.unit_code)
    if row.leaver.role == "first_secretary":
        return everything
    own = set(_own(session, row.leaver.person_id, row.unit_code))
    return [one for one in everything if one.source in own]


def _own(session: Session, person_id: int, unit_code: str) -> Iterator[str]:
    """The sources of what somebody has had to do with in a village."""
    logs = select(WorkLog.id).where(WorkLog.author_id == person_id, WorkLog.unit_code == unit_code)
    acted = select(AssignmentEvent.assignment_id).where(
        AssignmentEvent.unit_code == unit_code, AssignmentEvent.person_id == person_id
    )
    served = select(WorkLogTask.assignment_id).where(WorkLogTask.log_id.in_(logs))
    reported = select(Assignment.id).where(Assignment.unit_code == unit_code, Assignment.reported_by_id == person_id)
    for tasks in (acted, served, reported):
        yield from (f"task:{number}" for number in session.scalars(tasks))
    bound = select(WorkLogBinding.kind, WorkLogBinding.target_id).where(WorkLogBinding.log_id.in_(logs))
    for kind, number in session.execute(bound):
        yield f"{'sheet' if kind == LINE else kind}:{number}"
    looked = select(IssueEvent.issue_id).join(Issue, Issue.id == IssueEvent.issue_id)
    for number in session.scalars(looked.where(Issue.unit_code == unit_code, IssueEvent.person_id == person_id)):
        yield f"issue:{number}"
    asked = select(UpwardRequest.id).where(UpwardRequest.unit_code == unit_code, UpwardRequest.asked_by_id == person_id)
    went_on = select(UpwardEvent.request_id).where(
        UpwardEvent.unit_code == unit_code, UpwardEvent.person_id == person_id
    )
    for requests in (asked, went_on):
        yield from (f"request:{number}" for number in session.scalars(requests))
