"""A private PostgreSQL for the tests: Debian's binaries, a folder of its own, a free port, gone at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from types import TracebackType

from sqlalchemy import NullPool, create_engine, text

USES = 50
"""Times that a copy is emptied and given out again; deleted rows stay in its files, so it grows with each."""
PATIENCE = 5_000
"""Times that a copy looks, once a millisecond, whether the others have gone."""
_SHAPE = text(
    "SELECT sum(hashtextextended(kind || name, 0)) FROM ("
    "SELECT 'c' AS kind, oid || relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    "UNION ALL SELECT 't', oid || tgname FROM pg_trigger UNION ALL SELECT 'k', oid || conname FROM pg_constraint "
    "UNION ALL SELECT 'f', oid || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS parts"
)
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
_END_OTHERS = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_KEYS_ANEW = text(
    "SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), 1, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)


class Copy:
    """A copy of a database without rows, with the one connection that empties it after each use: it plans the deletes of
    all tables once, which a new connection would do each time."""

    def __init__(self, address: str) -> None:
        self.uses = 0
        self._keeper = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()
        self._shape = self._keeper.scalar(_SHAPE)
        self._keeper.execute(text("SET session_replication_role = replica"))  # neither triggers nor foreign keys
        deletes = " ".join(f'DELETE FROM "{name}";' for name in self._keeper.scalars(_TABLES))
        self._keeper.exec_driver_sql(
            f"CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {deletes} END $$"
        )

    def emptied(self) -> bool:
        """End all other connections, delete the rows and let the keys start anew; False where that cannot be done, or
        the tables are not those it had."""
        if not self._alone() or self._keeper.scalar(_SHAPE) != self._shape:
            return False
        self._keeper.execute(text("SELECT pg_temp.empty()"))
        self._keeper.execute(_KEYS_ANEW)
        return True

    def _alone(self) -> bool:
        """Whether all other connections are gone; PostgreSQL's own waiting for that looks every 100 ms only."""
        for _ in range(PATIENCE):
            if not self._keeper.scalar(_END_OTHERS):
                return True
            time.sleep(0.001)
        return False

    def close(self) -> None:
        self._keeper.close()


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
        self._clean: list[str] = []
        self._copies: dict[str, Copy] = {}

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
        options = f"-p {port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c autovacuum=off"
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
        """A copy of a database that holds no rows: one that was given back, or a new one."""
        if self._clean:
            return self._clean.pop()
        name = f"{template}_{os.getpid()}_{next(self._numbers)}"
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        address = f"{self._address}/{name}"
        self._copies[address] = Copy(address)
        return address

    def give_back(self, address: str) -> None:
        """Empty a copy for the next who asks for one; a changed or much used one is removed."""
        copy = self._copies[address]
        if copy.uses < USES and copy.emptied():
            copy.uses += 1
            self._clean.append(address)
        else:
            self._copies.pop(address).close()
            self.drop(address)

    def drop(self, address: str) -> None:
        """Remove a database, whoever is still connected."""
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{address.rpartition("/")[2]}" WITH (FORCE)'))

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for copy in self._copies.values():
            copy.close()
        self._admin.dispose()
        if self._folder:
            self._call(*self._stop)
            shutil.rmtree(self._folder, ignore_errors=True)
