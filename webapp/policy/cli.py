"""Commands on rule packs and the working calendar."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from webapp import clock, table_files
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.policy import calendar_file, calendar_service, duty_lists, service
from webapp.policy import packs as rules
from webapp.policy.calendar import SOURCE
from webapp.policy.reading import LARGEST_FILE, Unreadable
from webapp.terminal import print_json, refusals


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
    """Record the shipped packs and those of instance/packs (or FOLDER), and the duty lists; all of them or none."""
    settings = Settings.from_env()
    with refusals(), session_scope(settings.database_url, Viewer.system("命令行", "")) as session:
        fresh = service.load_packs(session, folder or settings.instance / "packs")
        names = "、".join(pack.slug for pack in fresh)
        duties = duty_lists.load(session, settings.instance / "duty_lists")
    if duties:
        click.echo(f"已载入责任清单 {len(duties)} 项。")
    click.echo(f"已载入：{names}。" if names else "没有新的规则包，现有规则不变。")


@click.group("calendar")
def calendar() -> None:
    """The working calendar."""


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="The notice that published the list, with its number.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def import_calendar(file: Path, source: str, dry_run: bool, as_json: bool) -> None:
    """Take a year's holidays and make-up workdays from a CSV or XLSX (日期, 类别, 名称; 类别 is 放假 or 上班).

    Open deadlines of that year that the list forbids move to a later day, never to an earlier one.
    """
    with file.open("rb") as handle:
        content = handle.read(table_files.LARGEST_FILE + 1)
    with refusals(), session_scope(Settings.from_env().database_url, Viewer.system("命令行", "")) as session:
        listed = calendar_file.parse(content)
        named = source.strip() or f"{SOURCE}（{listed.year}年）"
        done = calendar_service.import_year(session, listed, source=named, at=clock.now(), dry_run=dry_run)
    if as_json:
        print_json({**asdict(done), "dry_run": dry_run, "notes": listed.notes, "missing": listed.missing})
        return
    verb = "试导入" if dry_run else "已导入"
    click.echo(f"{verb} {done.year} 年节假日安排 {done.days} 天，顺延期限 {done.moved} 项。")
    for note in listed.notes:
        click.echo(note)
    if listed.missing:
        missing = "、".join(listed.missing)
        click.echo(f"安排中没有{missing}。如果不是全年安排，请补全后重新导入；补全前没有列出的假日按工作日计算。")
