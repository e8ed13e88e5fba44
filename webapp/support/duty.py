"""The county's yearly check of support (WA31-T3) is answered by the ledger and nothing else: nothing is asked twice (X-4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import viewer_of
from webapp.accountability import by_record
from webapp.accountability.answering import record_duties
from webapp.accountability.models import Assignment
from webapp.errors import Refused
from webapp.presence.scopes import COUNTY_LENGTH
from webapp.support import queries
from webapp.support.service import RECORD

DUTY = "WA31-T3"
record_duties[DUTY] = (
    "这项任务由驻村保障台账反馈，不另写文字。请打开该年度的驻村保障台账，登记齐全后点“以台账反馈核对任务”。"
)


def open_check(session: Session, unit_code: str, year: int) -> Assignment | None:
    """The county's assignment of the check for a year, as long as it is to be answered."""
    return by_record.open_duty(session, DUTY, unit_code, str(year))


def answer(session: Session, unit_code: str, year: int, at: datetime) -> Assignment:
    """Answer the check with what the ledger holds today; the list by person stays in the ledger.

    Raises `Refused` when no check is open, and for whoever is not at the desk of the county.
    """
    viewer = viewer_of(session)
    if len(unit_code) != COUNTY_LENGTH or not viewer.reaches(unit_code) or not viewer.may(RECORD):
        raise Refused("核对任务由县级经办在本县的驻村保障台账中反馈。请从台账页面办理。")
    found = open_check(session, unit_code, year)
    if found is None:
        raise Refused(f"{year}年没有待反馈的驻村保障落实核对任务。已经反馈的，请在责任任务中查看。")
    by_record.answer(session, found, words(session, unit_code, year), at)
    return found


def words(session: Session, unit_code: str, year: int) -> str:
    """How far the ledger is kept, in one sentence; it counts the county's own work and compares nobody."""
    number = queries.states_in(session, unit_code, year)
    if not sum(number.values()):
        return f"已对照驻村保障台账核对：{year}年度没有应当为驻村人员落实的事项。"
    return (
        f"已对照驻村保障台账核对{year}年度保障事项 {sum(number.values())} 项：已落实 {number['done']} 项，"
        f"不适用 {number['not_applicable']} 项，待落实 {number['open']} 项。逐人清单见驻村保障台账。"
    )
