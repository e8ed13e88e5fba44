"""One holder at a time: the scheduler's lease, and the lock under which deliveries and mails are worked off.

SQLite: `flock` on a file beside the database. PostgreSQL: an advisory lock on a connection of its own. Both are
released by the operating system or the server when the holder dies, so that a stand-by takes over at once.
"""

import fcntl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text

from webapp.config import Settings


@contextmanager
def held(settings: Settings, name: str, *, wait: bool = False, poll_seconds: float = 1.0) -> Iterator[bool]:
    """Hold the named lock for the block; gives False when another holds it and `wait` is off."""
    holder = _file_lock if settings.database_url.startswith("sqlite") else _advisory_lock
    with holder(settings, name, wait, poll_seconds) as got:
        yield got


@contextmanager
def _file_lock(settings: Settings, name: str, wait: bool, poll_seconds: float) -> Iterator[bool]:
    folder = settings.instance / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not wait:
                    yield False
                    return
                time.sleep(poll_seconds)
            else:
                yield True
                return


@contextmanager
def _advisory_lock(settings: Settings, name: str, wait: bool, poll_seconds: float) -> Iterator[bool]:
    engine = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    number = zlib.crc32(f"dandang/{name}".encode())
    try:
        with engine.connect() as connection:
            while True:
                if connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
                    yield True
                    return
                if not wait:
                    yield False
                    return
                time.sleep(poll_seconds)
    finally:
        engine.dispose()  # closing the connection gives the lock back
