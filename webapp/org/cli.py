"""Commands on divisions."""

import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from webapp import clock
from webapp import db as database
from webapp.access import Viewer
from webapp.config import Settings
from webapp.org import codes, group_import, importing, queries, reading
from webapp.table_files import LARGEST_FILE, Faults
from webapp.terminal import print_json, refusals

IMPORT = Viewer.system("区划导入", "")


@click.group("divisions")
def divisions() -> None:
    """Import and show divisions."""


@divisions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Take over a CSV of divisions (code, parent_code, level, name); all of it or nothing."""
    with refusals():
        outcome = _import(file)
        click.echo(f"已导入区划：新增 {outcome.added} 个，更名 {outcome.renamed} 个，未变 {outcome.unchanged} 个。")


def _import(file: Path) -> importing.Outcome:
    engine = database.engine_for(Settings.from_env().database_url)
    faults = Faults()
    with (
        file.open("rb") as handle,
        engine.connect() as connection,
        click.progressbar(length=file.stat().st_size, label="正在导入", file=sys.stderr) as bar,
        importing.staged(connection, reading.rows(handle, faults, bar.update)),
    ):
        database.intend_to_write(True)
        with Session(bind=connection, info={"viewer": IMPORT}) as session, session.begin():
            return importing.take_over(session, faults)


@divisions.command("show")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(code: str, as_json: bool) -> None:
    """Show the division of a code of 2, 4, 6, 9 or 12 digits."""
    url = Settings.from_env().database_url
    with refusals(), database.session_scope(url, IMPORT, writes=False) as session:
        found = queries.find(session, code)
        parent = codes.full(found.parent_code) if found.parent_code else None
        if as_json:
            document = {"code": codes.full(found.code), "parent_code": parent, "level": found.level, "name": found.name}
            print_json(document)
        else:
            level = codes.LEVEL_NAMES[found.level]
            click.echo(f"{codes.full(found.code)}  {found.name}（{level}级，上级 {parent or '无'}）")


@click.group("groups")
def group_commands() -> None:
    """Saved groups of units."""


@group_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_groups(file: Path) -> None:
    """Take over an XLSX or CSV with one line a unit (所属单位代码, 分组名称, 依据文件, 单位); all of it or nothing."""
    with file.open("rb") as handle:
        content = handle.read(LARGEST_FILE + 1)
    viewer = Viewer.system("分组导入", "")
    with refusals(), database.session_scope(Settings.from_env().database_url, viewer) as session:
        done = group_import.import_groups(session, content, clock.now())
    click.echo(f"已导入分组：新建 {done.made} 个，更新 {done.changed} 个，共 {done.units} 个单位。")
