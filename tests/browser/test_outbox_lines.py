"""Bad lines: a week's queue on a line that keeps breaking, a slow one, two windows, answers that are lost."""

import os
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import func, select

from tests.browser import acts, phones
from tests.browser.conftest import Site
from tests.factories import VILLAGE
from webapp import clock
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogVersion

QUEUE = """async ([number, day, unit, photos]) => {
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
      const canvas = new OffscreenCanvas(640, 480);
      const paper = canvas.getContext("2d");
      const points = paper.createImageData(640, 480);
      for (let at = 0; at < points.data.length; at += 1) points.data[at] = (at * (index + 7) * 2654435761) >>> 24;
      paper.putImageData(points, 0, 0);
      await addPhoto(drafts, id, new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 })], "现场.jpg"));
    }
    await drafts.update(id, (held) => ({ ...held, state: "waiting", queuedAt: Date.now() }));
  }
}"""
"""Fills the outbox as the form does, without the typing of two hundred forms. The first logs carry a photo each."""


class Week(NamedTuple):
    """What waits in the outbox, and the line that has to carry it."""

    logs: int
    photos: int
    every: float
    """Seconds from one break to the next."""
    dead: float
    """Seconds until the line is back."""
    pace: int
    """Bytes a second."""
    breaks: int
    """At least so many fall into the sending."""


USUAL = Week(logs=30, photos=3, every=0.8, dead=0.1, pace=250_000, breaks=2)
WHOLE = Week(logs=200, photos=200, every=20, dead=2, pace=250_000, breaks=8)
"""Takes minutes: `DANDANG_TEST_WEEK=whole`. What is tested is the same."""
WEEK = WHOLE if os.environ.get("DANDANG_TEST_WEEK") == "whole" else USUAL


@pytest.fixture
def context(device: Callable[..., BrowserContext]) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def test_week_of_logs_with_photos_passes_a_line_that_keeps_breaking(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    offsets = phones.upload_offsets(context)
    context.set_offline(True)
    phones.open_outbox(page)
    page.evaluate(QUEUE, [WEEK.logs, clock.today().isoformat(), VILLAGE, WEEK.photos])
    began = time.monotonic()
    site.line.flap(WEEK.every, WEEK.dead, WEEK.pace)
    context.set_offline(False)
    phones.sent(page, WEEK.logs, timeout=60_000 + WEEK.logs * 500 + WEEK.photos * 2_500)
    sys.stdout.write(
        f"{WEEK.logs} logs, {WEEK.photos} photos: {time.monotonic() - began:.0f} s, {site.line.breaks} breaks, "
        f"{site.line.cut} of {site.line.asked} requests cut\n"
    )
    assert site.line.breaks >= WEEK.breaks and site.line.cut >= WEEK.breaks
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (WEEK.logs, WEEK.logs)
    assert acts.stored(site.session, select(func.count(WorkLogPhoto.log_id.distinct()))) == [WEEK.photos]
    assert acts.rows(site.session, WorkLogPhoto) == WEEK.photos
    assert acts.stored(site.session, select(func.count(WorkLogVersion.text.distinct()))) == [WEEK.logs]
    assert any(offset % phones.PART for offset in offsets), "no photo went on from the middle of a part"


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
    page.evaluate(QUEUE, [12, clock.today().isoformat(), VILLAGE, 0])
    other = context.new_page()
    other.goto("/outbox/")
    expect(phones.entries(other, "待发")).to_have_count(12)
    context.set_offline(False)
    phones.send_now(other)
    phones.sent(other, 12)
    assert site.line.asked == 12
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (12, 12)
