"""Commands on the ledger of support."""

import click

from webapp import clock
from webapp.config import Settings
from webapp.db import session_scope
from webapp.org.codes import full
from webapp.org.queries import find
from webapp.support import queries
from webapp.support.opening import OPENING, open_items
from webapp.terminal import print_json, refusals


@click.group("support")
def support() -> None:
    """What is owed to those who are stationed."""


@support.command("open")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def open_now(as_json: bool) -> None:
    """Open what is owed and not held yet; the scheduler does this every day. Running it again opens nothing twice."""
    with refusals(), session_scope(Settings.from_env().database_url, OPENING) as session:
        number = open_items(session, clock.today())
    if as_json:
        print_json({"opened": number})
    else:
        click.echo(f"已列入驻村保障事项 {number} 项。")


@support.command("show")
@click.argument("code")
@click.option("--year", type=int, help="This year when left out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(code: str, year: int | None, as_json: bool) -> None:
    """How far one unit's ledger of a year is kept: items by state."""
    wanted = year or clock.today().year
    with refusals(), session_scope(Settings.from_env().database_url, OPENING, writes=False) as session:
        unit = find(session, code)
        found = queries.states_in(session, unit.code, wanted)
        code, name = unit.code, unit.name
    if as_json:
        print_json({"unit_code": full(code), "unit": name, "year": wanted, **found})
    else:
        click.echo(
            f"{name}{wanted}年驻村保障：已落实 {found['done']} 项，不适用 {found['not_applicable']} 项，"
            f"待落实 {found['open']} 项。"
        )
