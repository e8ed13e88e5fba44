"""The promise of the work log: a minute, one thumb, nothing typed is lost, nobody else reads the draft."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select, update

from tests.browser import acts
from tests.browser.conftest import Site
from tests.factories import VILLAGE
from webapp import clock
from webapp.auth.models import SignInSession
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogVersion

TEXT = "上午到老姆登走访三户，商量接水管的事"
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


@pytest.fixture
def author(site: Site) -> str:
    return site.person("first_secretary", VILLAGE, "author")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "现场.jpg"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(path, quality=90)
    return path


def rows(site: Site, model: type) -> int:
    site.session.rollback()
    number = site.session.scalar(select(func.count()).select_from(model)) or 0
    site.session.rollback()
    return number


def end_sessions(site: Site) -> None:
    site.session.execute(update(SignInSession).values(ended_at=clock.now(), end_reason="idle"))
    site.session.commit()


def open_form(page: Page, login: str) -> None:
    acts.sign_in(page, login, "/worklogs/new")


def test_first_secretary_notes_a_day_with_a_photo_and_sees_it(
    phone: Page, site: Site, author: str, photo: Path
) -> None:
    acts.sign_in(phone, author)
    phone.get_by_role("link", name="记一笔").first.click()
    acts.type_log(phone, TEXT)
    acts.choose_photo(phone, photo)
    acts.save_log(phone)
    expect(phone.get_by_text(TEXT)).to_be_visible()
    expect(phone.get_by_role("img", name="照片 1")).to_be_visible()
    phone.get_by_role("link", name="返回工作日志").click()
    expect(phone.get_by_text(TEXT)).to_be_visible()
    site.session.rollback()
    stored = site.session.scalars(select(WorkLogPhoto)).one()
    assert (stored.width, stored.height) == (1600, 1200)


def test_form_has_no_sideways_scroll_and_large_targets(phone: Page, author: str) -> None:
    open_form(phone, author)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    heights = phone.eval_on_selector_all(
        "main label:has(input[type=radio]), main button:not([hidden]), main textarea",
        "all => all.filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect().height)",
    )
    assert min(heights) >= 44


def test_draft_survives_a_reload_and_a_crash(device: Callable[..., BrowserContext], author: str) -> None:
    context = device()
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    acts.wait_for_draft(page)
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)
    expect(page.get_by_text("已恢复")).to_be_visible()
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto("/worklogs/new")
    expect(again.get_by_label("做了什么")).to_have_value(TEXT)
    expect(again.get_by_label("为民办事服务")).to_be_checked()


def test_draft_survives_the_end_of_the_session(device: Callable[..., BrowserContext], site: Site, author: str) -> None:
    context = device()
    context.watch.expect("status of 401")  # type: ignore[attr-defined]
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    acts.wait_for_draft(page)
    end_sessions(site)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("登录已失效")).to_be_visible()
    page.get_by_role("link", name="重新登录").click()
    page.get_by_label("账号").fill(author)
    page.get_by_label("密码").fill(acts.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/worklogs/new")
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)
    acts.save_log(page)
    assert rows(site, WorkLog) == 1
    page.goto("/worklogs/new")
    expect(page.get_by_label("做了什么")).to_have_value("")


def test_form_left_open_over_a_new_sign_in_is_sent_with_a_new_token(
    device: Callable[..., BrowserContext], site: Site, author: str
) -> None:
    context = device()
    context.watch.expect("status of 400")  # type: ignore[attr-defined]
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    acts.wait_for_draft(page)
    end_sessions(site)
    acts.sign_in(context.new_page(), author)
    acts.save_log(page)
    assert rows(site, WorkLog) == 1


def test_other_account_on_the_same_phone_sees_no_draft(
    device: Callable[..., BrowserContext], site: Site, author: str
) -> None:
    other = site.person("team_member", VILLAGE, "other")
    context = device()
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    acts.wait_for_draft(page)
    held = page.evaluate(BLOBS)
    assert held["extractable"] == [False]
    assert not any(TEXT in row or author in row for row in held["rows"])
    page.close()
    end_sessions(site)
    context.clear_cookies()
    page = context.new_page()
    open_form(page, other)
    acts.type_log(page, "另一位同志的记录")
    acts.wait_for_draft(page)
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value("另一位同志的记录")
    assert page.evaluate(BLOBS)["slots"] != held["slots"]
    assert len(page.evaluate(BLOBS)["slots"]) == 1
    page.close()
    context.clear_cookies()
    page = context.new_page()
    open_form(page, author)
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)


def test_form_works_without_javascript(
    device: Callable[..., BrowserContext], site: Site, author: str, photo: Path
) -> None:
    page = device(java_script_enabled=False).new_page()
    open_form(page, author)
    page.get_by_label(re.compile("^昨天")).check()
    acts.type_log(page, TEXT)
    acts.choose_photo(page, photo)
    acts.save_log(page)
    expect(page.get_by_text(TEXT)).to_be_visible()
    assert rows(site, WorkLogPhoto) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_double_click_saves_once(device: Callable[..., BrowserContext], site: Site, author: str, scripts: bool) -> None:
    page = device(java_script_enabled=scripts).new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    page.get_by_role("button", name="保存日志").dblclick()
    expect(page.get_by_text("工作日志已保存。")).to_be_visible()
    assert (rows(site, WorkLog), rows(site, WorkLogVersion)) == (1, 1)


def test_log_is_written_by_keyboard_alone(device: Callable[..., BrowserContext], site: Site, author: str) -> None:
    page = device().new_page()
    open_form(page, author)
    page.locator("main").focus()

    def tab_to(wanted: str) -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()") == wanted:
                return
        raise AssertionError(f"Tab never comes to {wanted}")

    tab_to("day")
    tab_to("duty_area")
    page.keyboard.press("Space")
    tab_to("text")
    page.keyboard.type("开会")
    tab_to("保存日志")
    page.keyboard.press("Enter")
    expect(page.get_by_text("工作日志已保存。")).to_be_visible()
    site.session.rollback()
    assert site.session.scalars(select(WorkLog.duty_area)).all() == ["party"]
    site.session.rollback()


def test_dead_network_keeps_the_text_and_the_photo(
    device: Callable[..., BrowserContext], site: Site, author: str, photo: Path
) -> None:
    context = device()
    context.watch.expect("ERR_INTERNET_DISCONNECTED")  # type: ignore[attr-defined]
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    acts.choose_photo(page, photo)
    context.set_offline(True)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("网络不通，日志没有发出去")).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)
    context.set_offline(False)
    acts.save_log(page)
    assert (rows(site, WorkLog), rows(site, WorkLogPhoto)) == (1, 1)


def test_answer_lost_on_the_way_doubles_nothing(device: Callable[..., BrowserContext], site: Site, author: str) -> None:
    context = device()
    context.watch.expect("ERR_CONNECTION_RESET")  # type: ignore[attr-defined]
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
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
    assert rows(site, WorkLog) == 1
    page.unroute("**/worklogs/new")
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)
    acts.save_log(page)
    assert (rows(site, WorkLog), rows(site, WorkLogVersion)) == (1, 1)
    page.goto("/worklogs/new")
    expect(page.get_by_label("做了什么")).to_have_value("")


def test_wrong_day_gets_a_sentence_and_keeps_everything(device: Callable[..., BrowserContext], author: str) -> None:
    context = device()
    context.watch.expect("status of 400")  # type: ignore[attr-defined]
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    page.get_by_label("其他日期", exact=True).check()
    page.locator("input[name=other_day]").fill("2024-12-31")
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("您自2025年1月1日起在该村任职")).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)
    page.get_by_label(re.compile("^今天")).check()
    acts.save_log(page)


def test_photos_over_the_limit_are_refused_with_the_text_kept(
    device: Callable[..., BrowserContext], author: str, tmp_path: Path
) -> None:
    context = device()
    context.watch.expect("status of 413")  # type: ignore[attr-defined]
    huge = tmp_path / "huge.jpg"
    huge.write_bytes(b"\xff\xd8\xff" + b"\0" * 40_000_000)
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    acts.choose_photo(page, huge)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("照片太大")).to_be_visible()
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)


def test_second_editor_sees_both_and_keeps_his_words(
    device: Callable[..., BrowserContext], site: Site, author: str
) -> None:
    context = device()
    context.watch.expect("status of 409")  # type: ignore[attr-defined]
    first = context.new_page()
    open_form(first, author)
    acts.type_log(first, TEXT)
    acts.save_log(first)
    first.get_by_role("link", name="修改日志").click()
    first.wait_for_url("**/edit")
    second = context.new_page()
    second.goto(first.url)
    second.get_by_label("做了什么").fill("第二台设备上的修改")
    second.get_by_role("button", name="保存修改").click()
    expect(second.get_by_text("工作日志已保存。")).to_be_visible()
    first.get_by_label("做了什么").fill("第一台设备上的修改")
    first.get_by_role("button", name="保存修改").click()
    expect(first.get_by_text("第二台设备上的修改")).to_be_visible()
    expect(first.get_by_text("第一台设备上的修改")).to_be_visible()
    first.get_by_role("button", name="用这次的内容存为新一版").click()
    expect(first.get_by_text("工作日志已保存。")).to_be_visible()
    assert rows(site, WorkLogVersion) == 3


def test_signing_out_takes_the_key_and_leaves_the_draft_sealed(
    device: Callable[..., BrowserContext], author: str
) -> None:
    context = device()
    page = context.new_page()
    open_form(page, author)
    acts.type_log(page, TEXT)
    acts.wait_for_draft(page)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.goto("/worklogs/")
    page.locator("a[href='#menu']").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login*")
    assert "草稿" in asked[0]
    held = page.evaluate(BLOBS)
    assert held["slots"] == []
    assert len(held["rows"]) == 1
    open_form(page, author)
    expect(page.get_by_label("做了什么")).to_have_value(TEXT)
