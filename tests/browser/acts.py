"""What people do, in their words; the journeys are written with these."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

PASSWORD = "Fugong-2026-demo"


def sign_in(page: Page, login: str, target: str = "/") -> None:
    """Sign in by the form and arrive at `target`."""
    page.goto(f"/login?next={target}")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{target}")


def type_log(page: Page, text: str, area: str = "为民办事服务") -> None:
    """Fill in the open log form for today."""
    page.get_by_label(area).check()
    page.get_by_label("做了什么").fill(text)


def save_log(page: Page) -> None:
    """Press the button of the log form and see that the log is saved."""
    page.get_by_role("button", name="保存日志").click()
    page.wait_for_url(re.compile(r"/worklogs/[0-9a-f-]{36}$"))
    expect(page.get_by_text("工作日志已保存。")).to_be_visible()


def wait_for_draft(page: Page) -> None:
    """Wait until the form says that the draft is kept on this device."""
    expect(page.get_by_text("保存在本机")).to_be_visible()


def choose_photo(page: Page, path: Path) -> None:
    """Add a photo to the log form."""
    page.get_by_label("照片（选填）").set_input_files(path)
