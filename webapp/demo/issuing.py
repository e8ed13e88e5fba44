"""Issuing the demo's tasks: one row a task, one assignment with its burden a unit."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.parties import nobody_answers
from webapp.burden.models import BurdenEntry
from webapp.demo.chain import Chain, moment
from webapp.demo.people import Staff
from webapp.policy.workdays import WorkCalendar


@dataclass(frozen=True)
class Wanted:
    """What one demo task asks."""

    title: str
    content: str
    basis: str
    evidence: str
    minutes: int
    issuer_code: str
    issued_on: date
    due_on: date
    template_code: str | None = None
    period: str | None = None
    answer_kind: str = "text"
    answer_from: date | None = None


class Desk:
    """Issues tasks in a fixed order and lets their assignments live."""

    def __init__(self, session: Session, staff: Staff, calendar: WorkCalendar, rng: Random, until: date) -> None:
        self._session, self._staff, self._calendar, self._rng, self._until = session, staff, calendar, rng, until
        self.issued: list[Assignment] = []

    def issue(self, wanted: Wanted, courses: dict[str, str], stop_at: dict[str, str] | None = None) -> None:
        """Issue a task to units, each with its course (`chain.COURSES`); `stop_at` names states to stand still in."""
        issuer = self._staff.with_permission("task.issue", wanted.issuer_code, wanted.issued_on)[0]
        at = moment(wanted.issued_on, self._rng).replace(hour=9)
        task = self._task(wanted, issuer.person_id, issuer.person.name, issuer.organisation_id, at)
        for unit_code, course in sorted(courses.items()):
            held = self._staff.on_post(unit_code, wanted.issued_on)
            row = Assignment(
                task=task,
                unit_code=unit_code,
                issuer_code=wanted.issuer_code,
                state="issued",
                issued_on=wanted.issued_on,
                due_on=wanted.due_on,
                first_due_on=wanted.due_on,
                vacant=nobody_answers(unit_code, (post.role for post in held)),
                times_returned=0,
                changed_at=at,
            )
            chain = Chain(row, self._staff, self._calendar, self._rng, self._until, wanted.answer_from)
            chain.run(course, stop_at=(stop_at or {}).get(unit_code))
            self.issued.append(row)
        self._session.add(task)

    def book_burden(self) -> None:
        """Flush, then enter what each assignment that stands costs its unit in the month of its deadline."""
        self._session.flush()
        self._session.add_all(
            BurdenEntry(
                unit_code=row.unit_code,
                month=row.first_due_on.replace(day=1),
                due_on=row.first_due_on,
                issuer_code=row.issuer_code,
                key=f"assignment:{row.id}",
                title=row.task.title,
                minutes=row.task.minutes,
                regular=row.task.regular,
            )
            for row in self.issued
            if row.state != "recalled"
        )
        self._session.flush()

    def _task(
        self, wanted: Wanted, person_id: int, name: str, organisation_id: int | None, at: datetime
    ) -> AccountabilityTask:
        return AccountabilityTask(
            request_id=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            state="issued",
            title=wanted.title,
            content=wanted.content,
            basis=wanted.basis,
            evidence=wanted.evidence,
            answer_kind=wanted.answer_kind,
            minutes=wanted.minutes,
            template_code=wanted.template_code,
            period=wanted.period,
            regular=wanted.template_code is not None,
            issuer_code=wanted.issuer_code,
            issuer_organisation_id=organisation_id,
            issued_by_id=person_id,
            issued_by_name=name,
            drafted_at=at - timedelta(minutes=25),
            issued_at=at,
            due_on=wanted.due_on,
        )
