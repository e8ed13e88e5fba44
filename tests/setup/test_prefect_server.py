"""A command's own Prefect server: private, on a copy, gone with the command, whether it ends or is killed."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows import prefect_server
from flows.prefect_server import answers, choose_port, folder_of, prefect_api, running_port
from flows.prefect_settings import api_url, auth_string, client_environment, server_environment
from webapp.config import ROOT, Settings
from webapp.errors import Refused

COMMAND = """
import os, sys, time
from flows.prefect_server import prefect_api
from webapp.config import Settings
with prefect_api(Settings.from_env()) as address:
    from prefect import flow, task
    from prefect.settings import get_current_settings
    assert get_current_settings().flows.heartbeat_frequency is None
    @task
    def add(number): return number + 1
    @flow
    def table(): return sum(add(number) for number in range(3))
    print(table(), address, flush=True)
    if "wait" in sys.argv: time.sleep(60)
print("left", flush=True)
"""


def command(instance: Path, *arguments: str) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    environment = {**kept, "DANDANG_INSTANCE": str(instance), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def servers(instance: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{instance}/prefect/".encode() in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue  # it ended while we looked
    return found


def test_flow_runs_and_the_server_goes_with_the_command(tmp_path: Path) -> None:
    process = command(tmp_path)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert output.startswith("6 http://127.0.0.1:")
    assert output.endswith("left\n")
    assert errors == ""
    assert servers(tmp_path) == []
    assert list(folder_of(tmp_path).glob("private-*")) == []


def test_killed_command_leaves_no_server_and_the_next_one_tidies_up(tmp_path: Path) -> None:
    with command(tmp_path, "wait") as process:
        assert process.stdout
        address = process.stdout.readline().split()[1]
        word = auth_string(folder_of(tmp_path))
        assert answers(address, word)
        assert not answers(address, "dandang:somebody else")
        for path in folder_of(tmp_path).rglob("*"):
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077 or path.parent != folder_of(tmp_path), path
        process.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while servers(tmp_path) and time.monotonic() < end:
        time.sleep(0.1)
    assert servers(tmp_path) == []
    assert len(list(folder_of(tmp_path).glob("private-*"))) == 1
    prefect_server._clear_left_behind(folder_of(tmp_path))
    assert list(folder_of(tmp_path).glob("private-*")) == []


def test_port_is_remembered_and_given_up_when_taken(tmp_path: Path) -> None:
    import socket

    first = choose_port(tmp_path)
    assert choose_port(tmp_path) == first
    with socket.create_server(("127.0.0.1", first)):
        assert choose_port(tmp_path) != first


def test_no_server_answers_where_none_was_started(tmp_path: Path) -> None:
    choose_port(tmp_path)
    assert running_port(tmp_path) is None


def test_operators_server_that_is_down_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANDANG_INSTANCE", str(tmp_path))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(Refused, match="没有应答"), prefect_api(Settings.from_env()):
        pytest.fail("nothing is to run")


def test_word_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    word = auth_string(tmp_path)
    assert auth_string(tmp_path) == word
    assert stat.S_IMODE((tmp_path / "auth").stat().st_mode) == 0o600
    assert len(word) > 40


def test_settings_are_private_and_an_operators_own_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_UI_ENABLED", "true")
    monkeypatch.setenv("NO_PROXY", "intranet.example.org")
    found = server_environment(tmp_path, 4321, tmp_path / "prefect.db")
    assert found["PREFECT_SERVER_UI_ENABLED"] == "true"
    assert found["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert found["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] == "false"
    assert found["PREFECT_API_URL"] == api_url(4321)
    assert client_environment(tmp_path, 4321)["NO_PROXY"] == "intranet.example.org,127.0.0.1,localhost"
    assert "PREFECT_SERVER_API_AUTH_STRING" not in client_environment(tmp_path, 4321)
