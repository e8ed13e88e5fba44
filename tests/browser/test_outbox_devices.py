"""Several people on one phone, one person on several phones, and phones that are wrong about the time or full."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from tests.browser import acts, phones
from tests.browser.conftest import Site
from tests.factories import VILLAGE
from webapp import clock
from webapp.auth.models import SignInSession
from webapp.worklogs.models import WorkLog, WorkLogVersion

Device = Callable[..., BrowserContext]


@pytest.fixture
def phone_of(device: Device) -> Device:
    def new(**options: object) -> BrowserContext:
        made = device(**options)
        phones.watch_offline(made)
        return made

    return new


def test_signing_out_warns_seals_and_the_same_person_opens_again(phone_of: Device, site: Site, author: str) -> None:
    context = phone_of()
    page = phones.arrive(context, author)
    context.route("**/api/**", lambda route: route.abort())
    phones.write(page, acts.TEXT)
    window = context.new_page()
    window.goto("/outbox/")
    expect(window.get_by_text(acts.TEXT)).to_be_visible()
    asked = phones.sign_out(page)
    assert "还有没有发出的日志" in asked[0]
    expect(window.get_by_text("没有您的日志钥匙")).to_be_visible()
    window.close()
    held = phones.stores(page)
    assert held["keys"] == [] and len(held["drafts"]) == 1
    assert not any(acts.TEXT in row for rows in held.values() for row in rows)
    page.goto("/outbox/")
    expect(page.get_by_text("没有您的日志钥匙")).to_be_visible()
    context.unroute("**/api/**")
    page = phones.arrive(context, author)
    page.goto("/outbox/")
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 1


def test_signing_out_without_network_locks_at_once_and_ends_the_session_later(
    phone_of: Device, site: Site, author: str
) -> None:
    context = phone_of()
    page = phones.arrive(context, author)
    page.locator("a[href='#menu']").click()
    context.set_offline(True)
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("系统里的登录还没有结束")).to_be_visible()
    assert phones.stores(page)["keys"] == []
    reasons = select(SignInSession.end_reason).order_by(SignInSession.id)
    assert acts.stored(site.session, reasons) == [None]
    context.set_offline(False)
    phones.until(lambda: acts.stored(site.session, reasons) == ["signed_out"])
    expect(page.get_by_text("没有您的日志钥匙")).to_be_visible()
    expect(page.get_by_text("系统里的登录还没有结束")).to_be_hidden()
    assert phones.stores(page)["keys"] == []
    phones.arrive(context, author)
    assert acts.stored(site.session, reasons) == ["signed_out", None]


def test_other_account_sees_neither_text_nor_number(phone_of: Device, site: Site, author: str) -> None:
    other = site.person("team_member", VILLAGE, "other")
    context = phone_of()
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, acts.TEXT)
    context.clear_cookies()
    context.set_offline(False)
    context.route("**/api/**", lambda route: route.abort())
    page = phones.arrive(context, other)
    expect(page.locator(".top [data-outbox-count]")).to_be_hidden()
    page.goto("/outbox/")
    expect(page.get_by_text("没有待发的日志")).to_be_visible()
    expect(page.get_by_text(acts.TEXT)).to_have_count(0)
    assert len(phones.stores(page)["keys"]) == 1
    context.unroute("**/api/**")
    context.clear_cookies()
    page = phones.arrive(context, author)
    page.goto("/outbox/")
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 1


def test_two_phones_edit_one_log_for_a_week_and_the_person_merges(phone_of: Device, site: Site, author: str) -> None:
    first, second = phone_of(), phone_of()
    here = phones.arrive(first, author)
    phones.write(here, "共同的开头")
    phones.sent(here, 1)
    there = phones.arrive(second, author)
    there.goto("/outbox/write")
    expect(there.get_by_text("共同的开头")).to_be_visible()
    for context in (first, second):
        context.set_offline(True)
    there.get_by_role("link", name="修改").first.click()
    there.get_by_label("做了什么").fill("乙机写的：接水管两户")
    phones.put(there)
    phones.entries(here, "已发").get_by_role("link", name="修改").click()
    here.get_by_label("做了什么").fill("甲机写的：修路一段")
    phones.put(here)
    first.set_offline(False)
    phones.sent(here, 1)
    second.set_offline(False)
    entry = phones.entries(there, "待发")
    expect(entry.get_by_text("甲机写的：修路一段")).to_be_visible()
    expect(entry.locator("[data-own-text]")).to_have_text("乙机写的：接水管两户")
    assert there.evaluate("document.documentElement.scrollWidth") <= 360
    entry.get_by_role("button", name="两段都要").click()
    expect(entry.get_by_label("合并后的内容")).to_have_value("甲机写的：修路一段\n乙机写的：接水管两户")
    entry.get_by_role("button", name="保存合并后的内容").click()
    phones.sent(there, 1)
    site.session.rollback()
    texts = site.session.scalars(select(WorkLogVersion.text).order_by(WorkLogVersion.number)).all()
    site.session.rollback()
    assert texts == ["共同的开头", "甲机写的：修路一段", "甲机写的：修路一段\n乙机写的：接水管两户"]


def test_file_moves_logs_to_another_phone_once_and_for_the_same_account_only(
    phone_of: Device, site: Site, author: str, tmp_path: Path
) -> None:
    stranger = site.person("team_member", VILLAGE, "stranger")
    old, new, foreign = phone_of(), phone_of(), phone_of()
    page = phones.arrive(old, author)
    old.set_offline(True)
    phones.write(page, acts.TEXT)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出到文件").click()
    file = tmp_path / "outbox.json"
    download.value.save_as(file)
    assert acts.TEXT not in file.read_text() and author not in file.read_text()
    there = phones.arrive(foreign, stranger)
    phones.open_outbox(there)
    phones.take_file(there, file)
    expect(there.get_by_text("由另一个账号导出")).to_be_visible()
    here = phones.arrive(new, author)
    phones.open_outbox(here)
    for told in ("已导入 1 条日志。", "文件里的日志本机都有，没有改动。"):
        phones.take_file(here, file)
        expect(here.get_by_text(told)).to_be_visible()
    here.reload()
    phones.sent(here, 1)
    old.set_offline(False)
    phones.sent(page, 1)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (1, 1)
    phones.take_file(here, file)
    expect(here.get_by_text("本机都有")).to_be_visible()
    expect(phones.entries(here, "已发")).to_have_count(1)


@pytest.mark.parametrize(("days", "words"), [(-366, "慢"), (366, "快")])
def test_clock_a_year_off_is_told_and_the_day_is_the_server_s(
    phone_of: Device, site: Site, author: str, days: int, words: str
) -> None:
    context = phone_of()
    context.clock.install(time=clock.now() + timedelta(days=days))
    page = context.new_page()
    acts.sign_in(page, author, "/worklogs/")
    phones.ready(page)
    context.set_offline(True)
    page.goto("/outbox/write")
    expect(page.get_by_text(re.compile(f"本机时钟比系统{words}约 36[56] 天"))).to_be_visible()
    acts.type_log(page, acts.TEXT)
    phones.put(page)
    context.set_offline(False)
    page.clock.run_for(3_000)
    phones.sent(page, 1)
    site.session.rollback()
    assert site.session.scalars(select(WorkLog.day)).one() == clock.today()
    site.session.rollback()


def test_unsent_logs_say_how_long_they_wait_and_warn_in_time(phone_of: Device, author: str) -> None:
    context = phone_of()
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, acts.TEXT)
    expect(page.get_by_text("刚刚写下")).to_be_visible()
    context.clock.install(time=clock.now() + timedelta(days=5, hours=1))
    page.reload()
    expect(page.get_by_text("已等待 5 天")).to_be_visible()
    expect(page.get_by_text("有的手机会在 7 天不打开本站后清空网站数据")).to_be_visible()


def test_full_disk_is_told_and_the_text_stays_in_the_form(phone_of: Device, author: str) -> None:
    context = phone_of()
    page = phones.arrive(context, author)
    page.goto("/outbox/write")
    page.evaluate(
        """() => {
          IDBObjectStore.prototype.put = function () { throw new DOMException("full", "QuotaExceededError"); };
        }"""
    )
    acts.type_log(page, acts.TEXT)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_role("alert").filter(has_text="本机空间已满")).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)


def test_disk_that_fills_while_sending_loses_and_doubles_nothing(phone_of: Device, site: Site, author: str) -> None:
    """The server has the log, and the phone cannot note it: the log waits on and is known by its number."""
    context = phone_of()
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, acts.TEXT)
    page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (...rows) {
            if (window.roomy) return put.apply(this, rows);
            throw new DOMException("full", "QuotaExceededError");
          };
        }"""
    )
    context.set_offline(False)
    phones.until(lambda: acts.rows(site.session, WorkLog) == 1)
    expect(phones.entries(page, "待发").get_by_text(acts.TEXT)).to_be_visible()
    page.evaluate("window.roomy = true")
    phones.send_now(page)
    phones.sent(page, 1)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (1, 1)


def test_browser_is_asked_to_keep_the_storage_and_its_answer_is_told(phone_of: Device, author: str) -> None:
    context, asked, answers = phone_of(), list[str](), {"persisted": False, "persist": False}
    context.expose_function("answer", lambda what: (asked.append(what), answers[what])[1])
    context.add_init_script(
        "for (const name of ['persisted', 'persist']) if (navigator.storage) navigator.storage[name] = () => answer(name);"
    )
    page = phones.arrive(context, author)
    assert asked == []  # only the page that tells the answer asks
    phones.open_outbox(page)
    told = page.locator("[data-storage]")
    expect(told).to_contain_text("浏览器没有答应长期保存本机日志，空间紧张时可能清理。请及时发送。")
    answers["persist"] = True
    page.reload()
    expect(told).to_contain_text("浏览器已答应长期保存本机日志。")
    assert asked == ["persisted", "persist"] * 2
    answers["persisted"] = True
    page.reload()
    expect(told).to_contain_text("浏览器已答应长期保存本机日志。")
    assert asked[4:] == ["persisted"]  # what is granted is not asked for again
