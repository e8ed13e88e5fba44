"""A private PostgreSQL for the tests: Debian's binaries, a folder of its own, a free port, gone at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType

from sqlalchemy import create_engine, text


def _binaries() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise RuntimeError("PostgreSQL is missing: ./dandang test installs it, or set TEST_DATABASE_URL")


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PrivatePostgres:
    """Starts on entry, stops on exit. `TEST_DATABASE_URL` (a server's address without database) is used when set."""

    def __init__(self) -> None:
        self._outside = os.environ.get("TEST_DATABASE_URL")
        self._numbers = count(1)
        self._folder: Path | None = None

    def __enter__(self) -> "PrivatePostgres":
        if self._outside:
            self._address = self._outside.rstrip("/").replace("postgresql://", "postgresql+psycopg://")
        else:
            self._start()
        self._admin = create_engine(f"{self._address}/postgres", isolation_level="AUTOCOMMIT")
        return self

    def _start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dandang-pg-", dir="/tmp"))
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
            self._as = ["runuser", "-u", "postgres", "--"]
        else:
            self._as = []
        port = free_port()
        data = self._folder / "data"
        bin_folder = _binaries()
        self._call(bin_folder / "initdb", "-D", data, "--no-sync", "-A", "trust", "-U", "dandang", "-E", "UTF8")
        options = f"-p {port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        self._call(bin_folder / "pg_ctl", "-D", data, "-o", options, "-l", self._folder / "log", "-w", "start")
        self._stop = (bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        self._address = f"postgresql+psycopg://dandang@127.0.0.1:{port}"

    def _call(self, *command: object) -> None:
        subprocess.run([*self._as, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def create(self, name: str) -> str:
        """A new empty database; its address."""
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        return f"{self._address}/{name}"

    def create_from(self, template: str) -> str:
        """A new copy of a database; its address."""
        name = f"{template}_{os.getpid()}_{next(self._numbers)}"
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return f"{self._address}/{name}"

    def drop(self, address: str) -> None:
        """Remove a database, whoever is still connected."""
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{address.rpartition("/")[2]}" WITH (FORCE)'))

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._admin.dispose()
        if self._folder:
            self._call(*self._stop)
            shutil.rmtree(self._folder, ignore_errors=True)
