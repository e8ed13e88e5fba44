"""Who is told what when an assignment changes: one inbox message a person and change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.answering import path_of
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.parties import Actor, Posted, posted
from webapp.accountability.watching import subject_of, tell_watchers, tell_watchers_of_many
from webapp.notices.service import notify, notify_many
from webapp.org.models import Division
from webapp.org.queries import names
from webapp.words import day_words

NAMED_AT_MOST = 5
# Move → permission of those who are told, what the title says, and the sentence. The receiver's side answers, the
# issuer's side verifies.
_TOLD = {
    "issue": ("task.answer", "已下达，请签收", "{issuer}下达任务，请于{due}前反馈。"),
    "report": ("task.verify", "已反馈，请核验", "{unit}已反馈，请核验。"),
    "return": ("task.answer", "已退回，请补充", "{issuer}退回补充，请于{due}前重新反馈。理由：{reason}"),
    "close": ("task.answer", "已核验销号", "{issuer}已核验销号，不需再办理。"),
    "close_unsampled": (
        "task.answer",
        "已销号（未抽中，未核验）",
        "{issuer}抽样核验已通过，本单位未抽中，不需再办理。",
    ),
    "exempt": ("task.answer", "已免办", "{issuer}同意本单位免办，不需再办理。理由：{reason}"),
    "recall": ("task.answer", "已撤回，不需办理", "{issuer}已撤回，不需再办理。理由：{reason}"),
    "revise": ("task.answer", "文字有修改，请查看", "{issuer}修改了任务文字，请打开查看前后对照。理由：{reason}"),
    "suspend": ("task.answer", "已中止", "{issuer}已中止，期限暂停计算。理由：{reason}"),
    "resume": ("task.answer", "已恢复办理", "{issuer}已恢复办理，请于{due}前反馈。"),
    "undo_return": (
        "task.answer",
        "的退回已撤销",
        "{issuer}已撤销刚才的退回，请以任务页面上的状态为准，不需因此重新反馈。",
    ),
    "undo_verify": ("task.answer", "的销号已撤销", "{issuer}已撤销刚才的核验销号，请以任务页面上的状态为准。"),
    "extend_ask": ("task.issue", "申请延期，请决定", "{unit}申请延期，请决定。理由：{reason}"),
    "extend_grant": ("task.answer", "已同意延期", "{issuer}同意延期，请于{due}前反馈。"),
    "extend_refuse": ("task.answer", "未同意延期", "{issuer}不同意延期，仍请于{due}前反馈。理由：{reason}"),
}


def tell(
    session: Session,
    kind: str,
    row: Assignment,
    actor: Actor,
    reason: str | None,
    at: datetime,
    *,
    watched: bool = True,
) -> None:
    """Tell the other side of one assignment; moves that concern nobody else tell nobody."""
    if kind in _TOLD:
        units = {row.unit_code, row.issuer_code}
        tell_of(session, kind, row, posted(session, units, clock.day_of(at), root=row.issuer_code), actor, reason, at)
    if watched:
        tell_watchers(session, kind, row, actor, at)


def tell_of(
    session: Session, kind: str, row: Assignment, people: Posted, actor: Actor, reason: str | None, at: datetime
) -> None:
    """The same with the people in post already read."""
    permission, what, sentence = _TOLD[kind]
    unit = row.unit_code if permission == "task.answer" else row.issuer_code
    body = sentence.format(
        issuer=row.issuer.name, unit=row.unit.name, due=day_words(row.due_on), reason=reason or "未填写"
    )
    for person_id in people.with_permission(permission, unit):
        if person_id != actor.person_id:
            key = f"assignment:{row.id}:{kind}:{row.version}:{person_id}"
            notify(session, person_id, key, subject_of(row.task.title, what, row.unit.name), body, _path(row.id), at)


def tell_issued(
    session: Session,
    task: AccountabilityTask,
    units: Sequence[Division],
    ids: Mapping[str, int],
    people: Posted,
    actor: Actor,
    at: datetime,
    giver: str,
    due_on: date,
) -> None:
    """Tell everybody who answers for one of the units that a unit (`giver`) has handed a task down; set by set."""
    permission, what, sentence = _TOLD["issue"]
    body = sentence.format(issuer=session.get_one(Division, giver).name, due=day_words(due_on))
    notify_many(
        session,
        [
            (
                person_id,
                f"assignment:{ids[unit.code]}:issue:1:{person_id}",
                subject_of(task.title, what, unit.name),
                body,
                path_of(task, unit.code, ids[unit.code]),
            )
            for unit in units
            for person_id in people.with_permission(permission, unit.code)
            if person_id != actor.person_id
        ],
        at,
    )


def tell_units(
    session: Session,
    kind: str,
    task: AccountabilityTask,
    units: Mapping[str, tuple[int, int]],
    actor: Actor,
    reason: str,
    at: datetime,
    occasion: str = "",
) -> None:
    """Tell everybody who answers for many units of one task at once (unit → assignment and its version), and who watches.

    `occasion` tells apart what may happen twice to one version of an assignment.
    """
    permission, what, sentence = _TOLD[kind]
    people = posted(session, list(units), clock.day_of(at), root=task.issuer_code)
    body = sentence.format(issuer=task.issuer.name, due=day_words(task.due_on), reason=reason)
    known = names(session, list(units))
    told = {person_id for code in units for person_id in people.with_permission(permission, code)}
    notify_many(
        session,
        [
            (
                person_id,
                f"assignment:{id_}:{kind}{occasion}:{version}:{person_id}",
                subject_of(task.title, what, known[code]),
                body,
                _path(id_),
            )
            for code, (id_, version) in units.items()
            for person_id in people.with_permission(permission, code)
            if person_id != actor.person_id
        ],
        at,
    )
    moved = [(task.id, id_, code) for code, (id_, _) in units.items()]
    tell_watchers_of_many(session, kind, moved, actor, at, told=told)


def tell_vacant(session: Session, units: Mapping[str, Sequence[str]], on: date, at: datetime, key: str) -> None:
    """Tell each desk (issuer → names of units below) once a day where duties were opened and nobody holds the post."""
    for issuer_code, named in sorted(units.items()):
        shown = "、".join(named[:NAMED_AT_MOST]) + (f"等 {len(named)} 个单位" if len(named) > NAMED_AT_MOST else "")
        body = f"{shown}的责任岗位空缺，本期责任事项已照常开设并注明。请尽快明确负责人。"
        people = posted(session, {issuer_code}, on, root=issuer_code).with_permission("task.issue", issuer_code)
        notify_many(
            session,
            [(one, f"vacant:{key}:{issuer_code}:{on}:{one}", "责任岗位空缺", body, "/duties/") for one in people],
            at,
        )


def _path(assignment_id: int) -> str:
    return f"/tasks/assignments/{assignment_id}"
