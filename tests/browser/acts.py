"""What people do, in their words; the journeys are written with these."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from webapp import clock
from webapp.auth.models import SignInSession

PASSWORD = "Fugong-2026-demo"
TEXT = "上午到老姆登走访三户，商量接水管的事"


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


def open_form(page: Page, login: str) -> None:
    """Sign in and open the log form."""
    sign_in(page, login, "/worklogs/new")


def rows(session: Session, model: type) -> int:
    """How many rows the server holds; leaves no lock behind."""
    session.rollback()
    number = session.scalar(select(func.count()).select_from(model)) or 0
    session.rollback()
    return number


def stored(session: Session, statement: Select[Any]) -> list[Any]:
    """What the server holds, one column, in the order of the rows; leaves no lock behind."""
    session.rollback()
    found = list(session.scalars(statement))
    session.rollback()
    return found


def end_sessions(session: Session) -> None:
    """End every session as an idle one ends."""
    session.execute(update(SignInSession).values(ended_at=clock.now(), end_reason="idle"))
    session.commit()
