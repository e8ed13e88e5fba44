"""Response times of the log form and of the task list, beside a bare Flask page in the same run:

    python -m benchmarks.log_form [--requests 400] [--clients 8] [--rounds 3] [--tasks 2000]

The bare page is Flask with one indexed query that sends the same number of bytes. Both servers are gunicorn with one
worker and eight threads on loopback, on a SQLite database in a temporary folder; rounds alternate between the pages,
so that noise of the machine falls on all of them. Times are milliseconds as a client sees them; ratios are the finding.
"""

import argparse
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask, Response, request
from sqlalchemy.orm import Session

from tests import factories
from tests.migrating import upgrade
from tests.worklogs.making import assignment
from webapp import db as database
from webapp.access import Viewer
from webapp.app import create_app, load_models
from webapp.config import ROOT, Settings
from webapp.extensions import db

THREADS = 8
PAGES = {
    "log form": ("first_secretary", factories.VILLAGE, "/worklogs/new"),
    "task list": ("desk", "533323", "/tasks/"),
}


def bare() -> Flask:
    """The floor: one indexed query, then as many bytes as the address asks for."""
    app = Flask("bare")
    held = threading.local()

    @app.get("/")
    def page() -> Response:
        if not hasattr(held, "connection"):
            held.connection = sqlite3.connect(os.environ["BENCHMARK_DATABASE"])
        name = held.connection.execute("SELECT name FROM division WHERE code = ?", ("533323",)).fetchone()[0]
        return Response((name + "x" * int(request.args["bytes"]))[: int(request.args["bytes"])], mimetype="text/html")

    return app


def prepare(folder: Path, tasks: int) -> dict[str, str]:
    """A county with `tasks` tasks at each of two villages; returns a session cookie for each page."""
    os.environ["DANDANG_INSTANCE"] = str(folder)
    settings = Settings.from_env()
    settings.prepare()
    load_models()
    upgrade(settings.database_url)
    app = create_app(settings)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookies = {}
    database.intend_to_write(True)
    with Session(
        database.engine_for(settings.database_url), info={"viewer": Viewer.system("benchmark", "")}
    ) as session:
        factories.add_fugong(session)
        for number in range(tasks):
            place = (factories.SISTER_VILLAGE, factories.OTHER_VILLAGE)[number % 2]
            assignment(session, place, title=f"核对监测对象参保情况（第 {number} 批）")
        for number in range(3):
            assignment(session, factories.VILLAGE, title=f"排查饮水管网（第 {number} 次）")
        for name, (role, unit, _path) in PAGES.items():
            token, _person = factories.signed_in_person(session, role, unit)
            cookies[name] = serializer.dumps({"_user_id": token, "_fresh": True})
        session.commit()
    with app.app_context():
        db.engine.dispose()
    return cookies


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(target: str, folder: Path) -> Iterator[int]:
    """A gunicorn server for the length of a block; gives its port once it answers."""
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--workers", "1")
    command += ("--worker-class", "gthread", "--threads", str(THREADS), "--no-control-socket", "--log-level", "warning")
    environment = {**os.environ, "BENCHMARK_DATABASE": str(folder / "dandang.db")}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(150):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


def load(port: int, path: str, cookie: str, requests: int, clients: int) -> tuple[list[float], int]:
    """Milliseconds of each request and the size of an answer; every answer must be 200."""
    took: list[list[float]] = [[] for _ in range(clients)]
    sizes = [0] * clients
    wrong: list[int] = []

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(requests // clients):
            started = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            sizes[number] = len(answer.read())
            took[number].append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                wrong.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{path} answered {wrong[0]}, {len(wrong)} times")
    return [one for part in took for one in part], max(sizes)


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    cookies = prepare(folder, options.tasks)
    found: dict[str, dict[str, float]] = {}
    with served("wsgi:app", folder) as ours, served("benchmarks.log_form:bare()", folder) as floor:
        for name, (_role, _unit, path) in PAGES.items():
            cookie = f"dandang={cookies[name]}"
            _, size = load(ours, path, cookie, 2 * options.clients, options.clients)
            load(floor, f"/?bytes={size}", "", 2 * options.clients, options.clients)
            page: list[float] = []
            bare_page: list[float] = []
            for _ in range(options.rounds):
                page += load(ours, path, cookie, options.requests, options.clients)[0]
                bare_page += load(floor, f"/?bytes={size}", "", options.requests, options.clients)[0]
            found[name] = {
                "bytes": size,
                "p50_ms": round(statistics.median(page), 1),
                "p95_ms": round(p95(page), 1),
                "bare_p50_ms": round(statistics.median(bare_page), 1),
                "bare_p95_ms": round(p95(bare_page), 1),
                "ratio_p95": round(p95(page) / p95(bare_page), 2),
            }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.log_form")
    parser.add_argument("--requests", type=int, default=400, help="requests a round and page")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, figures in measure(Path(folder), options).items():
            print(json.dumps({"page": name, "clients": options.clients, **figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
