"""Taking in a roster or a rotation: all of the file or nothing, faults by row, and by village who leaves and who comes.

A dry run does the same inside a savepoint and takes it back, so that it judges exactly what the import would judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.errors import DandangError, Refused
from webapp.leave.moving import waiting_from
from webapp.org import listing
from webapp.org import service as org
from webapp.org.codes import full
from webapp.org.models import Division, Person, Posting
from webapp.org.service import Appointment
from webapp.org.units import by_codes
from webapp.permissions import ROLE_NAMES
from webapp.policy.service import parameter
from webapp.table_files import Faults
from webapp.teams import life, selecting
from webapp.teams.life_queries import all_senders
from webapp.teams.roster import COME, LEAVE, MOVE, Row, rows
from webapp.teams.selecting import Selection
from webapp.teams.stepping import seen
from webapp.words import day_words

VILLAGE = 5
ORDER = {LEAVE: 0, MOVE: 1, COME: 2}
"""Who leaves makes room first."""


@dataclass
class Change:
    """One village of the preview."""

    code: str
    """12 digits."""
    village: str
    leaves: list[str] = field(default_factory=list)
    comes: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Leave not decided on, of who leaves, that reaches past the last day: with who is moved it goes along."""


@dataclass
class Outcome:
    """What a file does, or would do."""

    rows: int = 0
    done: int = 0
    same: int = 0
    """Rows that say what is there already."""
    villages: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was put right in reading the file."""


class TakeBack(Exception):
    """Ends the savepoint of a dry run."""


def import_file(session: Session, content: bytes, *, at: datetime, dry_run: bool = False) -> Outcome:
    """Take a file in. Raises `Refused` with every row at fault; then nothing is written."""
    faults = Faults()
    notes: list[str] = []
    found = rows(content, faults, notes)
    villages = {
        unit.code: unit for unit in by_codes(session, {code for row in found for code in (row.village, row.to)})
    }
    outcome = Outcome(rows=len(found), notes=notes)
    try:
        with session.begin_nested():
            _apply(session, found, villages, faults, outcome, at)
            faults.refuse()
            if dry_run:
                raise TakeBack
    except TakeBack:
        session.expire_all()
        return outcome
    if outcome.done:
        viewer = viewer_of(session)
        unit = viewer.prefixes[0] if viewer.prefixes else ""
        audit.record(session, "team.import", "list", "roster", unit_code=unit, after={"rows": outcome.rows})
    return outcome


def _apply(
    session: Session,
    found: Sequence[Row],
    villages: dict[str, Division],
    faults: Faults,
    outcome: Outcome,
    at: datetime,
) -> None:
    changes: dict[str, Change] = {}
    once: dict[tuple[str, int], int] = {}
    senders = {one.name: one.id for one in all_senders(session)}
    for row in sorted(found, key=lambda one: (ORDER.get(one.act, 0), one.number)):
        said = [one for one in (_unit_fault(session, row, villages), _sender_fault(row, senders)) if one]
        for sentence in said:
            faults.add(row.number, sentence)
        if said or row.faulty:
            continue
        try:
            known = _known(session, row)
            key = (row.name, known.id if known else 0)
            if key in once:
                faults.add(
                    row.number,
                    f"{row.name}与第 {once[key]} 行重复。一人在一个文件中只能有一行，调到另一个村请只写一行“调整”。",
                )
                continue
            once[key] = row.number
            with session.begin_nested():
                done = _one(session, row, known, senders, at)
        except DandangError as error:
            faults.add(row.number, error.sentence)
            continue
        outcome.done += done
        outcome.same += not done
        if done:
            _note(session, changes, row, known, villages)
    outcome.villages = [changes[code] for code in sorted(changes)]


def _one(session: Session, row: Row, known: Person | None, senders: dict[str, int], at: datetime) -> bool:
    """Do one row; False when it says what is there already."""
    if row.act == COME:
        return _come(session, row, known, senders, at)
    posting = _held(session, row, known)
    if row.act == LEAVE:
        if posting.ends_on == row.ends_on and posting.end_reason == row.reason:
            return False
        days = int(parameter(session, "tenure.handover_days", on=clock.day_of(at), unit_code=row.village))
        org.end_posting(
            session,
            posting.id,
            ends_on=row.ends_on or clock.day_of(at),
            reason=row.reason,
            document_no=row.document_no,
            version=posting.version,
            at=at,
            handover_days=days,
        )
        return True
    before = posting.end_reason
    life.adjust(
        session,
        posting.id,
        to_code=row.to,
        day=row.starts_on,
        document_no=row.document_no,
        reason=row.note or "轮换调整",
        version=seen(session, posting),
        at=at,
    )
    return before is None


def _come(session: Session, row: Row, known: Person | None, senders: dict[str, int], at: datetime) -> bool:
    if known is not None:
        again = select(Posting.id).where(
            Posting.person_id == known.id,
            Posting.unit_code == row.village,
            Posting.role == row.role,
            Posting.starts_on == row.starts_on,
            Posting.document_no == row.document_no,
        )
        if session.scalar(again) is not None:
            return False
    if row.starts_on is None or row.decided_on is None:
        raise ValueError("a readable row of this kind has both days")
    appointment = Appointment(
        known.id if known else None, row.name, row.role, row.village, row.starts_on, None, row.document_no
    )
    note = row.note or "由表格导入，选派条件由县级在选派文件中确认。"
    chosen = Selection(appointment, senders.get(row.sender), row.decided_on, (), note)
    selecting.select_person(session, chosen, at=at)
    return True


def _known(session: Session, row: Row) -> Person | None:
    """The person a row means: whoever holds the post, else somebody enrolled under this name; None is a new person."""
    if row.act != COME:
        held = _postings(session, row)
        people = {posting.person_id: posting.person for posting in held}
        if len(people) > 1:
            raise Refused(f"{row.name}在该村同一岗位有 {len(people)} 人同名。请在任职页面逐人办理。")
        return next(iter(people.values()), None)
    here = select(Person).join(Posting, Posting.person_id == Person.id)
    there = session.scalar(
        here.where(
            Person.name == row.name,
            Posting.unit_code == row.village,
            Posting.role == row.role,
            Posting.starts_on == row.starts_on,
            Posting.document_no == row.document_no,
        )
    )
    if there is not None:
        return there
    people_of_name = listing.namesakes(session, row.name)
    if row.known and len(people_of_name) != 1:
        raise Refused(f"已登记人员中有 {len(people_of_name)} 位{row.name}，不能确定是哪一位。请在页面上登记选派。")
    if people_of_name and not row.known and not row.fresh:
        raise Refused(f"已有同名人员{row.name}。请在“已登记人员”列填写：是同一人填是，不是填否。")
    return people_of_name[0] if row.known else None


def _held(session: Session, row: Row, known: Person | None) -> Posting:
    """The posting that a row ends: the open one, or the one that this very row has ended before."""
    found = [one for one in _postings(session, row) if known is not None and one.person_id == known.id]
    if not found:
        raise Refused(f"{row.name}现在不是该村{ROLE_NAMES[row.role]}。请核对姓名、村代码和职务。")
    return found[-1]


def _postings(session: Session, row: Row) -> list[Posting]:
    last = row.ends_on if row.act == LEAVE else row.starts_on - timedelta(days=1) if row.starts_on else None
    statement = (
        select(Posting)
        .join(Posting.person)
        .where(
            Person.name == row.name,
            Posting.unit_code == row.village,
            Posting.role == row.role,
            Posting.ends_on.is_(None) | (Posting.ends_on == last),
        )
        .order_by(Posting.starts_on, Posting.id)
    )
    return list(session.scalars(statement))


def _unit_fault(session: Session, row: Row, villages: dict[str, Division]) -> str | None:
    viewer = viewer_of(session)
    codes = (row.village, row.to) if row.act == MOVE and row.to else (row.village,)
    for code in codes:
        unit = villages.get(code)
        if unit is None or unit.level != VILLAGE:
            return "没有这个代码的村。请填写 12 位村代码。"
        if not viewer.reaches(code):
            return f"{unit.name}不在您的管辖范围内。请删去这一行。"
        if row.act != LEAVE and unit.valid_to is not None and row.starts_on and unit.valid_to < row.starts_on:
            return f"{unit.name}的区划代码已于{day_words(unit.valid_to)}停用。请改选现行区划。"
    return None


def _sender_fault(row: Row, senders: dict[str, int]) -> str | None:
    if row.act != COME or not row.sender or row.sender in senders:
        return None
    return f"没有派出单位“{row.sender[:40]}”。请核对名称，或先登记该单位。"


def _note(
    session: Session, changes: dict[str, Change], row: Row, known: Person | None, villages: dict[str, Division]
) -> None:
    who = f"{row.name}（{ROLE_NAMES[row.role]}）"
    for code, part in _parts(row).items():
        change = changes.setdefault(code, Change(full(code), villages[code].name))
        (change.leaves if part == LEAVE else change.comes).append(who)
    if known is not None and row.act != COME:
        after = row.starts_on if row.act == MOVE else (row.ends_on or date.min) + timedelta(days=1)
        whither = f"转由{villages[row.to].name}的审批人办理" if row.act == MOVE else "离任后不再在岗，请核对"
        for leave in waiting_from(session, known.id, after or date.min):
            changes[row.village].waiting.append(f"{row.name}（{leave.span.words}，{whither}）")


def _parts(row: Row) -> dict[str, str]:
    if row.act == MOVE:
        return {row.village: LEAVE, row.to: COME}
    return {row.village: row.act}
