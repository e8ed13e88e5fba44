"""Who is told what when an assignment changes: one inbox message a person and change."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.models import Assignment
from webapp.accountability.parties import Actor, Posted, posted
from webapp.notices.service import notify
from webapp.words import day_words

# Move → permission of those who are told, and the sentence. The receiver's side answers, the issuer's side verifies.
_TOLD = {
    "issue": ("task.answer", "{issuer}下达任务，请于{due}前反馈。"),
    "report": ("task.verify", "{unit}已反馈，请核验。"),
    "return": ("task.answer", "{issuer}退回补充，请于{due}前重新反馈。理由：{reason}"),
    "close": ("task.answer", "{issuer}已核验销号，不需再办理。"),
    "recall": ("task.answer", "{issuer}已撤回，不需再办理。理由：{reason}"),
    "suspend": ("task.answer", "{issuer}已中止，期限暂停计算。理由：{reason}"),
    "resume": ("task.answer", "{issuer}已恢复办理，请于{due}前反馈。"),
    "extend_ask": ("task.issue", "{unit}申请延期，请决定。理由：{reason}"),
    "extend_grant": ("task.answer", "{issuer}同意延期，请于{due}前反馈。"),
    "extend_refuse": ("task.answer", "{issuer}不同意延期，仍请于{due}前反馈。理由：{reason}"),
}


def tell(session: Session, kind: str, row: Assignment, actor: Actor, reason: str | None, at: datetime) -> None:
    """Tell the other side of one assignment; moves that concern nobody else tell nobody."""
    if kind in _TOLD:
        units = {row.unit_code, row.issuer_code}
        tell_of(
            session, kind, row, posted(session, units, clock.local(at).date(), root=row.issuer_code), actor, reason, at
        )


def tell_of(
    session: Session, kind: str, row: Assignment, people: Posted, actor: Actor, reason: str | None, at: datetime
) -> None:
    """The same with the people in post already read: an issue to many units reads them once."""
    permission, sentence = _TOLD[kind]
    unit = row.unit_code if permission == "task.answer" else row.issuer_code
    body = sentence.format(
        issuer=row.task.issuer.name, unit=row.unit.name, due=day_words(row.due_on), reason=reason or "未填写"
    )
    for person_id in people.with_permission(permission, unit):
        if person_id != actor.person_id:
            notify(
                session,
                person_id,
                f"assignment:{row.id}:{kind}:{row.version}:{person_id}",
                f"{row.task.title[:100]}（{row.unit.name}）",
                body,
                f"/tasks/assignments/{row.id}",
                at,
            )
