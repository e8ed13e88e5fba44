"""One minute a log: what the usual log of a day costs in taps, keys and seconds, with a line and without one."""

import sys
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import acts, phones
from tests.browser.conftest import Site
from tests.factories import VILLAGE
from tests.worklogs.making import assignment
from webapp.worklogs.models import WorkLog, WorkLogTask

MOST_TAPS = 5


class Thumb:
    """Counts what a person does."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.keys, self.began = page, 0, 0, time.monotonic()

    def tap(self, words: str, role: str = "") -> None:
        """Press what bears these words."""
        self.taps += 1
        if role:
            self.page.get_by_role(role, name=words).first.click()  # type: ignore[arg-type]
        else:
            self.page.get_by_text(words).first.click()

    def say(self, words: str) -> None:
        """Type a sentence, or speak it to the phone's own keyboard: the field takes both."""
        self.taps += 1
        self.page.get_by_label("做了什么").click()
        self.page.get_by_label("做了什么").press_sequentially(words)
        self.keys += len(words)

    def told(self, name: str) -> str:
        return (
            f"{name}: {self.taps} taps, {self.keys} characters, {time.monotonic() - self.began:.1f} s of machine time\n"
        )


@pytest.mark.parametrize("line", ["good", "dead"])
def test_usual_log_takes_five_taps_and_a_sentence(
    device: Callable[..., BrowserContext], site: Site, author: str, line: str
) -> None:
    assignment(site.session, VILLAGE, title="排查饮水管网")
    site.session.commit()
    context = device()
    phones.watch_offline(context)
    page = phones.arrive(context, author)
    page.goto("/")
    if line == "dead":
        context.set_offline(True)
    thumb = Thumb(page)
    thumb.tap("记一笔", "link")
    thumb.tap("为民办事服务")
    thumb.say(acts.TEXT)
    thumb.tap("排查饮水管网")
    thumb.tap("保存日志", "button")
    if line == "dead":
        expect(phones.entries(page, "待发")).to_have_count(1)
        sys.stdout.write(thumb.told("usual log without a line"))
        context.set_offline(False)
        phones.sent(page, 1)
    else:
        expect(page.get_by_text("工作日志已保存。")).to_be_visible()
        sys.stdout.write(thumb.told("usual log"))
    assert thumb.taps <= MOST_TAPS
    assert (acts.rows(site.session, WorkLog), acts.rows(site.session, WorkLogTask)) == (1, 1)
