"""Commands on issues."""

from pathlib import Path
from uuid import uuid4

import click
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, viewer_of
from webapp.accountability.parties import Actor, actor_at
from webapp.auth.acting import session_as
from webapp.config import Settings
from webapp.db import session_scope
from webapp.errors import Refused
from webapp.rectification import importing
from webapp.table_files import LARGEST_FILE, Faults
from webapp.terminal import print_json, refusals

IMPORT = Viewer.system("整改问题导入", "")


@click.group("rectification")
def rectification() -> None:
    """Issues that assessments, audits and checks have found."""


@rectification.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", help="Enter the issues from the post of this account.")
@click.option("--dry-run", is_flag=True, help="Say what the file would do, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def import_file(file: Path, login: str | None, dry_run: bool, as_json: bool) -> None:
    """Enter the issues of an XLSX or CSV, all of them or none.

    Without --as each issue is entered for the unit that is to close it.
    """
    with refusals():
        with file.open("rb") as handle:
            content = handle.read(LARGEST_FILE + 1)
        url = Settings.from_env().database_url
        if login:
            with session_as(url, login, "task.issue", writes=not dry_run) as session:
                count, numbers = _bring_in(session, content, _unit(session), dry_run=dry_run)
        else:
            with session_scope(url, IMPORT, writes=not dry_run) as session:
                count, numbers = _bring_in(session, content, None, dry_run=dry_run)
    if as_json:
        print_json({"rows": count, "entered": len(numbers), "numbers": numbers})
    else:
        words = "没有错误，可以登记" if dry_run else "已登记"
        click.echo(f"{words} {count} 个问题。")


def _unit(session: Session) -> str:
    units = viewer_of(session).units_with("task.issue")
    if len(units) != 1:
        raise Refused("这个账号在几个单位任职，不能确定由哪个单位登记。请在页面上导入。")
    return units[0]


def _bring_in(session: Session, content: bytes, unit: str | None, *, dry_run: bool) -> tuple[int, list[str]]:
    """Issues in the file, and the numbers of those that were entered."""
    faults = Faults()
    lines = importing.lines_of(content, faults, [])
    viewer, at = viewer_of(session), clock.now()
    if dry_run:
        checked = importing.check(session, lines, unit, at, faults)
        checked.faults.refuse()
        return len(checked.rows), []
    actor = Actor(None, viewer.name, None) if unit is None else actor_at(viewer, "task.issue", unit)
    rows = importing.bring_in(session, lines, unit, uuid4(), actor, at, faults)
    return len(rows), [row.number for row in rows]
