"""The steps of a spot check: finding, statement, township opinion, right of reply, county decision (X-3, Z-33)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, viewer_of
from webapp.accountability.attachments import MOST, Kept
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.leave.halves import Span, slot_of
from webapp.org.models import Posting
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter
from webapp.presence.drawing import DRAW
from webapp.presence.inspection_queries import away
from webapp.presence.inspection_rules import LABELS, Standing, check_step, next_state, required
from webapp.presence.models import DECISIONS, FINDINGS, OPINIONS, Inspection, InspectionEvent, InspectionFile
from webapp.presence.telling import DECIDE, OPINE, tell


def find(
    session: Session,
    inspection_id: int,
    *,
    finding: str,
    inspected_at: datetime | None,
    text: str,
    span: Span | None = None,
    at: datetime,
    version: int | None = None,
) -> Inspection:
    """登记抽查情况 by the inspector. 未在岗 is a finding, no absence: the person speaks next.

    `span` says of which half-days it is said; without it that of the moment. Nothing else is asked for: no picture, no
    position (X-1).
    """
    row, done = _begin(session, "find", inspection_id, version)
    if done:
        return row
    if viewer_of(session).person_id != row.inspector_id:
        raise Forbidden(f"抽查情况由抽查人{row.inspector_name}登记，您不能代办。")
    _check(row, "find", at)
    if finding not in FINDINGS:
        raise Refused("没有选择抽查情况。请选择在岗、已请假或者因公外出、未在岗。")
    post = session.get_one(Posting, row.posting_id)
    if inspected_at is None or inspected_at > at:
        raise Refused("没有填写抽查时间，或者抽查时间晚于现在。请改正。")
    day = clock.day_of(inspected_at)
    if not row.plan.first_on <= day <= row.plan.last_on or not post.covers(day):
        raise Refused("抽查时间不在抽查安排的时段内，或者当日本人不在岗位任期内。请改正。")
    said = required(text, "抽查情况说明") if finding == "absent" else text.strip()
    row.finding, row.finding_text, row.inspected_at = finding, said or None, inspected_at
    if finding == "absent":
        own = slot_of(inspected_at)
        said_of = span or Span(own, own)
        if not said_of.first <= own <= said_of.last <= slot_of(at) or not post.covers(said_of.first_day):
            raise Refused("未在岗的起止时间应包括抽查的半天，并在岗位任期之内、不晚于现在。请改正。")
        row.first_on, row.first_half = said_of.first_day, said_of.first_half
        row.last_on, row.last_half = said_of.last_day, said_of.last_half
        row.state_by = _reply_day(session, row, at)
    else:
        row.outcome = finding
    return _apply(session, "find", row, said or FINDINGS[finding], at, next_state("find", finding))


def cancel(session: Session, inspection_id: int, *, text: str, at: datetime, version: int | None = None) -> Inspection:
    """不再开展, by the unit that drew, with the reason; what was drawn stays on record."""
    row, done = _begin(session, "cancel", inspection_id, version)
    if done:
        return row
    if row.root_code not in viewer_of(session).units_with(DRAW):
        raise Forbidden("这次抽查由另一单位安排，您不能取消。请与抽查单位联系。")
    _check(row, "cancel", at)
    said = required(text, "原因")
    row.outcome = "void"
    return _apply(session, "cancel", row, said, at, next_state("cancel"))


def speak(
    session: Session,
    inspection_id: int,
    *,
    kind: str,
    text: str,
    files: Sequence[Kept] = (),
    at: datetime,
    version: int | None = None,
) -> Inspection:
    """本人说明 (`state`) or 本人申辩 (`reply`) on the township's opinion, with files where the person wants any.

    Each is taken as long as the level whose turn comes next has not acted.
    """
    row, done = _begin(session, kind, inspection_id, version)
    if done:
        return row
    if viewer_of(session).person_id != row.person_id:
        raise Forbidden("只有本人可以说明和申辩。")
    _check(row, kind, at)
    if kind == "state":
        said = row.statement = required(text, "说明")
    else:
        said = row.reply = required(text, "申辩")
    _lay_beside(session, row, files, at)
    return _apply(session, kind, row, said, at, next_state(kind))


def opine(
    session: Session, inspection_id: int, *, opinion: str, text: str, at: datetime, version: int | None = None
) -> Inspection:
    """乡镇意见; the right of reply runs from it."""
    row, done = _begin(session, "opine", inspection_id, version)
    if done:
        return row
    viewer = viewer_of(session)
    if row.unit_code[:9] not in viewer.units_with(OPINE):
        raise Forbidden("意见由本人所在乡镇提出，您现任岗位不能代办。")
    _separate(viewer, row, row.person_id, row.inspector_id)
    _check(row, "opine", at)
    if opinion not in OPINIONS:
        raise Refused("没有选择乡镇意见。请从列出的意见中选一项。")
    said = required(text, "意见和理由")
    row.opinion, row.opinion_text, row.opined_by_id = opinion, said, viewer.person_id
    row.reply_by = _reply_day(session, row, at)
    return _apply(session, "opine", row, said, at, next_state("opine"))


def decide(
    session: Session, inspection_id: int, *, decision: str, text: str, at: datetime, version: int | None = None
) -> Inspection:
    """县级认定 by somebody who neither looked nor gave the opinion. Only 认定 makes an absence; it decides no grade."""
    row, done = _begin(session, "decide", inspection_id, version)
    if done:
        return row
    viewer = _deciding(session, row)
    _separate(viewer, row, row.person_id, row.inspector_id, row.opined_by_id)
    _check(row, "decide", at)
    if decision not in DECISIONS:
        raise Refused("没有选择认定结果。请从列出的结果中选一项。")
    if decision == "verified" and excused(session, row):
        raise Refused("所指时段本人已获准请假或者因公外出，不能认定为未经批准离岗。请核对请假和外出记录。")
    said = required(text, "认定理由")
    row.outcome, row.decision_text = decision, said
    row.decided_by_id, row.decided_on = viewer.person_id, clock.day_of(at)
    return _apply(session, "decide", row, said, at, next_state("decide"))


def revoke(session: Session, inspection_id: int, *, text: str, at: datetime, version: int | None = None) -> Inspection:
    """撤销认定: the county takes back a verified absence, with the reason; both stay on record."""
    row, done = _begin(session, "revoke", inspection_id, version)
    if done:
        return row
    _separate(_deciding(session, row), row, row.person_id, row.inspector_id, row.opined_by_id)
    _check(row, "revoke", at)
    said = required(text, "撤销理由")
    row.outcome = "revoked"
    return _apply(session, "revoke", row, said, at, "closed")


def standing(row: Inspection) -> Standing:
    """Where an inspection stands."""
    return Standing(row.state, row.outcome, row.state_by, row.reply_by)


def excused(session: Session, row: Inspection) -> bool:
    """Whether granted leave or a reported trip lies over every half-day of the absence that is said."""
    return row.span is not None and set(row.span) <= {number for one in away(session, row) for number in one.span}


def _deciding(session: Session, row: Inspection) -> Viewer:
    viewer = viewer_of(session)
    if row.unit_code[:6] not in viewer.units_with(DECIDE):
        raise Forbidden("认定由县级作出，您现任岗位不能代办。")
    return viewer


def _separate(viewer: Viewer, row: Inspection, *others: int | None) -> None:
    """Nobody judges where he was looked for, looked himself, or has already judged."""
    if viewer.person_id in others:
        raise Refused("您是被抽查人、抽查人或者已提出意见的人，不能再办理这一步。请由其他同志办理。")


def _check(row: Inspection, kind: str, at: datetime) -> None:
    check_step(kind, standing(row), clock.day_of(at))


def _reply_day(session: Session, row: Inspection, at: datetime) -> date:
    today = clock.day_of(at)
    days = int(parameter(session, "absence.reply_workdays", on=today, unit_code=row.unit_code))
    return work_calendar(session).add_workdays(today, days)


def _begin(session: Session, kind: str, inspection_id: int, version: int | None) -> tuple[Inspection, bool]:
    """The row, locked; and whether this very step was taken by a first click."""
    row = session.scalar(
        select(Inspection)
        .where(Inspection.id == inspection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    viewer = viewer_of(session)
    if viewer.person_id is None:
        raise Forbidden()
    last = row.events[-1]
    changed = version is not None and version != row.version
    if changed and (last.kind, last.actor_id) == (kind, viewer.person_id):
        return row, True
    if changed:
        raise Conflict(f"{last.actor_name}已办理“{LABELS[last.kind]}”，您的操作没有生效。请看过最新情况后再办理。")
    return row, False


def _lay_beside(session: Session, row: Inspection, files: Sequence[Kept], at: datetime) -> None:
    there = {one.sha256 for one in row.files}
    fresh = {one.sha256: one for one in files if one.sha256 not in there}
    if len(there) + len(fresh) > MOST:
        raise Refused(f"最多 {MOST} 份材料，已有 {len(there)} 份。请减少后再提交。")
    for one in fresh.values():
        row.files.append(
            InspectionFile(
                unit_code=row.unit_code,
                person_id=row.person_id,
                sha256=one.sha256,
                name=one.name,
                kind=one.kind,
                size=one.size,
                at=at,
            )
        )


def _apply(session: Session, kind: str, row: Inspection, text: str | None, at: datetime, state_: str) -> Inspection:
    viewer = viewer_of(session)
    row.state, row.changed_at = state_, at
    row.events.append(
        InspectionEvent(
            unit_code=row.unit_code,
            person_id=row.person_id,
            kind=kind,
            at=at,
            actor_id=viewer.person_id,
            actor_name=viewer.name,
            text=text,
        )
    )
    session.flush()
    after = {"state": row.state, "kind": row.outcome or row.finding or ""}
    audit.record(session, f"inspection.{kind}", "inspection", row.id, unit_code=row.unit_code, after=after)
    tell(session, kind, row, at)
    return row
