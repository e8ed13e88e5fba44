"""选派: the village comes first, then the person; conditions are confirmed, no data about the person is entered (Z-2)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.errors import Faulty
from webapp.org import rules as org_rules
from webapp.org import service as org
from webapp.org.models import Organisation, Posting, VillageDesignation
from webapp.org.service import Appointment
from webapp.policy.service import parameter
from webapp.teams.stepping import note, steps_of
from webapp.words import clean, day_words

TEXT_LIMIT = 500
CHECKS = {
    "party": "第一书记是中共正式党员，党龄满 1 年、工作满 2 年",
    "grade": "近两年年度考核没有基本称职以下等次",
    "regular": "不是临时聘用人员、工勤人员",
    "discipline": "遵守纪律情况良好",
}
"""Conditions of Z-3 and Z-15: the county confirms them by its own files; nothing about the person is entered here."""


@dataclass(frozen=True)
class Selection:
    """Who is chosen for a village: the appointment, who sends, when it was decided, and what the county confirms."""

    appointment: Appointment
    sending_unit_id: int | None
    decided_on: date
    confirmed: tuple[str, ...] = ()
    note: str = ""


def select_person(session: Session, chosen: Selection, *, at: datetime) -> Posting:
    """选派: start the posting on its planned day, with the decision as its first step; the same form twice is one.

    Raises `Faulty` by field, and what `start_posting` raises.
    """
    wanted, today = chosen.appointment, clock.day_of(at)
    faults = _selection_faults(session, chosen, today)
    if faults:
        raise Faulty(faults)
    overlap = int(parameter(session, "tenure.handover_days", on=today, unit_code=wanted.unit_code))
    posting = org.start_posting(session, wanted, at=at, overlap_days=overlap)
    if steps_of(session, posting.id, "select"):
        return posting
    posting.sending_unit_id = chosen.sending_unit_id
    note(
        session,
        posting,
        "select",
        chosen.decided_on,
        at,
        document_no=wanted.document_no,
        text=clean(chosen.note) or None,
        confirmed=sorted(chosen.confirmed),
    )
    return posting


def sender_fault(session: Session, sending_unit_id: int | None, on: date) -> str | None:
    """Why an organisation cannot send anybody on a day, or None; nobody need be named."""
    if sending_unit_id is None:
        return None
    found = session.get(Organisation, sending_unit_id)
    if found is None or found.kind != "sending_unit":
        return "没有这个派出单位。请从列出的派出单位中选择。"
    if found.valid_to is not None and found.valid_to < on:
        return f"{found.name}已于{day_words(found.valid_to)}撤销。请改选其他派出单位。"
    return None


def _selection_faults(session: Session, chosen: Selection, today: date) -> dict[str, str]:
    wanted, faults = chosen.appointment, {}
    if wanted.role not in org_rules.STATIONED:
        faults["role"] = "没有选择驻村岗位。请选择第一书记或者工作队员。"
    if not org_rules.EARLIEST <= chosen.decided_on <= min(today, wanted.starts_on):
        faults["decided_on"] = "选派决定日期晚于今天或者晚于到村日期。请改正。"
    wrong = sender_fault(session, chosen.sending_unit_id, wanted.starts_on)
    if wrong:
        faults["sending_unit"] = wrong
    said = clean(chosen.note)
    asked = [name for name in CHECKS if name != "party" or wanted.role == "first_secretary"]
    open_checks = [name for name in asked if name not in chosen.confirmed]
    listed = session.scalar(
        select(VillageDesignation.id).where(
            VillageDesignation.unit_code == wanted.unit_code,
            VillageDesignation.valid_from <= wanted.starts_on,
            VillageDesignation.valid_to.is_(None) | (VillageDesignation.valid_to >= wanted.starts_on),
        )
    )
    if (open_checks or listed is None) and not said:
        what = "该村不在应派村名单中" if listed is None else "有选派条件没有确认"
        faults["note"] = f"{what}。请写明理由；先定村、再定人。"
    if len(said) > TEXT_LIMIT:
        faults["note"] = f"说明超过 {TEXT_LIMIT} 字。请删减。"
    return faults
