"""登记: issues enter by hand or from a table; until the lead unit claims one, whoever entered it can correct it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.thresholds import thresholds
from webapp.errors import Conflict, Faulty, Refused
from webapp.org.models import Division
from webapp.org.units import by_codes
from webapp.policy.calendar import work_calendar
from webapp.rectification.events import event_of
from webapp.rectification.models import Issue, IssueSupport
from webapp.rectification.moving import apply, begin
from webapp.rectification.rules import MOVES, Particulars, faults_of
from webapp.rectification.stopping import ISSUES
from webapp.rectification.telling import tell_all

FIELDS = (
    "source",
    "source_document",
    "source_number",
    "issue_class",
    "description",
    "leader",
    "unit_code",
    "due_on",
    "measure",
)


def enter(session: Session, one: Particulars, *, issuer_code: str, request_id: str, at: datetime) -> Issue:
    """Enter one issue; the same form sent again gives the issue that the first send made.

    Raises `Faulty` by field, and `Forbidden` where no post of the viewer may enter issues for the unit.
    """
    known = already(session, request_id)
    if known is not None:
        if (known.description, known.unit_code) != (one.description, one.unit_code):
            raise Conflict(f"这张表单已登记为 {known.number}。如需另行登记，请重新打开“登记问题”页面。")
        return known
    actor = actor_at(viewer_of(session), "task.issue", issuer_code)
    faults = judge(session, one, issuer_code, at)
    if faults:
        raise Faulty(faults)
    row = made(one, issuer_code, request_id, actor, at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = already(session, request_id)
        if known is None:
            raise
        return known  # the same form arrived twice at once and the other was faster
    note(session, [row], actor, at)
    return row


def judge(
    session: Session,
    one: Particulars,
    issuer_code: str,
    at: datetime,
    known: Mapping[str, Division] | None = None,
) -> dict[str, str]:
    """What keeps an issue from being entered: field → sentence; also units that are unknown or no longer exist.

    `known` holds the divisions where many issues are judged at once.
    """
    today = clock.day_of(at)
    least = thresholds(session, today, issuer_code).min_answer_workdays
    faults = faults_of(one, issuer_code, today, work_calendar(session), least)
    held = divisions(session, units_of(one)) if known is None else known
    for code in units_of(one):
        field = "unit" if code == one.unit_code else "supports"
        division = held.get(code)
        if division is None:
            faults.setdefault(field, f"没有代码为 {code} 的单位。请核对后重新选择。")
        elif division.valid_to is not None and division.valid_to < today:
            faults.setdefault(field, f"{division.name}的区划已撤销。请改选承接单位。")
    return faults


def units_of(one: Particulars) -> list[str]:
    """The lead unit and those that help it."""
    return [code for code in (one.unit_code, *one.supports) if code]


def divisions(session: Session, codes: Iterable[str]) -> dict[str, Division]:
    """Divisions by code, however many."""
    return {division.code: division for division in by_codes(session, codes)}


def made(one: Particulars, issuer_code: str, request_id: str, actor: Actor, at: datetime) -> Issue:
    """The row of an issue that was judged, with its first event."""
    today = clock.day_of(at)
    row = Issue(
        request_id=request_id,
        state="new",
        issuer_code=issuer_code,
        closer_code=one.closer,
        evidence=list(one.evidence),
        first_due_on=one.due_on,
        entered_on=today,
        changed_at=at,
        supports=[IssueSupport(unit_code=code, lead_code=one.unit_code) for code in sorted(set(one.supports))],
        **{name: getattr(one, name) for name in FIELDS},
    )
    row.events.append(event_of(row, "enter", None, actor, at, data={"due_on": one.due_on.isoformat()}))
    return row


def note(session: Session, rows: Sequence[Issue], actor: Actor, at: datetime) -> None:
    """Orders in force, audit entries and notices of issues that were just entered."""
    ISSUES.catch_up(session, rows, at)
    for row in rows:
        after = {"state": row.state, "due_on": row.due_on.isoformat()}
        audit.record(session, "rectification.enter", "issue", row.id, unit_code=row.unit_code, after=after)
    session.flush()
    tell_all(session, "enter", rows, actor, None, at)


def correct(session: Session, issue_id: int, one: Particulars, *, at: datetime, version: int | None = None) -> Issue:
    """更正登记, as long as the lead unit has not claimed it: then also the evidence may still change (R-7)."""
    before = session.get(Issue, issue_id)
    changed = [] if before is None else _changed(before, one)
    if before is not None and not changed:
        return before
    data = {"changed": changed}
    row, actor, done = begin(session, "correct", issue_id, version=version, data=data)
    if done:
        return row
    faults = judge(session, one, row.issuer_code, at)
    if faults:
        raise Faulty(faults)
    if one.unit_code != row.unit_code:
        tell_all(session, "moved", [row], actor, None, at)
    for name in FIELDS:
        setattr(row, name, getattr(one, name))
    row.evidence, row.closer_code = list(one.evidence), one.closer
    if "due_on" in changed:
        row.first_due_on = one.due_on
    row.supports = _supports(row.supports, one)
    for part in row.events:
        part.unit_code = one.unit_code
    session.flush()
    session.expire(row, ["unit", "closer"])
    return apply(session, MOVES["correct"], row, actor, at=at, data=data)


def _supports(present: Collection[IssueSupport], one: Particulars) -> list[IssueSupport]:
    held = {support.unit_code: support for support in present}
    for support in held.values():
        support.lead_code = one.unit_code
    return [
        held.get(code) or IssueSupport(unit_code=code, lead_code=one.unit_code) for code in sorted(set(one.supports))
    ]


def _changed(row: Issue, one: Particulars) -> list[str]:
    """Names of the fields that a correction changes."""
    found = [name for name in FIELDS if getattr(row, name) != getattr(one, name)]
    found += ["evidence"] if tuple(row.evidence) != one.evidence else []
    found += ["closer"] if row.closer_code != one.closer else []
    return found + (["supports"] if {s.unit_code for s in row.supports} != set(one.supports) else [])


def already(session: Session, request_id: str) -> Issue | None:
    """The issue that a form or an import's row has given before. Raises `Refused` for an id that no form made."""
    try:
        UUID(request_id)
    except ValueError:
        raise Refused("表单已失效。请重新打开“登记问题”页面填写。") from None
    return session.scalar(select(Issue).where(Issue.request_id == request_id))
