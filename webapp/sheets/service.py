"""Send and correct month sheets: the village itself, or the township for a reply on paper (X-10)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.accountability import service as tasks
from webapp.accountability.models import Assignment
from webapp.accountability.moving import apply, event_of, locked
from webapp.accountability.parties import Actor, actor_at
from webapp.accountability.rules import MOVES, WrongState
from webapp.errors import Conflict, Faulty, Refused
from webapp.sheets import queries
from webapp.sheets.held import prefill_of
from webapp.sheets.models import MonthSheet, SheetAnswer, SheetVersion
from webapp.sheets.rules import REASON_LIMIT, Answer, answer_faults, closed_because
from webapp.words import clean, day_words

PAPER = "sheet.paper"
Taker = Callable[[Session, MonthSheet, SheetVersion], None]
takers: list[Taker] = []
"""What features that stand above this one keep of a sent version, in its transaction; given at start-up."""


class Outdated(Conflict):
    """Somebody else sent another version meanwhile; nothing that was typed is lost."""


def send(
    session: Session,
    unit_code: str,
    month: str,
    answers: Mapping[int, Answer],
    *,
    request_id: str,
    seen: int,
    at: datetime,
    paper_on: date | None = None,
    paper: bool = False,
    reason: str | None = None,
    minutes_taken: int | None = None,
    unread: Mapping[str, str] | None = None,
) -> MonthSheet:
    """Send a sheet, or correct it: every line is answered, and the version before stays readable.

    `seen` is the version that the form showed, `request_id` its UUID: a second click changes nothing. With `paper` the
    township enters what came on paper on `paper_on`. `unread` are sentences on fields of the form that cannot be read,
    told together with the others. Raises `Faulty` by field, `Outdated`, `Forbidden`, `WrongState`.
    """
    sheet = queries.sheet_of(session, unit_code, month)
    row = locked(session, sheet.assignment_id)
    session.refresh(sheet)
    known = session.scalar(select(SheetVersion).where(SheetVersion.request_id == request_id))
    if known is not None and known.sheet_id == sheet.id:
        return sheet
    actor = actor_at(viewer_of(session), PAPER, row.issuer_code) if paper else _answering(session, row)
    if seen != sheet.current:
        last = queries.version_of(session, sheet, sheet.current)
        when = clock.local(last.sent_at)
        raise Outdated(
            f"{last.sent_by_name}已于{when.month}月{when.day}日 {when:%H:%M} 提交第 {last.number} 版，"
            "您这次的内容没有保存，仍在下面。请看过最新一版再决定是否更正。"
        )
    why = closed_because(row.state, row.sampled is not None, sheet.current > 0)
    if why is not None:
        raise WrongState(why)
    correcting = row.state == "reported"
    held = prefill_of(session, sheet)
    if sheet.current:
        present = queries.answers_of(queries.version_of(session, sheet, sheet.current))
        held |= {line_id: answer.text for line_id, answer in present.items() if answer.no_change and answer.text}
    faults = answer_faults([(line.id, line.title) for line in sheet.lines], answers, held)
    faults |= _circumstances(paper, paper_on, correcting, reason, sheet, at)
    faults |= unread or {}
    if faults:
        raise Faulty(faults)
    version = _version(session, sheet, answers, held, actor, request_id, at)
    version.paper, version.paper_on = paper, paper_on if paper else None
    version.reason = clean(reason) or None
    session.flush()
    for take in takers:
        take(session, sheet, version)
    if correcting:
        _correct(session, row, actor, sheet, version, at)
    else:
        _report(session, row, actor, sheet, version, minutes_taken, at)
    return sheet


def summary(sheet: MonthSheet, version: SheetVersion) -> str:
    """What whoever verifies reads of a version: how many lines, and each answer that is more than 无变化."""
    answers = queries.answers_of(version)
    told = [f"{line.title}：{answers[line.id].text}" for line in sheet.lines if not answers[line.id].no_change]
    text = f"月报单已提交，共 {len(sheet.lines)} 项，其中无变化 {len(sheet.lines) - len(told)} 项。"
    if version.paper:
        text += "由乡镇按纸质回复代录。"
    return "\n".join([text, *told])


def _answering(session: Session, row: Assignment) -> Actor:
    return actor_at(viewer_of(session), MOVES["report"].permission, row.unit_code)


def _circumstances(
    paper: bool, paper_on: date | None, correcting: bool, reason: str | None, sheet: MonthSheet, at: datetime
) -> dict[str, str]:
    faults = {}
    today = clock.day_of(at)
    if paper and paper_on is None:
        faults["paper_on"] = "没有填写收到纸质回复的日期。请补填。"
    elif paper and paper_on is not None and not sheet.assignment.issued_on <= paper_on <= today:
        opened = day_words(sheet.assignment.issued_on)
        faults["paper_on"] = f"收到纸质回复的日期应在{opened}至今天之间。请改正。"
    if correcting and not clean(reason):
        faults["reason"] = "没有填写更正原因。请补填，一句话即可。"
    elif len(clean(reason)) > REASON_LIMIT:
        faults["reason"] = f"更正原因超过 {REASON_LIMIT} 字。请删减。"
    return faults


def _version(
    session: Session,
    sheet: MonthSheet,
    answers: Mapping[int, Answer],
    held: Mapping[int, str],
    actor: Actor,
    request_id: str,
    at: datetime,
) -> SheetVersion:
    if actor.unit_code is None:
        raise Refused("月报单由在任的同志提交。请以本村或者乡镇的岗位登录后办理。")
    sheet.current += 1
    version = SheetVersion(
        sheet_id=sheet.id,
        unit_code=sheet.unit_code,
        number=sheet.current,
        request_id=request_id,
        sent_at=at,
        sent_by_id=actor.person_id,
        sent_by_name=actor.name,
        sent_by_unit=actor.unit_code,
        answers=[
            SheetAnswer(
                line_id=line.id,
                unit_code=sheet.unit_code,
                no_change=answers[line.id].no_change,
                text=(held.get(line.id) if answers[line.id].no_change else clean(answers[line.id].text)) or None,
            )
            for line in sheet.lines
        ],
    )
    session.add(version)
    session.flush()
    return version


def _report(
    session: Session,
    row: Assignment,
    actor: Actor,
    sheet: MonthSheet,
    version: SheetVersion,
    minutes_taken: int | None,
    at: datetime,
) -> None:
    """The sheet's assignment is reported with it; what was not acknowledged before is so by the answer."""
    if row.state == "issued":
        row.acknowledged_on = clock.day_of(at)
        apply(session, MOVES["acknowledge"], row, actor, at=at)
    text = summary(sheet, version)
    tasks.take_report(session, row, actor, text=text, minutes_taken=minutes_taken, paper=version.paper, at=at)


def _correct(
    session: Session, row: Assignment, actor: Actor, sheet: MonthSheet, version: SheetVersion, at: datetime
) -> None:
    """A correction leaves the state and the day of the answer; whoever corrects is one of those who answered (T-4)."""
    row.report_text, row.changed_at = summary(sheet, version), at
    row.events.append(event_of(row, "correct", row.state, actor, at, reason=version.reason))
    audit.record(
        session,
        "sheet.correct",
        "assignment",
        row.id,
        unit_code=row.unit_code,
        reason=version.reason,
    )
    session.flush()
