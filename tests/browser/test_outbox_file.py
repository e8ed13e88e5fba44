"""The outbox as a file: taken in beside what was edited since, damaged, and larger than one file may be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import acts, phones
from tests.browser.conftest import Site
from webapp.worklogs.models import WorkLog, WorkLogPhoto

TWO_LARGE = """async () => {
  const found = [...document.querySelectorAll("script[src*='/modules/']")][0].src.replace(/[^/]*$/, "");
  const { openDrafts } = await import(found + "draft_store.js");
  const drafts = await openDrafts();
  for (const text of ["照片很多的一条", "照片也很多的一条"]) {
    const typed = { day: "2026-01-05", unit_code: "", duty_area: "service", text, tasks: [], base_version: "" };
    const photos = [{ id: crypto.randomUUID(), size: 30_000_000, name: "现场.jpg" }];
    await drafts.save(crypto.randomUUID(), { kind: "new", savedAt: Date.now(), typed, photos });
  }
}"""
"""Two logs whose photos would not fit into one file; the photos themselves are not needed."""


@pytest.fixture
def context(device: Callable[..., BrowserContext]) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def export(page: Page, button: str, file: Path) -> dict[str, Any]:
    """Press a button that saves a file; what is in it."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    download.value.save_as(file)
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def test_file_taken_in_beside_a_newer_text_harms_neither_and_comes_once(
    context: BrowserContext, site: Site, author: str, tmp_path: Path
) -> None:
    photo, file = tmp_path / "现场.jpg", tmp_path / "outbox.json"
    Image.new("RGB", (300, 200), "#335577").save(photo)
    page = phones.arrive(context, author)
    page.on("dialog", lambda dialog: dialog.accept())
    context.set_offline(True)
    page.goto("/outbox/write")
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    phones.put(page)
    content = export(page, "导出到文件", file)
    phones.entries(page, "待发").get_by_role("link", name="修改").click()
    page.get_by_label("做了什么").fill("改后的一条")
    phones.put(page)
    told = page.locator("[data-file-told]")
    bad = {"place": content["photos"][0]["place"], "iv": "AAAA", "data": "不是编码"}
    for damaged in ({"logs": [None]}, {"logs": [bad]}, {"photos": [None]}, {"photos": [bad]}):
        broken = tmp_path / "broken.json"
        broken.write_text(json.dumps(content | damaged))
        page.evaluate("document.querySelector('[data-file-told]').textContent = ''")
        phones.take_file(page, broken)
        expect(told).to_contain_text("文件已损坏")
        expect(phones.entries(page, "草稿")).to_have_count(0)
    phones.take_file(page, file)
    expect(told).to_have_text("已导入 1 条日志。")
    expect(phones.entries(page, "草稿").get_by_text("照片 1 张，其中 1 张未发")).to_be_visible()
    phones.entries(page, "草稿").get_by_role("button", name="删除").click()
    expect(phones.entries(page, "草稿")).to_have_count(0)
    phones.take_file(page, file)
    expect(told).to_have_text("文件里的日志本机都有，没有改动。")
    expect(phones.entries(page, "草稿")).to_have_count(0)
    context.set_offline(False)
    phones.sent(page, 1)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogPhoto)) == (1, 1)
    context.set_offline(True)
    page.evaluate(TWO_LARGE)
    page.get_by_role("button", name="导出到文件").click()
    for number in (1, 2):
        part = export(page, f"保存第 {number} 个文件（共 2 个）", tmp_path / f"{number}.json")
        assert len(part["logs"]) == 1
