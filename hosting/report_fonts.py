"""The fonts of the reports: two faces from a Debian package that is unpacked, not installed; the set is built once."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from hosting.machine import NOTO
from hosting.places import HOME, PYTHON, digest, read, tied, write
from hosting.terminal import Stop, say
from webapp.config import ROOT, Settings

PACKAGE = "texlive-lang-chinese"
FANDOL = HOME / "fandol"


def is_current() -> bool:
    """Whether the set was built by today's recipe from the same folder of own fonts."""
    fonts = Settings.from_env().fonts
    return (fonts / "manifest.json").is_file() and read(_stamp(fonts)) == _recipe() and not _custom()


def prepare() -> None:
    """Fetch the two faces where they are missing and build the set.

    Raises:
        Stop: the package cannot be fetched, or the set cannot be built.
    """
    if is_current():
        return
    fonts = Settings.from_env().fonts
    say("报告字体：正在准备（首次约需一分钟）")
    for left in (*HOME.glob("fetching-*"), *fonts.parent.glob(f".{fonts.name}-*")):  # of a set-up that was killed
        shutil.rmtree(left, ignore_errors=True)
    fandol = Path(os.environ.get("DANDANG_FANDOL") or FANDOL)
    if fandol == FANDOL and not any(FANDOL.rglob("FandolKai-Regular.otf")):
        _fetch()
    build = tied(PYTHON, "-m", "reports.fonts.build", "--out", fonts, "--noto", NOTO, "--fandol", fandol)
    result = subprocess.run(  # noqa: S603
        build, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, check=False
    )
    if result.returncode:
        raise Stop("报告字体没有做成，原因见上。请处理后重试。")
    write(_stamp(fonts), _recipe())


def _recipe() -> str:
    return digest(*sorted((ROOT / "reports" / "fonts").glob("*.py")), _custom())


def _custom() -> str:
    return os.environ.get("DANDANG_CUSTOM_FONTS") or ""


def _stamp(fonts: Path) -> Path:
    return fonts.with_name(f"{fonts.name}.stamp")


def _fetch() -> None:
    """Download the package as whoever we are (no root needed), keep its two families only."""
    if not shutil.which("apt-get"):
        raise Stop(
            "报告需要 FandolFang 和 FandolKai 字体，而本机没有 apt，无法自动取得。"
            "请取得这两套字体（CTAN 的 fandol），以 DANDANG_FANDOL 指明所在文件夹后重试。"
        )
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=HOME) as folder:
        done = _quietly(["apt-get", "-q", "download", PACKAGE], folder)
        archives = list(Path(folder).glob("*.deb"))
        if not done or not archives:
            raise Stop(
                f"软件包 {PACKAGE}（报告字体）下载失败。请检查网络和软件源，由管理员运行 apt-get update 后重试。"
            )
        kept = Path(folder) / "kept"
        kept.mkdir()
        if not _quietly(["dpkg-deb", "-x", str(archives[0]), "all"], folder):
            raise Stop(f"软件包 {PACKAGE} 无法解开。请检查磁盘空间后重试。")
        for face in Path(folder, "all").rglob("Fandol[FK]a*-Regular.otf"):
            face.replace(kept / face.name)
        shutil.rmtree(FANDOL, ignore_errors=True)
        kept.replace(FANDOL)


def _quietly(command: list[str], folder: str) -> bool:
    with (HOME / "apt.log").open("ab") as output:
        return subprocess.run(tied(*command), cwd=folder, stdout=output, stderr=output, check=False).returncode == 0  # noqa: S603
