"""The Python environment under .dandang/venv: what requirements*.txt name, each file's hash checked.

A stamp written last says what is installed; without it, or when a list has changed, the step runs again. uv does it in
seconds; where uv cannot reach the registry (it knows other settings than pip) pip does it in a minute.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from hosting.pip_settings import for_uv
from hosting.places import HOME, PYTHON, VENV, digest, read, tied, write
from hosting.terminal import Stop, say
from webapp.config import ROOT

RUN = (ROOT / "requirements.txt",)
TESTS = (ROOT / "requirements.txt", ROOT / "requirements-test.txt")
SETUP = ROOT / "requirements-setup.txt"
STAMP = VENV / "dandang-stamp"
INSTALLING = HOME / "venv.installing"


def is_current(tests: bool) -> bool:
    """Whether the environment holds what the lists name now (the run's list, with `tests` the tests' list too)."""
    held = read(STAMP).split()
    return usable() and stamp(TESTS) in held or (usable() and not tests and stamp(RUN) in held)


def stamp(lists: tuple[Path, ...]) -> str:
    """Names one content of the environment."""
    return digest(*lists, f"{sys.version_info.major}.{sys.version_info.minor}")


def usable() -> bool:
    """Whether the environment's Python is there and of the version that its packages were installed for."""
    return PYTHON.exists() and any(
        path.is_dir()
        for path in VENV.glob(f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages")
    )


def prepare(tests: bool) -> bool:
    """Make the environment or bring it up to date; packages that the lists no longer name go. Whether it changed.

    Raises:
        Stop: it could be made neither with uv nor with pip.
    """
    if is_current(tests):
        return False
    # The tests' packages stay once they are there, so that `up` and `test` do not undo each other.
    lists = TESTS if tests or (VENV / "tests").exists() else RUN
    say("Python 环境：正在安装（约需半分钟）")
    if INSTALLING.exists() or not usable():  # killed half-way: packages may be there in part
        shutil.rmtree(VENV, ignore_errors=True)
    INSTALLING.touch()
    log = HOME / "environment.log"
    with log.open("w", encoding="utf-8") as output:
        done = _install(lists, output.fileno())
    INSTALLING.unlink()
    if not done:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
        raise Stop(f"Python 环境安装失败。请检查网络后重试；记录在 {log}，末尾是：\n{tail}")
    if lists is TESTS:
        (VENV / "tests").touch()
    write(STAMP, stamp(lists) + "\n")
    return True


def _install(lists: tuple[Path, ...], output: int) -> bool:
    """Make the environment where there is none and bring in the lists; with uv, else with pip."""

    def run(*command: object, **environment: str) -> bool:
        own = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **environment}
        own.pop("PYTHONPATH", None)
        done = subprocess.run(tied(*command), env=own, stdout=output, stderr=output, check=False)  # noqa: S603
        return done.returncode == 0

    if not usable() and not run(sys.executable, "-m", "venv", VENV):
        return False
    if not any(VENV.glob("lib/python*/site-packages/pip")) and not run(PYTHON, "-m", "ensurepip"):
        return False
    install = (PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps")
    uv = VENV / "bin" / "uv"
    if (uv.exists() or run(*install, "-r", SETUP)) and run(
        uv, "pip", "sync", "--require-hashes", *lists, **_uv_environment()
    ):
        return True
    return run(*install, *(part for path in lists for part in ("-r", path)))


def _uv_environment() -> dict[str, str]:
    listed = subprocess.run(  # noqa: S603
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return {
        **for_uv(listed.stdout, dict(os.environ)),
        "VIRTUAL_ENV": str(VENV),
        "UV_CACHE_DIR": str(HOME / "cache" / "uv"),
        "UV_COMPILE_BYTECODE": "1",  # or every first start pays seconds
        "UV_NO_PROGRESS": "1",
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }
