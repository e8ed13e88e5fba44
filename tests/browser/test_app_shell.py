"""The shell of the product on a phone: opens without a network, holds nothing of anybody, changes with a new release."""

import json
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import acts, phones
from tests.browser.conftest import Site
from tests.factories import TOWNSHIP, VILLAGE
from webapp.offline import shell

KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""
HEAVIEST = 120_000
"""Bytes on the wire, compressed: what one visit on one bar of signal may cost, once a release."""


@pytest.fixture
def context(device: Callable[..., BrowserContext]) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def test_every_page_opens_the_outbox_without_a_network_and_the_form_opens_the_form(
    context: BrowserContext, author: str
) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    for address in ("/", "/tasks/", "/outbox/"):
        page.goto(address)
        expect(page.get_by_role("heading", name="待发日志")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto("/tasks/")
    expect(page.get_by_text("您要去的那一页现在打不开")).to_be_visible()
    page.goto("/worklogs/new")
    expect(page.get_by_label("做了什么")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto("/worklogs/4b9a2d38-0a55-4c8d-9a53-6a1b8c6f2e77/edit")  # of longer ago than the phone keeps
    expect(page.get_by_text("这条日志不在这台手机上")).to_be_visible()
    expect(page.get_by_label("做了什么")).to_be_hidden()
    page.locator("[data-not-here]").get_by_role("link", name="记一笔").click()
    expect(page.get_by_label("做了什么")).to_be_visible()


def test_proxy_before_a_dead_server_is_a_dead_line(
    context: BrowserContext, site: Site, author: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.watch.expect("status of 50")  # type: ignore[attr-defined]
    page = phones.arrive(context, author)
    answers = ["504 Gateway Timeout", "503 Service Unavailable", "502 Bad Gateway"]
    headers = [("Content-Type", "text/html; charset=utf-8")]

    def proxy(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response(answers[0], headers)
        return ["<h1>别的页面</h1>".encode()]

    monkeypatch.setattr(site.line, "app", proxy)
    while len(answers) > 1:
        page.goto("/worklogs/new")
        expect(page.get_by_label("做了什么")).to_be_visible()
        answers.pop(0)
    for address, shown in (
        ("/worklogs/new", page.get_by_label("做了什么")),
        ("/tasks/", page.get_by_text("您要去的那一页")),
    ):
        page.goto(address)
        expect(shown).to_be_visible()
    headers.append(("Content-Security-Policy", "default-src 'none'"))  # the server's own page about it says more
    page.goto("/tasks/")
    expect(page.get_by_role("heading", name="别的页面")).to_be_visible()


def test_shell_keeps_no_page_with_personal_data(context: BrowserContext, site: Site, author: str) -> None:
    page = phones.arrive(context, author)
    page.goto("/worklogs/new")
    acts.type_log(page, acts.TEXT)
    acts.save_log(page)
    for address in ("/", "/me", "/worklogs/", "/outbox/"):
        page.goto(address)
    kept = page.evaluate(KEPT)
    assert set(kept) >= {"/outbox/", "/outbox/write", "/manifest.webmanifest"}
    assert not {"/", "/me", "/worklogs/", "/worklogs/new"} & set(kept)
    for path, text in kept.items():
        assert acts.TEXT not in text and VILLAGE not in text and "data-slot" not in text, path


def test_new_release_replaces_the_shell_and_leaves_what_was_written(
    context: BrowserContext, author: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, acts.TEXT)
    before = page.evaluate("caches.keys()")
    context.set_offline(False)
    # The next release: another version of all scripts. Sending is held back so that the entry is there in between.
    context.route("**/api/**", lambda route: route.abort())
    monkeypatch.setattr(shell, "version", lambda *_: "0123456789ab")
    page.goto("/worklogs/")
    phones.until(lambda: page.evaluate("caches.keys()") == ["dandang-shell-0123456789ab"])
    assert before != ["dandang-shell-0123456789ab"]
    page.goto("/outbox/")
    assert page.locator("script[src*='/modules/0123456789ab/']").count() == 1
    expect(page.get_by_text(acts.TEXT)).to_be_visible()
    context.unroute("**/api/**")
    phones.send_now(page)
    phones.sent(page, 1)


def test_cleared_storage_is_told_and_a_sign_in_makes_the_phone_ready_again(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    page.evaluate(
        """async () => {
          for (const name of await caches.keys()) await caches.delete(name);
          await new Promise((done) => { indexedDB.deleteDatabase("dandang-drafts").onsuccess = done; });
        }"""
    )
    context.clear_cookies()
    page.goto("/outbox/")
    expect(page.get_by_text("这台手机上没有您的日志钥匙")).to_be_visible()
    page.get_by_role("link", name="登录", exact=True).click()
    page.get_by_label("账号").fill(author)
    page.get_by_label("密码").fill(acts.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/outbox/")
    phones.write(page, acts.TEXT)
    phones.sent(page, 1)


def test_desk_that_writes_no_logs_is_told_so_and_not_sent_to_sign_in(context: BrowserContext, site: Site) -> None:
    context.watch.expect("status of 403")  # type: ignore[attr-defined]
    page = context.new_page()
    acts.sign_in(page, site.person("desk", TOWNSHIP, "desk"))
    page.goto("/outbox/")
    expect(page.get_by_text("您现任岗位不记驻村日志")).to_be_visible()
    expect(page.get_by_text("请联网登录一次")).to_be_hidden()


def test_page_without_https_says_so_and_the_form_of_the_server_still_works(
    device: Callable[..., BrowserContext], author: str
) -> None:
    context = device()
    context.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page = context.new_page()
    page.goto("/outbox/")
    expect(page.get_by_text("网址没有启用 HTTPS")).to_be_visible()
    acts.sign_in(page, author, "/worklogs/new")
    expect(page.get_by_text("网址没有启用 HTTPS")).to_be_visible()
    acts.type_log(page, acts.TEXT)
    acts.save_log(page)


def test_shell_weighs_little(site: Site) -> None:
    client, weights = site.app.test_client(), {}
    listed = client.get("/sw.js").text.split("const SHELL = ")[1].split(";\n")[0]
    for address in json.loads(listed):
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
            weights[address] = len(answer.data)
    total = sum(weights.values())
    sys.stdout.write(f"app shell: {len(weights)} files, {total} bytes on the wire\n")
    assert total <= HEAVIEST, sorted(weights.items(), key=lambda one: -one[1])[:5]
