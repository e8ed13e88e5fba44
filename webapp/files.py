"""Files kept under the hash of their content: durable before the name appears, so that a name never holds half a file."""

import hashlib
import os
import secrets
from pathlib import Path


def place(folder: Path, sha256: str, ending: str) -> Path:
    """Where the bytes of a hash lie below a folder: place(photos, "ab12…", ".jpg") → photos/ab/ab12….jpg."""
    return folder / sha256[:2] / f"{sha256}{ending}"


def store(folder: Path, content: bytes, ending: str) -> str:
    """Write bytes under their SHA-256 and return it. Safe to repeat; raises `OSError` when the disk is full."""
    sha256 = hashlib.sha256(content).hexdigest()
    target = place(folder, sha256, ending)
    if target.exists():
        os.utime(target)  # wanted anew: whoever clears away what lies unused for long must see that
        return sha256
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f"{sha256}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return sha256
