"""Where the set-up keeps things, and locks that the kernel gives back when their holder dies."""

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hosting.terminal import say
from webapp.config import ROOT

HOME = ROOT / ".dandang"
VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold a lock for the block; another set-up in the same place waits for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def tied(*command: object) -> list[str]:
    """The command as a child that is killed with us, so that no half of a killed set-up runs on beside the next one."""
    launcher = [sys.executable, "-S", str(ROOT / "flows" / "tied.py"), "SIGKILL", str(os.getpid()), "--"]
    return [*launcher, *(str(part) for part in command)]


def digest(*parts: Path | str) -> str:
    """One hash over texts and the contents of files, in the order given."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        total.update(b"\0")
    return total.hexdigest()


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with part.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)


def read(path: Path) -> str:
    """The text of a file, or nothing where there is none."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""
