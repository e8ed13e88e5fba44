"""Complaints and suggestions to the burden-relief office (X-11): nothing in a row leads to an account or an hour."""

import hashlib
import hmac
import uuid
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Viewer, acting_as
from webapp.burden.models import Complaint
from webapp.errors import Conflict, NotFound, Refused
from webapp.org.models import Division
from webapp.policy.service import parameter
from webapp.policy.workdays import WorkCalendar

OFFICE = Viewer.system("投诉建议", "")
LONGEST = 3000
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, GROUP = 4, 4
MANY = 60
"""Above so many counties the form asks for a name in place of a list."""


def receipt_of(key: bytes, form_token: str) -> str:
    """The receipt code of one form, e.g. "7KQM-2XFA-9HTD-3WPR": the same form sent twice has the same one."""
    digest = int.from_bytes(hmac.new(key, form_token.encode(), hashlib.sha256).digest())
    letters = []
    for _ in range(GROUPS * GROUP):
        digest, place = divmod(digest, len(LETTERS))
        letters.append(LETTERS[place])
    return "-".join("".join(letters[n : n + GROUP]) for n in range(0, len(letters), GROUP))


def _hash(receipt: str) -> str:
    plain = "".join(sign for sign in receipt.upper() if sign in LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()


def counties(session: Session) -> list[Division]:
    """Counties whose office can be chosen, by code."""
    return list(session.scalars(select(Division).where(Division.level == 3).order_by(Division.code)))


def county_named(session: Session, typed: str) -> Division:
    """The county a typed name or 6-digit code means. Raises `Refused`, with what to do."""
    wanted = typed.strip()
    if not wanted:
        raise Refused("没有填写县（市、区）。请填写由哪个县（市、区）的减负办受理。")
    same = (Division.code == wanted[:6]) if wanted.isascii() and wanted.isdigit() else (Division.name == wanted)
    found = list(session.scalars(select(Division).where(Division.level == 3, same).limit(2)))
    if not found:
        raise Refused(f"没有找到“{wanted[:20]}”。请填写县（市、区）的全称，或者 6 位区划代码。")
    if len(found) > 1:
        raise Refused(f"名为“{wanted[:20]}”的不止一个。请改填 6 位区划代码。")
    return found[0]


def complain(session: Session, county_code: str, text: str, receipt: str, on: date) -> None:
    """Hand a complaint to a county's office; the same receipt handed in twice is one complaint."""
    words = text.strip()
    if not words:
        raise Refused("没有填写内容。请写明反映的情况或者建议。")
    if len(words) > LONGEST:
        raise Refused(f"内容有 {len(words)} 字，超过 {LONGEST} 字。请精简后提交，或者分两次提交。")
    with acting_as(session, OFFICE):
        if session.scalar(select(Complaint.id).where(Complaint.receipt_hash == _hash(receipt))) is None:
            row = Complaint(
                id=str(uuid.uuid4()), unit_code=county_code, day=on, text=words, receipt_hash=_hash(receipt)
            )
            session.add(row)


def followed(session: Session, receipt: str) -> Complaint:
    """The complaint of a receipt code, for whoever holds the code. Raises `NotFound`."""
    with acting_as(session, OFFICE):
        row = session.scalar(select(Complaint).where(Complaint.receipt_hash == _hash(receipt)))
    if row is None:
        raise NotFound("没有这个回执码。请核对回执码后重新填写。")
    return row


def answer_workdays(session: Session, row: Complaint) -> int:
    """Working days for the office's answer, by the pack of the day on which it came (BUR-3)."""
    return int(parameter(session, "burden.complaint_answer_workdays", on=row.day, unit_code=row.unit_code))


def due_on(session: Session, row: Complaint, calendar: WorkCalendar) -> date:
    """The last day for the office's answer."""
    return calendar.add_workdays(row.day, answer_workdays(session, row))


def received() -> Select[tuple[Complaint]]:
    """Complaints in scope, unanswered before answered, each by the day on which it falls due."""
    return select(Complaint).order_by(Complaint.answered_on.is_not(None), Complaint.day, Complaint.id)


def answer(session: Session, complaint_id: str, text: str, on: date) -> None:
    """Answer a complaint once; whoever holds its receipt reads the answer."""
    locked = select(Complaint).where(Complaint.id == complaint_id).with_for_update()
    row = session.scalar(locked.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    words = text.strip()
    if not words:
        raise Refused("没有填写答复。请写明处理情况。")
    if len(words) > LONGEST:
        raise Refused(f"答复超过 {LONGEST} 字。请精简后提交。")
    if row.answer is not None and row.answer != words:
        raise Conflict("这条意见已经答复。请刷新页面查看已有的答复。")
    if row.answer is None:
        row.answer, row.answered_on = words, on
        audit.record(session, "complaint.answer", "complaint", row.id, unit_code=row.unit_code)
