"""因公外出报备: reported to the township, corrected or cancelled with a reason; nobody's permission is asked (Z-26)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import acting_as, viewer_of
from webapp.errors import AlreadySent, Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.leave import rules
from webapp.leave.halves import Span
from webapp.leave.models import TRIP_KINDS, OfficialTrip, TripEvent
from webapp.leave.posts import time_on_post
from webapp.leave.routing import KEEPER
from webapp.leave.rules import TEXT_LIMIT
from webapp.leave.service import Paper, may_enter, own_posting, refuse_overlap
from webapp.leave.telling import tell_entered
from webapp.notices.service import notify
from webapp.org.codes import LENGTHS, at_level
from webapp.org.models import Posting
from webapp.org.queries import valid_on
from webapp.words import clean

LABELS = {"report": "报备", "correct": "更正", "cancel": "取消"}
_VERBS = {"report": "make", "correct": "correct", "cancel": "call_off"}
SUBJECT_LIMIT, NUMBER_LIMIT = 120, 60
TOWNSHIP = 4


@dataclass(frozen=True)
class Reporting:
    """What was typed of a trip."""

    posting_id: int
    kind: str
    first_day: date | None
    first_half: str
    last_day: date | None
    last_half: str
    subject: str
    document_no: str = ""


def report(
    session: Session, form_id: str, typed: Reporting, *, at: datetime, paper: Paper | None = None
) -> OfficialTrip:
    """Report a trip of an own post, or of the one whose paper is entered; the same form sent twice reports once.

    Raises `Faulty`, `Conflict`, and `AlreadySent` for a form that comes again with other words.
    """
    viewer = viewer_of(session)
    person_id = paper.posting.person_id if paper is not None else viewer.person_id
    if known := _sent_before(session, form_id, person_id, typed, paper):
        return known
    posting = paper.posting if paper is not None else own_posting(session, viewer, typed.posting_id)
    span = _checked(session, typed, posting, None)
    row = OfficialTrip(form_id=form_id, posting_id=posting.id, person_id=posting.person_id, reported_at=at)
    row.unit_code, row.state = posting.unit_code, "reported"
    if paper is not None:
        row.paper_on, row.paper_by_id, row.paper_by_name = paper.on, paper.by_id, paper.by_name
    _fill(row, typed, span)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same form was sent twice at once, and the other one won
        return _sent_before(session, form_id, person_id, typed, paper) or row
    return _note(session, "report", row, None, at)


def correct(
    session: Session, trip_id: int, typed: Reporting, *, reason: str, at: datetime, version: int | None = None
) -> OfficialTrip:
    """Put other days, another kind or other words in the place of those reported, and say why."""
    said = clean(reason)
    row, done = _begin(session, "correct", trip_id, said, version)
    if done:
        return row
    posting = session.get_one(Posting, row.posting_id)
    faults = _reason_faults(said)
    if faults:
        raise Faulty(faults)
    span = _checked(session, typed, posting, row.id)
    before = {"kind": TRIP_KINDS[row.kind], "span": row.span.words, "subject": row.subject}
    before["document_no"] = row.document_no or ""
    _fill(row, typed, span)
    return _note(session, "correct", row, said, at, before)


def cancel(session: Session, trip_id: int, *, reason: str, at: datetime, version: int | None = None) -> OfficialTrip:
    """Say that a reported trip does not take place, or did not."""
    said = clean(reason)
    row, done = _begin(session, "cancel", trip_id, said, version)
    if done:
        return row
    if faults := _reason_faults(said):
        raise Faulty(faults)
    row.state = "cancelled"
    return _note(session, "cancel", row, said, at)


def _begin(session: Session, kind: str, trip_id: int, said: str, version: int | None) -> tuple[OfficialTrip, bool]:
    row = session.scalar(
        select(OfficialTrip)
        .where(OfficialTrip.id == trip_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    viewer, last = viewer_of(session), row.events[-1] if row.events else None
    if row.person_id != viewer.person_id and not may_enter(viewer, row):
        raise Forbidden("只有本人可以更正或者取消外出报备。请由本人办理。")
    if version is not None and version != row.version:
        if last is not None and (last.kind, last.text) == (kind, said):
            return row, True
        raise Conflict("这次外出报备已有变动，您的操作没有生效。请看过最新情况后再办理。")
    if row.state != "reported":
        raise Refused(f"这次外出报备已取消，不能再{LABELS[kind]}。需要时请重新报备。")
    return row, False


def _checked(session: Session, typed: Reporting, posting: Posting, trip_id: int | None) -> Span:
    faults = rules.span_faults(typed.first_day, typed.first_half, typed.last_day, typed.last_half)
    if typed.kind not in TRIP_KINDS:
        faults["kind"] = "没有选择外出事由类别。请选择。"
    subject, number = clean(typed.subject), clean(typed.document_no)
    if not subject:
        faults["subject"] = "没有填写会议、培训或者项目工作的名称。请补填。"
    elif len(subject) > SUBJECT_LIMIT:
        faults["subject"] = f"名称超过 {SUBJECT_LIMIT} 字。请删减。"
    if len(number) > NUMBER_LIMIT:
        faults["document_no"] = f"文号超过 {NUMBER_LIMIT} 字。请删减。"
    if faults or typed.first_day is None or typed.last_day is None:
        raise Faulty(faults)
    span = Span.of(typed.first_day, typed.first_half, typed.last_day, typed.last_half)
    who = "您" if posting.person_id == viewer_of(session).person_id else posting.person.name
    held = (posting.starts_on, posting.ends_on) if trip_id is None else time_on_post(session, posting)
    if faults := rules.posting_fault(span, *held, who):
        raise Faulty(faults)
    refuse_overlap(session, posting.person_id, span, trip_id=trip_id)
    return span


def _fill(row: OfficialTrip, typed: Reporting, span: Span) -> None:
    row.kind, row.subject = typed.kind, clean(typed.subject)
    row.document_no = clean(typed.document_no) or None
    row.first_day, row.first_half = span.first_day, span.first_half
    row.last_day, row.last_half = span.last_day, span.last_half


def _reason_faults(said: str) -> dict[str, str]:
    if not said:
        return {"reason": "没有填写更正或者取消的原因。请补填。"}
    return {"reason": f"原因超过 {TEXT_LIMIT} 字。请删减。"} if len(said) > TEXT_LIMIT else {}


def _sent_before(
    session: Session, form_id: str, person_id: int | None, typed: Reporting, paper: Paper | None
) -> OfficialTrip | None:
    known = session.scalar(select(OfficialTrip).where(OfficialTrip.form_id == form_id))
    if known is not None and known.person_id != person_id:
        raise Conflict("这份报备的编号已被占用，没有提交。请重新打开填写页面再提交。")
    if known is not None and not _same(known, typed, paper):
        raise AlreadySent(
            f"这一页已报备过外出（{TRIP_KINDS[known.kind]}，{known.subject}，{known.span.words}），这次填写的与它不同，"
            "已报备的没有改动。要改已报备的，请在该报备页面更正；要另外报备，核对后再次提交。",
            f"/trips/{known.id}",
        )
    return known


def _same(row: OfficialTrip, typed: Reporting, paper: Paper | None) -> bool:
    """Whether a form says what is held."""
    held = (row.kind, row.first_day, row.first_half, row.last_day, row.last_half, row.subject, row.document_no or "")
    days = (typed.first_day, typed.first_half, typed.last_day, typed.last_half)
    same = held == (typed.kind, *days, clean(typed.subject), clean(typed.document_no))
    paper_on = paper.on if paper is not None else None
    return same and row.paper_on == paper_on and (paper is not None or row.posting_id == typed.posting_id)


def _note(
    session: Session,
    kind: str,
    row: OfficialTrip,
    text: str | None,
    at: datetime,
    before: dict[str, str] | None = None,
) -> OfficialTrip:
    viewer = viewer_of(session)
    event = TripEvent(unit_code=row.unit_code, owner_id=row.person_id, at=at, kind=kind, actor_name=viewer.name)
    event.person_id, event.text, event.before = viewer.person_id, text, before
    row.events.append(event)
    session.flush()
    audit.record(
        session,
        f"trip.{_VERBS[kind]}",
        "official_trip",
        row.id,
        unit_code=row.unit_code,
        before=before,
        after={"span": row.span.words},
        reason=text,
    )
    _tell(session, kind, row, at)
    return row


def _tell(session: Session, kind: str, row: OfficialTrip, at: datetime) -> None:
    """The township's desks hear of it, which asks nothing of them; and the person of what was entered from paper."""
    own, path = viewer_of(session).person_id, f"/trips/{row.id}"
    if own != row.person_id:
        tell_entered(session, row, f"{LABELS[kind]}因公外出", path, at)
    if len(row.unit_code) != LENGTHS[5]:
        return
    with acting_as(session, KEEPER):
        session.refresh(row, ["person", "unit"])
        desks = select(Posting.person_id).where(
            Posting.unit_code == at_level(row.unit_code, TOWNSHIP), Posting.role == "desk", valid_on(clock.day_of(at))
        )
        people = sorted(set(session.scalars(desks)) - {own})
    words = f"{row.unit.name}{row.person.name}{LABELS[kind]}因公外出：{TRIP_KINDS[row.kind]}，{row.span.words}。不需要审批。"
    for person_id in people:
        key = f"trip:{row.id}:{kind}:{row.version}:{person_id}"
        notify(session, person_id, key, f"因公外出报备：{row.person.name}", words, path, at)
