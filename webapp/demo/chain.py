"""The life of one assignment as it may have gone: events in the order of the state machine, dated on working days."""

from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from webapp.accountability.documents import asks_document, words_of
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent
from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.org.models import Posting
from webapp.policy.workdays import WorkCalendar

COURSES = ("in_time", "late", "unanswered", "returned", "recalled")
STILL_OPEN_DAYS = 90
"""Days after the deadline by which even a task that nobody answers has been pressed for and answered."""
RETURN_REASONS = (
    "未写明涉及的户数和完成时间，请补充后再反馈。",
    "所附清单与上月台账不一致，请核对后再反馈。",
    "只写了打算，没有写办理结果，请据实补充。",
    "点位名称不清楚，请写到自然村组。",
)
RECALL_REASON = "该事项已由县级部门统一办理，不再要求基层反馈。"
ANSWERS = (
    "已按要求办结，涉及的点位和责任人见清单，无遗留问题。",
    "已完成。其中两处需上级协调，已当面说明。",
    "已逐项核对，情况属实；新增一处，已列入清单。",
    "已办结。与上期相比无变化。",
    "已完成，群众知晓，相关材料留村备查。",
)


def moment(day: date, rng: Random) -> datetime:
    """A moment of office hours on a day."""
    return datetime.combine(day, time(rng.choice((9, 10, 11, 14, 15, 16, 17)), rng.randrange(60)), CHINA)


@dataclass
class Chain:
    """Writes events onto one assignment until a last day; what would come later has not happened yet."""

    assignment: Assignment
    staff: Staff
    calendar: WorkCalendar
    rng: Random
    until: date
    """Last day on which anything happens."""
    answer_from: date | None = None
    """First day on which it can be answered, where that is later than the start."""

    def run(self, course: str, *, stop_at: str | None = None) -> None:
        """Live through a course; `stop_at` names the state at which it stands still."""
        row, rng = self.assignment, self.rng
        row.events.append(self._issued())
        day = self.calendar.add_workdays(row.issued_on, rng.choice((0, 0, 1, 1, 2)))
        if course == "recalled":
            self._recall(self.calendar.add_workdays(row.issued_on, rng.choice((2, 3, 4))))
            return
        steps = self._steps(course, day)
        for kind, to_state, on in steps:
            if on > self.until or not self._step(kind, to_state, on) or to_state == stop_at:
                return

    def _steps(self, course: str, day: date) -> list[tuple[str, str, date]]:
        """The moves still to be made, each with its day."""
        row, rng, later = self.assignment, self.rng, self.calendar.add_workdays
        steps = [("acknowledge", "acknowledged", day), ("start", "in_progress", later(day, rng.choice((0, 1))))]
        if course == "unanswered" and (self.until - row.due_on).days < STILL_OPEN_DAYS:
            return steps[: rng.choice((0, 1, 2))]
        if course == "unanswered":
            answered = later(row.due_on, rng.choice((15, 22, 30, 41)))
        elif course == "late":
            answered = later(row.due_on, rng.choice((1, 1, 2, 3, 5, 8)))
        else:
            answered = later(row.due_on, -rng.choice((0, 1, 2, 3, 3, 4, 5, 6))) if row.due_on > day else row.due_on
        answered = max(answered, steps[-1][2], self.answer_from or answered)
        steps.append(("report", "reported", answered))
        if course == "returned":
            sent_back = later(answered, rng.choice((1, 2)))
            answered = later(sent_back, rng.choice((1, 2, 3)))
            steps += [("return", "returned", sent_back), ("report", "reported", answered)]
        checked = later(answered, rng.choice((0, 1, 1, 1, 2, 2, 3, 5)))
        steps += [("verify", "verified", checked), ("close", "closed", later(checked, rng.choice((0, 0, 1))))]
        return steps

    def _step(self, kind: str, to_state: str, day: date) -> bool:
        """Make one move; False when nobody was on post to make it."""
        row = self.assignment
        issuing = kind in ("return", "verify", "close")
        permission, unit = ("task.verify", row.issuer_code) if issuing else ("task.answer", row.unit_code)
        people = self.staff.with_permission(permission, unit, day)
        if not people:
            return False
        actor = self.rng.choice(people)
        text = self.rng.choice(ANSWERS) if kind == "report" else None
        if text is not None and asks_document(row.task):
            row.report_document_no, row.report_document_on = f"演示〔{day.year}〕{day.month}号", day
            text = words_of(row.report_document_no, day)
        reason = self.rng.choice(RETURN_REASONS) if kind == "return" else None
        self._note(kind, row.state, to_state, day, actor, text=text, reason=reason)
        row.state = to_state
        if kind == "acknowledge":
            row.acknowledged_on = day
        elif kind == "report":
            row.first_reported_on = row.first_reported_on or day
            row.last_reported_on, row.report_text, row.reported_by_id = day, text, actor.person_id
        elif kind == "return":
            row.times_returned += 1
        elif kind == "verify":
            row.verified_on, row.verified_by_id, row.verified_by_unit = day, actor.person_id, actor.unit_code
        elif kind == "close":
            row.closed_on, row.closed_as = day, "verified"
        return True

    def _recall(self, day: date) -> None:
        row = self.assignment
        if day > self.until:
            return
        issuer = self.staff.with_permission("task.issue", row.issuer_code, day)[0]
        self._note("recall", row.state, "recalled", day, issuer, reason=RECALL_REASON)
        row.state, row.recalled_on = "recalled", day

    def _issued(self) -> AssignmentEvent:
        task: AccountabilityTask = self.assignment.task
        return AssignmentEvent(
            unit_code=self.assignment.unit_code,
            at=task.issued_at,
            kind="issue",
            from_state=None,
            to_state="issued",
            person_id=task.issued_by_id,
            actor_name=task.issued_by_name,
            actor_unit=task.issuer_code,
            data={"due_on": self.assignment.first_due_on.isoformat()},
        )

    def _note(
        self,
        kind: str,
        from_state: str,
        to_state: str,
        day: date,
        actor: Posting,
        *,
        text: str | None = None,
        reason: str | None = None,
    ) -> None:
        row = self.assignment
        at = max(moment(day, self.rng), row.events[-1].at)  # two moves on one day keep their order
        row.changed_at = at
        row.events.append(
            AssignmentEvent(
                unit_code=row.unit_code,
                at=at,
                kind=kind,
                from_state=from_state,
                to_state=to_state,
                person_id=actor.person_id,
                actor_name=actor.person.name,
                actor_unit=actor.unit_code,
                reason=reason,
                text=text,
            )
        )
