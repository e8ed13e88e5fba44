"""Who hears of an act on leave: whose turn it is, and the person. What a sick leave is for stands in no message."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import acting_as, viewer_of
from webapp.leave.models import KINDS, LeaveRequest, OfficialTrip
from webapp.leave.routing import KEEPER
from webapp.notices.service import notify
from webapp.words import day_words

_ASKED = ("ask", "route", "review")
_OWNER = {
    "route": "审批人没有在时限内答复，已转请{who}办理。",
    "review": "乡镇已审核同意，已报{who}批准。",
    "approve": "请假已批准。返岗后请销假。",
    "decline": "请假没有批准。请打开查看理由。",
}
_ENTERED = {"ask": "提出请假", "withdraw": "撤回", "cancel": "取消", "return": "销假"}
"""Steps of the person, which the township may have entered from paper."""


def tell(session: Session, kind: str, row: LeaveRequest, at: datetime, text: str | None = None) -> None:
    """One message to each, besides the one who acts; `text` is why it was handed on, where not for want of an answer."""
    with acting_as(session, KEEPER):
        session.refresh(row, ["person", "unit"])
        person, unit = row.person.name, row.unit.name
    who = row.approver_name or "上级（目前没有审批人）"
    span = row.span.words
    told: list[tuple[int, str, str]] = []
    if kind in _ASKED and row.approver_id is not None and row.answer_by is not None:
        body = f"{unit}{person}申请{KINDS[row.kind]}，{span}。请在{_until(row.answer_by)}前办理。"
        told.append((row.approver_id, f"请假待审批：{person}", body))
    if kind in ("withdraw", "cancel") and row.approver_id is not None:
        words = "撤回" if kind == "withdraw" else "取消"
        told.append(
            (row.approver_id, f"请假已{words}：{person}", f"{unit}{person}已{words}请假（{span}），不需再办理。")
        )
    if kind in _OWNER:
        said = f"{text}，请假转请{who}办理。" if kind == "route" and text else _OWNER[kind].format(who=who)
        told.append((row.person_id, f"请假办理情况（{span}）", said))
    own = viewer_of(session).person_id
    if kind in _ENTERED and own != row.person_id:
        tell_entered(session, row, _ENTERED[kind], f"/leave/{row.id}", at)
    for person_id, subject, body in told:
        if person_id != own:
            key = f"leave:{row.id}:{kind}:{row.version}:{person_id}"
            notify(session, person_id, key, subject, body, f"/leave/{row.id}", at)


def tell_given_up(session: Session, row: LeaveRequest, before_id: int, why: str, at: datetime) -> None:
    """Tell whoever was to decide that somebody else does now."""
    with acting_as(session, KEEPER):
        person = row.person.name
    body = f"{person}的请假（{row.span.words}）已转由新任职地审批，不需再办理：{why}。"
    key = f"leave:{row.id}:given_up:{row.version}:{before_id}"
    notify(session, before_id, key, f"请假已转出：{person}", body, "/leave/", at)


def tell_entered(session: Session, row: LeaveRequest | OfficialTrip, what: str, path: str, at: datetime) -> None:
    """Tell the person which step was entered from paper in the person's name."""
    words = f"{viewer_of(session).name}已照您的纸质材料代为办理“{what}”。与您的意思不符的，请尽快告诉乡镇。"
    key = f"paper:{path}:{row.version}:{row.person_id}"
    notify(session, row.person_id, key, f"纸质代录（{row.span.words}）", words, path, at)


def _until(moment: datetime) -> str:
    return f"{day_words(clock.day_of(moment))}{clock.local(moment):%H:%M}"
