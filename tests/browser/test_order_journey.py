"""A disaster order is checked before it is made, and the village reads on its phone that its clock stands still (T-9)."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, expect

from tests.accountability.making import changed, issued
from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.browser.pages import shot
from tests.factories import COUNTY, TOWNSHIP, VILLAGE, viewer
from webapp import clock
from webapp.policy import calendar

TITLE = "冬春防火隐患排查"


def test_an_order_stops_the_clock_of_a_village(site: Site, device: Callable[..., BrowserContext]) -> None:
    calendar.seed(site.session)
    days, today = calendar.work_calendar(site.session), clock.today()
    due_on = days.add_workdays(today, 8)
    issued(
        site.session,
        viewer(site.session, "desk", COUNTY),
        [VILLAGE],
        changed(due_on=due_on, minutes=10),
        at=clock.now(),
    )
    site.person("desk", COUNTY, "county")
    site.person("secretary", VILLAGE, "village")
    county, village = device(viewport=DESK, has_touch=False).new_page(), device().new_page()
    county.context.watch.expect("status of 400")  # type: ignore[attr-defined]  # the form without a document

    sign_in(county, "county", "/tasks/")
    county.get_by_role("link", name="灾情期间暂停计时").click()
    county.get_by_role("link", name="登记暂停计时").first.click()
    county.get_by_label("结束日期").fill(days.add_workdays(today, 5).isoformat())
    county.get_by_role("button", name="下一步：登记前核对").click()
    for words in ("没有填写文号", "没有填写文件名称", "没有填写开始日期", "没有选择暂停单位"):
        expect(county.get_by_role("link", name=words)).to_be_visible()
    shot(county, "order-faults")
    county.get_by_label("文号").fill("福政办发〔2026〕40号")
    county.get_by_label("文件名称").fill("关于启动防汛Ⅱ级应急响应的通知")
    county.get_by_label("开始日期").fill((today + timedelta(days=1)).isoformat())
    county.locator(f"input[value='{TOWNSHIP}']").check()
    county.get_by_role("button", name="下一步：登记前核对").click()
    expect(county.get_by_text("未办结的 1 项任务")).to_be_visible()
    expect(county.get_by_text("上帕镇（含下级）")).to_be_visible()
    shot(county, "order-check")
    county.go_back()
    expect(county.get_by_label("文号")).to_have_value("福政办发〔2026〕40号")
    county.go_forward()
    county.get_by_role("button", name="登记并顺延期限").click()
    expect(county.get_by_text("未办结的 1 项任务期限已顺延，并已通知承办单位。")).to_be_visible()
    shot(county, "order-list")

    sign_in(village, "village", "/tasks/")
    village.get_by_role("link", name=TITLE).first.click()
    expect(village.get_by_text("首次期限").first).to_be_visible()
    expect(village.get_by_text("灾情期间暂停计时").first).to_be_visible()
    expect(village.get_by_text("关于启动防汛Ⅱ级应急响应的通知（福政办发〔2026〕40号）").first).to_be_visible()
    shot(village, "order-village")
