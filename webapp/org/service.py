"""Starting and ending posts, and the hand-over between leaver and successor (Z-6, Z-17, Z-18)."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.errors import Conflict, NotFound, OutOfScope, Refused
from webapp.org import rules
from webapp.org.models import Division, Handover, Organisation, Person, Posting
from webapp.org.rules import Held, WrongPosting
from webapp.words import day_words

LONGEST_NAME = 60


@dataclass(frozen=True)
class Appointment:
    """A post to be started. `person_id` names somebody known, `name` somebody new."""

    person_id: int | None
    name: str
    role: str
    unit_code: str
    starts_on: date
    ends_on: date | None
    document_no: str
    organisation_id: int | None = None


def start_posting(session: Session, wanted: Appointment, *, at: datetime, overlap_days: int) -> Posting:
    """Start a post; the same request sent twice gives the same posting.

    `overlap_days` are the calendar days leaver and successor may share. Raises `WrongPosting`, `OutOfScope`,
    `NotFound` for a person out of sight, `Refused` for one's own post.
    """
    today = clock.day_of(at)
    unit = _unit_in_reach(session, wanted.unit_code, wanted.starts_on)
    rules.check_level(wanted.role, unit.code)
    rules.check_dates(wanted.starts_on, wanted.ends_on, today)
    rules.check_document(wanted.document_no)
    name = clean_name(wanted.name) if wanted.person_id is None else ""
    held = _of_unit(session, unit.code, wanted.role)
    again = _sent_before(held, wanted, name)
    if again is not None:
        return again
    person = _person(session, wanted.person_id, name, at)
    others = [Held(p.person_id, p.person.name, p.starts_on, p.ends_on) for p in held]
    rules.check_alone(wanted.role, person.id, wanted.starts_on, wanted.ends_on, others, overlap_days)
    posting = Posting(
        person=person,
        role=wanted.role,
        unit_code=unit.code,
        organisation_id=_organisation(session, wanted.organisation_id, unit.code),
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        document_no=wanted.document_no,
    )
    session.add(posting)
    session.flush()
    _name_successor(session, posting)
    after = {"role": posting.role, "starts_on": posting.starts_on.isoformat(), "document_no": posting.document_no}
    audit.record(session, "posting.start", "posting", posting.id, unit_code=posting.unit_code, after=after)
    return posting


def end_posting(
    session: Session,
    posting_id: int,
    *,
    ends_on: date,
    reason: str,
    document_no: str,
    version: int,
    at: datetime,
    handover_days: int,
    recalled: bool = False,
) -> Posting:
    """End a post on its last day. The post of somebody stationed opens a hand-over, due `handover_days` later: after
    the last day, or after the day of recording where that is later, so that there is time to accept it.

    `recalled` says that a recall was decided: without it nobody stationed ends for a fault. `version` is what the form
    showed. Raises `WrongPosting`, `NotFound`, `Conflict` when somebody was faster.
    """
    posting = session.scalar(
        select(Posting).where(Posting.id == posting_id).with_for_update().execution_options(populate_existing=True)
    )
    if posting is None:
        raise NotFound()
    _refuse_own(session, posting.person_id)
    if (posting.ends_on, posting.end_reason) == (ends_on, reason):
        return posting
    if posting.version != version:
        raise Conflict("这个岗位在您填写期间已有改动。请核对最新情况后再办理。")
    if posting.role not in rules.LEVELS_OF_ROLE:
        raise Refused("管理员岗位由服务器管理人员办理，不能在此登记离任。")
    if posting.role in rules.STATIONED and reason in rules.FAULT_REASONS and not recalled:
        raise WrongPosting("reason", "因不胜任、违规结束驻村，须由乡镇提出、县级决定。请到驻村队伍页面按召回办理。")
    rules.check_end(ends_on, posting.starts_on, reason, document_no, clock.day_of(at))
    before = {"ends_on": posting.ends_on.isoformat() if posting.ends_on else None, "document_no": posting.document_no}
    posting.ends_on, posting.end_reason = ends_on, reason
    session.flush()
    if posting.role in rules.STATIONED:
        _open_handover(session, posting, max(ends_on, clock.day_of(at)) + timedelta(days=handover_days))
    after = {"ends_on": ends_on.isoformat(), "end_reason": reason, "document_no": document_no}
    audit.record(session, "posting.end", "posting", posting.id, unit_code=posting.unit_code, before=before, after=after)
    return posting


def finish_handover(session: Session, handover_id: int, *, done_on: date, note: str, at: datetime) -> Handover:
    """Record a hand-over as done; doing it twice changes nothing. Raises `WrongPosting` for a day that cannot be."""
    handover = session.scalar(
        select(Handover).where(Handover.id == handover_id).with_for_update().execution_options(populate_existing=True)
    )
    if handover is None:
        raise NotFound()
    if handover.done_on is not None:
        return handover
    if done_on > clock.day_of(at):
        raise WrongPosting("done_on", "交接完成日晚于今天。请改为今天或以前的日期。")
    leaver = session.get(Posting, handover.leaver_posting_id)
    if leaver is None or done_on < leaver.starts_on:
        raise WrongPosting("done_on", "交接完成日早于离任人员的任职开始日。请核对日期。")
    if len(note) > 500:
        raise WrongPosting("note", "交接说明超过 500 字。请删减。")
    handover.done_on, handover.note = done_on, note or None
    after = {"done_on": done_on.isoformat(), "due_on": handover.due_on.isoformat()}
    audit.record(session, "handover.done", "handover", handover.id, unit_code=handover.unit_code, after=after)
    session.flush()
    return handover


def clean_name(typed: str) -> str:
    """A name without blanks at its ends. Raises `WrongPosting` when it is empty, too long or cannot be shown."""
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME or any(unicodedata.category(c)[0] == "C" for c in name):
        raise WrongPosting("name", f"姓名为空、超过 {LONGEST_NAME} 个字或含有不能显示的字符。请改正姓名。")
    return name


def _unit_in_reach(session: Session, unit_code: str, on: date) -> Division:
    """The division, its row locked where the database locks rows: of two who fill one post at once one waits."""
    unit = session.scalar(select(Division).where(Division.code == unit_code).with_for_update())
    if unit is None or not viewer_of(session).reaches(unit_code):
        raise OutOfScope()
    if unit.valid_to is not None and unit.valid_to < on:
        raise WrongPosting("unit_code", f"{unit.name}的区划代码已于{day_words(unit.valid_to)}停用。请改选现行区划。")
    return unit


def _of_unit(session: Session, unit_code: str, role: str) -> list[Posting]:
    statement = select(Posting).where(Posting.unit_code == unit_code, Posting.role == role)
    return list(session.scalars(statement.order_by(Posting.starts_on, Posting.id)))


def _sent_before(held: list[Posting], wanted: Appointment, name: str) -> Posting | None:
    for posting in held:
        same_person = posting.person_id == wanted.person_id if wanted.person_id else posting.person.name == name
        same_days = (posting.starts_on, posting.ends_on) == (wanted.starts_on, wanted.ends_on)
        if same_person and same_days and posting.document_no == wanted.document_no:
            return posting
    return None


def _person(session: Session, person_id: int | None, name: str, at: datetime) -> Person:
    if person_id is None:
        person = Person(name=name, created_at=at)
        session.add(person)
        session.flush()
        return person
    _refuse_own(session, person_id)
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound("没有找到所选人员。请重新查找。")
    return found


def _refuse_own(session: Session, person_id: int) -> None:
    if viewer_of(session).person_id == person_id:
        raise Refused("不能为本人办理任职或离任。请由本部门其他同志办理。")


def _organisation(session: Session, organisation_id: int | None, unit_code: str) -> int | None:
    if organisation_id is None:
        return None
    found = session.get(Organisation, organisation_id)
    if found is None or found.unit_code != unit_code:
        raise WrongPosting("organisation_id", "所选机构不在该区划。请重新选择机构。")
    return found.id


def _open_handover(session: Session, leaver: Posting, due_on: date) -> None:
    handover = session.scalar(select(Handover).where(Handover.leaver_posting_id == leaver.id))
    if handover is None:
        handover = Handover(unit_code=leaver.unit_code, leaver_posting_id=leaver.id, due_on=due_on)
        session.add(handover)
    if handover.done_on is None:
        handover.due_on = due_on
    session.flush()
    for other in _of_unit(session, leaver.unit_code, leaver.role):
        if other.person_id != leaver.person_id and leaver.starts_on < other.starts_on:
            _name_successor(session, other)


def _name_successor(session: Session, successor: Posting) -> None:
    """The first who starts in a leaver's post takes over what the leaver leaves; members' work stays in the team."""
    if successor.role != "first_secretary":
        return
    statement = (
        select(Handover)
        .join(Posting, Posting.id == Handover.leaver_posting_id)
        .where(
            Handover.unit_code == successor.unit_code,
            Handover.successor_posting_id.is_(None),
            Posting.role == successor.role,
            Posting.starts_on < successor.starts_on,
            Posting.id != successor.id,
        )
    )
    for handover in session.scalars(statement):
        handover.successor_posting_id = successor.id
    session.flush()
