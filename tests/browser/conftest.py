"""A real browser before a real server, on SQLite only: what is tested here does not depend on the database."""

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests import factories
from tests.browser.acts import PASSWORD
from tests.browser.line import Line
from tests.browser.lint import Linted, Watch
from webapp import db as database
from webapp.app import load_models
from webapp.auth.passwords import hashed

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1366, "height": 768}


@dataclass
class Site:
    """A running server: its address, the session that prepares rows, the line to it, and who can sign in."""

    url: str
    session: Session
    line: Line
    app: Flask

    def person(self, role: str, unit_code: str, login: str) -> str:
        """A person in a post with an account of that login; the password is `PASSWORD`."""
        post = factories.posting(self.session, role, unit_code)
        account = factories.account(self.session, post.person_id, login)
        account.password_hash = hashed(PASSWORD)
        self.session.commit()
        return login


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a migrated, empty SQLite database."""
    from tests.migrating import upgrade

    load_models()
    url = f"sqlite:///{tmp_path_factory.mktemp('browser') / 'empty.db'}"
    upgrade(url)
    source = create_engine(url)
    with source.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    source.dispose()
    return url


@pytest.fixture
def database_url(template: str, tmp_path: Path) -> Iterator[str]:
    target = tmp_path / "test.db"
    shutil.copy(template.removeprefix("sqlite:///"), target)
    url = f"sqlite:///{target}"
    yield url
    database.engine_for(url).dispose()
    database.engine_for.cache_clear()


expect.set_options(timeout=20_000)  # a busy machine answers late, and is not wrong for that


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    program = os.environ.get("DANDANG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: apt-get install chromium, or name it in DANDANG_CHROMIUM")
        pytest.skip("Chromium is missing: apt-get install chromium, or name it in DANDANG_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def site(app: Flask, county: Session) -> Iterator[Site]:
    """The application behind a server on a free port, with the real divisions; every page is linted."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)
    plain = app.wsgi_app
    linted = Linted(plain)
    line = Line(linted)
    app.wsgi_app = line  # type: ignore[method-assign]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", county, line, app)
    server.shutdown()
    thread.join()
    server.server_close()
    app.wsgi_app = plain  # type: ignore[method-assign]
    assert not linted.problems, "\n".join(linted.problems)


@pytest.fixture
def author(site: Site) -> str:
    """The login of a village's first secretary, who writes logs."""
    return site.person("first_secretary", factories.VILLAGE, "author")


@pytest.fixture
def device(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """`device()` → a browser of its own (cookies, storage): a phone by default. `device.watch` of each is checked."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def new(**options: object) -> BrowserContext:
        context = browser.new_context(
            **{
                "base_url": site.url,
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                "viewport": PHONE,
                "has_touch": True,
                **options,
            }  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        watch = Watch(context, site.url)
        context.watch = watch  # type: ignore[attr-defined]
        opened.append((context, watch))
        return context

    yield new
    problems = []
    for context, watch in opened:
        context.close()
        problems += watch.problems
    assert not problems, "\n".join(problems)


@pytest.fixture
def phone(device: Callable[..., BrowserContext]) -> Page:
    """A page on a phone of 360 × 740."""
    return device().new_page()
