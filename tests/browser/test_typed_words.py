"""What is typed on an assignment's page outlives its other buttons, a refusal and the browser's Back, with scripts and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.accountability.making import changed, issued
from tests.browser.acts import sign_in
from tests.browser.conftest import Site
from tests.factories import COUNTY, VILLAGE, viewer
from webapp import clock
from webapp.policy import calendar

WORDS = "二组已排查十户，其余下周完成。"


def back(page: Page) -> None:
    """Go back; the page that comes is one of ours, never the browser's own about a form to be sent again."""
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("冬春防火隐患排查")


@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_typed_is_lost_and_back_finds_pages(
    site: Site, device: Callable[..., BrowserContext], scripts: bool
) -> None:
    calendar.seed(site.session)
    due_on = calendar.work_calendar(site.session).add_workdays(clock.today(), 8)
    row = issued(
        site.session,
        viewer(site.session, "desk", COUNTY),
        [VILLAGE],
        changed(due_on=due_on, minutes=10),
        at=clock.now(),
    ).assignments[0]
    path = f"/tasks/assignments/{row.id}"
    site.person("secretary", VILLAGE, "village")
    page = device(java_script_enabled=scripts).new_page()
    sign_in(page, "village", path)
    page.get_by_role("button", name="签收").click()
    page.locator("summary", has_text="反馈办理情况").click()
    page.get_by_label("完成情况").fill(WORDS)
    page.get_by_role("button", name="关注这项承办").click()
    expect(page.get_by_text("已关注")).to_be_visible()
    expect(page.get_by_label("完成情况")).to_have_value(WORDS)

    page.get_by_label("实际用时（分钟）").fill("半天")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_role("alert")).to_contain_text("用时应是整数分钟")
    expect(page.get_by_label("完成情况")).to_have_value(WORDS)
    for _ in range(2):
        back(page)
    page.goto(path)
    page.get_by_label("佐证材料").first.press("Enter")  # the key sends nothing but keeps what is typed
    expect(page.get_by_text("已暂存，尚未提交。")).to_be_visible()
    page.get_by_label("实际用时（分钟）").fill("30")
    page.get_by_role("button", name="提交反馈").click()
    expect(page.get_by_text("等待福贡县核验").first).to_be_visible()
    back(page)
