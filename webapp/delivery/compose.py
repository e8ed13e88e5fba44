"""From a finished run to the report's plain values. Everything is cut at the run's cut-off (`reports.model` says units)."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import model as paper
from webapp import clock
from webapp.delivery import findings
from webapp.delivery.material import Material, gather
from webapp.delivery.tables import indicator_rows, scored_rows, trend, unit_tables
from webapp.errors import Refused
from webapp.evaluation.models import Run, UnitScore
from webapp.evaluation.periods import parse
from webapp.evaluation.schemes import DIMENSIONS, scheme
from webapp.org.codes import LEVEL_NAMES, full, level
from webapp.policy.service import parameter
from webapp.policy.workdays import WorkCalendar


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
    issues = findings.issues(material)
    return paper.EvaluationReport(
        **_common(session, material, code, url, calendar, issues),
        issues=issues,
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
    )


def _scores(run: Run):  # type: ignore[no-untyped-def]
    return select(UnitScore).where(UnitScore.run_id == run.id, UnitScore.unit_code == run.unit_code)


def _common(
    session: Session,
    material: Material,
    code: str,
    url: str,
    calendar: WorkCalendar,
    issues: tuple[paper.Issue, ...] = (),
) -> dict[str, Any]:
    run, period = material.run, parse(material.run.period)
    overdue = findings.overdue(session, run, calendar)
    missing = findings.missing(material)
    document_date = clock.day_of(run.finished_at) if run.finished_at else run.cut_off
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
        "document_date": document_date,
        "verification_code": code,
        "verification_url": url,
        "subjects": _subjects(material),
        "trend": trend(session, material),
        "unit_tables": unit_tables(material),
        "missing": missing,
        "overdue": overdue,
        "next_acts": findings.next_acts(
            overdue,
            missing,
            issues,
            calendar,
            document_date,
            int(parameter(session, "task.follow_up_workdays", on=document_date, unit_code=run.unit_code)),
        ),
        "burden": findings.burden(session, run),
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
