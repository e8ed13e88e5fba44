"""名单确认: the township confirms one list a month in one act, which answers its duty WA31-T2; later changes need the
county's approval and stay visible as versions (X-2)."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.accountability import by_record
from webapp.accountability.answering import record_duties
from webapp.accountability.parties import posted
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.leave.halves import day_of_slot, half_of_slot
from webapp.leave.models import LeaveRequest
from webapp.leave.routing import raised
from webapp.notices.service import notify
from webapp.org.models import Posting
from webapp.presence.days import Days, gather, past
from webapp.presence.inspection_rules import required
from webapp.presence.month_models import CORRECTION_STATES, PresenceCorrection, PresenceList, PresenceMonth
from webapp.presence.rules import HalfDay, Tally, Window, window_of
from webapp.presence.scopes import TOWNSHIP_LENGTH

CONFIRM, APPROVE = "presence.confirm", "presence.correct"
DUTY = "WA31-T2"
record_duties[DUTY] = (
    "这项任务由确认名单反馈，不另写文字。请打开当月在岗名单，点“确认本月名单”；"
    "名单先前已经确认的，请在任务页面点“以已确认的名单反馈”。"
)

ANSWER = "已确认当月驻村干部在岗名单，见在岗名单页面。"
"""What the duty is reported with."""


def listed(postings: Sequence[Posting], days: Days) -> list[dict[str, Any]]:
    """The list of a month as it is kept: a row a post in code order, with its days and every stretch off the presumption."""
    rows = []
    for posting in postings:
        own = days[posting.id]
        tally = Tally.of(own.values())
        rows.append(
            {
                "posting": posting.id,
                "name": posting.person.name,
                "role": posting.role,
                "unit": posting.unit_code,
                "on_post": str(tally.counted(trips_count=False)),
                "trip": str(tally.days("trip")),
                "leave": str(tally.days("leave")),
                "absent": str(tally.days("absent")),
                "stretches": _stretches(own),
            }
        )
    return rows


def digest_of(rows: list[dict[str, Any]]) -> str:
    """SHA-256 over a list: the same list has the same one."""
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def month_of(session: Session, township: str, month: str) -> PresenceMonth | None:
    """The confirmed month of a township, if there is one."""
    return session.scalar(
        select(PresenceMonth).where(PresenceMonth.unit_code == township, PresenceMonth.month == month)
    )


def holds(month: PresenceMonth, rows: list[dict[str, Any]]) -> bool:
    """Whether a confirmed month says of some posts, in its last version, what they come to now."""
    kept = {row["posting"]: row for row in month.lists[-1].people}
    return all(kept.get(row["posting"]) == row for row in rows)


def confirm(session: Session, township: str, window: Window, *, seen: str, at: datetime) -> PresenceMonth:
    """Confirm the month's list as the page showed it (`seen` is its digest); a second click changes nothing.

    The open assignment of the duty is reported with it. Raises `Forbidden`, `Refused` before the month is over, and
    `Conflict` when the list has changed since it was shown.
    """
    viewer = viewer_of(session)
    if len(township) != TOWNSHIP_LENGTH or township not in viewer.units_with(CONFIRM):
        raise Forbidden("名单由乡镇经办人按月确认，您现任岗位不能代办。")
    if window.kind != "month" or not past(window, clock.day_of(at)):
        raise Refused("这个月还没有结束，月末后才能确认名单。")
    month = f"{window.first:%Y-%m}"
    known = month_of(session, township, month)
    if known is not None:
        _answer_duty(session, township, month, at)
        return known
    rows = _now(session, township, window)
    if digest_of(rows) != seen:
        raise Conflict("名单在您打开页面后有变动，没有确认。请看过最新名单再确认。")
    row = PresenceMonth(unit_code=township, month=month)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # a colleague confirmed in the same moment
        return month_of(session, township, month) or row
    _version(session, row, rows, at)
    _answer_duty(session, township, month, at)
    return row


def ask_correction(session: Session, township: str, month: str, *, reason: str, at: datetime) -> PresenceCorrection:
    """申请更正 of a confirmed month; the county decides. One at a time."""
    viewer = viewer_of(session)
    if township not in viewer.units_with(CONFIRM) or viewer.person_id is None:
        raise Forbidden("更正由乡镇经办人申请，您现任岗位不能代办。")
    row = month_of(session, township, month)
    if row is None:
        raise NotFound("这个月的名单还没有确认，可以直接确认，不需要更正。")
    said = required(reason, "更正原因")
    waiting = next((one for one in row.corrections if one.state == "asked"), None)
    if waiting is not None:
        if (waiting.asked_by_id, waiting.reason) == (viewer.person_id, said):
            return waiting
        raise Conflict(f"{waiting.asked_by_name}已申请更正，正在等待县级审批。请等审批后再申请。")
    found = PresenceCorrection(
        unit_code=township, state="asked", reason=said, asked_at=at,
        asked_by_id=viewer.person_id, asked_by_name=viewer.name,
    )  # fmt: skip
    row.corrections.append(found)
    session.flush()
    audit.record(session, "presence.ask", "presence_month", row.id, unit_code=township, reason=said)
    county = township[:6]
    people = posted(session, [county], clock.day_of(at), root=county).with_permission(APPROVE, county)
    for person_id in people:
        key = f"presence:{found.id}:asked:{person_id}"
        path = f"/presence/months/{row.id}"
        notify(session, person_id, key, f"请审批在岗名单更正（{month}）", said[:200], path, at)
    return found


def correction(session: Session, correction_id: int) -> PresenceCorrection:
    """One correction; raises `NotFound`."""
    found = session.scalar(select(PresenceCorrection).where(PresenceCorrection.id == correction_id))
    if found is None:
        raise NotFound()
    return found


def decide_correction(
    session: Session, correction_id: int, *, approve: bool, text: str, at: datetime, version: int | None = None
) -> PresenceCorrection:
    """The county approves a correction, which makes a new version of the list as it stands now, or refuses it."""
    found = session.scalar(
        select(PresenceCorrection)
        .where(PresenceCorrection.id == correction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    viewer = viewer_of(session)
    if found.unit_code[:6] not in viewer.units_with(APPROVE):
        raise Forbidden("更正由县级审批，您现任岗位不能代办。")
    if viewer.person_id == found.asked_by_id:
        raise Refused("您是申请人，不能审批自己的申请。请由县级其他同志办理。")
    if found.state != "asked" or (version is not None and version != found.version):
        if found.decided_by_name == viewer.name:
            return found
        raise Conflict(f"这次更正{CORRECTION_STATES[found.state]}，您的操作没有生效。请看最新情况。")
    said = required(text, "审批意见")
    found.state, found.decided_at = "approved" if approve else "refused", at
    found.decided_by_name, found.decision_text = viewer.name, said
    row = found.month
    if approve:
        made = _version(session, row, _now(session, row.unit_code, window_of(row.month)), at, found)
        found.number = made.number
    session.flush()
    audit.record(
        session, "presence.decide", "presence_month", row.id, unit_code=row.unit_code,
        after={"state": found.state}, reason=said,
    )  # fmt: skip
    key, path = f"presence:{found.id}:decided", f"/presence/months/{row.id}"
    notify(session, found.asked_by_id, key, f"{CORRECTION_STATES[found.state]}（{row.month}）", said[:200], path, at)
    return found


def _now(session: Session, township: str, window: Window) -> list[dict[str, Any]]:
    found = gather(session, township, window)
    return listed(found.postings, found.days)


def _version(
    session: Session,
    row: PresenceMonth,
    rows: list[dict[str, Any]],
    at: datetime,
    correction: PresenceCorrection | None = None,
) -> PresenceList:
    viewer = viewer_of(session)
    if viewer.person_id is None:
        raise Forbidden()
    row.current += 1
    made = PresenceList(
        unit_code=row.unit_code,
        number=row.current,
        people=rows,
        digest=digest_of(rows),
        confirmed_at=at,
        confirmed_by_id=correction.asked_by_id if correction else viewer.person_id,
        confirmed_by_name=correction.asked_by_name if correction else viewer.name,
        reason=correction.reason if correction else None,
        approved_by_name=viewer.name if correction else None,
    )
    row.lists.append(made)
    session.flush()
    after = {"rows": len(rows), "sha256": made.digest}
    audit.record(session, "presence.confirm", "presence_month", row.id, unit_code=row.unit_code, after=after)
    return made


def _answer_duty(session: Session, township: str, month: str, at: datetime) -> None:
    """The confirmation answers the duty by itself."""
    found = by_record.open_duty(session, DUTY, township, month)
    if found is not None:
        by_record.answer(session, found, ANSWER, at)


def _stretches(own: dict[int, HalfDay]) -> list[list[Any]]:
    """Runs of half-days with one state and source that are not on post: state, first and last half-day, source."""
    found: list[list[Any]] = []
    before: tuple[HalfDay, int] | None = None
    for number in sorted(own):
        half = own[number]
        if half.state != "on_post":
            end = [day_of_slot(number).isoformat(), half_of_slot(number)]
            if before is not None and before == (half, number - 1):
                found[-1][3:5] = end
            else:
                found.append([half.state, *end, *end, half.source.kind, half.source.id])
        before = (half, number)
    return found


def _changes_a_confirmed_month(session: Session, row: LeaveRequest, at: datetime) -> bool:
    """Leave for days of a month that the township has confirmed changes what was confirmed: the county decides on it."""
    months = PresenceMonth.month.between(f"{row.first_day:%Y-%m}", f"{row.last_day:%Y-%m}")
    held = (
        select(PresenceList.id)
        .join(PresenceMonth)
        .where(PresenceMonth.unit_code == row.unit_code[:TOWNSHIP_LENGTH], months, PresenceList.confirmed_at <= at)
    )
    with acting_as(session, Viewer.system("在岗名单", "")):
        return session.scalar(held.limit(1)) is not None


raised.append(_changes_a_confirmed_month)
