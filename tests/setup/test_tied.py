"""A tied command ends with the process above it, and never starts under another one."""

import os
import subprocess
import sys

from webapp.config import ROOT

TIED = [sys.executable, "-S", str(ROOT / "flows" / "tied.py")]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*TIED, *arguments], capture_output=True, text=True, timeout=20)


def test_command_runs_under_the_parent_that_was_named() -> None:
    assert run("SIGKILL", str(os.getpid()), "--", "echo", "here").stdout == "here\n"


def test_parent_may_be_named_by_a_word_of_its_command_line() -> None:
    assert run("SIGTERM", "python", "--", "echo", "here").stdout == "here\n"


def test_orphan_does_not_start() -> None:
    for parent in ("1", "no such word"):
        result = run("SIGKILL", parent, "--", "echo", "here")
        assert (result.returncode, result.stdout) == (1, "")


def test_exit_code_is_the_commands_own() -> None:
    assert run("SIGKILL", str(os.getpid()), "--", sys.executable, "-c", "raise SystemExit(7)").returncode == 7
