"""抽查: the server draws whom to look for, once, from a stored seed (X-3); anybody can draw the same lot again."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, below, viewer_of
from webapp.accountability.parties import posted
from webapp.accountability.sampling import drawn, size_of
from webapp.errors import Conflict, Faulty, Forbidden, Refused
from webapp.notices.service import notify
from webapp.org.models import Person, Posting
from webapp.org.queries import valid_on
from webapp.org.rules import STATIONED
from webapp.policy.service import parameter
from webapp.presence.models import Inspection, InspectionEvent, InspectionPlan
from webapp.words import day_words

DRAW, FIND = "inspection.draw", "inspection.find"
LEVELS = (6, 9)
"""Digits of the units that draw: counties and townships."""


@dataclass(frozen=True)
class Drawing:
    """What is asked of a draw; without a size the pack's share of samples says how many."""

    unit_code: str
    seed: str
    request_id: str
    first_on: date | None
    last_on: date | None
    size: int | None
    inspector_id: int | None


def inspectors(session: Session, unit_code: str, on: date) -> list[Person]:
    """People who may look on behalf of a unit that day, by name order of their posts."""
    ids = posted(session, [unit_code], on, root=unit_code).with_permission(FIND, unit_code)
    with acting_as(session, Viewer.system("抽查", unit_code)):
        found = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [found[id_] for id_ in ids if id_ in found]


def draw(session: Session, wanted: Drawing, at: datetime) -> InspectionPlan:
    """Draw the people to look for. The same seed, or the same form, gives the draw that was made before.

    Raises `Forbidden`, `Faulty` by field, `Refused` when nobody is on post, `Conflict` when a draw was made that asked for
    something else.
    """
    viewer = viewer_of(session)
    if not wanted.unit_code:
        raise Faulty({"unit": "没有选择抽查单位。请从您任职的单位中选一个。"})
    if viewer.kind != "system" and wanted.unit_code not in viewer.units_with(DRAW):
        raise Forbidden("抽查由县、乡镇经办人按本单位安排抽取。请改选您任职的单位。")
    known = _known(session, wanted)
    if known is not None:
        return _same(known, wanted)
    today = clock.day_of(at)
    faults = _faults(session, wanted, today)
    if faults or wanted.first_on is None or wanted.last_on is None or wanted.inspector_id is None:
        raise Faulty(faults)
    everybody = list(
        session.scalars(
            select(Posting).where(
                below(Posting.unit_code, wanted.unit_code),
                Posting.role.in_(STATIONED),
                valid_on(today),
                Posting.person_id.not_in([wanted.inspector_id, viewer.person_id or 0]),
            )
        )
    )
    if not everybody:
        raise Refused("辖区内目前没有在岗的驻村干部，没有可以抽查的人。")
    lot = {f"{post.unit_code}:{post.id}": post for post in everybody}
    chosen = drawn(list(lot), wanted.seed, _size(session, wanted, len(lot), today))
    with acting_as(session, Viewer.system("抽查", wanted.unit_code)):
        inspector = session.get_one(Person, wanted.inspector_id)
    plan = InspectionPlan(
        request_id=wanted.request_id,
        unit_code=wanted.unit_code,
        seed=wanted.seed,
        first_on=wanted.first_on,
        last_on=wanted.last_on,
        size=len(chosen),
        population=len(lot),
        inspector_id=inspector.id,
        inspector_name=inspector.name,
        drawn_at=at,
        drawn_by_id=viewer.person_id,
        drawn_by_name=viewer.name,
    )
    try:
        with session.begin_nested():
            session.add(plan)
    except IntegrityError:  # somebody else has drawn with this seed in the same moment
        return _same(_known(session, wanted) or plan, wanted)
    for key in chosen:
        _add(session, plan, lot[key], viewer, at)
    after = {"seed": plan.seed, "size": plan.size, "population": plan.population}
    audit.record(session, "inspection.draw", "inspection_plan", plan.id, unit_code=plan.unit_code, after=after)
    session.flush()
    if plan.inspector_id != viewer.person_id:
        notify(
            session,
            plan.inspector_id,
            f"inspection:plan:{plan.id}",
            f"请您开展抽查，共 {plan.size} 人",
            f"请于{day_words(plan.first_on)}至{day_words(plan.last_on)}之间到村查看，不提前通知本人。",
            "/inspections/?state=drawn",
            at,
        )
    return plan


def made(session: Session, unit_code: str, seed: str) -> InspectionPlan | None:
    """The draw that a unit made from a seed."""
    statement = select(InspectionPlan).where(InspectionPlan.unit_code == unit_code, InspectionPlan.seed == seed)
    return session.scalar(statement)


def _same(known: InspectionPlan, wanted: Drawing) -> InspectionPlan:
    """The draw that was made, when it is what is asked for; a size beyond the people there were had drawn them all."""
    differs = {
        "抽查单位": known.unit_code != wanted.unit_code,
        "人数": wanted.size is not None and known.size != min(wanted.size, known.population),
        "起止日期": (known.first_on, known.last_on) != (wanted.first_on, wanted.last_on),
        "抽查人": known.inspector_id != wanted.inspector_id,
    }
    if not any(differs.values()):
        return known
    raise Conflict(
        f"这次抽查已于{day_words(clock.day_of(known.drawn_at))}抽取（种子 {known.seed}，{known.size} 人，"
        f"{day_words(known.first_on)}至{day_words(known.last_on)}，抽查人{known.inspector_name}），"
        f"现在要求的{'、'.join(name for name, other in differs.items() if other)}与它不同，没有重抽。"
        "要看原来的结果，请按原来的要求办理；要另抽一次，请另行安排，用命令抽取的换一个种子。"
    )


def _known(session: Session, wanted: Drawing) -> InspectionPlan | None:
    same = (InspectionPlan.unit_code == wanted.unit_code) & (InspectionPlan.seed == wanted.seed)
    return session.scalar(select(InspectionPlan).where(same | (InspectionPlan.request_id == wanted.request_id)))


def _limit(session: Session, key: str, wanted: Drawing, on: date) -> int:
    return int(parameter(session, key, on=on, unit_code=wanted.unit_code))


def _faults(session: Session, wanted: Drawing, today: date) -> dict[str, str]:
    days = _limit(session, "presence.check_max_days", wanted, today)
    most = _limit(session, "presence.check_max_persons", wanted, today)
    faults = {}
    if len(wanted.unit_code) not in LEVELS:
        faults["unit"] = "抽查由县或者乡镇安排。请选择县或者乡镇。"
    if wanted.first_on is None or wanted.first_on < today:
        faults["first_on"] = "没有填写开始日期，或者开始日期早于今天。请改正。"
    elif wanted.last_on is None or not 0 <= (wanted.last_on - wanted.first_on).days < days:
        faults["last_on"] = f"没有填写结束日期，或者抽查时段长于 {days} 天。请改正。"
    if wanted.size is not None and not 1 <= wanted.size <= most:
        faults["size"] = f"抽查人数应为 1 至 {most} 的整数。请改正。"
    if wanted.inspector_id not in {person.id for person in inspectors(session, wanted.unit_code, today)}:
        faults["inspector"] = "没有选择抽查人。请从本单位经办、督查岗位的同志中选一人。"
    return faults


def _size(session: Session, wanted: Drawing, population: int, on: date) -> int:
    if wanted.size is not None:
        return min(wanted.size, population)
    share = Decimal(str(parameter(session, "verify.sample_share", on=on, unit_code=wanted.unit_code)))
    least = _limit(session, "verify.sample_min", wanted, on)
    return min(_limit(session, "presence.check_max_persons", wanted, on), size_of(population, share, least))


def _add(session: Session, plan: InspectionPlan, post: Posting, viewer: Viewer, at: datetime) -> None:
    row = Inspection(
        plan=plan,
        posting_id=post.id,
        person_id=post.person_id,
        unit_code=post.unit_code,
        root_code=plan.unit_code,
        inspector_id=plan.inspector_id,
        inspector_name=plan.inspector_name,
        state="drawn",
        changed_at=at,
    )
    row.events.append(
        InspectionEvent(
            unit_code=row.unit_code,
            person_id=row.person_id,
            kind="draw",
            at=at,
            actor_id=viewer.person_id,
            actor_name=viewer.name,
        )
    )
    session.add(row)
