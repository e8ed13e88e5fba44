"""The promise of a task: it goes down, comes back, is returned once, and is closed by somebody who did not report it."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.policy import calendar

TITLE = "冬春防火隐患排查"
SHOTS = os.environ.get("DANDANG_SHOTS")
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page, and see that nothing sticks out sideways.

    The waiting outlives a navigation that a click has begun, where an evaluation would break off.
    """
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_load_state("load")
    page.wait_for_function(FITS)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def issue_task(page: Page, due_on: str) -> None:
    """The county desk fills in the three steps and goes back once."""
    page.goto("/tasks/")
    shot(page, "list-empty")
    page.get_by_role("link", name="下达任务").first.click()
    page.get_by_label("任务名称").fill(TITLE)
    page.get_by_label("任务内容").fill("对房前屋后、田间地头火灾隐患开展一次排查，建立台账并落实整改责任人。")
    page.get_by_label("依据文件").fill("福政办发〔2026〕31号")
    page.get_by_label("佐证要求").fill("隐患台账一份，注明整改责任人和时限")
    page.get_by_label("预计用时（分钟）").fill("30")
    page.get_by_label("截止日期").fill(due_on)
    shot(page, "new-what")
    page.get_by_role("button", name="下一步：选择单位").click()
    branch = page.locator(".branch").first
    branch.get_by_label("上帕镇").check()
    branch.locator("summary").click()
    branch.locator(f"input[value='{VILLAGE}']").check()
    shot(page, "new-whom")
    page.get_by_role("button", name="下一步：下达前核对").first.click()
    expect(page.get_by_role("heading", name="下达前核对")).to_be_visible()
    expect(page.get_by_text("30 分钟").first).to_be_visible()
    shot(page, "new-check")
    page.get_by_role("button", name="上一步：修改单位").click()
    expect(page.locator(f"input[value='{VILLAGE}']")).to_be_checked()
    page.get_by_role("button", name="下一步：下达前核对").first.click()
    page.get_by_role("button", name="下达任务给 2 个单位").click()
    expect(page.get_by_text("已下达给 2 个单位")).to_be_visible()
    shot(page, "task")


def open_task(page: Page) -> None:
    page.goto("/tasks/?state=every&view=answer")
    page.get_by_role("link", name=TITLE).first.click()


def report(page: Page, words: str) -> None:
    open_task(page)
    if not page.get_by_label("完成情况").is_visible():
        page.locator("summary", has_text="反馈办理情况").click()
    page.get_by_label("完成情况").fill(words)
    shot(page, "report")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_text("等待福贡县核验").first).to_be_visible()


def village_record(page: Page) -> None:
    """The county's page of the village's record."""
    page.goto(f"/tasks/?state=every&view=issued&unit={VILLAGE}")
    page.get_by_role("link", name=TITLE).first.click()


def test_a_task_goes_down_and_comes_back(site: Site, device: Callable[..., BrowserContext]) -> None:
    calendar.seed(site.session)
    due_on = calendar.work_calendar(site.session).add_workdays(clock.today() + timedelta(days=1), 5).isoformat()
    for role, unit, login in (
        ("desk", COUNTY, "county1"),
        ("desk", COUNTY, "county2"),
        ("desk", TOWNSHIP, "township"),
        ("secretary", VILLAGE, "village"),
    ):
        site.person(role, unit, login)
    first, second, township, village = (
        device(viewport=DESK, has_touch=False).new_page(),
        device(viewport=DESK, has_touch=False).new_page(),
        device(viewport=DESK, has_touch=False).new_page(),
        device().new_page(),
    )
    sign_in(first, "county1", "/tasks/")
    issue_task(first, due_on)

    sign_in(township, "township", "/tasks/")
    open_task(township)
    township.get_by_role("button", name="签收").click()
    expect(township.get_by_text("已签收。办完后请在本页反馈。")).to_be_visible()
    shot(township, "township")

    sign_in(village, "village", "/tasks/")
    shot(village, "phone-list")
    open_task(village)
    shot(village, "phone-record")
    village.get_by_role("button", name="签收").click()
    report(village, "已排查 42 户。")
    shot(village, "phone-reported")

    sign_in(second, "county2", "/tasks/")
    shot(second, "list")
    village_record(second)
    second.locator("summary", has_text="退回补充").click()
    second.get_by_label("理由").locator("visible=true").fill("请补充整改责任人和时限。")
    shot(second, "decide")
    second.get_by_role("button", name="确定退回补充").click()
    expect(second.get_by_text("并已通知对方")).to_be_visible()

    open_task(village)
    expect(village.get_by_text("请补充整改责任人和时限。").first).to_be_visible()
    shot(village, "phone-returned")
    report(village, "已排查 42 户，隐患 3 处，均明确责任人，月底前整改。")

    village_record(second)
    second.locator("summary", has_text="核实通过").click()
    second.get_by_role("button", name="确定核实通过").click()
    second.get_by_role("button", name="销号").click()
    expect(second.get_by_text("已销号，这项任务办结。")).to_be_visible()
    shot(second, "closed")
