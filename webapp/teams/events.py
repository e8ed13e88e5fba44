"""Recording trainings and meetings, and which of the stationed people have had this year's training (Z-14, Z-38)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from webapp import audit, clock
from webapp.access import below, viewer_of
from webapp.errors import Faulty, Forbidden, NotFound, Refused
from webapp.org.codes import level
from webapp.org.models import Division, Posting
from webapp.org.queries import valid_on
from webapp.org.rules import EARLIEST, STATIONED
from webapp.policy.service import parameter
from webapp.teams.event_models import EVENTS, TeamEvent, TeamEventPosting
from webapp.words import clean

WRITE = "team.write"
SUBJECT_LIMIT, DOCUMENT_LIMIT, REASON_LIMIT = 120, 60, 200
TOWNSHIP = 4


@dataclass(frozen=True)
class Held:
    """What one send of the form says."""

    kind: str
    unit_code: str
    held_on: date | None
    subject: str
    document_no: str
    posting_ids: Collection[int]


def record(session: Session, form_id: str, held: Held, *, at: datetime) -> TeamEvent:
    """Record that a training or a meeting was held, with those who took part; the same form twice is one.

    A training names its document; of a meeting date and subject are enough. Raises `Faulty`, `Forbidden`.
    """
    viewer = viewer_of(session)
    if held.unit_code not in viewer.units_with(WRITE):
        raise Forbidden("只能登记本单位举办的培训和例会。请重新选择单位。")
    known = session.scalar(select(TeamEvent).where(TeamEvent.form_id == form_id))
    if known is not None:
        return known
    subject, number = clean(held.subject), clean(held.document_no)
    faults = _faults(held, subject, number, clock.day_of(at))
    people = _people(session, held) if held.held_on is not None else []
    if held.held_on is not None and (not people or len(people) != len(set(held.posting_ids))):
        faults["posting"] = "没有选择参加人员，或者所选人员当天不在本单位辖区的驻村岗位上。请重新选择。"
    if faults or held.held_on is None:
        raise Faulty(faults)
    row = TeamEvent(
        form_id=form_id,
        unit_code=held.unit_code,
        kind=held.kind,
        held_on=held.held_on,
        subject=subject,
        document_no=number or None,
        entered_by_name=viewer.name,
        entered_at=at,
    )
    session.add(row)
    session.flush()
    session.add_all(
        TeamEventPosting(event_id=row.id, posting_id=one.id, person_id=one.person_id, unit_code=one.unit_code)
        for one in people
    )
    session.flush()
    after = {"kind": EVENTS[held.kind], "title": subject, "document_no": number or None}
    audit.record(session, "team.record", "team_event", row.id, unit_code=row.unit_code, after=after)
    return row


def withdraw(session: Session, event_id: int, *, reason: str, at: datetime) -> TeamEvent:
    """Take a wrong entry back with a reason; it stays to be read, and counts no more. Doing it twice changes nothing."""
    row = session.scalar(select(TeamEvent).where(TeamEvent.id == event_id).with_for_update())
    if row is None:
        raise NotFound()
    if row.unit_code not in viewer_of(session).units_with(WRITE):
        raise Forbidden("只能撤回本单位登记的培训和例会。请联系登记单位。")
    if row.withdrawn_at is not None:
        return row
    said = clean(reason)
    if not said or len(said) > REASON_LIMIT:
        raise Refused(f"没有填写撤回理由，或者超过 {REASON_LIMIT} 字。请改正。")
    row.withdrawn_at, row.withdrawn_reason = at, said
    session.flush()
    audit.record(session, "team.withdraw", "team_event", row.id, unit_code=row.unit_code, reason=said)
    return row


def listed(unit_code: str, kind: str) -> Select[tuple[TeamEvent]]:
    """Events held by a unit and below it, the latest first."""
    statement = select(TeamEvent).where(below(TeamEvent.unit_code, unit_code)).options(joinedload(TeamEvent.unit))
    if kind in EVENTS:
        statement = statement.where(TeamEvent.kind == kind)
    return statement.order_by(TeamEvent.held_on.desc(), TeamEvent.id.desc())


def of_village(session: Session, unit_code: str, limit: int) -> list[TeamEvent]:
    """Events in which somebody of a village took part, the latest first."""
    here = select(TeamEventPosting.event_id).where(TeamEventPosting.unit_code == unit_code)
    statement = (
        select(TeamEvent)
        .where(TeamEvent.id.in_(here), TeamEvent.withdrawn_at.is_(None))
        .options(joinedload(TeamEvent.unit))
        .order_by(TeamEvent.held_on.desc(), TeamEvent.id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def may_take_part(session: Session, unit_code: str, on: date) -> list[Posting]:
    """Stationed people below a unit on a day, by village and name."""
    statement = (
        select(Posting)
        .where(below(Posting.unit_code, unit_code), Posting.role.in_(STATIONED), valid_on(on))
        .options(joinedload(Posting.person), joinedload(Posting.division))
        .order_by(Posting.unit_code, Posting.role, Posting.starts_on, Posting.id)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class Trained:
    """One stationed person and whether this year's training was had; nothing else is said of it."""

    posting: Posting
    done: bool


def trained(session: Session, unit_code: str, year: int, on: date) -> list[Trained]:
    """Everybody stationed below a unit today, in the order of villages (Z-14)."""
    people = may_take_part(session, unit_code, on)
    statement = (
        select(TeamEventPosting.person_id, func.count(func.distinct(TeamEvent.id)))
        .join(TeamEvent, TeamEvent.id == TeamEventPosting.event_id)
        .where(
            TeamEvent.kind == "training",
            TeamEvent.withdrawn_at.is_(None),
            TeamEvent.held_on.between(date(year, 1, 1), date(year, 12, 31)),
            TeamEventPosting.person_id.in_(select(Posting.person_id).where(below(Posting.unit_code, unit_code))),
        )
        .group_by(TeamEventPosting.person_id)
    )
    times = dict(session.execute(statement).tuples().all())
    found = []
    for one in people:
        wanted = int(parameter(session, "team.training_per_year", on=on, unit_code=one.unit_code))
        found.append(Trained(one, times.get(one.person_id, 0) >= wanted))
    return found


def meetings_of_month(session: Session, townships: Sequence[Division], month: date) -> list[tuple[Division, bool]]:
    """Townships in the order of codes, and whether the month's meeting is recorded (Z-38)."""
    last = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    statement = (
        select(TeamEvent.unit_code, func.count())
        .where(
            TeamEvent.unit_code.in_([one.code for one in townships]),
            TeamEvent.kind == "meeting",
            TeamEvent.withdrawn_at.is_(None),
            TeamEvent.held_on >= month.replace(day=1),
            TeamEvent.held_on < last,
        )
        .group_by(TeamEvent.unit_code)
    )
    times = dict(session.execute(statement).tuples().all())
    return [
        (
            one,
            times.get(one.code, 0)
            >= int(parameter(session, "township.meetings_per_month", on=month, unit_code=one.code)),
        )
        for one in townships
    ]


def _faults(held: Held, subject: str, number: str, today: date) -> dict[str, str]:
    faults = {}
    if held.kind not in EVENTS:
        faults["kind"] = "没有选择培训还是例会。请选择。"
    elif held.kind == "meeting" and level(held.unit_code) != TOWNSHIP:
        faults["kind"] = "工作例会由乡镇召开。请改选培训。"
    if held.held_on is None or not EARLIEST <= held.held_on <= today:
        faults["held_on"] = "日期没有填写，或者晚于今天。请改正。"
    if not subject or len(subject) > SUBJECT_LIMIT:
        faults["subject"] = f"没有填写主题，或者超过 {SUBJECT_LIMIT} 字。请改正。"
    if len(number) > DOCUMENT_LIMIT or (held.kind == "training" and not number):
        faults["document_no"] = f"没有填写培训通知文号，或者超过 {DOCUMENT_LIMIT} 字。请改正。"
    return faults


def _people(session: Session, held: Held) -> list[Posting]:
    statement = select(Posting).where(
        Posting.id.in_(set(held.posting_ids)),
        below(Posting.unit_code, held.unit_code),
        Posting.role.in_(STATIONED),
        valid_on(held.held_on or date.min),
    )
    return list(session.scalars(statement.order_by(Posting.unit_code, Posting.id)))
