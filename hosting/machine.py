"""What the system itself must bring: Debian packages, installed as root and only after asking."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hosting.places import HOME
from hosting.terminal import Stop, agreed, attended, say
from reports.libraries import LIBRARIES, can_load
from webapp.config import ROOT

NOTO = Path("/usr/share/fonts/opentype/noto")
TZDATA = Path("/usr/share/zoneinfo/Asia/Shanghai")


def needed(tests: bool) -> list[str]:
    """Debian packages that are missing, by looking for what they bring (not for their names alone)."""
    missing = [package for library, package in LIBRARIES.items() if not can_load(library)]
    if importlib.util.find_spec("ensurepip") is None:
        missing.append(_venv_package())
    if not (NOTO / "NotoSansCJK-Regular.ttc").exists() or not (NOTO / "NotoSerifCJK-Regular.ttc").exists():
        missing.append("fonts-noto-cjk")
    if not TZDATA.exists():
        missing.append("tzdata")
    if tests:
        missing += _needed_by_tests()
    return missing


def _needed_by_tests() -> list[str]:
    missing = []
    if not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not os.environ.get("TEST_DATABASE_URL"):
        missing.append("postgresql")
    if not (shutil.which("chromium") or shutil.which("chromium-browser") or os.environ.get("DANDANG_CHROMIUM")):
        missing.append("chromium")
    if not shutil.which("git"):
        missing.append("git")
    return missing


def _venv_package() -> str:
    own = Path(sys.executable).resolve() == Path("/usr/bin/python3").resolve()
    return "python3-venv" if own else f"python3.{sys.version_info.minor}-venv"


def prepare(tests: bool, unattended: bool) -> None:
    """Install the missing packages.

    Raises:
        Stop: no apt, no root, no answer, or a refusal; the message says what to run instead.
    """
    missing = needed(tests)
    if not missing:
        return
    words = " ".join(missing)
    if not shutil.which("apt-get"):
        raise Stop(
            f"本机缺少系统软件包：{words}；又没有 apt，无法自动安装。请用本机的软件管理器装好同名软件后重试，"
            "或改用 Debian 12、Ubuntu 24.04 及更新的系统。\n"
            f"Missing and no apt here: {words}. Install their equivalents, or use Debian 12 / Ubuntu 24.04 or later."
        )
    as_root = _as_root(words)
    if not unattended:
        if not attended():
            raise Stop(f"需要以管理员权限安装系统软件包：{words}。现在无人应答，未作改动；请加 --yes 重新运行。")
        if not agreed(f"需要以管理员权限安装系统软件包：{words}。现在安装吗？"):
            raise Stop(f"没有安装，未作改动。也可由管理员运行：apt-get install {words}")
    say(f"系统软件包：正在安装 {words}（视网速约需一至三分钟）")
    _install(as_root, missing)
    left = needed(tests)
    if left == ["chromium"]:  # Ubuntu has it as a snap only
        say("本机软件源没有 chromium，浏览器测试无法运行。可另行安装后以 DANDANG_CHROMIUM 指明程序位置。")
    elif left:
        raise Stop(f"软件包已安装，但仍缺少：{' '.join(left)}。请检查系统后重试。")


def _as_root(words: str) -> list[str]:
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        raise Stop(f"安装系统软件包需要管理员权限，而本机没有 sudo。请由管理员运行：apt-get install {words}，再重试。")
    return ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]


def _install(as_root: list[str], packages: list[str]) -> None:
    log = HOME / "apt.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    script = str(ROOT / "hosting" / "install-packages.sh")
    with log.open("ab") as output:
        result = subprocess.run(  # noqa: S603
            [*as_root, "/bin/sh", script, *packages], stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if result.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        raise Stop("系统软件包安装失败。请检查网络和软件源后重试。安装记录的末尾：\n" + "\n".join(tail))
