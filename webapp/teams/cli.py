"""Commands on the postings of stationed people."""

from dataclasses import asdict
from pathlib import Path

import click

from webapp import clock
from webapp.auth.acting import session_for
from webapp.config import Settings
from webapp.table_files import LARGEST_FILE
from webapp.teams import needs_table, rotation
from webapp.terminal import print_json, refusals


@click.group("postings")
def postings() -> None:
    """Postings of first secretaries and team members."""


@postings.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", help="Act as this account may; without it as the server's administrator.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def import_command(file: Path, login: str | None, dry_run: bool, as_json: bool) -> None:
    """Take in a roster or a rotation (办理, 姓名, 村代码, 驻村职务, 文号 …), or the list of villages that must have a team
    (村代码, 村类别, 起始日期, 依据文号), from an XLSX or CSV; all of it or nothing."""
    with file.open("rb") as handle:
        content = handle.read(LARGEST_FILE + 1)
    with refusals(), session_for(Settings.from_env().database_url, login, "posting.write") as session:
        take = needs_table.import_needs if needs_table.is_needs_table(content) else rotation.import_file
        done = take(session, content, at=clock.now(), dry_run=dry_run)
    if as_json:
        print_json({**asdict(done), "dry_run": dry_run})
        return
    verb = "试导入" if dry_run else "已导入"
    click.echo(f"{verb} {done.rows} 行：办理 {done.done} 行，与已有相同 {done.same} 行。")
    for change in done.villages:
        leaves, comes = "、".join(change.leaves) or "无", "、".join(change.comes) or "无"
        waiting = f"；待审批的请假 {'、'.join(change.waiting)}" if change.waiting else ""
        click.echo(f"{change.village}：离任 {leaves}；到任 {comes}{waiting}")
