"""The Prefect server on the loopback: `./dandang up` keeps one, a command without it starts one of its own.

    with prefect_api(settings):
        from flows.evaluate_period import evaluate_period
        evaluate_period(...)

Two servers never share a SQLite file. The long-lived one holds `instance/prefect/prefect.db`; a command's own works on
a copy of a migrated, empty template (3.5 s instead of 17), whose records go with it: what matters is in our tables.
"""

import base64
import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from flows.prefect_settings import LOOPBACK, api_url, auth_string, client_environment, server_environment
from flows.tied import die_with_parent
from webapp.config import ROOT, Settings
from webapp.errors import Refused

START_SECONDS = 90
PROBE_SECONDS = 3


def folder_of(instance: Path) -> Path:
    """Where an instance keeps its Prefect: database, word, the long-lived server's port."""
    return instance / "prefect"


@contextmanager
def prefect_api(settings: Settings) -> Iterator[str]:
    """A Prefect API for the block: the instance's running server, else a private one that ends with the block.

    Import flows inside the block only: Prefect reads its settings when it is first imported. Gives the API's address.
    """
    folder = folder_of(settings.instance)
    given = os.environ.get("PREFECT_API_URL")
    if given:
        if not answers(given, os.environ.get("PREFECT_API_AUTH_STRING") or ""):
            raise Refused(f"流程服务 {given} 没有应答。请检查该服务，或去掉 PREFECT_API_URL 后重试。")
        with _client({}):
            yield given
        return
    port = running_port(folder)
    if port is not None:
        with _client(client_environment(folder, port)):
            yield api_url(port)
        return
    with _private_server(folder) as port, _client(client_environment(folder, port)):
        yield api_url(port)


def running_port(folder: Path) -> int | None:
    """The port of this instance's long-lived server when it is up and knows our word, else nothing."""
    port = remembered_port(folder)
    return port if port is not None and answers(api_url(port), auth_string(folder)) else None


def remembered_port(folder: Path) -> int | None:
    """The port that the long-lived server had last."""
    try:
        return int(json.loads((folder / "server.json").read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def choose_port(folder: Path) -> int:
    """The remembered port if it is free, else another free one, remembered from now on."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for candidate in (remembered_port(folder), 0):
        if candidate is None:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, candidate))
            port = int(probe.getsockname()[1])
            part = folder / f"server.json.{os.getpid()}"
            part.write_text(json.dumps({"port": port}))
            part.replace(folder / "server.json")
            return port
    raise Refused("本机没有空闲端口。请关闭不用的程序后重试。")


def answers(address: str, auth: str, timeout: float = PROBE_SECONDS) -> bool:
    """Whether a Prefect server is up at the address and takes our word (another user's server does not)."""
    request = urllib.request.Request(f"{address}/admin/version")  # noqa: S310
    if auth:
        request.add_header("Authorization", "Basic " + base64.b64encode(auth.encode()).decode())
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=timeout) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


@contextmanager
def _client(environment: dict[str, str]) -> Iterator[None]:
    """This process and its children speak to the server that the environment names, until the block ends."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        from prefect.settings import (  # noqa: PLC0415
            PREFECT_API_AUTH_STRING,
            PREFECT_API_URL,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
            temporary_settings,
        )

        # Said twice, for processes that have imported Prefect before.
        named = {PREFECT_API_URL: os.environ["PREFECT_API_URL"], PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
        if os.environ.get("PREFECT_API_AUTH_STRING"):
            named[PREFECT_API_AUTH_STRING] = os.environ["PREFECT_API_AUTH_STRING"]
        with temporary_settings(named):
            yield
            _send_events()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _send_events() -> None:
    """Hand over what the background worker still holds, so that it does not look for a server that has gone."""
    from prefect.events.worker import EventsWorker  # noqa: PLC0415

    logging.getLogger("EventsWorker").setLevel(logging.ERROR)  # it warns of each item still on its way
    EventsWorker.drain_all(timeout=5)


@contextmanager
def _private_server(folder: Path) -> Iterator[int]:
    """A server for this block on a free port with a database of its own; gives the port."""
    _clear_left_behind(folder)
    own = Path(tempfile.mkdtemp(prefix="private-", dir=folder))
    with (own / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database = own / "prefect.db"
        shutil.copy(template(), database)
        # The socket listens before the server is up: no port can be lost in between, and the first call just waits.
        with socket.create_server((LOOPBACK, 0), backlog=64) as listener:
            port = int(listener.getsockname()[1])
            environment = {
                **server_environment(folder, port, database),
                "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
            }
            process = _start(environment, ["--fd", str(listener.fileno())], (listener.fileno(),))
        try:
            if not _comes_up(process, port, auth_string(folder)):
                raise Refused("流程服务未能启动。请运行 ./dandang doctor 检查后重试。")
            yield port
        finally:
            process.kill()  # nothing of its database is kept
            process.wait()
            shutil.rmtree(own, ignore_errors=True)


def _comes_up(process: "subprocess.Popen[bytes]", port: int, auth: str) -> bool:
    """Import the client while the server starts (both take seconds), then wait for its first answer."""
    import prefect.flows  # noqa: F401, PLC0415

    for _ in range(START_SECONDS):
        if answers(api_url(port), auth, timeout=1):
            return True
        if process.poll() is not None:
            return False
    return False


def _clear_left_behind(folder: Path) -> None:
    """Remove the folders of private servers whose command was killed: nobody holds their lock."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob("private-*"):
        with suppress(OSError), (left / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)


def template() -> Path:
    """A migrated, empty database of this version of Prefect, made once for the environment (about 15 s)."""
    folder = ROOT / ".dandang" / "prefect"
    path = folder / f"{version('prefect')}.db"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _make_template(folder, path)
    return path


def _make_template(folder: Path, path: Path) -> None:
    for left in folder.glob("making-*"):  # of a set-up that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as made:
        database = Path(made) / "prefect.db"
        environment = {**os.environ, **server_environment(Path(made), 0, database)}
        code = (
            "import asyncio; from prefect.server.database import provide_database_interface as db;"
            "asyncio.run(db().create_db())"
        )
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)  # noqa: S603
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        database.replace(path)


def _start(environment: dict[str, str], arguments: list[str], fds: tuple[int, ...]) -> "subprocess.Popen[bytes]":
    own = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "flows.prefect_server", "--parent", str(os.getpid()), *arguments]
    # A session of its own: Ctrl-C reaches the command, which then stops its server itself.
    return subprocess.Popen(command, env=own, pass_fds=fds, start_new_session=True)  # noqa: S603


def serve(arguments: list[str]) -> None:
    """Be the server: `--port N` as the long-lived one, `--fd N --parent PID` for one command."""
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    os.umask(0o077)
    if "--parent" in given:
        die_with_parent(signal.SIGKILL, int(given["--parent"]))
    if "--fd" in given:
        listener = socket.socket(fileno=int(given["--fd"]))
    else:
        port = int(given["--port"])
        folder = folder_of(Settings.from_env().instance)
        database = folder / "prefect.db"
        os.environ.update(server_environment(folder, port, database))
        if not database.exists():
            part = database.with_name(f"prefect.db.{os.getpid()}")
            shutil.copy(template(), part)
            part.chmod(0o600)
            part.replace(database)
        listener = socket.create_server((LOOPBACK, port), backlog=64)
    import uvicorn  # noqa: PLC0415
    from prefect.server.api.server import create_app  # noqa: PLC0415

    config = uvicorn.Config(create_app(), log_level="warning", lifespan="on", timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    serve(sys.argv[1:])
