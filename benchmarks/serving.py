"""Serving pages for a measurement: gunicorn with one worker and eight threads on loopback, clients that count
milliseconds, and the floor that each page stands beside: a bare Flask page with one indexed query and as many bytes."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask, Response, request
from sqlalchemy import create_engine

from webapp.config import ROOT

THREADS = 8


def bare() -> Flask:
    """The floor: one indexed query, then as many bytes as the address asks for."""
    app = Flask("bare")
    engine = create_engine(os.environ["BENCHMARK_DATABASE"])
    raw = threading.local()
    statement = f"SELECT name FROM division WHERE code = '{os.environ['BENCHMARK_CODE']}'"

    @app.get("/")
    def page() -> Response:
        if not hasattr(raw, "connection"):  # the driver itself: the floor pays for no layer above it
            raw.connection = engine.raw_connection()
        cursor = raw.connection.cursor()
        cursor.execute(statement)
        name = cursor.fetchone()[0]
        return Response((name + "x" * int(request.args["bytes"]))[: int(request.args["bytes"])], mimetype="text/html")

    return app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server: its port, and what its worker holds in memory."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def cpu_seconds(self) -> float:
        """CPU that the workers have taken so far: what a busy machine cannot blur."""
        ticks = 0
        for child in self._workers():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def peak_megabytes(self) -> float:
        """The most that any worker has held so far, in MiB."""
        return max(self._peak(child) for child in self._workers())

    def _workers(self) -> list[str]:
        return Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()

    @staticmethod
    def _peak(pid: str) -> float:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


@contextmanager
def served(target: str, database_url: str, code: str) -> Iterator[Server]:
    """A gunicorn server for the length of a block, ready to answer. `code` is a division that the floor looks up."""
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--workers", "1")
    command += ("--worker-class", "gthread", "--threads", str(THREADS), "--no-control-socket", "--log-level", "warning")
    environment = {**os.environ, "BENCHMARK_DATABASE": database_url, "BENCHMARK_CODE": code}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(150):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield Server(port, process.pid)
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


def beside_floor(
    ours: Server, floor: Server, path: str, cookie: str, requests: int, clients: int, rounds: int
) -> dict[str, float]:
    """Times of a page and of the floor with as many bytes, in turns, so that noise of the machine falls on both."""
    _, size = load(ours.port, path, cookie, 2 * clients, clients)
    load(floor.port, f"/?bytes={size}", "", 2 * clients, clients)
    page: list[float] = []
    least: list[float] = []
    before = ours.cpu_seconds(), floor.cpu_seconds()
    for _ in range(rounds):
        page += load(ours.port, path, cookie, requests, clients)[0]
        least += load(floor.port, f"/?bytes={size}", "", requests, clients)[0]
    taken = ours.cpu_seconds() - before[0], floor.cpu_seconds() - before[1]
    return {
        "bytes": size,
        "p50_ms": round(statistics.median(page), 1),
        "p95_ms": round(p95(page), 1),
        "bare_p50_ms": round(statistics.median(least), 1),
        "bare_p95_ms": round(p95(least), 1),
        "ratio_p95": round(p95(page) / p95(least), 2),
        "cpu_ms": round(taken[0] * 1000 / len(page), 1),
        "bare_cpu_ms": round(taken[1] * 1000 / len(least), 1),
    }
