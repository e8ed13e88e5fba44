"""One real Prefect server for all wiring tests, an instance folder as a process sees it, and a mail server."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy.orm import Session

from flows.prefect_server import prefect_api
from tests import factories
from tests.evaluation.facts import Facts
from tests.factories import COUNTY, at
from webapp.config import ROOT, Settings
from webapp.delivery import service
from webapp.policy import calendar

DUE = at("2026-05-06 09:00")
"""The first working day of May 2026, when April's report is due."""
WINDOW = "2026-04"


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Prefect server that lives as long as the tests; what they start inherits it."""
    folder = tmp_path_factory.mktemp("prefect")
    given = replace(Settings.from_env(), instance=folder)
    with prefect_api(given) as address:
        yield address


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The test's instance and database as the environment names them: flows read their settings there."""
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DANDANG_BASE_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("DANDANG_MAIL_FROM", settings.mail_from)
    monkeypatch.delenv("DANDANG_SMTP_URL", raising=False)
    return settings


@pytest.fixture
def subscribed(county: Session, instance: Settings) -> int:
    """A county with some months of work, whose leader gets April's report; gives the leader's person id."""
    calendar.seed(county)
    Facts(county, 7).fill(tasks=6, villages=6)
    leader = factories.posting(county, "leader", COUNTY, starts_on=date(2025, 1, 1)).person_id
    factories.account(county, leader, "leader").email = "leader@example.invalid"
    service.subscribe(
        county,
        kind="period-report",
        unit_code=COUNTY,
        recipient_id=leader,
        first_window=WINDOW,
        at=at("2026-04-01 09:00"),
    )
    county.commit()
    return leader


@dataclass
class Sink:
    """A real mail server that keeps what it accepted."""

    accepted: list[Envelope] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        self.accepted.append(envelope)
        return "250 OK"


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """The mail server, named in the environment."""
    handler = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    monkeypatch.setenv("DANDANG_SMTP_URL", f"smtp://127.0.0.1:{handler.port}")
    yield handler
    controller.stop()


@pytest.fixture
def in_process(instance: Settings) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`in_process(code)` → another Python process with the same environment; killed at the end at the latest."""
    started: list[subprocess.Popen[str]] = []

    def start(*command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def pdfs(settings: Settings) -> list[Path]:
    """Every file under the archive, half-written ones too."""
    return sorted(path for path in (settings.files / "reports").rglob("*") if path.is_file())
