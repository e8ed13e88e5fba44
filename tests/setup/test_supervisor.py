"""The supervisor with light stand-ins: a dead child returns, and however it all ends, no process is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hosting.programs import Program, configuration, programs
from webapp.config import ROOT

KEEP = """
import os, sys
from pathlib import Path
from hosting.serve import keep
folder = Path(sys.argv[1])
sys.exit(keep(folder / "supervisord.conf", dict(os.environ), lambda: None, folder))
"""
CHILD = "import pathlib, os, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(300)"


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Running:
    """`keep` in a process of its own, and the numbers of what it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "run").mkdir()
        (folder / "logs").mkdir()
        listed = [
            Program(name, (sys.executable, "-c", CHILD, str(folder / name)), 10, dies_by)
            for name, dies_by in (("one", "SIGTERM"), ("two", "SIGKILL"))
        ]
        (folder / "supervisord.conf").write_text(configuration(folder, listed))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen([sys.executable, "-c", KEEP, str(folder)], env=environment, cwd=ROOT)
        whole = wait_for(lambda: None not in (self.child("one"), self.child("two"), self.supervisor()))
        if not whole:
            self.process.kill()
            self.process.wait()
            pytest.fail("the stand-ins did not start")

    def child(self, name: str) -> int | None:
        file = self.folder / name
        text = file.read_text() if file.exists() else ""
        return int(text) if text else None

    def supervisor(self) -> int | None:
        file = self.folder / "run" / "supervisord.pid"
        return int(file.read_text()) if file.exists() and file.read_text().strip() else None

    def everything(self) -> list[int]:
        return [number for number in (self.child("one"), self.child("two"), self.supervisor()) if number]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()
    assert wait_for(lambda: not any(alive(number) for number in started.everything()))


def test_dead_child_is_started_again(running: Running) -> None:
    first = running.child("one")
    assert first
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: running.child("one") not in (first, None))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_all_and_is_no_failure(running: Running, number: signal.Signals) -> None:
    numbers = running.everything()
    running.process.send_signal(number)
    assert running.process.wait(20) == 0
    assert not any(alive(number) for number in numbers)


def test_killed_supervisor_leaves_no_orphan_and_is_told(running: Running) -> None:
    numbers = running.everything()
    os.kill(numbers[-1], signal.SIGKILL)
    assert running.process.wait(20) == 1
    assert wait_for(lambda: not any(alive(number) for number in numbers))


def test_killed_outermost_process_leaves_no_orphan(running: Running) -> None:
    numbers = running.everything()
    running.process.kill()
    running.process.wait()
    assert wait_for(lambda: not any(alive(number) for number in numbers))


def test_odd_folder_names_survive_the_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "50% of 实例"
    folder.mkdir()
    started = Running(folder)
    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait(20) == 0
    assert (folder / "logs" / "one.log").exists()


def test_prefect_of_the_operator_is_not_started_twice() -> None:
    assert [program.name for program in programs("::1", 8000, 4200)] == ["web", "scheduler", "prefect"]
    assert [program.name for program in programs("::1", 8000, None)] == ["web", "scheduler"]
    assert "[::1]:8000" in programs("::1", 8000, None)[0].command
