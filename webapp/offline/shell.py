"""The app shell: which files a phone keeps in order to open without a network, and the version that names them all.

Scripts of the shell travel under `/modules/<version>/`: what they import from each other carries the version too, so that
a browser never mixes modules of two releases. Pages of the shell hold no personal data and look the same for everybody.
"""

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path

ENTRIES = ("outbox_head.js", "outbox_page.js", "outbox_write.js")
"""Scripts that pages of the shell name; what they import comes with them, see `modules`."""
STYLES = ("tokens.css", "layout.css", "parts.css", "home.css", "worklog.css", "outbox.css")
WORKER = "service_worker.js"


def modules(folder: Path) -> dict[str, Path]:
    """Every own script by its name."""
    return {path.name: path for path in sorted((folder / "js").glob("*.js"))}


def kept_modules(folder: Path) -> list[str]:
    """The scripts of the shell with all that they import, each once."""
    known, found, waiting = modules(folder), [], list(ENTRIES)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found.append(name)
        waiting += [one for one in known if f'from "./{one}"' in known[name].read_text(encoding="utf-8")]
    return sorted(found)


def version(folder: Path, pages: Path) -> str:
    """A short hash over all scripts, styles and the pages of the shell as they stand now."""
    return _hash_of(
        _as_it_stands(folder / "js", ".js") + _as_it_stands(folder / "css", ".css") + _as_it_stands(pages, ".html")
    )


def _as_it_stands(folder: Path, ending: str) -> tuple[tuple[str, int], ...]:
    """The files of a folder by name, with the moment of their last change. Every page asks: the folder is read in one go."""
    with os.scandir(folder) as entries:
        return tuple(sorted((one.path, one.stat().st_mtime_ns) for one in entries if one.name.endswith(ending)))


@lru_cache(maxsize=8)
def _hash_of(files: tuple[tuple[str, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _changed in files:
        digest.update(Path(path).name.encode() + b"\0" + Path(path).read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def worker(folder: Path, shell_version: str, addresses: list[str], sender: str | None) -> str:
    """The service worker's text: its version and what it keeps, then the script itself.

    `sender` is the address of the module that sends in the background; None for browsers that cannot do so, whose workers
    need not be modules either.
    """
    head = [f'import {{ sendInBackground }} from "{sender}";'] if sender else ["const sendInBackground = null;"]
    head += [f"const VERSION = {json.dumps(shell_version)};", f"const SHELL = {json.dumps(addresses)};"]
    return "\n".join([*head, (folder / "js" / WORKER).read_text(encoding="utf-8")])
