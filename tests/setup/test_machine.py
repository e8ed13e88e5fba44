"""Debian packages: nothing is installed without root's owner having agreed, and each refusal says what to do."""

import io

import pytest

from hosting import machine, terminal
from hosting.terminal import Stop


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been installed, on a machine with apt and root that lacks two packages."""
    calls: list[list[str]] = []
    missing = ["libpango-1.0-0", "fonts-noto-cjk"]

    def install(_as_root: list[str], packages: list[str]) -> None:
        calls.append(list(packages))
        missing.clear()

    monkeypatch.setattr(machine, "needed", lambda tests: list(missing))
    monkeypatch.setattr(machine, "_install", install)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "attended", lambda: False)
    return calls


def test_nobody_there_and_no_yes_stops_with_a_sentence(installed: list[list[str]]) -> None:
    with pytest.raises(Stop, match="--yes"):
        machine.prepare(tests=False, unattended=False)
    assert installed == []


def test_unattended_installs_what_is_missing(installed: list[list[str]]) -> None:
    machine.prepare(tests=False, unattended=True)
    assert installed == [["libpango-1.0-0", "fonts-noto-cjk"]]


@pytest.mark.parametrize(("answer", "count"), [("y\n", 1), ("是\n", 1), ("n\n", 0), ("\n", 0), ("", 0)])
def test_anything_but_yes_is_no(
    installed: list[list[str]], monkeypatch: pytest.MonkeyPatch, answer: str, count: int
) -> None:
    monkeypatch.setattr(machine, "attended", lambda: True)
    monkeypatch.setattr(terminal.sys, "stdin", io.StringIO(answer))
    if count:
        machine.prepare(tests=False, unattended=False)
    else:
        with pytest.raises(Stop, match="未作改动"):
            machine.prepare(tests=False, unattended=False)
    assert len(installed) == count


def test_no_apt_names_the_packages_in_both_languages(
    installed: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda _name: None)
    with pytest.raises(Stop) as stop:
        machine.prepare(tests=False, unattended=True)
    assert "没有 apt" in str(stop.value)
    assert "no apt here: libpango-1.0-0 fonts-noto-cjk" in str(stop.value)
    assert installed == []


def test_user_without_sudo_is_told_what_an_administrator_runs(
    installed: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    with pytest.raises(Stop, match="apt-get install libpango-1.0-0 fonts-noto-cjk"):
        machine.prepare(tests=False, unattended=True)


def test_nothing_is_asked_where_nothing_is_missing(installed: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "needed", lambda tests: [])
    machine.prepare(tests=False, unattended=False)
    assert installed == []


def test_continuous_integration_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(terminal.sys, "stdin", Terminal())
    monkeypatch.setenv("CI", "true")
    assert not terminal.attended()
    monkeypatch.delenv("CI")
    assert terminal.attended()
