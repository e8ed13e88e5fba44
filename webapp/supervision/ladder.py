"""The ladder of consequences (P-22): each rung decided by whom the pack names, in order, with reason and date."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, separate_duties, viewer_of
from webapp.accountability.models import Assignment
from webapp.accountability.moving import delegator_belongs, reporters
from webapp.accountability.parties import Actor
from webapp.accountability.rules import OVER, REASON_LIMIT, required
from webapp.accountability.thresholds import thresholds
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter
from webapp.policy.workdays import WorkCalendar
from webapp.rectification.moving import keep_apart
from webapp.supervision.models import STEPS, LadderStep
from webapp.supervision.rules import next_steps
from webapp.supervision.subjects import TASK, Subject, locked
from webapp.supervision.telling import answering_at, gather, holding
from webapp.words import clean, day_words

DECIDERS = {
    "desk": ("desk", "task.issue"),
    "secretary": ("secretary", "task.decide"),
    "outside": ("desk", "task.issue"),
}
"""The pack's word → role and permission at the deciding unit. What is decided outside is entered by the desk."""
DECIDER_WORDS = {"desk": "经办", "secretary": "党组织书记", "outside": "经办（只登记外部决定的文号）"}


@dataclass(frozen=True)
class Typed:
    """What a step says. 挂牌督办 needs leader, document and end date; 问责 the document of the decision elsewhere."""

    reason: str
    decided_on: date | None
    leader_name: str = ""
    document_no: str = ""
    ends_on: date | None = None


def deciders(session: Session, on: date, unit_code: str) -> dict[str, str]:
    """Step → desk, secretary or outside, as the pack of the deciding unit says."""
    found: dict[str, str] = parameter(session, "task.ladder_deciders", on=on, unit_code=unit_code)
    return found


def steps_of(session: Session, row_id: int, column: str = TASK) -> list[LadderStep]:
    """All steps of an assignment or an issue, also withdrawn ones, the first one first."""
    found = select(LadderStep).where(getattr(LadderStep, column) == row_id).order_by(LadderStep.id)
    return list(session.scalars(found))


def standing(steps: list[LadderStep]) -> list[LadderStep]:
    """Steps that were not withdrawn."""
    return [step for step in steps if step.withdrawn_at is None]


def may_decide(viewer: Viewer, unit_code: str, decider: str) -> bool:
    """Whether one of the viewer's posts, or of those delegated to the viewer, is the one that decides."""
    role, permission = DECIDERS[decider]
    return any(
        grant.unit_code == unit_code and grant.role == role and permission in grant.permissions
        for grant in viewer.grants
    )


def take(
    session: Session,
    row_id: int,
    kind: str,
    typed: Typed,
    *,
    at: datetime,
    by: str,
    seen: int | None = None,
    column: str = TASK,
) -> LadderStep:
    """Take a step upward. `by` is the door (desk or secretary), `seen` how many steps the page showed, `column` names
    what the step is about (`subjects.TASK`, `ISSUE`).

    Raises `NotFound`, `Forbidden`, `Conflict` when somebody was faster, `Faulty` by field, and `Refused` out of order.
    """
    one = locked(session, column, row_id)
    unit, on = one.deciding_code, clock.day_of(at)
    grant = _authority(session, one, unit, kind, by, on)
    steps = steps_of(session, row_id, column)
    reason = clean(typed.reason)
    if seen is not None and seen != len(steps):
        last = steps[-1]
        if (last.kind, last.person_id, last.reason) == (kind, viewer_of(session).person_id, reason):
            return last  # the same form came twice
        raise Conflict(
            f"{last.actor_name}刚刚登记了“{STEPS[last.kind]}”，您的“{STEPS[kind]}”没有登记。请看过最新情况再办理。"
        )
    allowed = next_steps([step.kind for step in standing(steps)])
    if kind not in allowed:
        words = "或".join(STEPS[name] for name in allowed) or "没有更高的一步"
        raise Refused(f"督办要逐步进行，现在只能登记：{words}。")
    _check_overdue(session, one, on)
    faults = _faults(kind, typed, reason, one, on, work_calendar(session))
    if faults:
        raise Faulty(faults)
    step = LadderStep(
        unit_code=one.unit_code,
        issuer_code=unit,
        kind=kind,
        reason=reason,
        decided_on=typed.decided_on,
        at=at,
        person_id=viewer_of(session).person_id,
        actor_name=viewer_of(session).name,
        on_behalf_of_name=grant,
        leader_name=clean(typed.leader_name) or None if kind == "listed_supervision" else None,
        document_no=clean(typed.document_no) or None,
        ends_on=typed.ends_on if kind == "listed_supervision" else None,
        **{column: row_id},
    )
    session.add(step)
    session.flush()
    audit.record(
        session,
        f"ladder.{kind}",
        one.object_name,
        row_id,
        unit_code=one.unit_code,
        after={"step": step.id, "document_no": step.document_no},
        reason=reason,
    )
    _tell(session, one, f"{STEPS[kind]}（{day_words(step.decided_on)}）", at)
    return step


def withdraw(
    session: Session, row_id: int, step_id: int, *, reason: str, at: datetime, by: str, column: str = TASK
) -> LadderStep:
    """Take the last standing step back, with a reason; the record stays. A second click changes nothing."""
    one = locked(session, column, row_id)
    steps = steps_of(session, row_id, column)
    step = next((held for held in steps if held.id == step_id), None)
    if step is None:
        raise NotFound()
    _authority(session, one, step.issuer_code, step.kind, by, clock.day_of(at))
    if step.withdrawn_at is not None:
        return step
    said = required(reason, "撤销理由", REASON_LIMIT)
    if step is not standing(steps)[-1]:
        raise Refused("其后还有未撤销的步骤。请先撤销最后一步。")
    step.withdrawn_at, step.withdrawn_reason, step.withdrawn_by_name = at, said, viewer_of(session).name
    audit.record(session, "ladder.withdraw", one.object_name, row_id, unit_code=one.unit_code, reason=said)
    session.flush()
    _tell(session, one, f"{STEPS[step.kind]}已撤销", at)
    return step


def _authority(session: Session, one: Subject, unit: str, kind: str, by: str, on: date) -> str | None:
    """Raise unless the viewer decides this step here; gives whose delegated approval it is, if any."""
    viewer = viewer_of(session)
    decider = deciders(session, on, unit).get(kind, "")
    if decider not in DECIDERS or DECIDERS[decider] != DECIDERS[by] or not may_decide(viewer, unit, decider):
        who = DECIDER_WORDS.get(decider, "经办")
        raise Forbidden(f"“{STEPS.get(kind, '这一步')}”由{one.side}的{who}办理，您现任岗位不能办理。")
    role, permission = DECIDERS[decider]
    held = [g for g in viewer.grants if (g.unit_code, g.role) == (unit, role) and permission in g.permissions]
    own = any(grant.on_behalf_of is None for grant in held)
    behalf = (None, None) if own else (held[0].on_behalf_of, held[0].on_behalf_name)
    actor = Actor(viewer.person_id, viewer.name, unit, *behalf)
    if isinstance(one.row, Assignment):
        apart = reporters(one.row)
        separate_duties(viewer, reporters=apart, reporting_unit=one.unit_code, on_behalf_of=actor.on_behalf_of_id)
    else:
        keep_apart(viewer, one.row, actor.on_behalf_of_id)
    if delegator_belongs(session, actor, one.unit_code):
        raise Refused("委托您审批的同志在承办单位任职，不能由您代为决定。请由本单位其他同志办理。")
    return actor.on_behalf_of_name


def _check_overdue(session: Session, one: Subject, on: date) -> None:
    near = thresholds(session, on, one.issuer_code).near_due_workdays
    if one.row.state in OVER or one.clock(on, work_calendar(session), near).lamp != "red":
        raise Refused(f"{one.noun}没有逾期，或者已办结、中止，不需要督办。")


def _faults(kind: str, typed: Typed, reason: str, one: Subject, on: date, calendar: WorkCalendar) -> dict[str, str]:
    faults = {}
    if not reason:
        faults["reason"] = "没有填写理由。请补填。"
    elif len(reason) > REASON_LIMIT:
        faults["reason"] = f"理由超过 {REASON_LIMIT} 字，现有 {len(reason)} 字。请删减。"
    if typed.decided_on is None or not one.handed_on <= typed.decided_on <= on:
        faults["decided_on"] = f"决定日期应在{day_words(one.handed_on)}至今天之间。请改正。"
    if kind in ("listed_supervision", "accountability"):
        if not clean(typed.document_no):
            faults["document_no"] = f"{STEPS[kind]}须有文号。请补填。"
        elif len(clean(typed.document_no)) > 80:
            faults["document_no"] = "文号超过 80 字。请删减。"
    if kind == "listed_supervision":
        if not clean(typed.leader_name):
            faults["leader_name"] = "挂牌督办须有牵头领导姓名。请补填。"
        elif len(clean(typed.leader_name)) > 60:
            faults["leader_name"] = "姓名超过 60 字。请删减。"
        if typed.ends_on is None or typed.ends_on <= on:
            faults["ends_on"] = "挂牌督办须有今天以后的办结期限。请改正。"
        elif not calendar.is_workday(typed.ends_on):
            earliest = day_words(calendar.add_workdays(typed.ends_on, 1))
            faults["ends_on"] = f"办结期限是休息日。请改为{earliest}或其他工作日。"
    return faults


def _tell(session: Session, one: Subject, words: str, at: datetime) -> None:
    line = f"{one.title}（{one.unit_name}）：{words}"
    people = answering_at(session, [one.unit_code], at)[one.unit_code]
    # A step is a decision about the unit: its secretary hears of it, not only the desk that answers.
    secretaries = holding(session, [one.unit_code], DECIDERS["secretary"][1], at)[one.unit_code]
    gather(session, "supervision", dict.fromkeys([*people, *secretaries], [line]), at)
