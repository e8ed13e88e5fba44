"""The month sheet on a phone of 360 × 740 without JavaScript: one form, one mistake named, sent, corrected."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.policy import calendar
from webapp.policy.calendar import work_calendar
from webapp.sheets.opening import open_sheets

Device = Callable[..., BrowserContext]


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def open_this_month(site: Site) -> str:
    """The server's clock is the real one: the sheets of this month, opened on its first working day."""
    on = work_calendar(site.session).add_workdays(clock.today().replace(day=1), 0)
    open_sheets(site.session, on, root=COUNTY, at=clock.day_start(on))
    site.session.commit()
    return f"{on:%Y-%m}"


@pytest.mark.one_database
def test_a_village_sends_its_sheet_from_a_phone_without_scripts(site: Site, device: Device) -> None:
    calendar.seed(site.session)
    site.person("secretary", VILLAGE, "cun")
    site.person("desk", TOWNSHIP, "xiang")
    month = open_this_month(site)
    path = f"/sheets/{VILLAGE}/{month}"
    without_scripts = device(java_script_enabled=False)
    without_scripts.watch.expect("status of 400")  # type: ignore[attr-defined]
    phone = without_scripts.new_page()
    sign_in(phone, "cun")
    phone.goto(path)
    boxes = phone.get_by_label("无变化")
    for number in range(1, boxes.count()):
        boxes.nth(number).check()
    phone.get_by_role("button", name="提交月报单").click()
    expect(phone.get_by_role("alert")).to_contain_text("第 1 项没有答复")
    phone.get_by_label("有情况的写在这里").first.fill("本月新增线索 1 条，已报乡镇")
    phone.get_by_role("button", name="提交月报单").click()
    expect(phone.get_by_text("月报单已提交。")).to_be_visible()
    expect(phone.get_by_text("本月新增线索 1 条，已报乡镇")).to_be_visible()
    phone.get_by_role("link", name="更正月报单").click()
    phone.get_by_label("有情况的写在这里").first.fill("本月新增线索 2 条，已报乡镇")
    phone.get_by_label("更正原因").fill("漏报一户")
    phone.get_by_role("button", name="提交更正").click()
    expect(phone.get_by_text("本月新增线索 2 条，已报乡镇")).to_be_visible()
    phone.get_by_role("link", name="第 1 版").click()
    expect(phone.get_by_text("本月新增线索 1 条，已报乡镇")).to_be_visible()

    desk = device(viewport=DESK).new_page()
    sign_in(desk, "xiang")
    desk.goto(f"/sheets/?month={month}")
    row = desk.get_by_role("row").filter(has=desk.locator(f"a[href='{path}']"))
    expect(row).to_contain_text("第 2 版")
    site.session.rollback()


@pytest.mark.one_database
def test_nothing_of_it_is_wider_than_a_phone(site: Site, phone: Page) -> None:
    calendar.seed(site.session)
    site.person("secretary", VILLAGE, "cun")
    month = open_this_month(site)
    sign_in(phone, "cun")
    for path in (f"/sheets/{VILLAGE}/{month}", "/sheets/", "/duties/"):
        phone.goto(path)
        assert fits(phone), path
    site.session.rollback()
