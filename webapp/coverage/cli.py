"""Commands on coverage visits."""

from dataclasses import asdict
from pathlib import Path

import click

from webapp import clock
from webapp.access import viewer_of
from webapp.auth.acting import session_for
from webapp.config import Settings
from webapp.coverage import importing, service
from webapp.coverage.table_rows import KINDS
from webapp.table_files import LARGEST_FILE
from webapp.terminal import print_json, refusals


@click.group("coverage")
def coverage() -> None:
    """Coverage visits, natural groups and terms of office."""


@coverage.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", default=None, help="Act as this account may; without it as the server's administrator.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def import_command(file: Path, login: str | None, dry_run: bool, as_json: bool) -> None:
    """Take in dates of visits (单位代码, 自然村组, 走访日期), natural groups (村代码, 自然村组) or terms of office
    (单位代码, 任期开始, 任期届满) from a CSV or XLSX; the headings tell which."""
    with file.open("rb") as handle:
        content = handle.read(LARGEST_FILE + 1)
    with refusals(), session_for(Settings.from_env().database_url, login, "coverage.import") as session:
        own = viewer_of(session).units_with(service.WRITE)
        done = importing.import_file(
            session,
            content,
            at=clock.now(),
            dry_run=dry_run,
            office=own[0] if login and own else "",
            visits=not login or bool(own),
        )
    if as_json:
        print_json({**asdict(done), "dry_run": dry_run})
        return
    verb = "试导入" if dry_run else "已导入"
    name = KINDS[done.kind][0]
    click.echo(f"{verb}{name} {done.rows} 行：新增 {done.added}，改动 {done.changed}，相同 {done.same}。")
