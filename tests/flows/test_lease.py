"""The lease: one holder, a second one waits, and takes over when the first is killed."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from flows.lease import held
from webapp.config import ROOT, Settings

HOLD = """
import sys, time
from flows.lease import held
from webapp.config import Settings
with held(Settings.from_env(), "scheduler", wait=True, poll_seconds=0.05):
    print("got it", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(settings: Settings):  # type: ignore[no-untyped-def]
    env = {**os.environ, "DANDANG_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url}
    started = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_second_is_refused_while_the_first_holds(settings: Settings) -> None:
    with held(settings, "scheduler") as first, held(settings, "scheduler") as second:
        assert (first, second) == (True, False)
    with held(settings, "scheduler") as again:
        assert again


def test_other_names_and_instances_are_other_leases(settings: Settings, tmp_path: Path) -> None:
    other = replace(settings, instance=tmp_path / "other")
    with held(settings, "scheduler") as first, held(settings, "deliveries") as second:
        assert first
        assert second
    if settings.database_url.startswith("sqlite"):
        with held(settings, "scheduler") as first, held(other, "scheduler") as second:
            assert first
            assert second


def test_stand_by_takes_over_when_the_holder_is_killed(settings: Settings, holder) -> None:  # type: ignore[no-untyped-def]
    first = holder()
    assert first.stdout.readline() == "got it\n"
    second = holder()
    time.sleep(0.5)
    assert second.poll() is None
    first.send_signal(signal.SIGKILL)
    assert second.stdout.readline() == "got it\n"
