"""Many phones before the real server: they send until each log is acknowledged, also while the server is killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import VILLAGE
from tests.worklogs.sending import body
from webapp import clock
from webapp.access import Grant, Viewer
from webapp.auth import device_tokens
from webapp.auth.models import SignInSession
from webapp.config import ROOT, Settings

PATIENCE = 60  # seconds of one request


def token_in(session: Session) -> str:
    """A token of a new first secretary's phone."""
    post = factories.posting(session, "first_secretary", VILLAGE)
    account = factories.account(session, post.person_id)
    held = SignInSession(
        token_hash=uuid.uuid4().hex, account_id=account.id, created_at=clock.now(), last_seen_at=clock.now()
    )
    session.add(held)
    session.flush()
    grant = Grant("first_secretary", VILLAGE, post.id)
    viewer = Viewer("account", "测试", account_id=account.id, person_id=post.person_id, grants=(grant,))
    token, _ = device_tokens.make(session, viewer, session_id=held.id, browser="test")
    return token


class Gunicorn:
    """The shipped application on a port of loopback; `kill` is kill -9 of all its processes."""

    def __init__(self, settings: Settings) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "DANDANG_INSTANCE": str(settings.instance),
            "DATABASE_URL": settings.database_url,
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        command += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "critical"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.2)
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Sent:
    """What was acknowledged: log id → text; and how often a request got no answer."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    lost: int = 0
    wrong: list[int] = field(default_factory=list)


def send_all(port: int, tokens: list[str], logs: int, sent: Sent) -> list[threading.Thread]:
    """One thread for each token sends its share of the logs, each until it is acknowledged; returns the threads."""

    def phone(number: int, token: str) -> None:
        for serial in range(number, logs, len(tokens)):
            text, log_id = f"走访第 {serial} 户", str(uuid.uuid4())
            content = json.dumps(body(id=log_id, text=text))
            until = time.monotonic() + 240
            while time.monotonic() < until:
                status = _post(port, token, content)
                if status in (200, 201):
                    sent.acknowledged[log_id] = text
                    break
                if status in (0, 503):
                    sent.lost += 1
                    time.sleep(0.3)
                    continue
                sent.wrong.append(status)
                return

    threads = [threading.Thread(target=phone, args=item) for item in enumerate(tokens)]
    for thread in threads:
        thread.start()
    return threads


def _post(port: int, token: str, content: str) -> int:
    """The status, 0 where no answer came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(
            "POST",
            "/api/worklogs",
            body=content.encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
