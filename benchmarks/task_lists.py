"""Lists of tasks and the search among a million assignments, the matrix of 300 units × 40 tasks, an export of 200,000
rows:

    python -m benchmarks.task_lists [--db sqlite,postgresql] [--requests 80] [--clients 8] [--rounds 2] [--matrix]

Each page stands beside a bare Flask page in the same run, on the same database (benchmarks/task_world.py) and with as
many bytes (benchmarks/serving.py); rounds alternate. Times are milliseconds as a client sees them. On a shared machine
`cpu_ms` says more: the CPU that the worker took for a request, without PostgreSQL's own.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any

from flask import Flask
from sqlalchemy import select

from benchmarks.serving import Server, beside_floor, load, p95, served
from benchmarks.task_world import (
    COUNTIES,
    COUNTY,
    FIRST_DUE,
    PROVINCE,
    TOWNSHIP,
    VILLAGE,
    WIDE_COUNTY,
    databases,
)
from tests import factories
from webapp.access import Viewer
from webapp.accountability import matrix
from webapp.accountability.models import AccountabilityTask
from webapp.app import create_app, load_models
from webapp.config import Settings
from webapp.db import session_scope

MATRIX = "page of the matrix"
MATRIX_UNITS = 300
PAGES = {
    "my list, village": ("first_secretary", VILLAGE, "/tasks/"),
    "my list, county as issuer": ("desk", COUNTY, "/tasks/"),
    "list of a township": ("desk", TOWNSHIP, "/tasks/?view=all"),
    "list of a province": ("leader", PROVINCE, "/tasks/"),
    "all states of a province": ("leader", PROVINCE, "/tasks/?state=every"),
    "list of a county by words": ("desk", COUNTY, "/tasks/?view=all&q=%E5%8F%82%E4%BF%9D"),
    "search for a title, county": ("desk", COUNTY, "/search?q=%E5%8F%82%E4%BF%9D"),
    "search for a person, village": ("secretary", VILLAGE, "/search?q=%E5%9F%BA%E5%87%86%E4%BA%BA%E5%91%98"),
    "search in vain, province": ("leader", PROVINCE, "/search?q=%E6%97%A0%E6%AD%A4%E4%BA%8B"),
    MATRIX: ("desk", WIDE_COUNTY, ""),
}
SEARCHES = 60
"""What one person may search for in a minute; a further request would be refused."""
EXPORTED = 20
"""Tasks of each of the 100 counties whose 100 villages make the 200,000 rows of the export."""


def signed_in(url: str) -> dict[str, str]:
    """A signed-in person's cookie for each page."""
    app = create_app(Settings.from_env())
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookies = {}
    with session_scope(url, Viewer.system("基准", "")) as session:
        for name, (role, unit, _path) in PAGES.items():
            person = factories.person(session)
            post = factories.posting(session, role, unit, person.id)
            login = f"bench{post.id}"
            account = factories.account(session, person.id, login)
            token = factories.start_session(session, account, address="127.0.0.1", browser="benchmark")
            cookies[name] = "dandang=" + serializer.dumps({"_user_id": token, "_fresh": True})
    return cookies


def matrix_path(url: str) -> str:
    """The address of the matrix of all 40 tasks of the wide county."""
    with session_scope(url, Viewer.system("基准", ""), writes=False) as session:
        newest = select(AccountabilityTask).where(AccountabilityTask.issuer_code == WIDE_COUNTY)
        task = session.scalars(newest.order_by(AccountabilityTask.id.desc())).first()
        assert task is not None  # noqa: S101 — the world has it
        return f"/tasks/{task.number}/matrix?which=every"


def one_page() -> Flask:
    """The application with all 300 units on one page of the matrix."""
    matrix.ROWS = MATRIX_UNITS
    return create_app(Settings.from_env())


def whole_matrix(ours: Server, path: str, cookie: str, rows: int, options: argparse.Namespace) -> dict[str, object]:
    """All units of the matrix, page after page as a reader scrolls: one reader alone, then `clients` of them at once."""
    pages = [f"{path}&page={number}" for number in range(1, MATRIX_UNITS // rows + 1)]

    def read(_: int) -> float:
        return sum(load(ours.port, page, cookie, 1, 1)[0][0] for page in pages)

    read(0)
    alone = [read(number) for number in range(options.rounds)]
    before = ours.cpu_seconds()
    with ThreadPoolExecutor(options.clients) as readers:
        together = list(readers.map(read, range(options.requests)))
    taken = ours.cpu_seconds() - before
    return {
        "page": "matrix of 300 × 40",
        "pages": len(pages),
        "alone_ms": round(statistics.median(alone), 1),
        "p50_ms": round(statistics.median(together), 1),
        "p95_ms": round(p95(together), 1),
        "cpu_ms": round(taken * 1000 / len(together), 1),
    }


def exported(url: str, wanted: str, cookie: str) -> dict[str, object]:
    """The export from a server of its own: seconds, size, and the most memory that its worker held."""
    last = FIRST_DUE + timedelta(days=7 * (EXPORTED - 1))
    with served("wsgi:app", url, COUNTY) as ours:
        load(ours.port, "/tasks/", cookie, 8, 8)
        before = ours.peak_megabytes()
        connection = HTTPConnection("127.0.0.1", ours.port, timeout=300)
        started = time.perf_counter()
        connection.request("GET", f"/tasks/?state=every&to={last}&format={wanted}", headers={"Cookie": cookie})
        answer = connection.getresponse()
        size, lines = 0, 0
        while piece := answer.read(65_536):
            size, lines = size + len(piece), lines + piece.count(b"\n")
        seconds = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"the export answered {answer.status}")
        return {
            "page": f"export as {wanted}",
            "rows": lines if wanted == "csv" else EXPORTED * len(COUNTIES) * 100,
            "bytes": size,
            "seconds": round(seconds, 1),
            "peak_mb": round(ours.peak_megabytes()),
            "before_mb": round(before),
        }


def measure(kind: str, url: str, options: argparse.Namespace) -> None:
    """Print one database's figures, a line each."""

    def say(figures: dict[str, Any]) -> None:
        print(json.dumps({"db": kind, **figures}, ensure_ascii=False), flush=True)

    os.environ["DATABASE_URL"] = url
    cookies, path = signed_in(url), matrix_path(url)
    with served("wsgi:app", url, COUNTY) as ours, served("benchmarks.serving:bare()", url, COUNTY) as floor:
        for name, (_role, _unit, page) in PAGES.items():
            if options.matrix and name != MATRIX:
                continue
            address, requests = path if name == MATRIX else page, options.requests
            if page.startswith("/search"):
                requests = min(requests, (SEARCHES - 2 * options.clients) // options.rounds)
            usual = (requests, options.clients, options.rounds)
            say({"page": name, **beside_floor(ours, floor, address, cookies[name], *usual)})
        say(whole_matrix(ours, path, cookies[MATRIX], matrix.ROWS, options))
    with served("benchmarks.task_lists:one_page()", url, COUNTY) as ours:
        say(whole_matrix(ours, path, cookies[MATRIX], MATRIX_UNITS, options))
    if options.matrix:
        return
    for wanted in ("csv", "xlsx"):
        say(exported(url, wanted, cookies["list of a province"]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.task_lists")
    parser.add_argument("--db", default="sqlite,postgresql")
    parser.add_argument("--requests", type=int, default=80, help="requests a round and page")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--matrix", action="store_true", help="the matrix alone")
    options = parser.parse_args()
    load_models()
    print(f"two cores, load of the machine at the start: {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder, databases(options.db.split(",")) as made:
        os.environ["DANDANG_INSTANCE"] = folder
        Settings.from_env().prepare()
        for kind, url in made:
            measure(kind, url, options)


if __name__ == "__main__":
    main()
