"""A complaint by the browser of somebody signed in, to the web server as it is shipped: no trace of who, where or when.

Searched are every table, every file of the instance and all that the server says; then the shipped nginx configuration.
"""

import http.client
import io
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from gunicorn.config import Config
from sqlalchemy import select
from sqlalchemy.orm import Session

from hosting.programs import programs
from hosting.web_log import WebLog
from tests.burden.test_complaints import dump, form_token, receipt_in
from tests.factories import COUNTY
from webapp.auth.models import Account, SignInSession
from webapp.burden.models import Complaint
from webapp.config import ROOT, Settings

BROWSER = "Traceable-Browser/77.1"
FROM = "203.0.113.77"
WORDS = "同一张表本月向村里要了三次。"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(settings: Settings, log: Path, *more: str) -> Iterator[int]:
    """The web server of `./dandang up` on an instance, its words in a file of the instance; gives its port."""
    port = free_port()
    command = [*programs("127.0.0.1", port, None)[0].command, *more]
    environment = {
        **os.environ,
        "DANDANG_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "DANDANG_FONTS": str(settings.fonts),
        "DANDANG_TRUSTED_PROXIES": "1",
        "PYTHONPATH": str(ROOT),
    }
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            else:
                pytest.fail(log.read_text())
            yield port
        finally:
            server.terminate()
            server.wait(15)


class Browser:
    """Asks as the browser of somebody signed in, from an address of its own behind a proxy."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.headers = {"Cookie": cookie, "User-Agent": BROWSER, "X-Forwarded-For": FROM}

    def ask(self, method: str, path: str, **form: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = self.headers | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        words = answer.read().decode()
        connection.close()
        return answer.status, words


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.fixture
def cookie(sign_in: Callable[..., FlaskClient]) -> str:
    client = sign_in("first_secretary", "533323101201")
    held = client.get_cookie("dandang")
    assert held is not None
    return f"dandang={held.value}"


def complain_and_follow(browser: Browser) -> str:
    """Hand in a complaint, follow it in both ways, and once by a wrong receipt; gives the receipt."""
    status, page = browser.ask("GET", "/complaints/new")
    assert status == 200
    status, page = browser.ask("POST", "/complaints/new", token=token_in(page), county=COUNTY, text=WORDS)
    assert status == 200
    receipt = receipt_in(page)
    status, page = browser.ask("GET", f"/complaints/{receipt}")
    assert status == 200 and WORDS in page
    assert browser.ask("POST", "/complaints/receipt", receipt=receipt)[0] == 200
    assert browser.ask("GET", f"/complaints/{receipt[:-1]}")[0] == 404
    return receipt


def files_with(folder: Path, *traces: str) -> list[str]:
    return [
        f"{path.name}: {trace}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for trace in traces
        if trace.encode() in path.read_bytes()
    ]


def test_the_shipped_server_keeps_no_trace(county: Session, cookie: str, settings: Settings, tmp_path: Path) -> None:
    log = settings.instance / "logs" / "web.log"
    before = dump(county)
    with serving(settings, log) as port:
        browser = Browser(port, cookie)
        assert browser.ask("GET", "/verify/")[0] == 200
        said = log.read_bytes()
        receipt = complain_and_follow(browser)
        assert log.read_bytes() == said  # not a line, hence no hour either
    after = dump(county)
    assert {name for name in after if after[name] != before[name]} - {"sign_in_session"} == {"complaint"}
    row = county.scalars(select(Complaint)).one()
    own = [row.id, row.unit_code, str(row.day), row.receipt_hash, row.text]
    known = [*county.scalars(select(Account.login)), *county.scalars(select(SignInSession.token_hash))]
    assert len(known) == 2 and not [part for part in known if part in own]
    assert not re.search(r"\d\d:\d\d", " ".join(own))
    county.rollback()
    plain = receipt.replace("-", "")
    assert receipt not in str(after) and plain not in str(after) and FROM not in str(after)
    assert files_with(tmp_path, receipt, plain, plain.lower(), FROM, BROWSER) == []


def test_not_even_an_access_log_or_debugging_names_the_anonymous_pages(
    county: Session, cookie: str, settings: Settings
) -> None:
    log = settings.instance / "logs" / "web.log"
    with serving(settings, log, "--access-logfile", "-", "--log-level", "debug") as port:
        browser = Browser(port, cookie)
        assert browser.ask("GET", "/verify/")[0] == 200
        receipt = complain_and_follow(browser)
    said = log.read_text()
    assert '"GET /verify/ HTTP/1.1" 200' in said and BROWSER in said  # others are logged
    assert receipt not in said and receipt[:-1] not in said
    assert not [line for line in said.splitlines() if "/complaints/" in line and (BROWSER in line or FROM in line)]


def test_what_breaks_is_logged_without_the_receipt(capsys: pytest.CaptureFixture[str]) -> None:
    config = Config()
    config.set("errorlog", "-")
    log = WebLog(config)
    words = io.StringIO()
    log.error_log.handlers[0].setStream(words)  # type: ignore[attr-defined]
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("Error handling request %s", "/complaints/7KQM-2XFA-9HTD-3WPR?x=1")
    assert "Error handling request /complaints/" in words.getvalue() and "7KQM" not in words.getvalue()


def test_the_shipped_nginx_configuration_logs_nothing_there() -> None:
    text = (ROOT / "docs" / "nginx.conf.example").read_text(encoding="utf-8")
    servers = re.split(r"(?m)^server \{", text)[1:]
    assert len(servers) == 2
    for server in servers:
        place = re.search(r"location /complaints/ \{(.*?)\n  \}", server, re.DOTALL)
        assert place, server
        assert "access_log off;" in place[1] and "error_log /dev/null crit;" in place[1]
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert "nginx.conf.example" in guide and "--logger-class hosting.web_log.WebLog" in guide


def test_every_page_leads_to_it(client: FlaskClient) -> None:
    assert 'href="/complaints/new"' in client.get("/login").text and form_token(client)
