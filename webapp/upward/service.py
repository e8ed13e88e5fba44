"""Acts on upward requests: ask, acknowledge, answer, pass on, withdraw (T-10). Each act tells the other side."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, viewer_of
from webapp.accountability.parties import posted
from webapp.accountability.rules import BY_RULE
from webapp.accountability.thresholds import thresholds
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.notices.service import notify
from webapp.org.codes import ancestors
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.private_numbers import refuse_in
from webapp.upward import rules
from webapp.upward.models import OPEN, OUTCOMES, STATES, UpwardEvent, UpwardRequest
from webapp.upward.rules import DOCUMENT_LIMIT, REASON_LIMIT, Asking
from webapp.upward.stopping import REQUESTS, TURNS
from webapp.words import clean, day_words

ASK, ANSWER = "request.ask", "request.answer"
LABELS = {"ask": "提出", "acknowledge": "签收", "pass": "转报上级", "answer": "答复", "withdraw": "撤回"}
LABELS |= {kind: move.label for kind, move in BY_RULE.items()}


class WrongState(Refused):
    """The act does not fit the state the request is in."""

    status = 409


def ask(session: Session, form_id: str, asking: Asking, *, at: datetime) -> UpwardRequest:
    """Make a request; the same form sent twice makes one. Raises `Faulty`, `Refused`, `Conflict`."""
    viewer, today = viewer_of(session), clock.day_of(at)
    if viewer.person_id is None or asking.unit_code not in viewer.units_with(ASK):
        raise Refused("只能以您任职的单位提出请示。请重新选择单位。")
    if known := _sent_before(session, form_id, viewer):
        return known
    limits = thresholds(session, today, asking.unit_code)
    faults = rules.faults_of(asking, today, work_calendar(session), limits.min_answer_workdays)
    wrong = _asked_fault(session, asking.unit_code, asking.asked_code, today)
    if wrong:
        faults["asked"] = wrong
    if faults or asking.due_on is None:
        raise Faulty(faults)
    row = UpwardRequest(
        form_id=form_id,
        unit_code=asking.unit_code,
        asked_code=asking.asked_code,
        first_asked_code=asking.asked_code,
        kind=asking.kind,
        title=clean(asking.title),
        content=clean(asking.content),
        basis=clean(asking.basis) or None,
        amount_yuan=rules.amount_of(asking.amount) if asking.kind == "funds" else None,
        asked_on=today,
        due_on=asking.due_on,
        first_due_on=asking.due_on,
        asked_by_id=viewer.person_id,
        asked_by_name=viewer.name,
        changed_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same form was sent twice at once, and the other one won
        return _sent_before(session, form_id, viewer) or row
    return _apply(session, "ask", row, row.unit_code, None, at)


def acknowledge(session: Session, request_id: int, *, at: datetime, version: int | None = None) -> UpwardRequest:
    """签收 by the unit that was asked."""
    row, done = _begin(session, "acknowledge", request_id, ANSWER, None, version)
    if done:
        return row
    if row.state != "asked":
        raise WrongState(_why_not("acknowledge", row))
    row.state = "acknowledged"
    return _apply(session, "acknowledge", row, row.asked_code, None, at)


def answer(
    session: Session,
    request_id: int,
    *,
    outcome: str,
    text: str,
    document_no: str = "",
    at: datetime,
    version: int | None = None,
) -> UpwardRequest:
    """答复 with outcome and reasons; it is given once."""
    row, done = _begin(session, "answer", request_id, ANSWER, clean(text), version)
    if done:
        return row
    if row.state not in OPEN:
        raise WrongState(_why_not("answer", row))
    said = _required(text, "答复内容和理由")
    if outcome not in OUTCOMES:
        raise Refused("没有选择答复意见。请选择同意、部分同意或者不同意。")
    number = clean(document_no)
    if len(number) > DOCUMENT_LIMIT:
        raise Refused(f"批复文号超过 {DOCUMENT_LIMIT} 字。请删减后再提交。")
    unit = row.asked_code
    row.state, row.outcome, row.answer, row.answer_document_no = "answered", outcome, said, number or None
    row.answered_on = clock.day_of(at)
    return _apply(session, "answer", row, unit, said, at)


def pass_on(
    session: Session, request_id: int, *, to_code: str, reason: str, at: datetime, version: int | None = None
) -> UpwardRequest:
    """转报上级: what the asked unit cannot decide goes to a unit above it, which acknowledges and answers anew."""
    row, done = _begin(session, "pass", request_id, ANSWER, clean(reason), version)
    if done:
        return row
    if row.state not in OPEN:
        raise WrongState(_why_not("pass", row))
    said = _required(reason, "转报理由")
    today = clock.day_of(at)
    wrong = _asked_fault(session, row.asked_code, to_code, today)
    if wrong:
        raise Refused(wrong)
    unit = row.asked_code
    row.asked_code, row.state = to_code, "asked"
    shortest = thresholds(session, today, row.unit_code).min_answer_workdays
    row.due_on = rules.passed_due(row.due_on, today, work_calendar(session), shortest)
    session.flush()
    session.refresh(row, ["asked"])
    return _apply(session, "pass", row, unit, said, at)


def withdraw(
    session: Session, request_id: int, *, reason: str, at: datetime, version: int | None = None
) -> UpwardRequest:
    """撤回 by the unit that asked, as long as there is no answer."""
    row, done = _begin(session, "withdraw", request_id, ASK, clean(reason), version)
    if done:
        return row
    if row.state not in OPEN:
        raise WrongState(_why_not("withdraw", row))
    said = _required(reason, "撤回理由")
    row.state = "withdrawn"
    return _apply(session, "withdraw", row, row.unit_code, said, at)


def may_answer(viewer: Viewer, row: UpwardRequest) -> bool:
    """Whether the viewer sits at the desk whose turn it is, and did not ask himself."""
    return (
        row.state in OPEN
        and row.asked_code in viewer.units_with(ANSWER)
        and row.asked_by_id != viewer.person_id
        and all(grant.unit_code != row.unit_code for grant in viewer.grants)
    )


def may_withdraw(viewer: Viewer, row: UpwardRequest) -> bool:
    """Whether the viewer belongs to the unit that asked, and there is no answer yet."""
    return row.state in OPEN and row.unit_code in viewer.units_with(ASK)


def _sent_before(session: Session, form_id: str, viewer: Viewer) -> UpwardRequest | None:
    known = session.scalar(select(UpwardRequest).where(UpwardRequest.form_id == form_id))
    if known is not None and known.asked_by_id != viewer.person_id:
        raise Conflict("这份请示的编号已被占用，没有提交。请重新打开填写页面再提交。")
    return known


def _asked_fault(session: Session, unit_code: str, asked_code: str, on: date) -> str | None:
    """Why a unit cannot ask another: it must stand above, be in force, and somebody must be there to answer."""
    if asked_code not in ancestors(unit_code):
        return "没有选择上级单位。请从列出的上级单位中选一个。"
    asked = session.get(Division, asked_code)
    if asked is None or (asked.valid_to is not None and asked.valid_to < on):
        return "所选上级单位已停用。请改选其他上级单位。"
    if not posted(session, [asked_code], on, root=asked_code).with_permission(ANSWER, asked_code):
        return f"{asked.name}目前没有经办人，收不到请示。请改选其他上级单位。"
    return None


def _begin(
    session: Session, kind: str, request_id: int, permission: str, said: str | None, version: int | None
) -> tuple[UpwardRequest, bool]:
    """The row, locked, when the viewer may act on it; and whether this very act was done by a first click."""
    viewer = viewer_of(session)
    row = session.scalar(
        select(UpwardRequest)
        .where(UpwardRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    # What an order did right after an act is no act of somebody else.
    last = next((event for event in reversed(row.events) if event.kind not in BY_RULE), None)
    changed = version is not None and version != row.version
    if changed and last is not None and (last.kind, last.person_id, last.text) == (kind, viewer.person_id, said):
        return row, True
    unit = row.asked_code if permission == ANSWER else row.unit_code
    if viewer.person_id is None or unit not in viewer.units_with(permission):
        raise Forbidden("这一步应由另一单位的经办人办理，您现任岗位不能代办。请与请示页面上列出的单位联系。")
    if permission == ANSWER:
        _separate(viewer, row)
    if changed:
        who = f"{last.actor_name}已办理“{LABELS[last.kind]}”" if last is not None else "这份请示已有变动"
        raise Conflict(f"{who}，您的操作没有生效。请看过最新情况后再办理。")
    return row, False


def _separate(viewer: Viewer, row: UpwardRequest) -> None:
    """Nobody answers what he asked, nor what a unit he belongs to asked (as T-4 has it for reports)."""
    if row.asked_by_id == viewer.person_id or any(grant.unit_code == row.unit_code for grant in viewer.grants):
        raise Refused("您是请示人或在请示单位任职，不能由您答复。请由被请示单位其他同志办理。")


def _apply(
    session: Session, kind: str, row: UpwardRequest, actor_unit: str, text: str | None, at: datetime
) -> UpwardRequest:
    viewer = viewer_of(session)
    row.changed_at = at
    row.events.append(
        UpwardEvent(
            unit_code=row.unit_code,
            at=at,
            kind=kind,
            person_id=viewer.person_id,
            actor_name=viewer.name,
            actor_unit=actor_unit,
            asked_code=row.asked_code,
            due_on=row.due_on,
            text=text,
        )
    )
    if kind in TURNS:
        REQUESTS.catch_up(session, [row], at)
    session.flush()
    after = {"state": row.state, "due_on": row.due_on.isoformat()}
    audit.record(session, f"upward.{kind}", "upward_request", row.id, unit_code=row.unit_code, after=after, reason=text)
    _tell(session, kind, row, at)
    return row


def _tell(session: Session, kind: str, row: UpwardRequest, at: datetime) -> None:
    """The asked unit hears of a request and of its end; the asking unit of every step taken above."""
    today = clock.day_of(at)
    people = posted(session, {row.unit_code, row.asked_code}, today, root=row.asked_code)
    above = f"请于{day_words(row.due_on)}前答复。"
    below = {
        "acknowledge": f"{row.asked.name}已签收，{day_words(row.due_on)}前答复。",
        "pass": f"已转报{row.asked.name}，{day_words(row.due_on)}前答复。",
        "answer": f"{row.asked.name}已答复：{OUTCOMES.get(row.outcome or '', '')}。请打开查看理由。",
    }
    messages = {
        "ask": (ANSWER, row.asked_code, "请答复请示", f"{row.unit.name}提出请示，{above}"),
        "withdraw": (ANSWER, row.asked_code, "请示已撤回", f"{row.unit.name}已撤回请示，不需再答复。"),
    }
    what = {"acknowledge": "请示已签收", "pass": "请示已转报", "answer": "请示已答复"}
    told = [messages[kind]] if kind in messages else [(ASK, row.unit_code, what[kind], below[kind])]
    if kind == "pass":
        told.append((ANSWER, row.asked_code, "请答复请示", f"{row.unit.name}的请示转报本单位，{above}"))
    own = viewer_of(session).person_id
    for permission, unit, title, body in told:
        for person_id in people.with_permission(permission, unit):
            if person_id != own:
                key = f"upward:{row.id}:{kind}:{row.version}:{person_id}"
                subject = f"{title}：{row.title[:100]}（{row.unit.name}）"
                notify(session, person_id, key, subject, body, f"/requests/{row.id}", at)


def _required(text: str, name: str) -> str:
    said = clean(text)
    if not said:
        raise Refused(f"没有填写{name}。请补填后再提交。")
    if len(said) > REASON_LIMIT:
        raise Refused(f"{name}超过 {REASON_LIMIT} 字，现有 {len(said)} 字。请删减后再提交。")
    refuse_in(said, name)
    return said


def _why_not(kind: str, row: UpwardRequest) -> str:
    return f"这份请示{STATES[row.state]}，不能再{LABELS[kind]}。请刷新页面查看最新情况。"
