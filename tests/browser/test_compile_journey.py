"""The promise of the figures: the desk asks for a run, watches it end, and opens a figure down to its rows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from flows.prefect_server import prefect_api
from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.evaluation.facts import Facts
from tests.factories import COUNTY
from webapp.config import Settings
from webapp.evaluation.models import IndicatorValue, Run
from webapp.policy import calendar


@pytest.fixture
def look(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """One look of the scheduler at what pages have asked for, with a Prefect server of its own."""
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)

    def work() -> None:
        with prefect_api(replace(settings, instance=tmp_path / "prefect")):
            from flows.jobs import work_requests

            work_requests()

    return work


def test_from_request_to_the_rows_behind_a_figure(
    site: Site, look: Callable[[], None], device: Callable[..., BrowserContext]
) -> None:
    calendar.seed(site.session)
    Facts(site.session, 7).fill(tasks=6, villages=6)
    site.person("desk", COUNTY, "desk")
    site.session.rollback()
    page = device(viewport=DESK).new_page()
    sign_in(page, "desk", "/runs/")
    page.get_by_role("link", name="申请测算").first.click()
    page.get_by_label("周期").fill("2026-04")
    expect(page.get_by_label("单位")).to_have_value(COUNTY)
    page.get_by_role("button", name="申请测算").click()
    page.wait_for_url("**/runs/requests/*")
    expect(page.get_by_text("等待开始").first).to_be_visible()

    # In a thread: the browser's event loop runs in this one, and Prefect would take it for its own.
    with ThreadPoolExecutor(1) as scheduler:
        worked = scheduler.submit(look)
        page.wait_for_url("**/runs/202604-533323-r1", timeout=90_000)  # the progress page goes on by itself
        worked.result()

    run = site.session.scalars(select(Run)).one()
    value = site.session.get_one(IndicatorValue, (run.id, "TSK-1", COUNTY))
    numerator, denominator = value.numerator, value.denominator
    site.session.rollback()
    assert denominator
    page.locator(f'a[href$="/{COUNTY}/TSK-1"]').click()
    expect(page.get_by_role("heading", name="任务按期反馈率")).to_be_visible()
    expect(page.get_by_text(f"{numerator} / {denominator}").first).to_be_visible()
    expect(
        page.get_by_text(f"{denominator} 条记录").or_(page.get_by_text(f"{denominator}条记录")).first
    ).to_be_visible()
