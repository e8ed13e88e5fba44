"""The command that gathers and sends outside messages."""

import click

from flows.outbox import run_notices
from flows.report_commands import moment_of
from webapp.notices.models import CHANNELS, STATES
from webapp.terminal import print_json, refusals


@click.group("notices")
def notices() -> None:
    """Outside messages: 您有待办, once a person and working day."""


@notices.command("run")
@click.option("--at", "moment", default=None, metavar="DATETIME", help="Act as if it were this moment (China time).")
@click.option("--json", "as_json", is_flag=True)
def run(moment: str | None, as_json: bool) -> None:
    """Gather what is unread and send what is due; repeat safely."""
    with refusals():
        at = moment_of(moment)
        sent = run_notices(at)
    if as_json:
        channels = {name: dict(sorted(sent.reached[name].items())) for name in CHANNELS if name in sent.reached}
        print_json({"at": at.isoformat(), "busy": sent.busy, "gathered": sent.gathered, "channels": channels})
        return
    click.echo("另一个发送进程正在工作，本次没有发送。" if sent.busy else f"汇总 {sent.gathered} 条提醒。")
    for name, states in sent.reached.items():
        click.echo(
            f"{CHANNELS[name]}：" + "，".join(f"{STATES[state]} {number} 条" for state, number in states.items())
        )
