"""`./dandang doctor`: what the installation needs, whether it is there, and how to mend it.

Each check is a function that gives findings and changes nothing; the command prints them and exits 1 when one failed.
"""

import shutil
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import click
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, extract, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from reports import libraries
from reports.fonts import check as report_fonts
from webapp import clock
from webapp.access import Viewer
from webapp.app import load_models
from webapp.auth.models import Account
from webapp.config import ROOT, Settings
from webapp.db import engine_for
from webapp.delivery.models import Heartbeat
from webapp.errors import Refused
from webapp.policy.calendar import is_loaded
from webapp.production import set_clock
from webapp.terminal import refusals

SIGNS = {"ok": "正常", "warn": "注意", "fail": "故障"}
GIBIBYTE = 1024**3
LOW_DISK, FULL_DISK = 2 * GIBIBYTE, GIBIBYTE // 4
EARLIEST_YEAR = 2026
CLOCK_SLACK = timedelta(minutes=5)
CONNECT_SECONDS = 5
FRESH = timedelta(seconds=90)


@dataclass(frozen=True)
class Finding:
    """One line of the examination; `mend` says what to do and is empty when nothing is to be done."""

    name: str
    state: Literal["ok", "warn", "fail"]
    sentence: str
    mend: str = ""


@click.command("doctor")
def doctor() -> None:
    """Check the installation and say how to mend what is wrong; exit 1 when something is broken."""
    with refusals():
        settings = Settings.from_env()
    findings = list(examine(settings))
    for finding in findings:
        click.echo(f"[{SIGNS[finding.state]}] {finding.name}：{finding.sentence}")
        if finding.mend:
            click.echo(f"       处理：{finding.mend}")
    broken = sum(finding.state == "fail" for finding in findings)
    noted = sum(finding.state == "warn" for finding in findings)
    click.echo(f"共检查 {len(findings)} 项：故障 {broken} 项，注意 {noted} 项。")
    sys.exit(1 if broken else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, in the order in which one would mend them."""
    yield system_libraries()
    yield fonts(settings.fonts)
    yield disk(settings.instance, shutil.disk_usage(_existing(settings.instance)).free)
    yield key(settings.key_file)
    engine = engine_for(settings.database_url)
    found = database(engine)
    yield found
    yield mail(settings.smtp_url)
    yield address(settings.base_url, settings.production)
    if found.state == "fail":
        return
    try:
        set_clock(settings)
    except Refused as refusal:
        yield Finding("时钟", "fail", refusal.sentence)
        return
    with Session(engine, info={"viewer": Viewer.system("检查", "")}) as session:
        yield system_clock(session)
        yield from processes(session)
        yield next_year(session)
        yield demo_accounts(session, settings.production)


def system_libraries() -> Finding:
    """Pango, HarfBuzz with its subsetter, fontconfig."""
    missing = libraries.missing()
    if missing:
        return Finding("系统库", "fail", "".join(missing), "请运行 ./dandang setup 安装。")
    return Finding("系统库", "ok", "PDF 排版所需的库齐全（含 libharfbuzz-subset）。")


def fonts(folder: Path) -> Finding:
    """The font set of the reports, whole and unaltered."""
    faults = report_fonts.missing(folder)
    if faults:
        return Finding("字体", "fail", faults[0], "请运行 ./dandang setup 重新制作字体。")
    return Finding("字体", "ok", "报告字体齐全，未被改动。")


def disk(folder: Path, free: int) -> Finding:
    """Room for database, photos and reports; `free` in bytes."""
    words = f"{folder} 所在磁盘剩余 {free / GIBIBYTE:.1f} GB。"
    if free < FULL_DISK:
        return Finding("磁盘", "fail", words, "请立即清理磁盘或扩容，否则无法保存。")
    if free < LOW_DISK:
        return Finding("磁盘", "warn", words, "请尽快清理磁盘或扩容。")
    return Finding("磁盘", "ok", words)


def key(file: Path) -> Finding:
    """The master key: 32 bytes, for its owner only."""
    try:
        status = file.stat()
    except OSError:
        return Finding(
            "密钥", "fail", f"没有找到主密钥 {file}。", "新装系统请运行 ./dandang setup；否则请从密钥备份恢复。"
        )
    if status.st_size != 32:
        return Finding("密钥", "fail", f"主密钥 {file} 已损坏。", "请从密钥备份恢复该文件。")
    if status.st_mode & 0o077:
        return Finding("密钥", "fail", f"主密钥 {file} 可被其他用户读取。", f"请运行 chmod 600 {file}")
    return Finding("密钥", "ok", "主密钥在位，只有本用户可读。请另行备份，勿与数据库放在一起。")


def database(engine: Engine) -> Finding:
    """Reachable, and at the version of this code."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(engine.dialect.name, engine.dialect.name)
    try:
        with engine.connect() as connection:
            held = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return Finding(
            "数据库", "fail", f"连接不上（{reason}）。", "请检查 DATABASE_URL 和数据库服务，再运行 ./dandang setup。"
        )
    if held != head:
        words = "尚未建表。" if held is None else f"版本 {held} 与程序所需版本 {head} 不一致。"
        return Finding("数据库", "fail", words, "请先备份，再运行 ./dandang setup 升级。")
    return Finding("数据库", "ok", f"{kind}，可以连接，已是当前版本。")


def mail(smtp_url: str | None) -> Finding:
    """The mail server answers; without one the inbox alone serves."""
    if not smtp_url:
        return Finding("邮件", "ok", "未配置邮件服务器，报告只送站内收件箱。")
    parts = urlsplit(smtp_url)
    mend = "请检查 DANDANG_SMTP_URL 和邮件服务器。其间报告照常送收件箱，邮件稍后补发。"
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 25)
        with socket.create_connection((parts.hostname or "", port), timeout=CONNECT_SECONDS):
            return Finding("邮件", "ok", f"邮件服务器 {parts.hostname}:{port} 可以连接。")
    except (OSError, ValueError):
        return Finding("邮件", "fail", f"邮件服务器 {parts.hostname} 连接不上。", mend)


def address(base_url: str, production: bool) -> Finding:
    """What people type: HTTPS outside of one machine; without it browsers keep nothing for days without a network."""
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return Finding("访问地址", "ok", f"{base_url}，已启用 HTTPS，手机可以离线记日志。")
    mend = "请在前端服务器启用 HTTPS，并把 DANDANG_BASE_URL 改为 https:// 开头的地址。"
    if parts.hostname in ("127.0.0.1", "localhost", "::1") and not production:
        return Finding("访问地址", "ok", f"{base_url}，仅供本机试用；对外使用前须启用 HTTPS，否则手机不能离线记日志。")
    return Finding(
        "访问地址",
        "fail" if production else "warn",
        f"{base_url} 未启用 HTTPS，口令会明文传输，手机不能离线记日志。",
        mend,
    )


def system_clock(session: Session) -> Finding:
    """The clock is of this age and, where the database is another machine, agrees with it."""
    mend = "请校准系统时间（如启用 systemd-timesyncd）。期限和到期提醒都按它计算。"
    here = clock.now()
    words = f"北京时间 {clock.local(here):%Y-%m-%d %H:%M}。"
    if clock.stands_still():
        return Finding(
            "时钟", "warn", f"{words}由 DANDANG_NOW 设定，不走动，只供演示。", "需要实际时间的，请去掉 DANDANG_NOW。"
        )
    if here.year < EARLIEST_YEAR:
        return Finding("时钟", "fail", f"{words}早于本软件的发布年份。", mend)
    if session.get_bind().dialect.name == "postgresql":
        there = session.scalar(select(extract("epoch", func.now())))
        if there is not None and abs(float(there) - time.time()) > CLOCK_SLACK.total_seconds():
            return Finding("时钟", "fail", f"{words}与数据库服务器相差超过 5 分钟。", mend)
    return Finding("时钟", "ok", words)


def processes(session: Session) -> Iterator[Finding]:
    """Scheduler and Prefect by their last signs of life."""
    beats = {row.name: row.at for row in session.scalars(select(Heartbeat))}
    oldest = clock.now() - FRESH
    for part, name in (("scheduler", "调度"), ("prefect", "流程服务")):
        if part in beats and beats[part] > oldest:
            yield Finding(name, "ok", "运行中。")
        else:
            last = f"最近一次在 {clock.local(beats[part]):%Y-%m-%d %H:%M}" if part in beats else "还没有运行过"
            mend = "请运行 ./dandang up；已在运行的，请查看实例目录 logs 下的日志。命令行仍可使用。"
            yield Finding(name, "warn", f"没有运行（{last}）。页面可以使用，定时工作会等待。", mend)


def next_year(session: Session) -> Finding:
    """The list of holidays of the next year is published each November; until it is loaded, weekends stand in for it."""
    today = clock.today()
    year = today.year + 1
    if not is_loaded(session, today.year):
        mend = f"请按公布的 {today.year} 年安排运行 ./dandang flask calendar import 文件.csv --source 文号。"
        return Finding("日历", "fail", f"没有 {today.year} 年的节假日安排，按周一至周五暂定。", mend)
    if is_loaded(session, year):
        return Finding("日历", "ok", f"{year} 年节假日安排已导入。")
    late = today.month == 12
    mend = f"{year} 年安排公布后（一般在 11 月）运行 ./dandang flask calendar import 文件.csv --source 文号。"
    return Finding("日历", "warn" if late else "ok", f"{year} 年节假日安排尚未导入，按周一至周五暂定。", mend)


def demo_accounts(session: Session, production: bool) -> Finding:
    """Whose password stands in a list is no protection."""
    mend = "正式使用请另建实例：DANDANG_INSTANCE=新目录 ./dandang setup --no-demo"
    active = session.scalars(select(Account.id).where(Account.is_demo, Account.closed_at.is_(None)).limit(1)).first()
    if active is None:
        return Finding("演示账号", "ok", "没有启用的演示账号。")
    return Finding("演示账号", "fail" if production else "warn", "有启用的演示账号，口令是公开的，只可试用。", mend)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


if __name__ == "__main__":  # without the application, which an unfit instance does not start
    load_models()
    doctor()
