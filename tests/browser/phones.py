"""What people do with the outbox of their phone, and what a test reads of the phone itself."""

import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from tests.browser import acts

STORES = """async () => {
  const database = await new Promise((done) => {
    const request = indexedDB.open("dandang-drafts");
    request.onsuccess = () => done(request.result);
  });
  const held = {};
  for (const store of database.objectStoreNames) {
    held[store] = await new Promise((done) => {
      const request = database.transaction(store).objectStore(store).getAll();
      request.onsuccess = () => done(request.result);
    });
  }
  database.close();
  const text = (row) => row.slot + (row.place || "") + (row.data ? new TextDecoder("latin1").decode(row.data) : "");
  return Object.fromEntries(Object.entries(held).map(([store, rows]) => [store, rows.map(text)]));
}"""
NOTES = 3
"""What a phone notes once it is ready: its token, the data to write from, by how much its clock is off."""
SETTLED = 30  # seconds
PART = 128 * 1024
"""Bytes of a photo in one request (`outbox_photos.js`)."""


def stores(page: Page) -> dict[str, list[str]]:
    """Store → its rows as they lie on the phone."""
    held: dict[str, list[str]] = page.evaluate(STORES)
    return held


def ready(page: Page) -> None:
    """Wait until the phone would work without a network: the shell is kept, the key and the data are here."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    noted(page)


def noted(page: Page) -> None:
    """Wait until the phone has from the server what it asks for once a sign-in."""
    until(lambda: len(stores(page).get("notes", [])) >= NOTES)


def until(holds: Any, seconds: float = SETTLED) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.1)


def arrive(context: BrowserContext, login: str) -> Page:
    """Sign in on a phone and wait until it is ready."""
    page = context.new_page()
    acts.sign_in(page, login, "/worklogs/")
    ready(page)
    return page


def open_outbox(page: Page) -> None:
    """Open the outbox and wait until what it shows answers."""
    page.goto("/outbox/")
    expect(page.locator("[data-outbox]")).to_be_visible()


def take_file(page: Page, file: Path) -> None:
    """Take an exported file in, in the open outbox."""
    expect(page.locator("[data-outbox]")).to_be_visible()
    page.locator("[data-import]").set_input_files(file)


def write(page: Page, text: str, area: str = "为民办事服务") -> None:
    """Write a log in the form of the shell and put it into the outbox."""
    page.goto("/outbox/write")
    acts.type_log(page, text, area)
    put(page)


def put(page: Page) -> None:
    """Press the button of the form of the shell."""
    page.get_by_role("button", name="保存日志").click()
    page.wait_for_url("**/outbox/")


def send_now(page: Page) -> None:
    """Press 立即发送, which hides as soon as nothing waits: the phone may be sending by itself already."""
    page.locator("[data-send]").dispatch_event("click")


def part(page: Page, name: str) -> Locator:
    """A part of the outbox: 待发, 草稿 or 已发."""
    return page.locator("section[data-part]").filter(has=page.get_by_role("heading", name=name, exact=True))


def entries(page: Page, name: str) -> Locator:
    """The entries of a part."""
    return part(page, name).locator("li")


def sign_out(page: Page) -> list[str]:
    """Sign out by the menu of the phone; what was asked before."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.goto("/worklogs/")
    page.locator("a[href='#menu']").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/login"))
    return asked


def sent(page: Page, number: int, timeout: float | None = None) -> None:
    """See that so many logs are sent and none waits."""
    expect(entries(page, "已发")).to_have_count(number, timeout=timeout)
    expect(entries(page, "待发")).to_have_count(0)


def upload_offsets(context: BrowserContext) -> list[int]:
    """From which byte on each part of a photo is sent, in order, from now on."""
    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    context.on("request", note)
    return offsets


def watch_offline(context: BrowserContext) -> None:
    """Failures of the network and ended sessions are what these journeys are about."""
    for words in ("net::ERR_", "status of 401", "status of 409", "status of 422", "status of 404"):
        context.watch.expect(words)  # type: ignore[attr-defined]
