"""A task on the issuing side: kept as a draft, set for a moment, issued, taken back; and Back at each step."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.browser.pages import shot
from tests.factories import COUNTY, VILLAGE
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability import scheduled
from webapp.policy import calendar

TITLE = "冬春防火隐患排查"


def desk(site: Site, device: Callable[..., BrowserContext]) -> Page:
    """The county desk before an empty form."""
    calendar.seed(site.session)
    site.person("desk", COUNTY, "county")
    page = device(viewport=DESK, has_touch=False).new_page()
    page.context.watch.expect("status of 400")  # type: ignore[attr-defined]  # what is refused by intent
    sign_in(page, "county", "/tasks/")
    page.get_by_role("link", name="下达任务").first.click()
    return page


def fill(page: Page, due_on: str) -> None:
    page.get_by_label("任务名称").fill(TITLE)
    page.get_by_label("任务内容").fill("对房前屋后火灾隐患开展一次排查。")
    page.get_by_label("依据文件").fill("福政办发〔2026〕31号")
    page.get_by_label("佐证要求").fill("隐患台账一份")
    page.get_by_label("预计用时（分钟）").fill("10")
    page.get_by_label("截止日期").fill(due_on)


def workday(site: Site, days: int) -> str:
    day = calendar.work_calendar(site.session).add_workdays(clock.today() + timedelta(days=1), days)
    site.session.rollback()  # leaves no lock behind
    return day.isoformat()


def test_back_shows_each_former_step_also_after_a_mistake(site: Site, device: Callable[..., BrowserContext]) -> None:
    page = desk(site, device)
    fill(page, workday(site, 8))
    page.get_by_label("预计用时（分钟）").fill("半天")
    page.get_by_role("button", name="下一步：选择单位").click()
    expect(page.get_by_role("link", name="用时应是整数分钟")).to_be_visible()  # shown again, with the mistake
    page.get_by_label("预计用时（分钟）").fill("10")
    page.get_by_role("button", name="下一步：选择单位").click()
    page.get_by_label("每行一个，从表格中复制即可").fill("没有这个村")
    page.get_by_role("button", name="加入名单").click()
    expect(page.get_by_text("没有认出：没有这个村").first).to_be_visible()
    page.get_by_label("每行一个，从表格中复制即可").fill("")
    page.locator(".branch summary").first.click()
    page.locator(f"input[value='{VILLAGE}']").check()
    page.get_by_role("button", name="下一步：下达前核对").first.click()
    expect(page.get_by_role("heading", name="下达前核对")).to_be_visible()
    shot(page, "back-check")
    page.go_back()
    expect(page.locator(f"input[value='{VILLAGE}']")).to_be_checked()
    while "step=" in page.url:
        page.go_back()
    expect(page.get_by_label("任务名称")).to_have_value(TITLE)
    expect(page.get_by_label("预计用时（分钟）")).to_have_value("10")
    shot(page, "back-what")
    page.get_by_role("button", name="下一步：选择单位").click()
    expect(page.locator(f"input[value='{VILLAGE}']")).to_be_checked()


def test_a_draft_is_scheduled_issued_and_recalled(site: Site, device: Callable[..., BrowserContext]) -> None:
    page = desk(site, device)
    fill(page, workday(site, 9))
    page.get_by_label("预计用时（分钟）").fill("半天")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("预计用时“半天”，已原样保留").first).to_be_visible()
    shot(page, "drafts")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_label("预计用时（分钟）")).to_have_value("半天")
    page.get_by_label("预计用时（分钟）").fill("10")
    page.get_by_role("button", name="下一步：选择单位").click()
    page.locator(".branch summary").first.click()
    page.locator(f"input[value='{VILLAGE}']").check()
    shot(page, "draft-whom")
    page.get_by_role("button", name="下一步：下达前核对").first.click()
    moment = workday(site, 1)
    page.get_by_label("定时下达的时间").fill(f"{moment}T03:00")
    page.get_by_role("button", name="定时下达").click()
    expect(page.get_by_text("定时下达应在工作日 08:30 至 18:00 之间").first).to_be_visible()
    shot(page, "night")
    page.get_by_label("定时下达的时间").fill(f"{moment}T09:00")
    page.get_by_role("button", name="定时下达").click()
    expect(page.get_by_text("等待下达")).to_be_visible()
    shot(page, "scheduled")

    site.session.rollback()
    at = clock.now() + timedelta(days=5)
    with acting_as(site.session, Viewer.system("调度", "")):
        assert len(scheduled.issue_due(site.session, at)) == 1
    site.session.commit()
    page.reload()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    shot(page, "issued")
    page.get_by_role("link", name="撤回任务").click()
    shot(page, "recall")
    page.get_by_label("撤回理由").fill("与州里任务重复")
    page.get_by_role("button", name="撤回任务").click()
    expect(page.get_by_text("1 个单位不需再办理")).to_be_visible()
    expect(page.get_by_text("任务已撤回，不能再改动。")).to_be_visible()
    shot(page, "recalled")
