"""Answers that are not the server's: a gateway, a filter, the sign-in page of a guest network. None of them is a receipt."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser import acts, phones
from tests.browser.conftest import Site
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogVersion

FEW = 4
"""Parts of a photo in the rounds of one moment: the one of the line that is back, and the one of the button."""
HTML = "<html><body>请先登录本网络</body></html>"
STRANGE = (
    (200, "text/html", HTML),
    (200, "application/json", "{}"),
    (200, "application/json", "null"),
    (201, "application/json", '{"id": "4b9a2d38-0a55-4c8d-9a53-6a1b8c6f2e77", "version": 1}'),
    (401, "text/html", HTML),
    (403, "text/html", HTML),
    (404, "text/html", HTML),
    (405, "text/html", HTML),
    (409, "text/html", HTML),
    (413, "text/html", HTML),
    (422, "application/json", '{"error": "blocked"}'),
    (451, "text/html", HTML),
    (502, "text/html", HTML),
    (503, "text/html", HTML),
    (504, "text/html", HTML),
)


@pytest.fixture
def context(device: Callable[..., BrowserContext]) -> BrowserContext:
    made = device()
    for words in ("net::ERR_", "status of 4", "status of 5"):
        made.watch.expect(words)  # type: ignore[attr-defined]
    return made


def a_round(page: Page) -> None:
    """Send what waits, and wait until the round is over and was not made by another window."""
    page.evaluate("navigator.locks.request('outbox-sending', () => true)")
    phones.send_now(page)
    page.wait_for_timeout(100)
    page.evaluate("navigator.locks.request('outbox-sending', () => true)")


def test_log_waits_until_the_server_itself_has_answered_and_others_go_on(
    context: BrowserContext, site: Site, author: str
) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, acts.TEXT)
    answers = list(STRANGE)

    def stand_in(route: Route) -> None:
        status, kind, body = answers[0]
        asked.append(status)
        route.fulfill(status=status, content_type=kind, body=body)

    asked: list[int] = []
    context.route("**/api/worklogs", stand_in)
    context.set_offline(False)
    while answers:
        asked.clear()
        phones.until(lambda: a_round(page) or asked)  # a log that was taken for sent, or asked again, is not sent again
        expect(phones.entries(page, "待发")).to_have_count(1)
        expect(page.locator("[data-state]")).to_have_text("待发")
        words = "系统暂时不能保存" if answers[0][0] >= 500 else "网络中间设备的回应"
        expect(phones.entries(page, "待发").locator("[data-error]")).to_contain_text(words)
        answers.pop(0)
    assert acts.rows(site.session, WorkLog) == 0

    def refuse_one(route: Route) -> None:
        if acts.TEXT in (route.request.post_data or ""):
            route.fulfill(status=500, content_type="text/html", body=HTML)
        else:
            route.continue_()

    context.unroute("**/api/worklogs")
    context.route("**/api/worklogs", refuse_one)
    phones.write(page, "后写的一条")
    expect(phones.entries(page, "已发").get_by_text("后写的一条")).to_be_visible()
    expect(phones.entries(page, "待发").get_by_text(acts.TEXT)).to_be_visible()
    expect(phones.entries(page, "待发").get_by_text("系统暂时不能保存")).to_be_visible()
    context.unroute("**/api/worklogs")
    phones.send_now(page)
    phones.sent(page, 2)
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogVersion)) == (2, 2)


def test_photo_is_sent_only_as_far_as_the_server_says(
    context: BrowserContext, site: Site, author: str, tmp_path: Path
) -> None:
    photo = tmp_path / "现场.jpg"
    Image.effect_noise((900, 700), 90).convert("RGB").save(photo, quality=85)
    page = phones.arrive(context, author)
    context.set_offline(True)
    page.goto("/outbox/write")
    acts.type_log(page, acts.TEXT)
    acts.choose_photo(page, photo)
    phones.put(page)
    parts: list[dict[str, str]] = []
    stands: dict[str, tuple[int, dict[str, str]]] = {}

    def stand_in(route: Route) -> None:
        if route.request.method == "PATCH":
            parts.append(route.request.headers)
        if route.request.method in stands:
            status, headers = stands[route.request.method]
            route.fulfill(status=status, headers=headers)
        else:
            route.continue_()

    context.route("**/api/photos/**", stand_in)
    for head, part, most in (
        ((200, {"Content-Type": "text/html"}), (204, {}), 0),
        ((404, {}), (204, {}), FEW),
        ((404, {}), (204, {"Upload-Offset": "0"}), FEW),
    ):
        stands |= {"HEAD": head, "PATCH": part}
        parts.clear()
        context.set_offline(False)
        a_round(page)
        context.set_offline(True)
        assert len(parts) <= most, "the same part is sent again and again"
        expect(phones.entries(page, "待发").get_by_text("照片 1 张，其中 1 张未发")).to_be_visible()
        expect(phones.entries(page, "待发").get_by_text("网络中间设备的回应")).to_be_visible()
    size = parts[0]["upload-length"]
    # That all has arrived is not that it was taken: the server may have stopped before it looked at the photo.
    stands.pop("PATCH")
    stands["HEAD"] = (200, {"Upload-Offset": size})
    context.set_offline(False)
    phones.send_now(page)
    phones.sent(page, 1)
    assert acts.rows(site.session, WorkLogPhoto) == 1
