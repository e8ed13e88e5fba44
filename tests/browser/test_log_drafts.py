"""Drafts of the work log: back after whatever happened, and for nobody else.

A browser with a service worker has the outbox besides (test_outbox.py); some journeys here are those of one without.
"""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser import acts, phones
from tests.browser.conftest import Site
from tests.factories import VILLAGE
from webapp.worklogs.models import WorkLog, WorkLogVersion

BLOBS = """async () => {
  const database = await new Promise((done) => {
    const request = indexedDB.open("dandang-drafts");
    request.onsuccess = () => done(request.result);
  });
  const all = (store) => new Promise((done) => {
    const request = database.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => done(request.result);
  });
  const rows = await all("drafts");
  const keys = await all("keys");
  database.close();
  return {
    rows: rows.map((row) => row.slot + row.place + new TextDecoder("latin1").decode(row.data)),
    extractable: keys.map((row) => row.key.extractable),
    slots: keys.map((row) => row.slot),
  };
}"""


def test_draft_survives_a_reload_and_a_crash(device: Callable[..., BrowserContext], author: str) -> None:
    context = device()
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)
    expect(page.get_by_text("已恢复")).to_be_visible()
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto("/worklogs/new")
    expect(again.get_by_label("做了什么")).to_have_value(acts.TEXT)
    expect(again.get_by_label("为民办事服务")).to_be_checked()


def test_draft_comes_back_with_the_back_button_after_leaving_the_form(
    device: Callable[..., BrowserContext], author: str
) -> None:
    page = device().new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    page.goto("/worklogs/")
    page.go_back()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)


def test_draft_survives_the_end_of_the_session(device: Callable[..., BrowserContext], site: Site, author: str) -> None:
    context = device(service_workers="block")
    context.watch.expect("status of 401")  # type: ignore[attr-defined]
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    acts.end_sessions(site.session)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("登录已失效")).to_be_visible()
    page.get_by_role("link", name="重新登录").click()
    page.get_by_label("账号").fill(author)
    page.get_by_label("密码").fill(acts.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/worklogs/new")
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)
    acts.save_log(page)
    assert acts.rows(site.session, WorkLog) == 1
    page.goto("/worklogs/new")
    expect(page.get_by_label("做了什么")).to_have_value("")


def test_lost_cookies_lead_to_the_sign_in_and_not_in_a_circle(
    device: Callable[..., BrowserContext], author: str
) -> None:
    context = device(service_workers="block")
    context.watch.expect("status of 400")  # type: ignore[attr-defined]
    context.watch.expect("status of 401")  # type: ignore[attr-defined]
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    phones.noted(page)
    context.clear_cookies()
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("登录已失效")).to_be_visible()
    expect(page.get_by_role("link", name="重新登录")).to_be_visible()


def test_form_left_open_over_a_new_sign_in_is_sent_with_a_new_token(
    device: Callable[..., BrowserContext], site: Site, author: str
) -> None:
    context = device()
    context.watch.expect("status of 400")  # type: ignore[attr-defined]
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    phones.noted(page)  # nothing is still asked for when the sessions end
    acts.end_sessions(site.session)
    acts.sign_in(context.new_page(), author)
    acts.save_log(page)
    assert acts.rows(site.session, WorkLog) == 1


def test_other_account_on_the_same_phone_sees_no_draft(
    device: Callable[..., BrowserContext], site: Site, author: str
) -> None:
    other = site.person("team_member", VILLAGE, "other")
    context = device()
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    held = page.evaluate(BLOBS)
    assert held["extractable"] == [False]
    assert not any(acts.TEXT in row or author in row for row in held["rows"])
    page.close()
    acts.end_sessions(site.session)
    context.clear_cookies()
    page = context.new_page()
    acts.open_form(page, other)
    acts.type_log(page, "另一位同志的记录")
    acts.wait_for_draft(page)
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value("另一位同志的记录")
    assert page.evaluate(BLOBS)["slots"] != held["slots"]
    assert len(page.evaluate(BLOBS)["slots"]) == 1
    page.close()
    context.clear_cookies()
    page = context.new_page()
    acts.open_form(page, author)
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)


def test_signing_out_takes_the_key_and_leaves_the_draft_sealed(
    device: Callable[..., BrowserContext], author: str
) -> None:
    context = device()
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)
    asked = phones.sign_out(page)
    assert "草稿" in asked[0]
    held = page.evaluate(BLOBS)
    assert held["slots"] == []
    assert len(held["rows"]) == 1
    acts.open_form(page, author)
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)


def test_browser_that_cannot_encrypt_says_so_and_the_form_works(
    device: Callable[..., BrowserContext], site: Site, author: str
) -> None:
    context = device()
    context.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page = context.new_page()
    acts.open_form(page, author)
    expect(page.get_by_text("不能保存草稿")).to_be_visible()
    acts.type_log(page, acts.TEXT)
    acts.save_log(page)
    assert acts.rows(site.session, WorkLog) == 1


def test_answer_lost_on_the_way_doubles_nothing(device: Callable[..., BrowserContext], site: Site, author: str) -> None:
    context = device(service_workers="block")
    context.watch.expect("ERR_CONNECTION_RESET")  # type: ignore[attr-defined]
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.wait_for_draft(page)

    def lose_the_answer(route) -> None:  # type: ignore[no-untyped-def]
        if route.request.method == "POST":
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/worklogs/new", lose_the_answer)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("网络不通")).to_be_visible()
    assert acts.rows(site.session, WorkLog) == 1
    page.unroute("**/worklogs/new")
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)
    acts.save_log(page)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (1, 1)
    page.goto("/worklogs/new")
    expect(page.get_by_label("做了什么")).to_have_value("")
