"""Commands on the burden gate and the ledger."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from webapp import clock
from webapp.access import Viewer
from webapp.burden import gate
from webapp.burden.proposal_file import read_proposal
from webapp.burden.report import issuer_report
from webapp.config import Settings
from webapp.db import session_scope
from webapp.org.codes import full
from webapp.org.queries import find, names
from webapp.policy.reading import LARGEST_FILE
from webapp.terminal import print_json, refusals


def _session() -> Any:
    return session_scope(Settings.from_env().database_url, Viewer.system("命令行", ""), writes=False)


@click.group("gate")
def gate_commands() -> None:
    """The one gate that every demand passes."""


@gate_commands.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def check(file: Path, as_json: bool) -> None:
    """Say what the gate says to the demand in FILE, without asking anybody; exit 1 when it is refused."""
    with file.open("rb") as handle:
        content = handle.read(LARGEST_FILE + 1)
    with refusals(), _session() as session:
        proposal, units = read_proposal(session, file.name, content)
        verdict = gate.judge(session, proposal, units, clock.now())
        named = names(session, units)
    holders = {one.field.name: one.holder for one in verdict.held}
    document = {
        "passes": verdict.passes,
        "faults": verdict.faults,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "mode": "prefill" if field.name in holders else "enter",
                "holder": holders.get(field.name),
            }
            for field in proposal.fields
        ],
        "costs": [
            {
                "unit_code": full(cost.unit_code),
                "unit": named.get(cost.unit_code, ""),
                **asdict(cost.load),
                "heavy": cost.heavy,
                "full": cost.full,
            }
            for cost in verdict.costs
        ],
    }
    if as_json:
        print_json(document)
    else:
        for sentence in verdict.faults.values():
            click.echo(sentence, err=True)
        for one in verdict.held:
            click.echo(f"“{one.field.label}”由{one.holder}掌握，将预填，不用各单位填报。")
        if verdict.passes:
            click.echo(f"可以下达：{len(units)} 个单位，每个单位预计 {proposal.minutes} 分钟。")
    if not verdict.passes:
        sys.exit(1)


@click.group("burden")
def burden_commands() -> None:
    """The burden ledger."""


@burden_commands.command("report")
@click.argument("period")
@click.option("--root", required=True, help="Division whose units were asked.")
@click.option("--json", "as_json", is_flag=True)
def report(period: str, root: str, as_json: bool) -> None:
    """Print who asked what in PERIOD (2026-10, 2026Q3, 2026H1, 2026), issuers in the order of codes."""
    with refusals(), _session() as session:
        division = find(session, root)
        lines = issuer_report(session, period, division.code)
        code, place = division.code, division.name
    if as_json:
        rows = [{**asdict(line), "issuer_code": full(line.issuer_code)} for line in lines]
        print_json({"period": period, "root": full(code), "issuers": rows})
        return
    for line in lines:
        click.echo(
            f"{full(line.issuer_code)}  {line.issuer_name}  事项 {line.demands}（常规 {line.regular}）  "
            f"用时 {line.minutes} 分钟  提示已有数据 {line.flags}  催办 {line.reminders}"
        )
    if not lines:
        click.echo(f"{place} {period} 没有向下要求的事项。")
