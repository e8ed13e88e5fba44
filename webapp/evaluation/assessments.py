"""Open an assessment (X-9): only under an approved yearly plan, one comprehensive item a unit and year."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.errors import Conflict, Refused
from webapp.evaluation.models import Assessment
from webapp.evaluation.periods import parse
from webapp.evaluation.schemes import scheme
from webapp.org.codes import ancestors
from webapp.org.models import Division
from webapp.org.queries import find


def open_assessment(
    session: Session,
    *,
    plan_number: str,
    title: str,
    unit: str,
    period: str,
    plan_approved_on: date,
    scheme_slug: str,
    scheme_version: int,
    opened_by: str,
    at: datetime,
) -> Assessment:
    """Open the assessment of a unit's period under an approved plan; `unit` is a code of any form.

    Raises `Refused` when the plan, the scheme or the period does not fit, `Conflict` when the unit or one above it
    already has a comprehensive assessment in that year (A-8, X-9).
    """
    number, covered = plan_number.strip(), parse(period)
    if not number or len(number) > 60:
        raise Refused("没有年度考核计划文号，不能启动考核。请先报批年度考核计划，再填写文号（60字以内）。")
    if not title.strip() or len(title) > 120:
        raise Refused("考核名称应为1至120字。请改正。")
    if plan_approved_on > clock.day_of(at):
        raise Refused("计划批准日期晚于今天。请核对年度考核计划的批准日期。")
    version = scheme(scheme_slug, scheme_version)
    if covered.kind not in version.periods:
        raise Refused(f"{version.title}不用于{covered.label}这类周期。请选择半年或年度。")
    division = find(session, unit)
    # Two who open at once for one unit: the second waits here, and then sees the first.
    session.execute(select(Division.code).where(Division.code == division.code).with_for_update())
    _refuse_second_item(session, division.code, covered.starts_on.year, number)
    row = Assessment(
        plan_number=number,
        title=title.strip(),
        unit_code=division.code,
        period=covered.text,
        plan_approved_on=plan_approved_on,
        scheme_slug=version.slug,
        scheme_version=version.version,
        opened_at=at,
        opened_by=opened_by,
    )
    session.add(row)
    session.flush()
    after = {"plan_number": number, "period": covered.text, "scheme": f"{version.slug} v{version.version}"}
    audit.record(session, "assessment.open", "assessment", row.id, unit_code=division.code, after=after)
    return row


def _refuse_second_item(session: Session, unit_code: str, year: int, number: str) -> None:
    known = select(Assessment).where(
        (Assessment.plan_number == number) | Assessment.unit_code.in_([unit_code, *ancestors(unit_code)])
    )
    for other in session.scalars(known.order_by(Assessment.id)):
        if other.plan_number == number:
            raise Conflict(f"文号“{number}”的考核已经启动。请使用已启动的考核，或核对文号。")
        if parse(other.period).starts_on.year == year:
            raise Conflict(f"{year}年已按“{other.plan_number}”对该地区开展综合考核，同一年只能有一项。请并入该项考核。")


def assessed_above(session: Session, assessment: Assessment) -> bool:
    """Whether a unit above is assessed in the same year: then this one's units drop out (A-8)."""
    year = parse(assessment.period).starts_on.year
    periods = session.scalars(
        select(Assessment.period).where(Assessment.unit_code.in_(ancestors(assessment.unit_code)))
    )
    return any(parse(period).starts_on.year == year for period in periods)
