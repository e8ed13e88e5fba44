"""Runs for tests: a county with random facts, compiled without Prefect."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from tests.evaluation.facts import Facts
from tests.factories import at
from webapp.access import Viewer, acting_as
from webapp.evaluation import service
from webapp.evaluation.assessments import open_assessment
from webapp.evaluation.models import Assessment, Run
from webapp.evaluation.queries import run_by_key
from webapp.policy.calendar import seed

NOW = at("2026-05-12 09:00")
PLAN = "福考〔2026〕1号"


@pytest.fixture
def facts(county: Session) -> Session:
    """福贡县 with the working calendar and random facts of spring 2026."""
    seed(county)
    Facts(county, 7).fill(tasks=8)
    return county


@pytest.fixture
def compiled() -> Callable[..., Run]:
    """`compiled(session, "2026-03")` → the run, made as the flow makes it."""

    def make(
        session: Session, period: str = "2026-03", root: str = "533323", plan: str = "", moment: datetime = NOW
    ) -> Run:
        with acting_as(session, Viewer.system("测算", "")):
            job = service.begin(session, period, root, plan, moment)
            for _, counties in job.groups:
                for code in counties:
                    service.compile_county(session, job.run_id, code)
                    service.score_county(session, job.run_id, code)
            run = run_by_key(session, service.finish(session, job.run_id, moment))
        session.commit()
        return run

    return make


@pytest.fixture
def opened() -> Callable[..., Assessment]:
    """`opened(session, period="2026H1")` → an assessment under an approved plan."""

    def make(session: Session, plan: str = PLAN, unit: str = "533323", period: str = "2026H1") -> Assessment:
        return open_assessment(
            session,
            plan_number=plan,
            title="上半年考核",
            unit=unit,
            period=period,
            plan_approved_on=date(2026, 3, 1),
            scheme_slug="standing-provisional-2026",
            scheme_version=1,
            opened_by="测试",
            at=NOW,
        )

    return make
