"""`./dandang up`: web server, scheduler and Prefect server under supervisor, in the foreground, until Ctrl-C.

This process holds the instance's lock, starts supervisor, waits until the pages answer, and passes signals on. Each
process dies with the one above it (flows/tied.py), so that not even `kill -9` leaves an orphan.
"""

import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from flows.prefect_server import choose_port, folder_of
from flows.prefect_settings import client_environment
from hosting.announcement import Announcement
from hosting.places import PYTHON, write
from hosting.programs import configuration, programs
from hosting.terminal import Stop, say
from webapp.config import ROOT, Settings

STOP_SECONDS = 40


def check_port(host: str, port: int) -> None:
    """Refuse early and in a sentence when the address cannot be used.

    Raises:
        Stop: taken, not allowed, or not an address of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        raise Stop(f"没有使用端口 {port} 的权限。请用 --port 指定 1024 以上的端口。") from None
    except (OSError, OverflowError):
        raise Stop(f"地址 {host}:{port} 不能使用：端口已被占用，或不是本机地址。请用 --port 换一个端口。") from None


def serve(host: str, port: int) -> int:
    """Run until a signal comes; gives the exit code.

    Raises:
        Stop: the instance is up already, or the address is taken.
    """
    settings = Settings.from_env()
    os.umask(0o077)
    run = settings.instance / "run"
    for folder in (run, settings.instance / "logs"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (run / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"本系统已在运行（{settings.instance}）。请先在原窗口按 Ctrl-C 停止。") from None
        check_port(host, port)
        return _supervised(settings, run, host, port)


def address(host: str, port: int) -> str:
    """Where the pages are found when nothing else is configured."""
    return f"http://{_spoken_to(host)}:{port}"


def environment(settings: Settings, host: str, port: int, prefect_port: int | None) -> dict[str, str]:
    """What all processes find in their environment; what an operator has set stays."""
    own = {"DANDANG_BASE_URL": address(host, port), "PYTHONUNBUFFERED": "1", **os.environ}
    own |= {"DANDANG_INSTANCE": str(settings.instance), "PYTHONPATH": str(ROOT)}
    if prefect_port is not None:
        own |= client_environment(folder_of(settings.instance), prefect_port)
    return own


def _supervised(settings: Settings, run: Path, host: str, port: int) -> int:
    elsewhere = "PREFECT_API_URL" in os.environ  # the operator runs a Prefect server of their own
    prefect_port = None if elsewhere else choose_port(folder_of(settings.instance))
    own = environment(settings, host, port, prefect_port)
    announcement = Announcement(settings, address(host, port), own["DANDANG_BASE_URL"])
    file = run / "supervisord.conf"
    write(file, configuration(settings.instance, programs(host, port, prefect_port)))
    return keep(file, own, announcement.look, settings.instance / "logs")


def keep(file: Path, own: dict[str, str], look: Callable[[], None], logs: Path) -> int:
    """Run supervisor with a configuration until a signal comes, looking around meanwhile; gives the exit code."""
    command = [str(PYTHON), "-m", "supervisor.supervisord", "--nodaemon", "--silent", "--configuration", str(file)]
    tied = [str(PYTHON), "-S", str(ROOT / "flows" / "tied.py"), "SIGTERM", str(os.getpid()), "--", *command]
    signals: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # `nohup` asks to stay
            signal.signal(number, note)
    # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
    supervisor = subprocess.Popen(tied, env=own, cwd=ROOT, start_new_session=True)  # noqa: S603
    while supervisor.poll() is None and not signals:
        look()
        time.sleep(0.2)
    if signals:
        say("正在停止……")
        return _stop(supervisor)
    say(f"看护进程意外结束，各服务已停止。请查看 {logs} 后再次运行 ./dandang up。")
    return 1


def _spoken_to(host: str) -> str:
    """The host by which a listener is reached from this machine."""
    if host in ("0.0.0.0", ""):  # noqa: S104
        return "127.0.0.1"
    return "[::1]" if host == "::" else f"[{host}]" if ":" in host else host


def _stop(supervisor: "subprocess.Popen[bytes]") -> int:
    supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()  # its children are tied to it
        supervisor.wait()
    say("已停止。")
    return 0
