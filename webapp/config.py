"""Configuration, read once from the environment. Every variable is listed in docs/operations.md."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from webapp.clock import CHINA
from webapp.errors import Refused

ROOT = Path(__file__).resolve().parent.parent
ROBOT_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com")
"""The hosts of the WeCom and DingTalk group robots."""


def _with_driver(url: str) -> str:
    """Name the driver that is installed: operators write plain `postgresql://`."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in (text or "").split(",") if entry.strip())


def _moment(text: str | None) -> datetime | None:
    """DANDANG_NOW: an ISO date-time, in China where it names no zone. Raises `Refused`."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("DANDANG_NOW 不是日期时间。请写成“2026-11-09T09:30”的样子，或去掉后再启动。") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=CHINA)


@dataclass(frozen=True)
class Settings:
    """Where things are and who is spoken to; paths are absolute."""

    instance: Path
    database_url: str
    smtp_url: str | None
    mail_from: str
    base_url: str
    fonts: Path
    production: bool
    trusted_proxies: int
    limits_url: str = "memory://"
    """Where request rates are counted; several web workers need a shared store."""
    webhook_hosts: tuple[str, ...] = ROBOT_HOSTS
    """Hosts, addresses and networks that notices may be sent to (`webapp.notices.addresses`)."""
    now: datetime | None = None
    """Where the clock of a demo instance stands still; refused elsewhere (`webapp.production.set_clock`)."""

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the environment; everything made at run time lives under the instance folder."""
        env = os.environ
        instance = Path(env.get("DANDANG_INSTANCE") or ROOT / "instance").resolve()
        return cls(
            instance=instance,
            database_url=_with_driver(env.get("DATABASE_URL") or f"sqlite:///{instance / 'dandang.db'}"),
            smtp_url=env.get("DANDANG_SMTP_URL") or None,
            mail_from=env.get("DANDANG_MAIL_FROM") or "dandang@localhost",
            base_url=(env.get("DANDANG_BASE_URL") or "http://127.0.0.1:8000").rstrip("/"),
            fonts=Path(env.get("DANDANG_FONTS") or ROOT / ".dandang" / "fonts").resolve(),
            production=env.get("DANDANG_ENV") == "production",
            trusted_proxies=int(env.get("DANDANG_TRUSTED_PROXIES") or 0),
            limits_url=env.get("DANDANG_LIMITS_URL") or "memory://",
            webhook_hosts=_listed(env.get("DANDANG_WEBHOOK_HOSTS")) or ROBOT_HOSTS,
            now=_moment(env.get("DANDANG_NOW")),
        )

    @property
    def key_file(self) -> Path:
        """The master key (32 random bytes, 0600); never in the database nor in its backup."""
        return self.instance / "keys" / "master.key"

    @property
    def files(self) -> Path:
        """Photos and report files, stored by hash outside the web root."""
        return self.instance / "files"

    def prepare(self) -> None:
        """Make the instance folder and its master key if they are missing; idempotent and safe when interrupted."""
        for folder in (self.instance, self.key_file.parent, self.files):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.key_file.exists():
            part = self.key_file.with_name(f"master.key.{os.getpid()}")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(secrets.token_bytes(32))
                handle.flush()
                os.fsync(handle.fileno())
            try:
                os.link(part, self.key_file)  # never replaces a key that another start has just written
            except FileExistsError:
                pass  # the other start's key is as good as ours
            finally:
                part.unlink()

    def master_key(self) -> bytes:
        """The master key's bytes; purposes derive their own keys from it (`webapp.keys`)."""
        return self.key_file.read_bytes()
