"""召回: the township proposes, the county decides, the sending unit recalls and replaces (Z-34 … Z-37).

Each step belongs to one unit and follows from the one before; there is no shorter path. Only the last one ends the post.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp import clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.notices.service import notify
from webapp.org import service as org
from webapp.org.codes import at_level
from webapp.org.models import Organisation, Posting
from webapp.org.rules import END_REASONS, FAULT_REASONS, STATIONED
from webapp.policy.service import parameter
from webapp.teams.models import GROUNDS, RECALL_STATES, Recall
from webapp.teams.recall_steps import (
    KEEPER,
    add_step,
    desks_of,
    done_before,
    locked,
    only,
    refuse_stale,
    said_fault,
    tell,
    tell_sender,
)
from webapp.teams.stepping import document_fault
from webapp.words import clean, day_words

PROPOSE, DECIDE, CARRY_OUT, WRITE = "recall.propose", "recall.decide", "recall.carry_out", "posting.write"
OPEN = ("proposed", "decided", "recalled")
NEXT = {"proposed": "决定", "decided": "登记召回", "recalled": "登记补派"}
WHOSE = {"proposed": "乡镇提出召回，由县级决定"} | dict.fromkeys(("decided", "recalled"), "由派出单位召回并补派")
# What the county may find: each ground with the codes that fit it; a no-fault code never touches a grade (Z-37).
CODES = {
    "presence": ("健康", "工作调动", "其他非过错", "不胜任"),
    "unable": ("不胜任", "健康", "其他非过错"),
    "style": ("违规召回", "不胜任", "其他非过错"),
    "absent": ("违规召回", "其他非过错"),
    "breach": ("违规召回", "其他非过错"),
    "unsuitable": ("不胜任", "其他非过错"),
    "other": tuple(reason for reason in END_REASONS if reason != "任期届满"),
}


def propose(
    session: Session, form_id: str, posting_id: int, *, ground: str, facts: str, document_no: str, at: datetime
) -> Recall:
    """提出召回 by the township of the village; the same form twice proposes once. Raises `Faulty`, `Forbidden`, `Conflict`."""
    viewer = viewer_of(session)
    posting = session.scalar(select(Posting).where(Posting.id == posting_id).with_for_update())
    if posting is None:
        raise NotFound()
    township = at_level(posting.unit_code, 4)
    if township not in viewer.units_with(PROPOSE):
        raise Forbidden("召回由驻村所在乡镇提出。请与该乡镇联系。")
    if posting.role not in STATIONED:
        raise Refused("只有驻村人员可以召回。请返回驻村队伍选择。")
    known = session.scalar(select(Recall).where(Recall.form_id == form_id))
    if known is not None:
        return known
    today, said, number = clock.day_of(at), clean(facts), clean(document_no)
    faults = document_fault(number, name="乡镇党委报告文号") | said_fault(said, "facts", "事实和理由")
    if ground not in GROUNDS:
        faults["ground"] = "没有选择召回情形。请从列出的情形中选一个。"
    if faults:
        raise Faulty(faults)
    if not posting.covers(today):
        raise Refused(f"{posting.person.name}现在不在这个岗位上，不能提出召回。请返回查看。")
    if session.scalar(select(Recall.id).where(Recall.posting_id == posting_id, Recall.state.in_(OPEN))) is not None:
        raise Conflict(f"对{posting.person.name}的召回已经提出，正在办理。请打开召回事项查看。")
    row = Recall(
        form_id=form_id,
        posting_id=posting.id,
        unit_code=posting.unit_code,
        sending_unit_id=posting.sending_unit_id,
        person_name=posting.person.name,
        role=posting.role,
        ground=ground,
        changed_at=at,
    )
    session.add(row)
    session.flush()
    add_step(session, row, "propose", township, at, document_no=number, text=said)
    tell(session, row, at_level(row.unit_code, 3), DECIDE, "乡镇提出召回，请研究决定。", at)
    return row


def withdraw(session: Session, recall_id: int, *, reason: str, version: int, at: datetime) -> Recall:
    """撤回 by the township, as long as the county has not decided."""
    row = locked(session, recall_id)
    township = at_level(row.unit_code, 4)
    only(township in viewer_of(session).units_with(PROPOSE), "撤回由提出召回的乡镇办理。")
    said = clean(reason)
    if done_before(row, "withdraw", said):
        return row
    refuse_stale(row, version, "proposed")
    if faults := said_fault(said, "reason", "撤回理由"):
        raise Faulty(faults)
    row.state = "withdrawn"
    return add_step(session, row, "withdraw", township, at, text=said)


def decide(
    session: Session,
    recall_id: int,
    *,
    agreed: bool | None,
    end_reason: str,
    reason: str,
    document_no: str,
    version: int,
    at: datetime,
) -> Recall:
    """县级决定 by the leading group's secretary: agreed with a fault or a no-fault code, or declined, each with a reason."""
    row = locked(session, recall_id)
    county = at_level(row.unit_code, 3)
    viewer = viewer_of(session)
    only(county in viewer.units_with(DECIDE), "召回由县级领导小组决定。")
    said, number = clean(reason), clean(document_no)
    if done_before(row, "agree" if agreed else "decline", said):
        return row
    if viewer.person_id in (row.posting.person_id, row.steps[0].person_id):
        raise Refused("您提出过这项召回或者是当事人，不能由您决定。请由其他同志办理。")
    refuse_stale(row, version, "proposed")
    faults = document_fault(number, name="决定文号") | said_fault(said, "reason", "决定理由")
    if agreed is None:
        faults["agreed"] = "没有选择是否同意召回。请选择。"
    if agreed and end_reason not in CODES[row.ground]:
        faults["end_reason"] = "没有选择认定，或者与召回情形不符。请从列出的认定中选一个。"
    if faults:
        raise Faulty(faults)
    if agreed and row.posting.ends_on is not None and row.posting.ends_on < clock.day_of(at):
        raise Refused(f"该岗位已于{day_words(row.posting.ends_on)}结束，不能再决定召回。请选择不同意并写明情况。")
    row.state, row.end_reason = ("decided", end_reason) if agreed else ("declined", None)
    add_step(session, row, "agree" if agreed else "decline", county, at, document_no=number, text=said)
    tell(session, row, at_level(row.unit_code, 4), PROPOSE, RECALL_STATES[row.state], at)
    if agreed:
        tell_sender(session, row, at)
        fault = "属过错召回" if end_reason in FAULT_REASONS else "不属过错，不影响考核等次"
        body = f"县级决定召回您的驻村岗位，认定为{end_reason}，{fault}。理由：{said}"
        notify(session, row.posting.person_id, f"recall:{row.id}:person", "驻村召回决定", body, None, at)
    return row


def carry_out(
    session: Session, recall_id: int, *, last_day: date | None, document_no: str, version: int, at: datetime
) -> Recall:
    """派出单位召回: ends the post on a last day with the code that the county has decided."""
    row, number = locked(session, recall_id), clean(document_no)
    if row.steps and (row.steps[-1].kind, row.steps[-1].day, row.steps[-1].document_no) == (
        "carry_out",
        last_day,
        number,
    ):
        return row
    refuse_stale(row, version, "decided")
    unit = _sender_name(session, row)
    faults = document_fault(number, name="派出单位函件文号")
    if last_day is None:
        faults["last_day"] = "没有填写最后任职日。请选择日期。"
    if faults or last_day is None:
        raise Faulty(faults)
    today = clock.day_of(at)
    with acting_as(session, KEEPER):  # the posting lies outside the sending unit's own scope
        posting = session.get_one(Posting, row.posting_id)
        days = int(parameter(session, "tenure.handover_days", on=today, unit_code=row.unit_code))
        org.end_posting(
            session,
            posting.id,
            ends_on=last_day,
            reason=row.end_reason or "",
            document_no=number,
            version=posting.version,
            at=at,
            handover_days=days,
            recalled=True,
        )
    row.state = "recalled"
    add_step(session, row, "carry_out", unit, at, document_no=number, day=last_day)
    tell(session, row, at_level(row.unit_code, 3), DECIDE, f"派出单位已召回，最后任职日{day_words(last_day)}。", at)
    return row


def replace(session: Session, recall_id: int, *, name: str, document_no: str, version: int, at: datetime) -> Recall:
    """派出单位补派: names who is sent in place; the county then selects that person for the village."""
    row = locked(session, recall_id)
    said, number = org.clean_name(name) if clean(name) else "", clean(document_no)
    if done_before(row, "replace", said):
        return row
    refuse_stale(row, version, "recalled")
    unit = _sender_name(session, row)
    faults = document_fault(number, name="派出单位函件文号")
    if not said:
        faults["name"] = "没有填写补派人员姓名。请补填。"
    if faults:
        raise Faulty(faults)
    row.state = "replaced"
    add_step(session, row, "replace", unit, at, document_no=number, text=said)
    tell(session, row, at_level(row.unit_code, 3), WRITE, f"派出单位补派{said}，请办理选派。", at)
    return row


def to_act(session: Session, viewer: Viewer, limit: int) -> list[Recall]:
    """Recalls whose next step is the viewer's: to decide for the county, to carry out for the sending unit."""
    states = ("proposed",) if viewer.may(DECIDE) else ("decided", "recalled") if viewer.may(CARRY_OUT) else ()
    if not states:
        return []
    statement = select(Recall).where(Recall.state.in_(states)).options(joinedload(Recall.unit))
    return list(session.scalars(statement.order_by(Recall.unit_code, Recall.id).limit(limit)))


def may_enter_for_sender(session: Session, row: Recall) -> bool:
    """Whether the county desk may enter the sending unit's letter: only where nobody there uses the product (X-10)."""
    return at_level(row.unit_code, 3) in viewer_of(session).units_with(WRITE) and not desks_of(session, row)


def _sender_name(session: Session, row: Recall) -> str:
    """The name of the acting sending unit; of the county, entering its letter, where nobody sits there."""
    viewer = viewer_of(session)
    own = [
        g.organisation_id
        for g in viewer.opening
        if CARRY_OUT in g.permissions and g.organisation_kind == "sending_unit"
    ]
    if row.sending_unit_id is not None and row.sending_unit_id in own:
        return session.get_one(Organisation, row.sending_unit_id).name
    if may_enter_for_sender(session, row):
        return at_level(row.unit_code, 3)
    raise Forbidden("召回和补派由派出单位办理。派出单位没有经办人的，由县级经办凭函件代为登记。")
