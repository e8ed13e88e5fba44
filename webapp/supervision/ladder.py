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
from webapp.accountability.rules import OVER, REASON_LIMIT, clock_of, required
from webapp.accountability.thresholds import thresholds
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.org.models import Division
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter
from webapp.supervision.models import STEPS, LadderStep
from webapp.supervision.rules import next_steps
from webapp.supervision.telling import answering_at, gather
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


def deciding_unit(session: Session, row: Assignment) -> str:
    """The level that handed it down; about a unit's own task the level above it."""
    if row.issuer_code != row.unit_code:
        return row.issuer_code
    division = session.get_one(Division, row.unit_code)
    return division.parent_code or division.code


def deciders(session: Session, on: date, unit_code: str) -> dict[str, str]:
    """Step → desk, secretary or outside, as the pack of the deciding unit says."""
    found: dict[str, str] = parameter(session, "task.ladder_deciders", on=on, unit_code=unit_code)
    return found


def steps_of(session: Session, assignment_id: int) -> list[LadderStep]:
    """All steps, also withdrawn ones, the first one first."""
    found = select(LadderStep).where(LadderStep.assignment_id == assignment_id).order_by(LadderStep.id)
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
    session: Session, assignment_id: int, kind: str, typed: Typed, *, at: datetime, by: str, seen: int | None = None
) -> LadderStep:
    """Take a step upward. `by` is the door (desk or secretary), `seen` how many steps the page showed.

    Raises `NotFound`, `Forbidden`, `Conflict` when somebody was faster, `Faulty` by field, and `Refused` out of order.
    """
    row = _locked(session, assignment_id)
    unit = deciding_unit(session, row)
    on = clock.day_of(at)
    grant = _authority(session, row, unit, kind, by, on)
    steps = steps_of(session, row.id)
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
        words = "或".join(STEPS[one] for one in allowed) or "没有更高的一步"
        raise Refused(f"督办要逐步进行，现在只能登记：{words}。")
    _check_overdue(session, row, on)
    faults = _faults(kind, typed, reason, row, on)
    if faults:
        raise Faulty(faults)
    step = LadderStep(
        assignment=row,
        unit_code=row.unit_code,
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
    )
    session.add(step)
    session.flush()
    audit.record(
        session,
        f"ladder.{kind}",
        "assignment",
        row.id,
        unit_code=row.unit_code,
        after={"step": step.id, "document_no": step.document_no},
        reason=reason,
    )
    _tell(session, row, f"{STEPS[kind]}（{day_words(step.decided_on)}）", at)
    return step


def withdraw(session: Session, assignment_id: int, step_id: int, *, reason: str, at: datetime, by: str) -> LadderStep:
    """Take the last standing step back, with a reason; the record stays. A second click changes nothing."""
    row = _locked(session, assignment_id)
    steps = steps_of(session, row.id)
    step = next((one for one in steps if one.id == step_id), None)
    if step is None:
        raise NotFound()
    _authority(session, row, step.issuer_code, step.kind, by, clock.day_of(at))
    if step.withdrawn_at is not None:
        return step
    said = required(reason, "撤销理由", REASON_LIMIT)
    if step is not standing(steps)[-1]:
        raise Refused("其后还有未撤销的步骤。请先撤销最后一步。")
    step.withdrawn_at, step.withdrawn_reason, step.withdrawn_by_name = at, said, viewer_of(session).name
    audit.record(session, "ladder.withdraw", "assignment", row.id, unit_code=row.unit_code, reason=said)
    session.flush()
    _tell(session, row, f"{STEPS[step.kind]}已撤销", at)
    return step


def _authority(session: Session, row: Assignment, unit: str, kind: str, by: str, on: date) -> str | None:
    """Raise unless the viewer decides this step here; gives whose delegated approval it is, if any."""
    viewer = viewer_of(session)
    decider = deciders(session, on, unit).get(kind, "")
    if decider not in DECIDERS or DECIDERS[decider] != DECIDERS[by] or not may_decide(viewer, unit, decider):
        who = DECIDER_WORDS.get(decider, "经办")
        raise Forbidden(f"“{STEPS.get(kind, '这一步')}”由下达单位的{who}办理，您现任岗位不能办理。")
    role, permission = DECIDERS[decider]
    held = [g for g in viewer.grants if (g.unit_code, g.role) == (unit, role) and permission in g.permissions]
    own = any(grant.on_behalf_of is None for grant in held)
    behalf = (None, None) if own else (held[0].on_behalf_of, held[0].on_behalf_name)
    actor = Actor(viewer.person_id, viewer.name, unit, *behalf)
    separate_duties(viewer, reporters=reporters(row), reporting_unit=row.unit_code, on_behalf_of=actor.on_behalf_of_id)
    if delegator_belongs(session, actor, row.unit_code):
        raise Refused("委托您审批的同志在承办单位任职，不能由您代为决定。请由本单位其他同志办理。")
    return actor.on_behalf_of_name


def _check_overdue(session: Session, row: Assignment, on: date) -> None:
    near = thresholds(session, on, row.issuer_code).near_due_workdays
    stands = clock_of(row.state, row.due_on, row.last_reported_on, on, work_calendar(session), near)
    if row.state in OVER or stands.lamp != "red":
        raise Refused("任务没有逾期，或者已办结、中止，不需要督办。")


def _faults(kind: str, typed: Typed, reason: str, row: Assignment, on: date) -> dict[str, str]:
    faults = {}
    if not reason:
        faults["reason"] = "没有填写理由。请补填。"
    elif len(reason) > REASON_LIMIT:
        faults["reason"] = f"理由超过 {REASON_LIMIT} 字，现有 {len(reason)} 字。请删减。"
    if typed.decided_on is None or not row.issued_on <= typed.decided_on <= on:
        faults["decided_on"] = f"决定日期应在{day_words(row.issued_on)}至今天之间。请改正。"
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
    return faults


def _tell(session: Session, row: Assignment, words: str, at: datetime) -> None:
    line = f"{row.task.title}（{row.unit.name}）：{words}"
    people = answering_at(session, [row.unit_code], at)[row.unit_code]
    gather(session, "supervision", dict.fromkeys(people, [line]), at)


def _locked(session: Session, assignment_id: int) -> Assignment:
    statement = select(Assignment).where(Assignment.id == assignment_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound()
    return row
