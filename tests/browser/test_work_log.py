"""The promise of the work log: a minute, one thumb, nothing doubled, nothing lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.browser import acts
from tests.browser.conftest import Site
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogVersion


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "现场.jpg"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(path, quality=90)
    return path


def test_first_secretary_notes_a_day_with_a_photo_and_sees_it(
    phone: Page, site: Site, author: str, photo: Path
) -> None:
    acts.sign_in(phone, author)
    phone.get_by_role("link", name="记一笔").first.click()
    acts.type_log(phone, acts.TEXT)
    acts.choose_photo(phone, photo)
    acts.save_log(phone)
    expect(phone.get_by_text(acts.TEXT)).to_be_visible()
    expect(phone.get_by_role("img", name="照片 1")).to_be_visible()
    phone.get_by_role("link", name="返回工作日志").click()
    expect(phone.get_by_text(acts.TEXT)).to_be_visible()
    site.session.rollback()
    stored = site.session.scalars(select(WorkLogPhoto)).one()
    assert (stored.width, stored.height) == (1600, 1200)


def test_form_has_no_sideways_scroll_and_large_targets(phone: Page, author: str) -> None:
    acts.open_form(phone, author)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    heights = phone.eval_on_selector_all(
        "main label:has(input[type=radio]), main button:not([hidden]), main textarea",
        "all => all.filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect().height)",
    )
    assert min(heights) >= 44


def test_form_works_without_javascript(
    device: Callable[..., BrowserContext], site: Site, author: str, photo: Path
) -> None:
    page = device(java_script_enabled=False).new_page()
    acts.open_form(page, author)
    page.get_by_label(re.compile("^昨天")).check()
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    acts.save_log(page)
    expect(page.get_by_text(acts.TEXT)).to_be_visible()
    assert acts.rows(site.session, WorkLogPhoto) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_double_click_saves_once(device: Callable[..., BrowserContext], site: Site, author: str, scripts: bool) -> None:
    page = device(java_script_enabled=scripts).new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    page.get_by_role("button", name="保存日志").dblclick()
    expect(page.get_by_text("工作日志已保存。")).to_be_visible()
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (1, 1)


def test_log_is_written_by_keyboard_alone(device: Callable[..., BrowserContext], site: Site, author: str) -> None:
    page = device().new_page()
    acts.open_form(page, author)
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
    context = device(service_workers="block")
    context.watch.expect("ERR_INTERNET_DISCONNECTED")  # type: ignore[attr-defined]
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    context.set_offline(True)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("网络不通，日志没有发出去")).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)
    context.set_offline(False)
    acts.save_log(page)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogPhoto)) == (1, 1)


def test_wrong_day_gets_a_sentence_and_keeps_everything(device: Callable[..., BrowserContext], author: str) -> None:
    context = device()
    context.watch.expect("status of 400")  # type: ignore[attr-defined]
    page = context.new_page()
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    page.get_by_label("其他日期", exact=True).check()
    page.locator("input[name=other_day]").fill("2024-12-31")
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("您自2025年1月1日起在该村任职")).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)
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
    acts.open_form(page, author)
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, huge)
    page.get_by_role("button", name="保存日志").click()
    expect(page.get_by_text("照片太大")).to_be_visible()
    page.reload()
    expect(page.get_by_label("做了什么")).to_have_value(acts.TEXT)


def test_second_editor_sees_both_and_keeps_his_words(
    device: Callable[..., BrowserContext], site: Site, author: str
) -> None:
    context = device()
    context.watch.expect("status of 409")  # type: ignore[attr-defined]
    first = context.new_page()
    acts.open_form(first, author)
    acts.type_log(first, acts.TEXT)
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
    assert acts.rows(site.session, WorkLogVersion) == 3
