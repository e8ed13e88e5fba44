"""Makes the instance ready to serve: keys, database, packs, demo county. The work is done by `flask setup-instance`."""

import os
import subprocess
from pathlib import Path

from hosting.announcement import accounts_file
from hosting.places import VENV, digest, locked, read, tied, write
from hosting.terminal import Stop, say
from webapp.config import ROOT, Settings

# What decides whether an instance is up to date: code and data of the product, and where it lives.
WATCHED = ("webapp", "flows", "reports", "migrations", "templates/pdf")
KINDS = {".py", ".yaml", ".yml", ".csv", ".json", ".html", ".css"}


def prepare(demo: bool) -> None:
    """Bring the instance to the state that this version of the product needs; quick when it is there already.

    Raises:
        Stop: a step was refused; its sentence stands above.
    """
    settings = Settings.from_env()
    before = os.umask(0o077)
    try:
        with locked(settings.instance / "run" / "setup.lock", "另一个安装正在进行，请稍候……"):
            _prepare(settings, demo)
    finally:
        os.umask(before)


def _prepare(settings: Settings, demo: bool) -> None:
    file = settings.instance / "run" / "ready"
    wanted = digest(_version(), settings.database_url, "demo" if demo else "no demo")
    if read(file) == wanted and settings.key_file.exists() and _database_there(settings):
        return
    say("数据：正在准备（首次约需一分钟）" if demo else "数据：正在准备")
    if not flask("setup-instance", *([] if demo else ["--no-demo"])):
        raise Stop("数据没有准备好，原因见上。请处理后再次运行。")
    if demo:
        listed = subprocess.run(  # noqa: S603
            command("demo", "accounts", "--json"), env=environment(), stdout=subprocess.PIPE, text=True, check=False
        )
        if listed.returncode == 0:
            write(accounts_file(settings.instance), listed.stdout)
    else:
        accounts_file(settings.instance).unlink(missing_ok=True)
    write(file, wanted)


def _database_there(settings: Settings) -> bool:
    prefix = "sqlite:///"
    return not settings.database_url.startswith(prefix) or Path(settings.database_url.removeprefix(prefix)).exists()


def _version() -> str:
    """A hash over names, sizes and times of what is watched: reading all of it would cost more than it tells."""
    found = [
        f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}"
        for folder in WATCHED
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in KINDS
        for status in [path.stat()]
    ]
    return digest(*found)


def flask(*arguments: str) -> bool:
    """Run one of the product's commands; whether it succeeded."""
    return subprocess.run(tied(*command(*arguments)), env=environment(), check=False).returncode == 0  # noqa: S603


def command(*arguments: str) -> list[str]:
    """A command of the product in its environment; the folder stays the caller's."""
    return [str(VENV / "bin" / "flask"), "--app", str(ROOT / "wsgi.py"), *arguments]


def environment() -> dict[str, str]:
    """The product is found whatever folder the command is called in; no .env file of that folder is read."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "FLASK_SKIP_DOTENV": "1"}
