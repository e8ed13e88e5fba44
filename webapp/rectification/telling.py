"""Who is told what when an issue changes: one inbox message a person and change."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.parties import Actor, posted
from webapp.notices.service import notify_many
from webapp.rectification.models import Issue
from webapp.words import day_words

# Move → permission of those who are told, and the sentence. The lead unit answers, the closing unit verifies.
_TOLD = {
    "enter": ("task.answer", "{issuer}登记了需由{unit}整改的问题，请于{due}前完成整改，先认领并写明整改措施。"),
    "correct": ("task.answer", "{issuer}更正了问题的登记内容，请按最新内容认领，整改期限{due}。"),
    "moved": ("task.answer", "{issuer}更正了问题的牵头单位，本单位不需再办理。"),
    "request": ("task.verify", "{unit}申请销号，请核验。"),
    "return": ("task.answer", "{closer}退回，请补充后再申请销号，期限{due}。理由：{reason}"),
    "close": ("task.answer", "{closer}已核验销号。"),
    "extend": ("task.answer", "{closer}同意延长期限，请于{due}前完成整改。理由：{reason}"),
    "relapse": ("task.answer", "{closer}回头看发现反弹，按原编号重新整改，期限{due}。情况：{reason}"),
    "held": ("task.answer", "{closer}回头看认为整改已巩固，不需再办理。"),
}
_SUPPORTS_TOLD = ("enter", "relapse")
SUBJECT_WORDS = 60


def tell(session: Session, kind: str, row: Issue, actor: Actor, reason: str | None, at: datetime) -> None:
    """Tell the other side of one issue; moves that concern nobody else tell nobody."""
    tell_all(session, kind, [row], actor, reason, at)


def tell_all(
    session: Session, kind: str, rows: Sequence[Issue], actor: Actor, reason: str | None, at: datetime
) -> None:
    """The same for many issues at once, as an import gives them."""
    if kind not in _TOLD or not rows:
        return
    permission, sentence = _TOLD[kind]
    asked = {row.id: _units(row, kind, permission) for row in rows}
    # Read as a part of the system: a village does not see who sits at the county desk, nor a lead unit its helpers.
    people = posted(session, {unit for units in asked.values() for unit in units}, clock.day_of(at), root="")
    messages = []
    for row in rows:
        body = sentence.format(
            issuer=row.issuer.name,
            unit=row.unit.name,
            closer=row.closer.name,
            due=day_words(row.due_on),
            reason=reason or "未填写",
        )
        told = dict.fromkeys(p for unit in asked[row.id] for p in people.with_permission(permission, unit))
        messages += [
            (
                person_id,
                f"issue:{row.id}:{kind}:{row.version}:{person_id}",
                f"问题整改：{row.description[:SUBJECT_WORDS]}（{row.unit.name}）",
                body,
                f"/rectification/{row.id}",
            )
            for person_id in told
            if person_id != actor.person_id
        ]
    notify_many(session, messages, at)


def _units(row: Issue, kind: str, permission: str) -> list[str]:
    if permission == "task.verify":
        return [row.closer_code]
    helpers = [support.unit_code for support in row.supports] if kind in _SUPPORTS_TOLD else []
    return [row.unit_code, *helpers]
