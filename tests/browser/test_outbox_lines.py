"""Bad lines: a week's queue on a line that keeps breaking, a slow one, two windows, answers that are lost."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import func, select

from tests.browser import acts, phones
from tests.browser.conftest import Site
from tests.factories import VILLAGE
from webapp import clock
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogVersion

QUEUE = """async ([number, day, unit, photos, large]) => {
  const found = [...document.querySelectorAll("script[src*='/modules/']")][0].src.replace(/[^/]*$/, "");
  const { openDrafts } = await import(found + "draft_store.js");
  const { addPhoto } = await import(found + "outbox_photos.js");
  const drafts = await openDrafts();
  for (let index = 0; index < number; index += 1) {
    const id = crypto.randomUUID();
    const typed = {
      day, unit_code: unit, duty_area: "service", text: `第 ${index} 户走访`, tasks: [], sheet_lines: [], base_version: "",
    };
    await drafts.save(id, { kind: "new", savedAt: Date.now() + index, typed });
    if (index < photos) {
      const [width, height] = index < large ? [640, 480] : [24, 16];
      const canvas = new OffscreenCanvas(width, height);
      const paper = canvas.getContext("2d");
      const points = paper.createImageData(width, height);
      for (let at = 0; at < points.data.length; at += 1) points.data[at] = (at * (index + 7) * 2654435761) >>> 24;
      paper.putImageData(points, 0, 0);
      await addPhoto(drafts, id, new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 })], "现场.jpg"));
    }
    await drafts.update(id, (held) => ({ ...held, state: "waiting", queuedAt: Date.now() }));
  }
}"""
"""Fills the outbox as the form does, without the typing of two hundred forms. The first photos are large, the others tiny."""
PHOTOS = int(os.environ.get("DANDANG_TEST_PHOTOS", "20"))
"""How many of the two hundred logs carry one. All of them take a few minutes; what is tested is the same."""


@pytest.fixture
def context(device: Callable[..., BrowserContext]) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def test_two_hundred_logs_with_photos_pass_a_line_that_keeps_breaking(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.open_outbox(page)
    page.evaluate(QUEUE, [200, clock.today().isoformat(), VILLAGE, PHOTOS, 3])
    site.line.flap(7)
    context.set_offline(False)
    phones.sent(page, 200, timeout=90_000 + PHOTOS * 1_000)
    assert site.line.broken >= 25
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (200, 200)
    assert acts.stored(site.session, select(func.count(WorkLogPhoto.log_id.distinct()))) == [PHOTOS]
    assert acts.rows(site.session, WorkLogPhoto) == PHOTOS
    site.session.rollback()
    assert site.session.scalar(select(func.count(WorkLogVersion.text.distinct()))) == 200
    site.session.rollback()


def test_slow_line_carries_a_log(context: BrowserContext, site: Site, author: str) -> None:
    page = phones.arrive(context, author)
    context.set_default_timeout(30_000)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 600, "downloadThroughput": 12_000, "uploadThroughput": 3_000},
    )
    phones.write(page, acts.TEXT)
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLog) == 1


def test_two_windows_send_each_log_once(context: BrowserContext, site: Site, author: str) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.open_outbox(page)
    page.evaluate(QUEUE, [12, clock.today().isoformat(), VILLAGE, 0, 0])
    other = context.new_page()
    other.goto("/outbox/")
    expect(phones.entries(other, "待发")).to_have_count(12)
    context.set_offline(False)
    phones.send_now(other)
    phones.sent(other, 12)
    assert site.line.asked == 12
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (12, 12)
