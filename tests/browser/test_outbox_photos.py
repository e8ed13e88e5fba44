"""Photos of logs in the outbox: made small on the phone, sent from where the line broke, on Wi-Fi alone where chosen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from tests.browser import acts, phones
from tests.browser.conftest import Site
from webapp.worklogs.models import WorkLog, WorkLogPhoto

Device = Callable[..., BrowserContext]


@pytest.fixture
def context(device: Device) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def test_form_of_the_server_puts_a_log_into_the_outbox_when_the_line_is_dead(
    context: BrowserContext, site: Site, author: str, tmp_path: Path
) -> None:
    photo = tmp_path / "现场.jpg"
    Image.effect_noise((1200, 900), 60).convert("RGB").save(photo, quality=90)
    page = phones.arrive(context, author)
    page.goto("/worklogs/new")
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    context.set_offline(True)
    page.get_by_role("button", name="保存日志").click()
    page.wait_for_url("**/outbox/")
    expect(page.get_by_text("照片 1 张，其中 1 张未发")).to_be_visible()
    context.set_offline(False)
    phones.sent(page, 1)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogPhoto)) == (1, 1)


def test_photo_of_forty_eight_million_points_is_made_small_on_the_phone(
    context: BrowserContext, site: Site, author: str, tmp_path: Path
) -> None:
    photo = tmp_path / "大图.jpg"
    Image.new("RGB", (6000, 8000), "#557733").save(photo, quality=60)
    page = phones.arrive(context, author)
    page.goto("/outbox/write")
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    phones.put(page)
    phones.sent(page, 1)
    site.session.rollback()
    stored = site.session.scalars(select(WorkLogPhoto)).one()
    assert (stored.width, stored.height) == (1200, 1600)
    site.session.rollback()


def test_photos_wait_for_wifi_when_the_person_chose_so(
    context: BrowserContext, site: Site, author: str, tmp_path: Path
) -> None:
    photo = tmp_path / "现场.jpg"
    Image.new("RGB", (300, 200), "#335577").save(photo)
    page = phones.arrive(context, author)
    phones.open_outbox(page)
    page.get_by_label("仅在 Wi-Fi 下上传照片").check()
    phones.until(lambda: len(phones.stores(page)["notes"]) > phones.NOTES)
    page.goto("/outbox/write")
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    phones.put(page)
    expect(page.get_by_text("照片等接入 Wi-Fi 后发送")).to_be_visible()
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogPhoto)) == (1, 0)
    page.get_by_role("button", name="已接入 Wi-Fi，发送照片").click()
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLogPhoto) == 1


def test_photo_goes_on_where_the_line_broke(context: BrowserContext, site: Site, author: str, tmp_path: Path) -> None:
    photo = tmp_path / "现场.jpg"
    Image.effect_noise((1200, 900), 90).convert("RGB").save(photo, quality=85)
    page = phones.arrive(context, author)
    context.set_offline(True)
    page.goto("/outbox/write")
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    phones.put(page)
    offsets = phones.upload_offsets(context)
    site.line.flap(every=1, dead=0.1, pace=400_000)
    context.set_offline(False)
    phones.sent(page, 1, timeout=30_000)
    assert acts.rows(site.session, WorkLogPhoto) == 1
    assert site.line.cut >= 1
    assert offsets[0] == 0 and len(set(offsets)) >= 3
    assert any(offset % phones.PART for offset in offsets)
    assert offsets == sorted(offsets)
