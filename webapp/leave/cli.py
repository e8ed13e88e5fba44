"""Commands on leave."""

from typing import Any

import click

from webapp import clock
from webapp.auth.acting import session_as
from webapp.config import Settings
from webapp.db import session_scope
from webapp.leave import acts
from webapp.leave.models import KINDS, STATES, LeaveRequest
from webapp.leave.routing import DECIDE
from webapp.terminal import print_json, refusals

VERBS = ("approve", "decline")


@click.group("leave")
def leave_commands() -> None:
    """Leave of those who are posted."""


@leave_commands.command("decide")
@click.argument("request_id", metavar="ID", type=int)
@click.argument("verb", type=click.Choice(VERBS))
@click.option("--as", "login", required=True, help="Decide from the posts of this account.")
@click.option("--reason", default="", help="Why; needed to decline.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def decide(request_id: int, verb: str, login: str, reason: str, as_json: bool) -> None:
    """Approve or decline a request that waits for this account; the township's yes may pass it to the county."""
    with refusals(), session_as(Settings.from_env().database_url, login, DECIDE) as session:
        document = _document(acts.decide(session, request_id, verb, reason=reason, at=clock.now()))
    _say(document, as_json)


@leave_commands.command("pass-on")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def pass_on(as_json: bool) -> None:
    """Ask substitutes where nobody has answered in time; the scheduler does this every minute."""
    with refusals(), session_scope(Settings.from_env().database_url, acts.PASSING_ON) as session:
        moved = acts.pass_on_unanswered(session, at=clock.now())
    if as_json:
        print_json({"passed_on": moved})
    else:
        click.echo(f"已转请代办 {moved} 件。")


def _document(row: LeaveRequest) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "step": row.step,
        "approver": row.approver_name,
        "route": row.route,
        "kind": KINDS[row.kind],
        "span": row.span.words,
        "words": STATES[row.state],
    }


def _say(document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        click.echo(f"请假（{document['span']}）：{document['words']}。")
