"""The steps of the set-up: done once, again when something changed, and whole after a kill at any point."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from hosting import environment, instance, places, report_fonts, serve
from hosting.pip_settings import for_uv
from hosting.terminal import Stop
from webapp.config import ROOT


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for the environment, with lists of one line."""
    folder = tmp_path / "venv"
    run, tests = tmp_path / "requirements.txt", tmp_path / "requirements-test.txt"
    run.write_text("one==1\n")
    tests.write_text("two==2\n")
    for name, value in {
        "VENV": folder,
        "HOME": tmp_path,
        "PYTHON": folder / "bin" / "python",
        "STAMP": folder / "dandang-stamp",
        "INSTALLING": tmp_path / "venv.installing",
        "RUN": (run,),
        "TESTS": (run, tests),
    }.items():
        monkeypatch.setattr(environment, name, value)
    return folder


@pytest.fixture
def installed(venv: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lists each installation brought in; the installation itself is a stand-in."""
    calls: list[int] = []

    def install(lists: tuple[Path, ...], _output: int) -> bool:
        calls.append(len(lists))
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (venv / "lib" / version / "site-packages").mkdir(parents=True, exist_ok=True)
        (venv / "bin").mkdir(exist_ok=True)
        (venv / "bin" / "python").touch()
        return True

    monkeypatch.setattr(environment, "_install", install)
    return calls


def test_second_time_installs_nothing(installed: list[int]) -> None:
    assert environment.prepare(tests=False)
    assert not environment.prepare(tests=False)
    assert installed == [1]


def test_changed_list_installs_again(installed: list[int]) -> None:
    environment.prepare(tests=False)
    environment.RUN[0].write_text("one==2\n")
    environment.prepare(tests=False)
    assert installed == [1, 1]


def test_tests_and_up_do_not_undo_each_other(installed: list[int]) -> None:
    environment.prepare(tests=False)
    environment.prepare(tests=True)
    environment.prepare(tests=False)
    environment.RUN[0].write_text("one==2\n")
    environment.prepare(tests=False)
    assert installed == [1, 2, 2]


def test_killed_installation_starts_anew(installed: list[int], venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.prepare(tests=False)
    environment.RUN[0].write_text("one==2\n")
    whole = environment._install

    def killed(lists: tuple[Path, ...], output: int) -> bool:
        (venv / "half-written").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "_install", killed)
    with pytest.raises(KeyboardInterrupt):
        environment.prepare(tests=False)
    monkeypatch.setattr(environment, "_install", whole)
    assert environment.prepare(tests=False)
    assert not (venv / "half-written").exists()


def test_failed_installation_leaves_no_stamp(installed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_install", lambda lists, output: False)
    with pytest.raises(Stop, match="请检查网络后重试"):
        environment.prepare(tests=False)
    assert not environment.is_current(tests=False)


def test_environment_of_another_python_is_not_usable(installed: list[int], venv: Path) -> None:
    environment.prepare(tests=False)
    next(venv.glob("lib/python*")).rename(venv / "lib" / "python3.1")
    assert not environment.usable()


def test_uv_hears_what_pip_was_told() -> None:
    listing = (
        "global.index-url='https://mirror.example.org/simple'\n"
        "global.cert='/etc/ssl/own.pem'\n"
        "install.extra-index-url='\\nhttps://a.example.org/simple\\nhttps://b.example.org/simple'\n"
        ":env:.index-url='https://env.example.org/simple'\n"
        "global.no-color='true'\n"
    )
    assert for_uv(listing, {"SSL_CERT_FILE": "/given.pem"}) == {
        "UV_DEFAULT_INDEX": "https://env.example.org/simple",
        "UV_INDEX": "https://a.example.org/simple https://b.example.org/simple",
    }


def test_system_certificates_count_where_pip_was_told_nothing() -> None:
    assert for_uv("", {}) == {"UV_SYSTEM_CERTS": "1"}


def test_second_set_up_waits_for_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = tmp_path / "lock"
    code = "import sys,time;from pathlib import Path;from hosting.places import locked\nwith locked(Path(sys.argv[1]), ''):\n print('held', flush=True); time.sleep(0.5)"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout
        first.stdout.readline()
        began = time.monotonic()
        with places.locked(lock, "请稍候"):
            assert time.monotonic() - began > 0.2
    assert "请稍候" in capsys.readouterr().err


def test_fonts_that_are_ready_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "manifest.json").write_text("{}")
    monkeypatch.setenv("DANDANG_FONTS", str(fonts))
    assert not report_fonts.is_current()
    places.write(report_fonts._stamp(fonts), report_fonts._recipe())
    assert report_fonts.is_current()
    monkeypatch.setenv("DANDANG_CUSTOM_FONTS", str(tmp_path))
    assert not report_fonts.is_current()


def test_instance_is_prepared_once_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANDANG_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    calls: list[tuple[str, ...]] = []

    def flask(*arguments: str) -> bool:
        calls.append(arguments)
        (tmp_path / "keys").mkdir(exist_ok=True)
        (tmp_path / "keys" / "master.key").touch()
        (tmp_path / "dandang.db").touch()
        return True

    monkeypatch.setattr(instance, "flask", flask)
    instance.prepare(demo=False)
    instance.prepare(demo=False)
    assert calls == [("setup-instance", "--no-demo")]
    (tmp_path / "dandang.db").unlink()
    instance.prepare(demo=False)
    assert len(calls) == 2


def test_refused_instance_is_not_marked_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANDANG_INSTANCE", str(tmp_path))
    monkeypatch.setattr(instance, "flask", lambda *arguments: False)
    for _ in range(2):
        with pytest.raises(Stop):
            instance.prepare(demo=False)
    assert not (tmp_path / "run" / "ready").exists()


def test_port_in_use_is_said_in_a_sentence() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Stop, match="请用 --port 换一个端口"):
        serve.check_port("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(Stop, match="不能使用"):
        serve.check_port("127.0.0.1", 70000)
