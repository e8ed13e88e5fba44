"""The promise of a task (T-1 … T-4): down three levels, back once, up again with each level verifying the one below."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.browser.pages import shot
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.policy import calendar

TITLE = "冬春防火隐患排查"
FIRST, MENDED = "已排查 42 户。", "已排查 42 户，隐患 3 处，均明确责任人，月底前整改。"
REASON = "请补充整改责任人和时限。"


def issue_task(page: Page, due_on: str) -> None:
    """The county desk fills in the three steps and goes back once."""
    page.goto("/tasks/")
    shot(page, "list-empty")
    page.get_by_role("link", name="下达任务").first.click()
    page.get_by_label("任务名称").fill(TITLE)
    page.get_by_label("任务内容").fill("对房前屋后、田间地头火灾隐患开展一次排查，建立台账并落实整改责任人。")
    page.get_by_label("依据文件").fill("福政办发〔2026〕31号")
    page.get_by_label("佐证要求").fill("隐患台账一份，注明整改责任人和时限")
    page.get_by_label("预计用时（分钟）").fill("10")
    page.get_by_label("截止日期").fill(due_on)
    shot(page, "new-what")
    page.get_by_role("button", name="下一步：选择单位").click()
    page.locator(".branch").first.get_by_label("上帕镇").check()
    shot(page, "new-whom")
    page.get_by_role("button", name="下一步：下达前核对").first.click()
    expect(page.get_by_role("heading", name="下达前核对")).to_be_visible()
    expect(page.get_by_text("10 分钟").first).to_be_visible()
    shot(page, "new-check")
    page.get_by_role("button", name="上一步：修改单位").click()
    expect(page.locator(".branch").first.get_by_label("上帕镇")).to_be_checked()
    page.get_by_role("button", name="下一步：下达前核对").first.click()
    page.get_by_role("button", name="下达任务给 1 个单位").click()
    expect(page.get_by_text("已下达给 1 个单位")).to_be_visible()
    shot(page, "task")


def open_task(page: Page) -> None:
    page.goto("/tasks/?state=every&view=answer")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)


def acknowledge(page: Page) -> None:
    open_task(page)
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收。")).to_be_visible()


def split(page: Page) -> None:
    """The township gives it on to one village; a refusal leads to a page that Back finds again with what was typed."""
    page.get_by_role("button", name="分解到下级").click()
    expect(page.get_by_role("heading", name="分解到下级")).to_be_visible()
    shot(page, "split")
    weight = page.locator(f'input[name="weight-{VILLAGE}"]')
    weight.fill("三")
    page.locator(f'input[name="unit"][value="{VILLAGE}"]').check()
    page.get_by_role("button", name="分解给选中的单位").click()
    expect(page.get_by_role("alert")).to_contain_text("权重“三”不正确")
    page.get_by_role("link", name="返回，不分解").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    page.go_back()
    expect(page.locator(f'input[name="unit"][value="{VILLAGE}"]')).to_be_checked()
    weight.fill("")
    page.get_by_role("button", name="分解给选中的单位").click()
    expect(page.get_by_text("已分解给 1 个单位")).to_be_visible()
    shot(page, "split-done")


def report(page: Page, words: str, to: str) -> None:
    open_task(page)
    if not page.get_by_label("完成情况").is_visible():
        page.locator("summary", has_text="反馈办理情况").click()
    page.get_by_label("完成情况").fill(words)
    shot(page, f"report-to-{to}")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_text(f"等待{to}核验").first).to_be_visible()


def record_of(page: Page, unit: str) -> None:
    """The page of a unit's record, as the one who handed it down finds it."""
    page.goto(f"/tasks/?state=every&view=issued&unit={unit}")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)


def send_back(page: Page) -> None:
    record_of(page, VILLAGE)
    page.locator("summary", has_text="退回补充").click()
    page.get_by_label("理由").locator("visible=true").fill(REASON)
    shot(page, "decide")
    page.get_by_role("button", name="确定退回补充").click()
    expect(page.get_by_text("并已通知对方")).to_be_visible()


def pass_it(page: Page, unit: str) -> None:
    record_of(page, unit)
    page.locator("summary", has_text="核实通过").click()
    page.get_by_role("button", name="确定核实通过").click()
    page.get_by_role("button", name="销号").click()
    expect(page.get_by_text("已销号，这项任务办结。")).to_be_visible()


def test_county_township_village_and_back_up_to_the_leader(site: Site, device: Callable[..., BrowserContext]) -> None:
    calendar.seed(site.session)
    due_on = calendar.work_calendar(site.session).add_workdays(clock.today() + timedelta(days=1), 8).isoformat()
    for role, unit, login in (
        ("desk", COUNTY, "county"),
        ("desk", TOWNSHIP, "township"),
        ("secretary", VILLAGE, "village"),
        ("leader", COUNTY, "leader"),
    ):
        site.person(role, unit, login)
    county, township, leader = (device(viewport=DESK, has_touch=False).new_page() for _ in range(3))
    village = device().new_page()

    sign_in(county, "county", "/tasks/")
    issue_task(county, due_on)
    number = county.url.rpartition("/")[2]

    sign_in(township, "township", "/tasks/")
    acknowledge(township)
    split(township)

    sign_in(village, "village", "/tasks/")
    shot(village, "phone-list")
    acknowledge(village)
    shot(village, "phone-record")
    report(village, FIRST, "上帕镇")

    send_back(township)
    open_task(village)
    expect(village.get_by_text(REASON).first).to_be_visible()
    shot(village, "phone-returned")
    report(village, MENDED, "上帕镇")

    township.goto(f"/tasks/{number}")
    township.get_by_role("button", name="抽取核验样本").click()
    expect(township.get_by_text("已从 1 个单位中抽出 1 个")).to_be_visible()
    shot(township, "sample")
    pass_it(township, VILLAGE)
    report(township, "1 个村全部核验销号。", "福贡县")

    pass_it(county, TOWNSHIP)
    shot(county, "closed")

    sign_in(leader, "leader", f"/tasks/{number}")
    expect(leader.get_by_text("100.0%").first).to_be_visible()
    shot(leader, "top")
    leader.get_by_role("link", name="上帕镇").first.click()
    expect(leader.get_by_role("link", name="返回上一级")).to_be_visible()
    shot(leader, "below-township")
    leader.locator("main table a").first.click()
    expect(leader.get_by_text(MENDED).first).to_be_visible()
