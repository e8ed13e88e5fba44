"""The indicators once more, in plain Python over all rows: what the grouped statements must give."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.models import AccountabilityTask, Assignment, Extension
from webapp.org.models import Division, Handover, Posting, VillageDesignation
from webapp.policy.workdays import WorkCalendar
from webapp.support.models import SupportItem

Counts = tuple[int, int, int, int]
STATIONED = ("first_secretary", "team_member")


class Oracle:
    """Numerator, denominator, missing and later of one indicator at each unit."""

    def __init__(self, session: Session, starts: date, ends: date, cut: date, calendar: WorkCalendar) -> None:
        self.session, self.starts, self.ends, self.cut, self.calendar = session, starts, ends, cut, calendar
        self.units = {d.code: d.level for d in session.scalars(select(Division))}

    def values(self, code: str, root: str, levels: list[int]) -> dict[str, tuple[int | None, int | None, str]]:
        rows = getattr(self, code.replace("-", "_").lower())()
        found = {}
        for unit, level in self.units.items():
            if level not in levels or not unit.startswith(root):
                continue
            n, d, missing, later = (sum(r[i] for u, *r in rows if u.startswith(unit)) for i in range(4))
            state = "value" if d else "missing" if missing else "not_due" if later else "not_applicable"
            found[unit] = (n, d, state) if state in ("value", "not_applicable") else (None, None, state)
        return found

    def until(self, moment) -> bool:
        return clock.local(moment).date() <= self.cut

    def due(self):
        for a in self.session.scalars(select(Assignment)):
            if a.issued_on > self.cut or (a.recalled_on and a.recalled_on <= self.cut) or self.suspended(a):
                continue
            yield a, self.due_then(a)

    def due_then(self, a: Assignment) -> date:
        due = a.first_due_on
        asked = select(Extension).where(Extension.assignment_id == a.id).order_by(Extension.id)
        for extension in self.session.scalars(asked):
            if extension.state == "granted" and self.until(extension.decided_at):
                due = extension.wanted_due_on
        return due

    def suspended(self, a: Assignment) -> bool:
        kinds = [e.kind for e in a.events if e.kind in ("suspend", "resume") and self.until(e.at)]
        return bool(kinds) and kinds[-1] == "suspend"

    def in_period(self, done):
        for a, due in self.due():
            if self.starts <= due <= self.ends:
                is_due = due <= self.cut
                yield a, (a.unit_code, int(is_due and done(a, due)), int(is_due), 0, int(not is_due))

    def tsk_1(self):
        return [r for _, r in self.in_period(lambda a, due: self.reported_by(a, due))]

    def reported_by(self, a: Assignment, last: date) -> bool:
        """Whether the first of the reports that stood at the cut-off was given by a day."""
        days: list[date] = []
        for event in a.events:
            if event.kind == "report" and self.until(event.at):
                days.append(clock.local(event.at).date())
            elif event.kind == "withdraw" and self.until(event.at):
                days.pop()
        return bool(days) and days[0] <= last

    def tsk_2(self):
        return [r for _, r in self.in_period(lambda a, due: bool(a.closed_on and a.closed_on <= due))]

    def tsk_3(self):
        rows = []
        for a in self.session.scalars(select(Assignment)):
            if len(a.issuer_code) >= len(a.unit_code):
                continue
            kinds = ("report", "return", "verify", "withdraw", "recall", "suspend")
            events = [e for e in a.events if e.kind in kinds and self.until(e.at)]
            for number, event in enumerate(events):
                if event.kind != "report":
                    continue
                by = self.calendar.add_workdays(clock.local(event.at).date(), 3)
                if not self.starts <= by <= self.ends:
                    continue
                follows = events[number + 1] if number + 1 < len(events) else None
                if follows and follows.kind in ("withdraw", "recall", "suspend"):
                    continue
                answered = follows and clock.local(follows.at).date() <= by
                is_due = by <= self.cut
                rows.append((a.unit_code, int(bool(is_due and answered)), int(is_due), 0, int(not is_due)))
        return rows

    def tsk_4(self):
        closed = [a for a in self.session.scalars(select(Assignment)) if a.closed_on]
        return [
            (a.unit_code, int(a.times_returned > 0), 1, 0, 0) for a in closed if self.starts <= a.closed_on <= self.cut
        ]

    def tsk_5(self):
        return [
            (a.unit_code, int(due < self.cut), 1, 0, 0)
            for a, due in self.due()
            if not (a.closed_on and a.closed_on <= self.cut)
        ]

    def on_post(self, village: str, day: date) -> int:
        posts = self.session.scalars(select(Posting).where(Posting.unit_code == village, Posting.role.in_(STATIONED)))
        return sum(p.starts_on <= day and (p.ends_on is None or p.ends_on >= day) for p in posts)

    def obliged(self, village: str, day: date) -> bool:
        duties = self.session.scalars(select(VillageDesignation).where(VillageDesignation.unit_code == village))
        return any(d.valid_from <= day and (d.valid_to is None or d.valid_to >= day) for d in duties)

    def marked(self) -> list[str]:
        return sorted(set(self.session.scalars(select(VillageDesignation.unit_code))))

    def pos_1(self):
        rows = []
        for village in self.marked():
            days = [self.starts + timedelta(days=n) for n in range((self.cut - self.starts).days + 1)]
            days = [day for day in days if self.obliged(village, day)]
            rows.append((village, sum(min(3, self.on_post(village, d)) for d in days), 3 * len(days), 0, 0))
        return rows

    def pos_2(self):
        villages = [v for v in self.marked() if self.obliged(v, self.cut)]
        return [(v, int(3 <= self.on_post(v, self.cut) <= 5), 1, 0, 0) for v in villages]

    def sta_1(self):
        villages = [v for v in self.marked() if self.obliged(v, self.cut)]
        return [(v, int(self.on_post(v, self.cut) > 0), 1, 0, 0) for v in villages]

    def unrecorded(self, first: date, last: date):
        recorded = set(self.session.scalars(select(Handover.leaver_posting_id)))
        for p in self.session.scalars(select(Posting).where(Posting.role.in_(STATIONED))):
            if p.ends_on and first <= p.ends_on <= last and p.id not in recorded:
                yield (p.unit_code, 0, 0, 1, 0)

    def pos_3(self):
        rows = []
        for h in self.session.scalars(select(Handover)):
            if self.starts <= h.due_on <= self.ends:
                is_due = h.due_on <= self.cut
                done = bool(h.done_on and h.done_on <= min(h.due_on, self.cut))
                rows.append((h.unit_code, int(is_due and done), int(is_due), 0, int(not is_due)))
        week = timedelta(days=7)
        return rows + list(self.unrecorded(self.starts - week, self.cut - week))

    def sta_3(self):
        rows = []
        for h in self.session.scalars(select(Handover)):
            left = self.session.get_one(Posting, h.leaver_posting_id).ends_on
            if self.starts <= left <= self.cut:
                rows.append((h.unit_code, int(bool(h.done_on and h.done_on <= min(left, self.cut))), 1, 0, 0))
        return rows + list(self.unrecorded(self.starts, self.cut))

    def sta_2(self):
        def on_post(person: int, county: str, first: date, last: date) -> bool:
            posts = self.session.scalars(
                select(Posting).where(Posting.person_id == person, Posting.role.in_(STATIONED))
            )
            whole = [p for p in posts if p.starts_on <= first and (p.ends_on is None or p.ends_on >= last)]
            return any(p.unit_code.startswith(county) for p in whole)

        items: dict[tuple[int, str], list[SupportItem]] = {}
        for item in self.session.scalars(select(SupportItem).where(SupportItem.year == self.ends.year)):
            items.setdefault((item.person_id, item.unit_code[:6]), []).append(item)
        rows = []
        for (person, county), every in items.items():
            kinds = ("county_funds", "work_funds", "insurance", "health_check")
            owed = [i for i in every if i.kind in kinds and i.due_on and i.state != "not_applicable"]
            if not owed or not on_post(person, county, self.cut, self.cut):
                continue
            is_due = max(i.due_on for i in owed) <= self.cut
            settled = all(i.state == "done" and i.done_on <= self.cut for i in owed)
            rows.append((max(i.unit_code for i in owed), int(is_due and settled), int(is_due), 0, int(not is_due)))
        for p in self.session.scalars(select(Posting).where(Posting.role.in_(STATIONED))):
            whole = p.starts_on <= self.starts and (p.ends_on is None or p.ends_on >= self.ends)
            if whole and (p.person_id, p.unit_code[:6]) not in items:
                rows.append((p.unit_code, 0, 0, 1, 0))
        return rows

    def of_template(self, templates: tuple[str, ...], done):
        tasks = {t.id: t.template_code for t in self.session.scalars(select(AccountabilityTask))}
        return [(a, row) for a, row in self.in_period(done) if tasks[a.task_id] in templates]

    def lea_1(self):
        held = self.of_template(
            ("WA28-T1", "WA28-T2", "WA28-T3"), lambda a, due: bool(a.verified_on and a.verified_on <= self.cut)
        )
        return self.with_missing(held, 3)

    def lea_2(self):
        sent = self.of_template(("WA28-T4",), lambda a, due: self.reported_by(a, due))
        return self.with_missing(sent, 4)

    def with_missing(self, found, level: int):
        rows = [row for a, row in found if self.units[a.unit_code] == level]
        held = {row[0] for row in rows}
        return rows + [(u, 0, 0, 1, 0) for u, n in self.units.items() if n == level and u not in held]
