"""From a finished run to the report's plain values. Everything is cut at the run's cut-off (`reports.model` says units)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from reports import model as paper
from webapp import clock
from webapp.access import below
from webapp.accountability.models import STATES, Assignment
from webapp.burden.models import BurdenEntry
from webapp.delivery.material import Material, gather
from webapp.delivery.tables import indicator_rows, scored_rows, trend, unit_table
from webapp.errors import Refused
from webapp.evaluation.models import Run, UnitScore
from webapp.evaluation.periods import parse
from webapp.evaluation.schemes import DIMENSIONS, scheme
from webapp.org.codes import LEVEL_NAMES, full, level
from webapp.policy.workdays import WorkCalendar

MOST_OVERDUE = 200


def compose(
    session: Session, run: Run, kind: str, *, code: str, url: str, calendar: WorkCalendar
) -> paper.PeriodReport | paper.EvaluationReport:
    """The report of a run. Raises `Refused` when the kind does not fit the run (X-14)."""
    material = gather(session, run)
    if kind == "period-report":
        if run.assessment_id is not None:
            raise Refused("考核测算含有得分，不能生成工作情况报告。请选择普通测算。")
        return paper.PeriodReport(
            **_common(session, material, code, url, calendar),
            dimensions=tuple(
                paper.DimensionResult(code=d, name=DIMENSIONS[d], indicators=n, states=_states(material, d))
                for d, n in _dimensions(material)
            ),
            indicators=indicator_rows(session, material),
        )
    if kind != "evaluation-report":
        raise Refused(f"没有“{kind[:20]}”这种报告。请选择 period-report 或 evaluation-report。")
    if run.assessment is None:
        raise Refused("考核评价报告只能由已启动的考核生成。请先按年度考核计划启动考核。")
    weights = scheme(run.assessment.scheme_slug, run.assessment.scheme_version)
    scores = {s.dimension: s for s in session.scalars(_scores(run))}
    total = scores.get("TOTAL")
    return paper.EvaluationReport(
        **_common(session, material, code, url, calendar),
        plan_number=run.assessment.plan_number,
        scheme=paper.Scheme(slug=weights.slug, version=str(weights.version), name=weights.title),
        dimensions=tuple(
            paper.ScoredDimension(
                code=d,
                name=DIMENSIONS[d],
                indicators=n,
                states=_states(material, d),
                weight=weights.dimension_weight(d),
                score=None if d not in scores else Decimal(scores[d].score) / 10_000,
            )
            for d, n in _dimensions(material)
        ),
        indicators=scored_rows(session, material, weights),
        score=None if total is None else Decimal(total.score) / 10_000,
        issues=_issues(session, material, calendar),
    )


def _scores(run: Run):  # type: ignore[no-untyped-def]
    return select(UnitScore).where(UnitScore.run_id == run.id, UnitScore.unit_code == run.unit_code)


def _common(session: Session, material: Material, code: str, url: str, calendar: WorkCalendar) -> dict[str, object]:
    run, period = material.run, parse(material.run.period)
    overdue = _overdue(session, run, calendar)
    missing = _missing(material)
    burden = _burden(session, run)
    subject = material.names[run.unit_code]
    return {
        "issuer": f"{subject}乡村振兴责任落实考核工作专班",
        "subject_name": subject,
        "subject_code": full(run.unit_code),
        "period_label": period.label,
        "period_start": run.starts_on,
        "period_end": run.ends_on,
        "cut_off": clock.day_end(run.cut_off),
        "provisional": run.provisional,
        "rule_pack": run.frozen["pack"],
        "run_key": run.key,
        "revision": run.revision,
        "document_date": clock.local(run.finished_at).date() if run.finished_at else run.cut_off,
        "verification_code": code,
        "verification_url": url,
        "subjects": _subjects(material),
        "trend": trend(session, material),
        "unit_tables": unit_table(material),
        "missing": missing,
        "overdue": overdue,
        "next_acts": _next_acts(subject, overdue, missing, calendar, run.cut_off),
        "burden": burden,
    }


def _dimensions(material: Material) -> list[tuple[str, int]]:
    """Dimensions with their number of indicators, in the fixed order; 基层减负 is reported apart."""
    counts = {d: sum(i.dimension == d for i in material.indicators) for d in DIMENSIONS}
    return [(d, n) for d, n in counts.items() if n]


def _states(material: Material, dimension: str) -> paper.StateCounts:
    codes = {i.code for i in material.indicators if i.dimension == dimension}
    counts: dict[str, int] = {}
    for (code, _), value in material.values.items():
        if code in codes:
            counts[value.state] = counts.get(value.state, 0) + 1
    return paper.StateCounts(**counts)


def _subjects(material: Material) -> tuple[paper.LevelCount, ...]:
    units = {unit for _, unit in material.values}
    return tuple(
        paper.LevelCount(level=name, subjects=count)
        for number, name in LEVEL_NAMES.items()
        if (count := sum(level(unit) == number for unit in units))
    )


def _missing(material: Material) -> tuple[paper.MissingItem, ...]:
    return tuple(
        paper.MissingItem(
            unit_code=full(unit),
            unit_name=material.names[unit],
            indicator_code=i.code,
            indicator_name=i.name,
            owner=material.names[unit],
        )
        for i in material.indicators
        for unit in sorted(unit for code, unit in material.values if code == i.code)
        if material.values[i.code, unit].state == "missing"
    )


def _overdue(session: Session, run: Run, calendar: WorkCalendar) -> tuple[paper.OverdueTask, ...]:
    """Assignments open past their due date at the cut-off, in the order of codes."""
    open_then = (
        below(Assignment.unit_code, run.unit_code),
        Assignment.due_on < run.cut_off,
        Assignment.issued_on <= run.cut_off,
        or_(Assignment.first_reported_on.is_(None), Assignment.first_reported_on > run.cut_off),
        or_(Assignment.closed_on.is_(None), Assignment.closed_on > run.cut_off),
        or_(Assignment.recalled_on.is_(None), Assignment.recalled_on > run.cut_off),
    )
    rows = session.scalars(
        select(Assignment)
        .where(*open_then)
        .options(joinedload(Assignment.task), joinedload(Assignment.unit))
        .order_by(Assignment.unit_code, Assignment.due_on, Assignment.id)
        .limit(MOST_OVERDUE)
    )
    return tuple(
        paper.OverdueTask(
            unit_code=full(row.unit_code),
            unit_name=row.unit.name,
            title=row.task.title,
            due_on=row.due_on,
            working_days_over=calendar.workdays_between(row.due_on, run.cut_off),
            holder=row.unit.name,
            state_text=STATES["acknowledged"] if row.acknowledged_on else STATES["issued"],
        )
        for row in rows
    )


def _burden(session: Session, run: Run) -> paper.Burden:
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


def _next_acts(
    subject: str,
    overdue: tuple[paper.OverdueTask, ...],
    missing: tuple[paper.MissingItem, ...],
    calendar: WorkCalendar,
    cut_off: date,
) -> tuple[paper.NextAct, ...]:
    acts = []
    if overdue:
        text = f"逾期未反馈的{len(overdue)}项任务，由责任单位反馈或者说明原因，需要延期的按程序申请。"
        acts.append(paper.NextAct(text=text, owner="责任单位", due_on=calendar.add_workdays(cut_off, 5)))
    if missing:
        text = f"缺报的{len(missing)}项数值，由报送单位补报。"
        acts.append(paper.NextAct(text=text, owner="报送单位", due_on=calendar.add_workdays(cut_off, 5)))
    acts.append(paper.NextAct(text="对已反馈待核验的任务及时核验或者退回，并说明理由。", owner=f"{subject}经办人员"))
    return tuple(acts)


def _issues(session: Session, material: Material, calendar: WorkCalendar) -> tuple[paper.Issue, ...]:
    return tuple(
        paper.Issue(
            unit_code=item.unit_code,
            unit_name=item.unit_name,
            text=f"“{item.title}”应于{item.due_on.month}月{item.due_on.day}日前反馈，至今未反馈",
            owner=item.holder,
        )
        for item in _overdue(session, material.run, calendar)
    )
