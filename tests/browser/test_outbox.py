"""The outbox of a phone: written without a network, sent once, lost never."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select, update

from tests.browser import acts, phones
from tests.browser.conftest import Site
from tests.worklogs.making import LEDGER, LEDGER_ROWS
from webapp import clock
from webapp.auth.models import SignInSession
from webapp.worklogs import bindings
from webapp.worklogs.models import WorkLog, WorkLogBinding, WorkLogVersion

Device = Callable[..., BrowserContext]


@pytest.fixture
def context(device: Device) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def test_log_written_without_network_is_sent_when_it_is_back(context: BrowserContext, site: Site, author: str) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    page.goto("/worklogs/new")  # the form of the server is out of reach: the phone's own opens in its place
    acts.type_log(page, acts.TEXT)
    phones.put(page)
    expect(phones.entries(page, "待发")).to_have_count(1)
    expect(page.get_by_text("网络不通，还没有发出")).to_be_visible()
    assert acts.rows(site.session, WorkLog) == 0
    context.set_offline(False)
    phones.sent(page, 1)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (1, 1)
    skew = site.session.scalars(select(WorkLogVersion.skew_seconds)).one()
    assert skew is not None and abs(skew) <= 120, skew
    page.goto("/worklogs/")
    expect(page.get_by_text(acts.TEXT)).to_be_visible()
    expect(page.locator(".top [data-outbox-count]")).to_be_hidden()


def test_ended_session_stops_neither_writing_nor_sending(context: BrowserContext, site: Site, author: str) -> None:
    page = phones.arrive(context, author)
    acts.end_sessions(site.session)
    context.clear_cookies()
    phones.write(page, acts.TEXT)
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 1


def test_new_password_ends_sending_until_the_next_sign_in_and_the_text_stays(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    page.goto("/account/password")
    fields = page.locator("main input[type=password]")
    for index, word in enumerate((acts.PASSWORD, "Nujiang-2027-water", "Nujiang-2027-water")):
        fields.nth(index).fill(word)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda address: "/account/password" not in address)
    site.session.execute(update(SignInSession).values(ended_at=clock.now(), end_reason="idle"))
    site.session.commit()
    phones.write(page, acts.TEXT)
    expect(page.get_by_text("请重新登录后发送").first).to_be_visible()
    expect(phones.entries(page, "待发")).to_have_count(1)
    page.get_by_role("link", name="重新登录").click()
    page.get_by_label("账号").fill(author)
    page.get_by_label("密码").fill("Nujiang-2027-water")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/outbox/")
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 1


def test_refused_words_and_day_are_asked_again_and_nothing_is_dropped(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    page.goto("/outbox/write")
    acts.type_log(page, f"{acts.TEXT}电话13800138000")
    page.get_by_label("其他日期", exact=True).first.check()
    page.locator("input[name=other_day]").fill("2024-12-31")
    phones.put(page)
    expect(page.get_by_text("做了什么中写有手机号码")).to_be_visible()
    phones.entries(page, "待发").get_by_role("link", name="修改").click()
    expect(page.get_by_label("做了什么")).to_have_value(f"{acts.TEXT}电话13800138000")
    page.get_by_label("做了什么").fill(acts.TEXT)
    phones.put(page)
    expect(page.get_by_text("您自2025年1月1日起在该村任职")).to_be_visible()
    phones.entries(page, "待发").get_by_role("link", name="修改").click()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)
    expect(page.locator("#day [data-field-error]")).to_contain_text("您自2025年1月1日起在该村任职")
    page.get_by_label("今天").check()
    phones.put(page)
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 1


def test_entry_is_corrected_deleted_and_written_on(context: BrowserContext, site: Site, author: str) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, "写错了的一条")
    phones.write(page, "不要的一条")
    expect(phones.entries(page, "待发")).to_have_count(2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("li", has_text="不要的一条").get_by_role("button", name="删除").click()
    expect(phones.entries(page, "待发")).to_have_count(1)
    phones.entries(page, "待发").get_by_role("link", name="修改").click()
    page.get_by_label("做了什么").fill("改对了的一条")
    phones.put(page)
    expect(phones.entries(page, "待发")).to_have_count(1)
    context.set_offline(False)
    phones.sent(page, 1)
    phones.entries(page, "已发").get_by_role("link", name="修改").click()
    page.get_by_label("做了什么").fill("发出后又改的一条")
    phones.put(page)
    phones.sent(page, 1)
    site.session.rollback()
    texts = site.session.scalars(select(WorkLogVersion.text).order_by(WorkLogVersion.number)).all()
    site.session.rollback()
    assert texts == ["改对了的一条", "发出后又改的一条"]


def test_yesterday_s_work_goes_on_without_network(
    device: Device, context: BrowserContext, site: Site, author: str
) -> None:
    desk = device(service_workers="block").new_page()
    acts.open_form(desk, author)
    acts.type_log(desk, acts.TEXT, "提升治理水平")
    acts.save_log(desk)
    page = phones.arrive(context, author)
    context.set_offline(True)
    page.goto("/outbox/write")
    page.get_by_role("link", name=re.compile("^接着.*写$")).click()
    expect(page.get_by_label("提升治理水平")).to_be_checked()
    expect(page.get_by_label("做了什么")).to_have_value("")
    page.get_by_label("做了什么").fill("接着看水管")
    phones.put(page)
    context.set_offline(False)
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 2


def test_number_of_unsent_logs_stands_on_every_page(context: BrowserContext, author: str) -> None:
    page = phones.arrive(context, author)
    page.goto("/outbox/write")
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    page.goto("/")
    expect(page.locator(".top [data-outbox-count]")).to_have_text(re.compile("未发 1"))
    page.goto("/me")
    expect(page.get_by_role("link", name="待发日志")).to_contain_text("未发 1 条")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_entry_that_failed_tells_why_and_its_own_button_sends_it(
    context: BrowserContext, site: Site, author: str
) -> None:
    for words in ("status of 503", "status of 413"):
        context.watch.expect(words)  # type: ignore[attr-defined]
    page = phones.arrive(context, author)
    entry = phones.entries(page, "待发")
    answers = [0]
    said = {"content_type": "application/json", "body": '{"error": "内容太大，系统没有收下。请修改后再发。"}'}
    context.route(
        "**/api/worklogs", lambda route: route.fulfill(status=answers[-1], **said) if answers[-1] else route.abort()
    )
    phones.write(page, acts.TEXT)
    for next_answer, state, error in (
        (503, "待发", "网络不通，还没有发出。有信号后自动再发。"),
        (413, "待发", "系统暂时不能保存，稍后自动再发。"),
        (0, "需要修改", "内容太大，系统没有收下。请修改后再发。"),
    ):
        expect(entry.locator("[data-state]")).to_have_text(state)
        expect(entry.locator("[data-error]")).to_have_text(error)
        answers.append(next_answer)
        if next_answer:
            entry.get_by_role("button", name="重试").click()
    context.unroute("**/api/worklogs")
    assert acts.rows(site.session, WorkLog) == 0
    entry.get_by_role("button", name="重试").click()  # what was refused is tried by nothing else
    phones.sent(page, 1)
    expect(phones.entries(page, "已发").locator("[data-error]")).to_be_hidden()
    assert acts.rows(site.session, WorkLog) == 1


def test_kind_of_row_that_registers_is_offered_by_the_phone_and_sent(
    context: BrowserContext, site: Site, author: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bindings, "KINDS", dict(bindings.KINDS))
    bindings.register(LEDGER)
    page = phones.arrive(context, author)
    context.set_offline(True)
    page.goto("/outbox/write")
    acts.type_log(page, acts.TEXT)
    page.get_by_role("group", name="用于哪些台账事项").get_by_label(LEDGER_ROWS[7]).check()
    phones.put(page)
    phones.entries(page, "待发").get_by_role("link", name="修改").click()
    expect(page.get_by_label(LEDGER_ROWS[7])).to_be_checked()
    expect(page.get_by_label(LEDGER_ROWS[8])).not_to_be_checked()
    phones.put(page)
    context.set_offline(False)
    phones.sent(page, 1)
    expect(phones.entries(page, "已发")).to_contain_text(f"同时记入：{LEDGER_ROWS[7]}")
    assert acts.stored(site.session, select(WorkLogBinding.target_id)) == [7]
