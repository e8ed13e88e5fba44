"""The promise of the paper: it lies in the leader's inbox, opens as PDF, and proves itself to anybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from flows.publish_reports import make_report
from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, PHONE, Site
from tests.evaluation.conftest import compiled  # noqa: F401
from tests.evaluation.facts import Facts
from tests.factories import COUNTY, at
from webapp.auth.models import Account
from webapp.config import Settings
from webapp.delivery import service
from webapp.delivery.models import ReportFile
from webapp.evaluation.models import Run
from webapp.policy import calendar

DUE = at("2026-05-06 09:00")


@pytest.fixture
def delivered(
    site: Site,
    settings: Settings,
    compiled: Callable[..., Run],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> ReportFile:
    """April's report of the county in the inbox of its leader, whose account is `leader`."""
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    session = site.session
    calendar.seed(session)
    Facts(session, 7).fill(tasks=6, villages=6)
    site.person("leader", COUNTY, "leader")
    leader = session.scalars(select(Account).where(Account.login == "leader")).one().person_id
    service.subscribe(
        session,
        kind="period-report",
        unit_code=COUNTY,
        recipient_id=leader,
        first_window="2026-04",
        at=at("2026-04-01 09:00"),
    )
    run = compiled(session, "2026-04", moment=DUE)
    key = run.key
    session.commit()
    report_id = make_report.fn("period-report", key)
    service.open_due(session, calendar.work_calendar(session), DUE)
    delivery = service.claim(session, service.workable(session, DUE)[0], "test", DUE)
    assert delivery is not None
    report = session.get_one(ReportFile, report_id)
    service.complete(session, settings, delivery, report, DUE)
    session.commit()
    session.refresh(report)
    session.expunge_all()
    session.rollback()  # the server's writes wait for ours
    return report


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_from_inbox_to_pdf_to_verification(
    site: Site, device: Callable[..., BrowserContext], delivered: ReportFile, screen: dict[str, int]
) -> None:
    page = device(viewport=screen).new_page()
    sign_in(page, "leader", "/inbox/")
    page.get_by_text(delivered.title).first.click()
    page.get_by_role("button", name="打开报告").click()
    page.wait_for_url(f"**/reports/{delivered.id}")
    expect(page.get_by_role("heading", name=delivered.title)).to_be_visible()

    file = page.request.get(f"/reports/{delivered.id}/file")
    assert file.ok
    assert file.body().startswith(b"%PDF-")
    assert len(file.body()) == delivered.size
    expect(page.locator("iframe.paper")).to_have_count(1)

    page.get_by_role("link", name=delivered.verification_code).click()
    expect(page.get_by_text("核验通过")).to_be_visible()

    other = device(viewport=screen)
    other.watch.expect("status of 404")  # type: ignore[attr-defined]  # the answer to an altered file
    visitor = other.new_page()
    visitor.goto("/verify/")
    visitor.get_by_label("核验码").fill(delivered.verification_code.lower().replace("-", " "))
    visitor.get_by_role("button", name="核验", exact=True).click()
    expect(visitor.get_by_text("核验通过")).to_be_visible()
    visitor.get_by_label("PDF 文件").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": file.body() + b" "}
    )
    visitor.get_by_role("button", name="核验文件").click()
    expect(visitor.get_by_text("核验不通过")).to_be_visible()
