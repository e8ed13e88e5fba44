"""Commands on rule packs."""

import sys
from pathlib import Path

import click

from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.policy import packs as rules
from webapp.policy import service
from webapp.policy.reading import LARGEST_FILE, Unreadable
from webapp.terminal import refusals


@click.group("packs")
def packs() -> None:
    """Check and load rule packs."""


@packs.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Exit 0 when the file is a valid pack; else 1, with every fault on its own line."""
    with file.open("rb") as handle:
        content = handle.read(LARGEST_FILE + 1)
    try:
        pack = rules.parse(file.name, content, rules.shipped())
    except Unreadable as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        sys.exit(1)
    click.echo(f"{file.name} 可用：{pack.title}，{len(pack.parameters)} 个参数，自 {pack.valid_from} 起。")


@packs.command("load")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None)
def load(folder: Path | None) -> None:
    """Record the shipped packs and those of instance/packs (or FOLDER); all of them or none."""
    settings = Settings.from_env()
    with refusals(), session_scope(settings.database_url, Viewer.system("命令行", "")) as session:
        fresh = service.load_packs(session, folder or settings.instance / "packs")
        names = "、".join(pack.slug for pack in fresh)
    click.echo(f"已载入：{names}。" if names else "没有新的规则包，现有规则不变。")
