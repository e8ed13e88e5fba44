"""Random facts of one county for a few months, small enough to be judged again in plain Python."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent, Extension, WithdrawnReport
from webapp.org.models import Division, Handover, Posting, VillageDesignation
from webapp.support.models import SupportItem

FIRST, LAST = date(2026, 2, 20), date(2026, 5, 20)
"""Facts lie between these days, on both sides of March and April."""


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.CHINA) + timedelta(hours=12)


class Facts:
    """A seeded maker of facts; `fill` writes them."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session = session
        self.random = random.Random(seed)
        codes = [code for (code,) in session.query(Division.code).order_by(Division.code)]
        self.units = [c for c in codes if c.startswith("5333") and len(c) >= 6]
        self.villages = [c for c in self.units if len(c) == 12]

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))

    def after(self, day: date, most: int) -> date:
        return day + timedelta(days=self.random.randint(0, most))

    def maybe(self, share: float) -> bool:
        return self.random.random() < share

    def fill(self, tasks: int = 12, villages: int = 12) -> None:
        for number in range(tasks):
            self.task(number)
        self.session.flush()
        for code in self.random.sample(self.villages, villages):
            self.village(code)
        self.session.commit()

    def task(self, number: int) -> None:
        issuer = self.random.choice(["5333", "533323", "533323"])
        issued = self.day(FIRST, date(2026, 4, 20))
        template = self.random.choice([None, None, "WA28-T1", "WA28-T4"])
        row = AccountabilityTask(
            request_id=f"task-{number}",
            state="issued",
            title="测试任务",
            content="内容",
            basis="文件",
            evidence="记录",
            minutes=10,
            template_code=template,
            period=f"P{number}" if template else None,
            issuer_code=issuer,
            issued_by_name="测试",
            drafted_at=noon(issued),
            issued_at=noon(issued),
            due_on=issued,
        )
        self.session.add(row)
        self.session.flush()
        below = [u for u in self.units if u.startswith(issuer) and (u != issuer or self.maybe(0.3))]
        for unit in self.random.sample(below, min(len(below), 9)):
            self.assignment(row, unit, issued)

    def assignment(self, task: AccountabilityTask, unit: str, issued: date) -> None:
        due = self.after(issued, 40)
        row = Assignment(
            task_id=task.id,
            changed_at=noon(issued),
            unit_code=unit,
            issuer_code=task.issuer_code,
            issued_on=issued,
            due_on=due,
            first_due_on=due,
        )
        self.session.add(row)
        self.session.flush()
        day = self.after(issued, 5)
        if self.maybe(0.3):  # extended, before or after the end of a month
            row.due_on = due + timedelta(days=self.random.randint(1, 30))
            self.session.add(
                Extension(
                    assignment_id=row.id,
                    unit_code=unit,
                    state="granted",
                    asked_at=noon(issued),
                    asked_by_id=factories.person(self.session).id,
                    wanted_due_on=row.due_on,
                    reason="理由",
                    decided_at=noon(self.after(issued, 45)),
                )
            )
        if self.maybe(0.1):
            row.state, row.recalled_on = "recalled", self.after(day, 40)
            self.event(row, "recall", row.recalled_on, task.issuer_code)
            return
        if self.maybe(0.1):
            row.state = "suspended"
            self.event(row, "suspend", day, task.issuer_code)
            if self.maybe(0.5):
                row.state = "in_progress"
                self.event(row, "resume", self.after(day, 20), task.issuer_code)
            return
        for _ in range(self.random.choice([0, 1, 1, 2])):
            day = self.report(row, day)
            if row.state in ("reported", "closed"):
                return

    def report(self, row: Assignment, day: date) -> date:
        """A report and what becomes of it; gives the day of the last event."""
        day = self.after(day, 25)
        row.first_reported_on = row.first_reported_on or day
        row.last_reported_on, row.state = day, "reported"
        self.event(row, "report", day, row.unit_code)
        outcome = self.random.choice(["wait", "withdraw", "return", "verify", "verify", "verify"])
        if outcome == "wait":
            return day
        if outcome == "withdraw":
            return self.withdraw(row, self.after(day, 20))
        day = self.after(day, 9)
        self.event(row, outcome, day, row.issuer_code)
        if outcome == "return":
            row.state, row.times_returned = "returned", row.times_returned + 1
            return day
        row.state, row.verified_on, row.verified_by_unit = "verified", day, row.issuer_code
        if self.maybe(0.8):
            day = self.after(day, 6)
            row.state, row.closed_on = "closed", day
            self.event(row, "close", day, row.issuer_code)
        return day

    def withdraw(self, row: Assignment, day: date) -> date:
        row.state = "in_progress"
        self.event(row, "withdraw", day, row.unit_code)
        if row.times_returned == 0:  # it was the first report
            taken_back = {"reported_on": row.first_reported_on, "withdrawn_on": day}
            self.session.add(WithdrawnReport(assignment_id=row.id, unit_code=row.unit_code, **taken_back))
            row.first_reported_on = None
        return day

    def event(self, row: Assignment, kind: str, day: date, actor_unit: str) -> None:
        self.session.add(
            AssignmentEvent(
                assignment_id=row.id,
                unit_code=row.unit_code,
                at=noon(day),
                kind=kind,
                from_state="issued",
                to_state=row.state,
                actor_name="测试",
                actor_unit=actor_unit,
            )
        )
        self.session.flush()

    def village(self, code: str) -> None:
        for _ in range(self.random.choice([0, 1, 1, 2])):
            first = self.day(date(2025, 6, 1), date(2026, 4, 30))
            self.session.add(
                VillageDesignation(
                    unit_code=code,
                    kind=self.random.choice(["key", "formerly_poor"]),
                    valid_from=first,
                    valid_to=self.after(max(first, FIRST), 80) if self.maybe(0.4) else None,
                )
            )
        for _ in range(self.random.randint(0, 6)):
            first = self.day(date(2025, 12, 1), date(2026, 4, 30))
            last = self.after(max(first, FIRST), 80) if self.maybe(0.6) else None
            role = self.random.choice(["first_secretary", "team_member", "team_member", "secretary"])
            row = factories.posting(self.session, role, code, starts_on=first, ends_on=last)
            if last and role != "secretary" and self.maybe(0.7):
                self.handover(row)
            if role != "secretary" and self.maybe(0.8):
                self.support(row)

    def support(self, post: Posting) -> None:
        """What is owed to somebody, who may have gone on to a village of the same or of another county."""
        kinds = ["county_funds", "work_funds", "insurance", "health_check", "allowance", "medical"]
        for kind in self.random.sample(kinds, self.random.randint(1, 4)):
            state = self.random.choice(["open", "done", "done", "done", "not_applicable"])
            item = SupportItem(
                posting_id=post.id, person_id=post.person_id, unit_code=post.unit_code, kind=kind, owner="county",
                year=self.random.choice([2025, 2026, 2026, 2026]), state=state, due_on=self.day() if kind != "medical" else None,
                done_on=self.day() if state == "done" else None, reason="local" if state == "not_applicable" else None,
            )  # fmt: skip
            self.session.add(item)
        if post.ends_on and self.maybe(0.5):
            there = self.random.choice(self.villages)
            factories.posting(self.session, "team_member", there, post.person_id, starts_on=post.ends_on + timedelta(1))

    def handover(self, leaver: Posting) -> None:
        due = leaver.ends_on + timedelta(days=7)
        done = leaver.ends_on + timedelta(days=self.random.randint(-5, 20)) if self.maybe(0.8) else None
        self.session.add(Handover(unit_code=leaver.unit_code, leaver_posting_id=leaver.id, due_on=due, done_on=done))
