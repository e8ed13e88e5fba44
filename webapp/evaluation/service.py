"""Runs: begin, compile a county, score a county, finish. Every step may be done again; a finished run never changes.

A run that was killed is found by its period, root and assessment and worked on again. When the facts give the same
result as the last finished revision, the new one is dropped and the old one is the answer.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import below
from webapp.errors import NotFound, Refused
from webapp.evaluation import freezing
from webapp.evaluation.assessments import assessed_above
from webapp.evaluation.collectors.values import collect
from webapp.evaluation.models import Assessment, IndicatorValue, Run, UnitScore
from webapp.evaluation.periods import Period, parse
from webapp.evaluation.schemes import SchemeVersion, scheme
from webapp.evaluation.scoring import Value, score
from webapp.org.codes import LENGTHS, level
from webapp.org.models import Division
from webapp.org.queries import find
from webapp.policy.service import load_packs
from webapp.policy.work_areas import indicator

COUNTY = 3
SCORED_LEVELS = {"county": 3, "township": 4}


@dataclass(frozen=True)
class Job:
    """A run to work on: its shards, grouped by prefecture (code → counties); a root below county is one shard."""

    run_id: int
    key: str
    root: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def steps(self) -> int:
        """Steps until done: two a shard, and the last one."""
        return 2 * sum(len(counties) for _, counties in self.groups) + 1


def begin(session: Session, period_text: str, root: str, plan_number: str, at: datetime) -> Job:
    """Start a run, or take up the one that a killed process left behind. Raises `Refused` or `NotFound`."""
    period = parse(period_text)
    cut_off = freezing.cut_off_of(period, clock.day_of(at))
    unit_code = find(session, root).code
    assessment = _assessment(session, plan_number, unit_code, period) if plan_number else None
    version = scheme(assessment.scheme_slug, assessment.scheme_version) if assessment else None
    load_packs(session)
    groups = _shards(session, unit_code)
    counties = [code for _, codes in groups for code in codes]
    inputs = freezing.frozen(session, period, unit_code, counties, version)
    run = session.scalar(_same(period, unit_code, plan_number).where(Run.state == "running"))
    if run is None:
        last = session.scalar(_same(period, unit_code, plan_number).with_only_columns(func.max(Run.revision))) or 0
        run = Run(
            key=_key(period, unit_code, assessment, last + 1),
            period=period.text,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            unit_code=unit_code,
            assessment_id=assessment.id if assessment else None,
            assessment_key=plan_number,
            revision=last + 1,
        )
        session.add(run)
    run.provisional = cut_off < period.ends_on
    run.cut_off = cut_off
    run.frozen = inputs
    run.started_at = at
    session.flush()
    return Job(run.id, run.key, unit_code, groups)


def compile_county(session: Session, run_id: int, county: str) -> None:
    """Replace all values under one shard, in the caller's transaction."""
    run = _running(session, run_id)
    for model in (IndicatorValue, UnitScore):
        session.execute(
            delete(model).where(model.run_id == run_id, below(model.unit_code, county)),
            execution_options={"synchronize_session": False},
        )
    period = parse(run.period)
    values = freezing.frozen_parameters(run.frozen, county)
    cut = freezing.cut_of(session, period, run.cut_off, values)
    exempt = run.assessment is not None and assessed_above(session, run.assessment)
    for item in freezing.indicators_of(period):
        collect(session, run_id, item, cut, county, exempt=exempt)


def score_county(session: Session, run_id: int, county: str) -> None:
    """Score the units under one shard; a plain run has no scores anywhere (X-14)."""
    run = _running(session, run_id)
    if run.assessment is None:
        return
    version = scheme(run.assessment.scheme_slug, run.assessment.scheme_version)
    smallest = freezing.frozen_parameters(run.frozen, county)["score.min_denominator"]
    lengths = [LENGTHS[SCORED_LEVELS[name]] for name in version.subjects]
    rows = session.scalars(
        select(IndicatorValue)
        .where(
            IndicatorValue.run_id == run_id,
            below(IndicatorValue.unit_code, county),
            func.length(IndicatorValue.unit_code).in_(lengths),
        )
        .order_by(IndicatorValue.unit_code)
    )
    for unit_code, group in groupby(rows, key=lambda row: row.unit_code):
        _score_unit(session, run_id, unit_code, list(group), version, smallest)
    session.flush()


def _score_unit(
    session: Session, run_id: int, unit_code: str, rows: list[IndicatorValue], version: SchemeVersion, smallest: int
) -> None:
    values = {
        row.indicator: Value(row.state, row.numerator, row.denominator, indicator(row.indicator).divided)
        for row in rows
    }
    scored = score(version, values, smallest)
    for row in rows:
        row.score = scored.indicators.get(row.indicator)
    for dimension, (points, attainable) in scored.sums.items():
        session.add(
            UnitScore(run_id=run_id, unit_code=unit_code, dimension=dimension, score=points, attainable=attainable)
        )


def finish(session: Session, run_id: int, at: datetime) -> str:
    """Close the run and give its key; the last finished revision's key when nothing has changed since."""
    run = _running(session, run_id)
    run.result_hash = result_hash(session, run_id)
    period = parse(run.period)
    last = session.scalar(
        _same(period, run.unit_code, run.assessment_key)
        .where(Run.state == "done")
        .order_by(Run.revision.desc())
        .limit(1)
    )
    if last is not None and last.result_hash == run.result_hash and _inputs(last) == _inputs(run):
        for model in (IndicatorValue, UnitScore):
            session.execute(
                delete(model).where(model.run_id == run_id), execution_options={"synchronize_session": False}
            )
        session.delete(run)
        session.flush()
        return last.key
    run.state = "done"
    run.finished_at = at
    session.flush()
    after = {"key": run.key, "result_hash": run.result_hash, "cut_off": run.cut_off.isoformat()}
    audit.record(session, "run.done", "run", run.key, unit_code=run.unit_code, after=after)
    return run.key


def result_hash(session: Session, run_id: int) -> str:
    """SHA-256 over all values and scores in the order of codes; free of ids and times."""
    digest = hashlib.sha256()
    for line in _lines(session, run_id):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _lines(session: Session, run_id: int) -> Iterator[str]:
    value, total = IndicatorValue, UnitScore
    columns = (value.unit_code, value.indicator, value.numerator, value.denominator, value.state, value.score)
    values = session.execute(select(*columns).where(value.run_id == run_id).order_by(value.unit_code)).yield_per(5000)
    sums = session.execute(
        select(total.unit_code, total.dimension, total.score, total.attainable)
        .where(total.run_id == run_id)
        .order_by(total.unit_code)
    ).yield_per(5000)
    both: tuple[Iterable[Any], ...] = (values, sums)
    for rows in both:
        # Codes of digits sort alike everywhere, codes with a hyphen do not: those are sorted here.
        for _, group in groupby(rows, key=lambda row: row.unit_code):
            yield from sorted("|".join("" if part is None else str(part) for part in row) for row in group)


def _inputs(run: Run) -> str:
    return freezing.inputs_hash(run.frozen, run.cut_off, run.provisional)


def _same(period: Period, unit_code: str, plan_number: str):  # type: ignore[no-untyped-def]
    return select(Run).where(Run.period == period.text, Run.unit_code == unit_code, Run.assessment_key == plan_number)


def _key(period: Period, unit_code: str, assessment: Assessment | None, revision: int) -> str:
    """In addresses and commands: "202610-533323-r1"; inside an assessment "2026H1-533323-a3-r1"."""
    within = f"-a{assessment.id}" if assessment else ""
    return f"{period.text.replace('-', '')}-{unit_code}{within}-r{revision}"


def _running(session: Session, run_id: int) -> Run:
    run = session.get(Run, run_id)
    if run is None or run.state != "running":
        raise Refused("这次测算已经结束，结果不再改变。如需更新，请重新测算。")
    return run


def _assessment(session: Session, plan_number: str, unit_code: str, period: Period) -> Assessment:
    found = session.scalar(select(Assessment).where(Assessment.plan_number == plan_number))
    if found is None:
        raise NotFound(f"没有文号为“{plan_number[:60]}”的考核。请核对年度考核计划文号，或先启动考核。")
    if found.state != "open":
        raise Refused(f"考核“{plan_number}”已经结束。结果不再改变，请查看已有测算。")
    if (found.unit_code, found.period) != (unit_code, period.text):
        label = parse(found.period).label
        raise Refused(f"考核“{plan_number}”针对区划 {found.unit_code} 的{label}。请改用该区划和周期。")
    return found


def _shards(session: Session, unit_code: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if level(unit_code) >= COUNTY:
        return ((unit_code[:4], (unit_code,)),)
    counties = session.scalars(
        select(Division.code).where(Division.level == COUNTY, below(Division.code, unit_code)).order_by(Division.code)
    )
    found = tuple((city, tuple(codes)) for city, codes in groupby(counties, key=lambda code: code[:4]))
    if not found:
        raise Refused("该地区下没有县级区划，无法测算。请先导入区划。")
    return found
