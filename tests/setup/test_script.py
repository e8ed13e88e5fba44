"""The entry script: finds a Python that is new enough or says what to do, from any folder, in plain POSIX sh."""

import shutil
import subprocess
from pathlib import Path

import pytest

from webapp.config import ROOT

SCRIPT = ROOT / "dandang"
OLD = """#!/bin/sh
case "$2" in *platform*) echo 3.9.2 ;; *) exit 1 ;; esac
"""


def run(*arguments: str, path: Path | None = None, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(path or "/usr/local/bin:/usr/bin:/bin"), "LANG": "C.UTF-8"}
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH with the two tools that the script needs, and no Python."""
    for tool in ("dirname", "readlink"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    return tmp_path


@pytest.mark.parametrize("script", ["dandang", "hosting/install-packages.sh"])
@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_scripts_are_plain_sh(script: str, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not here")
    subprocess.run([shell, "-n", str(ROOT / script)], check=True)


def test_old_python_is_refused_in_both_languages(bare: Path) -> None:
    (bare / "python3").write_text(OLD)
    (bare / "python3").chmod(0o755)
    result = run("up", path=bare)
    assert result.returncode == 1
    assert "需要 3.11 或更高版本，本机是 3.9.2" in result.stderr
    assert "Python 3.11 or later is needed" in result.stderr


def test_missing_python_is_told(bare: Path) -> None:
    result = run("up", path=bare)
    assert result.returncode == 1
    assert "没有找到 python3" in result.stderr
    assert "apt-get install python3" in result.stderr


def test_help_lists_the_commands() -> None:
    result = run("help")
    assert result.returncode == 0
    for command in ("up", "setup", "test", "doctor", "flask"):
        assert command in result.stdout


@pytest.mark.parametrize("arguments", [(), ("fly",), ("up", "--port", "many"), ("setup", "--port", "1")])
def test_wrong_usage_is_exit_code_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 2


def test_script_may_be_called_through_a_link_from_anywhere(tmp_path: Path) -> None:
    link = tmp_path / "担当"
    link.symlink_to(SCRIPT)
    result = subprocess.run([str(link), "help"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0


def test_check_of_a_fresh_clone_passes_the_exit_code_on() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert "exec ./dandang test" in text
