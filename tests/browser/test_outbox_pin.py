"""The outbox under a PIN: hidden, and written on all the same."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import acts, phones
from tests.browser.conftest import Site
from webapp.worklogs.models import WorkLog


@pytest.fixture
def context(device: Callable[..., BrowserContext]) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def test_pin_hides_what_waits_and_a_new_sign_in_helps_who_forgot_it(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    context.route("**/api/**", lambda route: route.abort())
    phones.write(page, acts.TEXT)
    page.get_by_label("新 PIN").fill("135")
    page.get_by_role("button", name="设置 PIN").click()
    expect(page.get_by_text("PIN 应为 6 至 12 位数字")).to_be_visible()
    page.get_by_label("新 PIN").fill("135790")
    page.get_by_role("button", name="设置 PIN").click()
    expect(page.get_by_text("本机日志已用 PIN 锁住")).to_be_visible()
    expect(page.get_by_text(acts.TEXT)).to_have_count(0)
    page.get_by_label("PIN", exact=True).fill("000000")
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_text("PIN 不对")).to_be_visible()
    page.get_by_label("PIN", exact=True).fill("135790")
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_text(acts.TEXT)).to_be_visible()
    page.get_by_role("button", name="立即锁住").click()
    expect(page.get_by_text("本机日志已用 PIN 锁住")).to_be_visible()
    phones.sign_out(page)
    context.unroute("**/api/**")
    page = phones.arrive(context, author)
    page.goto("/outbox/")
    expect(page.get_by_text("PIN 已随退出登录失效")).to_be_visible()
    phones.sent(page, 1)


def test_locked_by_a_pin_a_log_can_still_be_written_and_waits_when_the_line_is_dead(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    phones.open_outbox(page)
    page.get_by_label("新 PIN").fill("135790")
    page.get_by_role("button", name="设置 PIN").click()
    expect(page.get_by_text("本机日志已用 PIN 锁住")).to_be_visible()
    page.goto("/worklogs/new")
    expect(page.get_by_text("不输入也可以写")).to_be_visible()
    acts.type_log(page, acts.TEXT)
    context.set_offline(True)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_role("alert").get_by_role("link", name="输入 PIN")).to_be_visible()
    page.get_by_label("PIN", exact=True).fill("135790")
    page.get_by_role("button", name="打开").click()
    acts.wait_for_draft(page)
    phones.put(page)
    expect(phones.entries(page, "待发").get_by_text(acts.TEXT)).to_be_visible()
    context.set_offline(False)
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 1
