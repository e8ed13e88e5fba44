"""Commands on recurring duties: open what is due, and show the coming year of a unit."""

from datetime import date, datetime, time
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from flows.lease import held
from webapp import clock
from webapp.access import Viewer
from webapp.accountability.models import Assignment
from webapp.accountability.openings import Opening
from webapp.config import Settings
from webapp.db import session_scope
from webapp.duties import preview
from webapp.errors import Refused
from webapp.org.queries import find
from webapp.policy.calendar import work_calendar
from webapp.terminal import print_json, refusals

OPENING_HOUR = time(9, 0)
YEARS = (2021, 2100)


@click.group("recurring")
def recurring_commands() -> None:
    """The duty lists: open each period's duties, preview a year."""


@recurring_commands.command("open")
@click.option("--at", "day", required=True, metavar="DATE", help="The day, e.g. 2026-11-02.")
@click.option("--root", default="", metavar="CODE", help="Only this division and those below it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def open_command(day: str, root: str, as_json: bool) -> None:
    """Open what has come due for opening by DATE; what is open already is left alone.

    With --root also what the unit above the root issues to the root itself.
    """
    # Prefect is heavy to import, and only the commands that run a flow's parts need it.
    from flows.open_recurring import NAME, open_all  # noqa: PLC0415

    settings = Settings.from_env()
    with refusals(), held(settings, "recurring", wait=True):
        on = _day(day)
        with session_scope(settings.database_url, Viewer.system("命令行", ""), writes=False) as session:
            code = find(session, root).code if root else ""
        at = clock.now() if on == clock.today() else datetime.combine(on, OPENING_HOUR, clock.CHINA)
        with session_scope(settings.database_url, Viewer.system(NAME, "")) as session:
            found = open_all(session, on, code, at)
            document = _document(session, found, on)
    if as_json:
        print_json(document)
        return
    if not document["workday"]:
        click.echo("当天是休息日，不开设责任事项。")
    click.echo(f"新开设 {len(document['opened'])} 项，其中岗位空缺 {document['vacant']} 项。")
    for one in document["not_opened"]:
        click.echo(f"未开设：{one['unit_name']}{'，' + one['title'] if one['title'] else ''}，{one['reason']}")


def _document(session: Session, found: Opening, on: date) -> dict[str, Any]:
    rows: list[Assignment] = []
    for start in range(0, len(found.ids), 500):
        some = Assignment.id.in_(found.ids[start : start + 500])
        rows += session.scalars(
            select(Assignment).where(some).options(joinedload(Assignment.task), joinedload(Assignment.unit))
        )
    return {
        "on": on,
        "workday": work_calendar(session).is_workday(on),
        "opened": [
            {
                "number": row.task.number,
                "unit": row.unit_code,
                "unit_name": row.unit.name,
                "issuer": row.issuer_code,
                "template": row.task.template_code,
                "period": row.task.period,
                "via": row.task.via,
                "title": row.task.title,
                "due_on": row.due_on,
                "vacant": row.vacant,
            }
            for row in sorted(rows, key=lambda row: row.id)
        ],
        "vacant": sum(row.vacant for row in rows),
        "not_opened": [
            {"unit": one.unit_code, "unit_name": one.unit_name, "title": one.title, "reason": one.reason}
            for one in found.not_opened
        ],
    }


@recurring_commands.command("preview")
@click.argument("code")
@click.option("--year", required=True, type=click.IntRange(*YEARS), metavar="Y")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def preview_command(code: str, year: int, as_json: bool) -> None:
    """The recurring duties of a unit in a year; for a county also those of all its units, month by month."""
    with (
        refusals(),
        session_scope(Settings.from_env().database_url, Viewer.system("命令行", ""), writes=False) as session,
    ):
        unit = find(session, code)
        document = preview.document(session, unit, year)
    if as_json:
        print_json(document)
        return
    click.echo(f"{document['unit_name']}{year}年责任事项预览{'（工作日暂定）' if document['provisional'] else ''}")
    for item in document["items"]:
        click.echo(f"{item['opens_on']} 至 {item['due_on']}  {item['title']}  {item['minutes']} 分钟")
    for left in document["not_opened"]:
        click.echo(f"未开设：{left['title']}，{left['reason']}")
    for month in document["calendar"]:
        click.echo(f"{month['month']}  " + "；".join(_load_words(load) for load in month["levels"]))


def _load_words(load: dict[str, Any]) -> str:
    return f"{load['level_name']}每单位 {load['items']} 项 {load['minutes']} 分钟"


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"日期“{text[:20]}”不正确。请按“2026-11-02”的样子填写。") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise Refused(f"日期“{text[:20]}”不在 {YEARS[0]} 至 {YEARS[1]} 年之间。请核对年份。")
    return day
