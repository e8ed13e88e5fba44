"""What a report says of its figures: values short of their target, values missing, tasks overdue, and the next acts.

Always in the order of division codes, never of values or scores (X-7).
"""

import re
from datetime import date
from decimal import Decimal
from operator import eq, ge, gt, le

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from reports import model as paper
from webapp.access import below
from webapp.accountability.models import STATES, Assignment, AssignmentEvent
from webapp.burden.models import BurdenEntry
from webapp.delivery.material import Material
from webapp.delivery.tables import own_value
from webapp.evaluation import freezing
from webapp.evaluation.collectors import tasks
from webapp.evaluation.collectors.cut import shard
from webapp.evaluation.figures import value_text
from webapp.evaluation.models import Run
from webapp.evaluation.periods import parse
from webapp.org.codes import full, level
from webapp.org.queries import names
from webapp.policy.work_areas import Indicator
from webapp.policy.workdays import WorkCalendar

WITH_ISSUER = ("reported", "verified")
"""States in which the unit that issued the task has to act, not the one that received it."""
# A target with further conditions in words, or one that each place sets for itself, is left to people.
TARGET = re.compile(r"(?P<sign>[≥≤>]?) ?(?P<number>\d+)(?P<percent>%?)")
REACHED = {"": eq, "≥": ge, "≤": le, ">": gt}
TARGET_WORDS = {"": "", "≥": "不低于", "≤": "不高于", ">": "大于"}


def shortfall(item: Indicator, numerator: int, denominator: int | None) -> str:
    """In words, how a value misses its target; "" when it meets it or nobody set one. Compared exactly (A-6)."""
    found = TARGET.fullmatch(item.target)
    if found is None:
        return "应为0" if item.direction == "zero" and numerator > 0 else ""
    if item.divided and not denominator:
        return ""
    scale = Decimal(100) if found["percent"] else Decimal(1)
    # Cross-multiplied: a quotient such as 1/3 has no exact decimal.
    left, right = Decimal(numerator) * scale, Decimal(found["number"]) * (denominator or 1 if item.divided else 1)
    if REACHED[found["sign"]](left, right):
        return ""
    if found["sign"] == "" and item.direction == "up" and left > right:
        return ""
    return f"目标为{TARGET_WORDS[found['sign']]}{found['number']}{found['percent']}"


def issues(material: Material) -> tuple[paper.Issue, ...]:
    """Values of the root and of the units one level below that miss their target, in the order of codes."""
    root = material.run.unit_code
    units = sorted({unit for _, unit in material.values if level(unit) == level(root) + 1})
    found = []
    for unit in (root, *units):
        for item in material.indicators:
            if unit == root:
                state, numerator, denominator, _ = own_value(material, item)
            elif value := material.values.get((item.code, unit)):
                state, numerator, denominator = value.state, value.numerator, value.denominator
            else:
                continue
            if state != "value" or not (missed := shortfall(item, numerator or 0, denominator)):
                continue
            text = value_text(numerator, denominator, item.divided)
            found.append(
                paper.Issue(
                    unit_code=full(unit),
                    unit_name=material.names[unit],
                    text=f"{item.name}为{text}，{missed}",
                    indicator_code=item.code,
                    owner=owner(item, material.names[unit]),
                )
            )
    return tuple(found)


def owner(item: Indicator, unit_name: str) -> str:
    """Who answers for an indicator of a unit: the unit itself, or the office that the work area names."""
    return unit_name if item.owner in ("承办单位", "乡镇", "本系统") else item.owner


def missing(material: Material) -> tuple[paper.MissingItem, ...]:
    """Values that were due and are not there, with who owes them."""
    return tuple(
        paper.MissingItem(
            unit_code=full(unit),
            unit_name=material.names[unit],
            indicator_code=item.code,
            indicator_name=item.name,
            owner=owner(item, material.names[unit]),
        )
        for item in material.indicators
        for unit in sorted(unit for code, unit in material.values if code == item.code)
        if material.values[item.code, unit].state == "missing"
    )


def overdue(session: Session, run: Run, calendar: WorkCalendar) -> tuple[paper.OverdueTask, ...]:
    """Every task open past its due date at the cut-off: the very rows that indicator TSK-5 counts."""
    values = freezing.frozen_parameters(run.frozen, run.unit_code)
    cut = freezing.cut_of(session, parse(run.period), run.cut_off, values)
    under = shard(run.unit_code)
    late = tasks.open_past_due(cut).subquery()
    due = tasks.due_then(cut).label("due_then")
    rows = session.execute(
        select(Assignment, due)
        .join(late, late.c.row_id == Assignment.id)
        .where(late.c.n == 1)
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
        .order_by(Assignment.unit_code, due, Assignment.id),
        under,
    ).all()
    newest = func.row_number().over(
        partition_by=AssignmentEvent.assignment_id, order_by=(AssignmentEvent.at.desc(), AssignmentEvent.id.desc())
    )
    ranked = (
        select(AssignmentEvent.assignment_id, AssignmentEvent.to_state, newest.label("place"))
        .join(late, late.c.row_id == AssignmentEvent.assignment_id)
        .where(late.c.n == 1, AssignmentEvent.at < cut.end)
        .subquery()
    )
    last = select(ranked.c.assignment_id, ranked.c.to_state).where(ranked.c.place == 1)
    states = dict(session.execute(last, under).tuples().all())
    issuers = names(session, {row.issuer_code for row, _ in rows})
    return tuple(
        paper.OverdueTask(
            unit_code=full(row.unit_code),
            unit_name=row.unit.name,
            title=row.task.title,
            due_on=due_on,
            working_days_over=calendar.workdays_between(due_on, run.cut_off),
            holder=issuers[row.issuer_code] if states.get(row.id) in WITH_ISSUER else row.unit.name,
            state_text=STATES[states.get(row.id, "issued")],
        )
        for row, due_on in rows
    )


def burden(session: Session, run: Run) -> paper.Burden:
    """What the work asked of the villages in the period (X-5)."""
    entries = (
        below(BurdenEntry.unit_code, run.unit_code),
        func.length(BurdenEntry.unit_code) == 12,
        BurdenEntry.month.between(run.starts_on, run.ends_on),
    )
    items, minutes, units = session.execute(
        select(
            func.count(BurdenEntry.id),
            func.coalesce(func.sum(BurdenEntry.minutes), 0),
            func.count(BurdenEntry.unit_code.distinct()),
        ).where(*entries)
    ).one()
    return paper.Burden(items=int(items), minutes=int(minutes), units=int(units))


def next_acts(
    late: tuple[paper.OverdueTask, ...],
    owed: tuple[paper.MissingItem, ...],
    short: tuple[paper.Issue, ...],
    calendar: WorkCalendar,
    document_date: date,
    answer_workdays: int,
) -> tuple[paper.NextAct, ...]:
    """What follows from the lists of the report, with who acts; dates count from the day of the paper."""
    until = calendar.add_workdays(document_date, answer_workdays)
    acts = []
    waiting = sum(row.state_text in {STATES[state] for state in WITH_ISSUER} for row in late)
    if len(late) > waiting:
        text = f"逾期未反馈的{len(late) - waiting}件任务，抓紧反馈或者说明原因，需要延期的按程序申请"
        acts.append(paper.NextAct(text=text, owner="附件3所列承办单位", due_on=until))
    if waiting:
        text = f"已反馈但逾期未销号的{waiting}件任务，及时核验销号或者退回并说明理由"
        acts.append(paper.NextAct(text=text, owner="下达单位", due_on=until))
    if owed:
        acts.append(paper.NextAct(text=f"缺报的{len(owed)}个数值，逐项补报", owner="附件2所列报送单位", due_on=until))
    if short:
        text = f"没有达到目标的{len(short)}项指标数值，逐项核对原因，提出改进措施"
        acts.append(paper.NextAct(text=text, owner="附件3所列单位"))
    return tuple(acts)
