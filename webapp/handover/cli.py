"""Commands on hand-overs."""

import click

from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.handover.queries import document_of, one
from webapp.terminal import print_json, refusals


@click.group("handover")
def handover() -> None:
    """Hand-overs between leaver and successor."""


@handover.command("show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True)
def show(number: int, as_json: bool) -> None:
    """Show a hand-over with the rows of its sheet."""
    url, viewer = Settings.from_env().database_url, Viewer.system("命令行", "")
    with refusals(), session_scope(url, viewer, writes=False) as session:
        document = document_of(session, one(session, number), clock.today())
    if as_json:
        print_json(document)
        return
    click.echo(
        f"{document['unit']}  {document['leaver']} → {document['successor'] or '尚未确定'}  期限 {document['due_on']}"
    )
    for line in document["lines"]:
        click.echo(f"{line['kind_name']}  {line['title']}  {line['state_name']}")
