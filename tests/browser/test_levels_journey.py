"""A task down three levels: the county issues, the township splits, a village reports on a phone, a leader drills."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.accountability.making import changed, issued
from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.browser.test_task_journey import shot
from tests.factories import COUNTY, TOWNSHIP, VILLAGE, viewer
from webapp import clock
from webapp.policy import calendar

TITLE = "冬春防火隐患排查"


def test_a_township_splits_and_a_leader_drills(site: Site, device: Callable[..., BrowserContext]) -> None:
    calendar.seed(site.session)
    due_on = calendar.work_calendar(site.session).add_workdays(clock.today(), 8)
    desk = viewer(site.session, "desk", COUNTY)
    number = issued(site.session, desk, [TOWNSHIP], changed(due_on=due_on), at=clock.now()).number
    for role, unit, login in (
        ("desk", TOWNSHIP, "township"),
        ("secretary", VILLAGE, "village"),
        ("leader", COUNTY, "leader"),
    ):
        site.person(role, unit, login)
    township, leader = (device(viewport=DESK, has_touch=False).new_page() for _ in range(2))
    village = device().new_page()

    sign_in(township, "township", "/tasks/?view=answer")
    township.get_by_role("link", name=TITLE).first.click()
    township.get_by_role("button", name="签收").click()
    township.get_by_role("button", name="分解到下级").click()
    shot(township, "split")
    township.locator(f'input[name="unit"][value="{VILLAGE}"]').check()
    township.get_by_role("button", name="分解给选中的单位").click()
    expect(township.get_by_text("已分解给 1 个单位")).to_be_visible()
    shot(township, "split-done")

    sign_in(village, "village", "/tasks/")
    village.get_by_role("link", name=TITLE).first.click()
    village.get_by_role("button", name="签收").click()
    village.locator("summary", has_text="反馈办理情况").click()
    village.get_by_label("完成情况").fill("已排查 42 户。")
    shot(village, "phone-report")
    village.get_by_role("button", name="提交反馈").click()
    expect(village.get_by_text("等待上帕镇核验").first).to_be_visible()

    township.goto(f"/tasks/{number}")
    township.get_by_role("button", name="抽取核验样本").click()
    expect(township.get_by_text("已从 1 个单位中抽出 1 个")).to_be_visible()
    shot(township, "sample")

    sign_in(leader, "leader", f"/tasks/{number}")
    shot(leader, "top")
    leader.get_by_role("link", name="上帕镇").first.click()
    shot(leader, "township")
    leader.locator("main table a").first.click()
    expect(leader.get_by_text("已排查 42 户。").first).to_be_visible()
