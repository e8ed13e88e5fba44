"""What ends while somebody writes: the posting, the page, and with it everything that could have sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select, update

from tests.browser import acts, phones
from tests.browser.conftest import Site
from webapp import clock
from webapp.org.models import Posting
from webapp.worklogs.models import WorkLog


@pytest.fixture
def context(device: Callable[..., BrowserContext]) -> BrowserContext:
    made = device()
    phones.watch_offline(made)
    return made


def test_posting_ended_while_its_holder_wrote_offline(context: BrowserContext, site: Site, author: str) -> None:
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, "任期最后一天写的")
    page.goto("/outbox/write")
    page.get_by_label("昨天").check()
    acts.type_log(page, "任期内补记的")
    phones.put(page)
    expect(phones.entries(page, "待发")).to_have_count(2)
    yesterday = clock.today() - timedelta(days=1)
    site.session.execute(update(Posting).values(ends_on=yesterday))
    site.session.commit()
    context.set_offline(False)
    asked = phones.entries(page, "待发")
    expect(phones.entries(page, "已发").get_by_text("任期内补记的")).to_be_visible()
    expect(asked).to_have_count(1)
    expect(asked.get_by_text("任期最后一天写的")).to_be_visible()
    expect(asked.get_by_text("不在该村任职。请填写任职期间的日期。")).to_be_visible()
    asked.get_by_role("link", name="修改").click()
    expect(page.get_by_label("做了什么")).to_have_value("任期最后一天写的")
    page.get_by_label("昨天").check()
    phones.put(page)
    phones.sent(page, 2)
    assert acts.stored(site.session, select(WorkLog.day)) == [yesterday, yesterday]


def test_worker_sends_without_an_open_page(context: BrowserContext, site: Site, author: str) -> None:
    """The browser wakes the worker when it likes; here its wake-up is told to come now. Only an empty page is open then."""
    page = phones.arrive(context, author)
    context.set_offline(True)
    phones.write(page, acts.TEXT)
    expect(page.get_by_text("网络不通，还没有发出")).to_be_visible()
    watcher = context.new_page()
    wire, registrations = context.new_cdp_session(watcher), list[dict[str, Any]]()
    wire.on("ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"]))
    wire.send("ServiceWorker.enable")
    phones.until(lambda: watcher.wait_for_timeout(50) or registrations)
    page.close()
    assert acts.rows(site.session, WorkLog) == 0
    context.set_offline(False)
    wire.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": site.url,
            "registrationId": registrations[0]["registrationId"],
            "tag": "outbox",
            "lastChance": False,
        },
    )
    phones.until(lambda: acts.rows(site.session, WorkLog) == 1)
