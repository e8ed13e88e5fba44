"""The promise of an issue: entered above, put right below, closed above, and opened again under its number on a relapse."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.browser.pages import shot
from tests.factories import COUNTY, TOWNSHIP
from webapp import clock
from webapp.policy import calendar

WORDS = "安置点公共厕所化粪池没有定期清掏。"


def enter(page: Page, due_on: str) -> None:
    """The county desk enters the issue; the first time the evidence is forgotten."""
    page.get_by_role("link", name="登记问题").first.click()
    page.get_by_label("问题来源").select_option("省级考核")
    page.get_by_label("来源文件").fill("省考核反馈〔2026〕1号")
    page.get_by_label("个性").check()
    page.get_by_label("问题描述").fill(WORDS)
    page.get_by_label("责任领导").fill("副镇长李某")
    page.get_by_label("牵头单位").fill("上帕镇")
    page.get_by_label("整改期限").fill(due_on)
    page.get_by_role("button", name="登记问题").click()
    expect(page.get_by_text("没有填写佐证要求").first).to_be_visible()
    expect(page.get_by_label("问题描述")).to_have_value(WORDS)
    shot(page, "issue-faults")
    page.get_by_label("佐证要求").fill("清掏合同\n村民代表现场确认意见")
    page.get_by_role("button", name="登记问题").click()
    expect(page.get_by_text("并已通知上帕镇认领")).to_be_visible()
    shot(page, "issue-entered")


def ask_for_closure(page: Page) -> None:
    page.get_by_label("整改结果").fill("已清掏，每月一次。")
    page.get_by_label("清掏合同").fill("合同一份，存镇村建办")
    page.get_by_label("村民代表现场确认意见").fill("意见一份，存村委会")
    shot(page, "issue-request")
    page.get_by_role("button", name="确定申请销号").click()
    expect(page.get_by_text("等待福贡县核验").first).to_be_visible()


def test_an_issue_is_put_right_closed_and_opened_again(site: Site, device: Callable[..., BrowserContext]) -> None:
    calendar.seed(site.session)
    days = calendar.work_calendar(site.session)
    due_on, again = (days.add_workdays(clock.today() + timedelta(days=1), n).isoformat() for n in (10, 20))
    for unit, login in ((COUNTY, "county1"), (COUNTY, "county2"), (TOWNSHIP, "township")):
        site.person("desk", unit, login)
    first, second = (device(viewport=DESK, has_touch=False).new_page() for _ in range(2))
    township = device().new_page()  # a phone
    first.context.watch.expect("status of 400")  # type: ignore[attr-defined]  # the form without evidence
    sign_in(first, "county1", "/rectification/")
    shot(first, "issues-empty")
    enter(first, due_on)
    record = first.url

    sign_in(township, "township", "/")
    township.get_by_role("link", name="认领问题").click()
    shot(township, "issue-phone")
    township.get_by_role("button", name="认领").click()
    township.get_by_label("整改措施").fill("与清运公司签订合同，每月清掏。")
    township.get_by_role("button", name="确定开始整改").click()
    ask_for_closure(township)

    sign_in(second, "county2", "/rectification/")
    second.get_by_role("link", name=WORDS).click()
    second.locator("summary", has_text="退回").click()
    second.get_by_label("清掏合同").check()
    second.get_by_label("理由").locator("visible=true").fill("合同没有盖章。")
    shot(second, "issue-return")
    second.get_by_role("button", name="确定退回").click()
    expect(second.get_by_text("已退回上帕镇")).to_be_visible()

    township.goto(record)
    expect(township.get_by_text("缺少：清掏合同").first).to_be_visible()
    ask_for_closure(township)

    second.goto(record)
    second.locator("summary", has_text="核验通过").click()
    second.get_by_role("button", name="确定核验通过").click()
    second.get_by_role("button", name="销号").click()
    expect(second.get_by_text("请在回头看期限内抽取回头看")).to_be_visible()
    second.goto("/rectification/second-looks")
    second.get_by_role("button", name="抽取").click()
    expect(second.get_by_text("抽出 1 个")).to_be_visible()
    shot(second, "second-looks")
    second.get_by_role("link", name=WORDS).click()
    second.locator("summary", has_text="回头看：反弹").click()
    second.get_by_label("反弹情况").locator("visible=true").fill("化粪池再次外溢。")
    second.get_by_label("整改期限").locator("visible=true").fill(again)
    second.get_by_role("button", name="确定登记").locator("visible=true").last.click()
    expect(second.get_by_text("已按原编号重新打开")).to_be_visible()
    shot(second, "issue-again")
    township.goto(record)
    expect(township.get_by_text("按原编号重新整改").first).to_be_visible()
    shot(township, "issue-phone-again")
