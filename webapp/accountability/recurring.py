"""责任清单: each period's assignments of the templates with `via: direct`, opened once per template × unit × period.

The level above issues and therefore verifies (T-4): the county its townships, the city its counties. A province's own
duties have no level above and are not opened. Villages get none: their regular duties are lines of the month sheet.
A template that the duty list names opens only while a duty for the unit's level is in force at the period's start (P-26).
What opens passes the burden gate like every demand (X-4, X-5).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp import clock
from webapp.access import below, viewer_of
from webapp.accountability.documents import answer_kind, content_of
from webapp.accountability.issuing import assign
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.occasions import Occasion, occasions, period_words, why_not
from webapp.accountability.openings import Opening, admissible
from webapp.accountability.parties import Actor
from webapp.accountability.rules import TaskTerms, proposal_of
from webapp.accountability.taking import LEVELS, skip_closed, taking_part
from webapp.accountability.telling import tell_vacant
from webapp.burden.gate import admit
from webapp.burden.limits import limits_for
from webapp.burden.proposals import Proposal
from webapp.errors import Forbidden, Refused
from webapp.org.codes import ancestors
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.policy.duty_lists import Carried, carried
from webapp.policy.models import OpeningMark
from webapp.policy.service import parameter
from webapp.policy.work_areas import Template

EVIDENCE = {
    "document": "文件或章节，注明文号和日期即可",
    "import_batch": "部门数据导入批次号和日期，不另报表",
    "record": "会议或办理记录一份",
    "list": "清单一份；没有变化的填“无变化”",
    "case_record": "办理记录，注明办理结果和日期",
    "sheet_line": "月报单本项即可",
}
BASIS = "中发〔2020〕30号及本级责任清单"


def open_recurring(session: Session, on: date, *, root: str = "", at: datetime | None = None) -> Opening:
    """Open what has come due for opening by a working day, for units under `root`.

    Idempotent; nothing opens on a day of rest. What opens late keeps the answer time of the pack (X-5). After downtime,
    however long, the run goes on from the day up to which the last one opened.
    """
    if viewer_of(session).kind != "system":
        raise Forbidden()
    found = Opening()
    calendar = work_calendar(session)
    if not calendar.is_workday(on):
        return found
    at = at or clock.now()
    taking = taking_part(session, on, root, ("city", "county", "township"))
    skip_closed(found, taking.closed)
    duties = carried(session)
    for occasion in occasions(calendar, start_of(session, root, on), on):
        issuers = sorted(_by_issuer(occasion.template, taking.units).items())
        held = _held(session, occasion, root) if issuers else {}
        for issuer_code, divisions in issuers:
            _open(session, found, occasion, issuer_code, divisions, held, duties, on, at)
    note_vacant(session, found)
    tell_vacant(session, found.vacant, on, at, "direct")
    return found


def start_of(session: Session, root: str, on: date) -> date:
    """From which opening day on a run for a subtree looks: where the last one for it, or for more, ended.

    The very first run looks back as far as the pack says.
    """
    earliest = on - timedelta(days=int(parameter(session, "duty.catch_up_days", on=on, unit_code=root)))
    return min(earliest, last_opened(session, root) or earliest)


def last_opened(session: Session, root: str) -> date | None:
    """Up to which day all duties of a subtree were opened; None where no run has reached it."""
    marks = select(OpeningMark.opened_to).where(OpeningMark.root.in_(["", *ancestors(root), root] if root else [""]))
    return max(session.scalars(marks), default=None)


def mark_opened(session: Session, root: str, on: date) -> None:
    """Remember that all that had come due by a day is open for a subtree. The last act of a run."""
    mark = session.get(OpeningMark, root)
    if mark is None:
        session.add(OpeningMark(root=root, opened_to=on))
    else:
        mark.opened_to = max(mark.opened_to, on)
    session.flush()


def note_vacant(session: Session, found: Opening) -> None:
    """Gather by issuer the units whose post was vacant when their duties were opened."""
    for start in range(0, len(found.ids), 500):
        rows = session.execute(
            select(Assignment.issuer_code, Division.name)
            .join(Division, Division.code == Assignment.unit_code)
            .where(Assignment.id.in_(found.ids[start : start + 500]), Assignment.vacant.is_(True))
            .order_by(Assignment.unit_code)
        )
        for issuer_code, name in rows:
            if name not in found.vacant[issuer_code]:
                found.vacant[issuer_code].append(name)


def request_id(*parts: str) -> str:
    """The same task is made once, whoever makes it: its UUID follows from what it is."""
    return str(uuid5(NAMESPACE_URL, ":".join(("dandang", *parts))))


def due_by(session: Session, due_on: date, on: date, owner_code: str, units: Sequence[Division]) -> date:
    """The deadline of what opens on a day: never within the answer time of the packs that hold for owner and units."""
    limits = limits_for(session, owner_code, [unit.code for unit in units], on)
    return max(due_on, work_calendar(session).add_workdays(on, limits.min_answer_workdays))


def in_years(
    period: ColumnElement[str | None] | InstrumentedAttribute[str | None], occasions_: Iterable[Occasion]
) -> ColumnElement[bool]:
    """Periods in the years of what is to be opened: no other can be the same or share a month with it."""
    return func.substr(period, 1, 4).in_({one.period[:4] for one in occasions_})


def _held(session: Session, occasion: Occasion, root: str) -> dict[str, set[str]]:
    """Unit → periods of a template in the year of an occasion that it has already, whoever issued them."""
    rows = session.execute(
        select(Assignment.unit_code, AccountabilityTask.period)
        .join(AccountabilityTask, AccountabilityTask.id == Assignment.task_id)
        .where(
            AccountabilityTask.template_code == occasion.template.code,
            in_years(AccountabilityTask.period, [occasion]),
            below(Assignment.unit_code, root),
        )
    )
    held: dict[str, set[str]] = defaultdict(set)
    for code, period in rows:
        if period is not None:
            held[code].add(period)
    return held


def _by_issuer(template: Template, units: dict[int, list[Division]]) -> dict[str, list[Division]]:
    found = defaultdict(list)
    for level in sorted(LEVELS[name] for name in template.levels if name in LEVELS and name != "village"):
        for division in units.get(level, ()):
            if division.parent_code is not None:
                found[division.parent_code].append(division)
    return found


def _open(
    session: Session,
    found: Opening,
    occasion: Occasion,
    issuer_code: str,
    divisions: list[Division],
    held: dict[str, set[str]],
    duties: Carried,
    on: date,
    at: datetime,
) -> None:
    missing = [division for division in divisions if occasion.period not in held.get(division.code, ())]
    for division in list(missing):
        reason = why_not(occasion, held.get(division.code, set()), duties, division.code)
        if reason is not None:
            missing.remove(division)
            found.skip([division], reason, occasion.template.title)
    if not missing:
        return
    task = session.scalar(
        select(AccountabilityTask).where(
            AccountabilityTask.template_code == occasion.template.code,
            AccountabilityTask.period == occasion.period,
            AccountabilityTask.issuer_code == issuer_code,
        )
    )
    try:
        if task is None:
            task = _task(session, occasion, issuer_code, missing, on, at)
        else:
            missing = _joining(session, found, task, missing, on, at)
    except Refused as refused:
        found.skip(missing, refused.sentence, occasion.template.title)
        return
    if not missing:
        return
    due_on = due_by(session, task.due_on, on, issuer_code, missing)
    found.ids += assign(session, task, missing, Actor(None, task.issued_by_name, None), at, due_on=due_on)


def _joining(
    session: Session, found: Opening, task: AccountabilityTask, units: Sequence[Division], on: date, at: datetime
) -> list[Division]:
    """Of units that join a task in mid-period those the gate lets pass, as it would have had they been there before."""
    terms = TaskTerms(
        title=task.title,
        content=task.content,
        basis=task.basis,
        evidence=task.evidence,
        minutes=task.minutes,
        due_on=due_by(session, task.due_on, on, task.issuer_code, units),
        regular=True,
    )
    proposal = _proposal(session, terms, task.template_code or "", task.period or "", task.issuer_code)
    passing = admissible(session, found, proposal, units, at, "本期责任事项")
    return [unit for unit in units if unit.code in passing]


def _task(
    session: Session, occasion: Occasion, issuer_code: str, units: Sequence[Division], on: date, at: datetime
) -> AccountabilityTask:
    """The task of a period, admitted by the gate. Raises `Refused` with the gate's sentence."""
    template, words = occasion.template, period_words(occasion.period)
    terms = TaskTerms(
        title=f"{template.title}（{words}）",
        content=content_of(template, words),
        basis=BASIS,
        evidence=EVIDENCE[template.evidence],
        minutes=template.minutes,
        due_on=due_by(session, occasion.due_on, on, issuer_code, units),
        regular=True,
    )
    proposal = _proposal(session, terms, template.code, occasion.period, issuer_code)
    demand = admit(session, proposal, [unit.code for unit in units], at)
    task = AccountabilityTask(
        request_id=request_id(template.code, occasion.period, issuer_code),
        state="issued",
        title=terms.title,
        content=terms.content,
        basis=terms.basis,
        evidence=terms.evidence,
        answer_kind=answer_kind(template.evidence),
        minutes=terms.minutes,
        template_code=template.code,
        period=occasion.period,
        regular=True,
        issuer_code=issuer_code,
        issued_by_name=viewer_of(session).name,
        drafted_at=at,
        issued_at=at,
        due_on=terms.due_on,
        demand_id=demand.id,
    )
    session.add(task)
    session.flush()
    return task


def _proposal(session: Session, terms: TaskTerms, template_code: str, period: str, issuer_code: str) -> Proposal:
    issuer = session.get_one(Division, issuer_code)
    return replace(
        proposal_of(terms, f"duty:{template_code}:{period}:{issuer_code}", issuer_code, issuer.name),
        series=f"duty:{template_code}:{issuer_code}",
    )
