"""Commands on finished runs."""

import click

from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.evaluation.figures import state_text
from webapp.evaluation.queries import all_values, run_by_key
from webapp.org.codes import full
from webapp.terminal import print_json, refusals


@click.group("runs")
def runs() -> None:
    """Look at runs."""


@runs.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True)
def show(key: str, as_json: bool) -> None:
    """Print a run's values in the order of codes; a score stands only inside an assessment."""
    with (
        refusals(),
        session_scope(Settings.from_env().database_url, Viewer.system("命令行", ""), writes=False) as session,
    ):
        run = run_by_key(session, key)
        values = [
            {
                "unit_code": full(row.unit_code),
                "indicator": row.indicator,
                "numerator": row.numerator,
                "denominator": row.denominator,
                "state": row.state,
                "score": row.score,
            }
            for row in all_values(session, run.id)
        ]
        document = {
            "run_key": run.key,
            "period": run.period,
            "root": full(run.unit_code),
            "revision": run.revision,
            "state": run.state,
            "assessment": run.assessment_key or None,
            "provisional": run.provisional,
            "cut_off": run.cut_off.isoformat(),
            "result_hash": run.result_hash,
            "values": values,
        }
    if as_json:
        print_json(document)
        return
    for value in values:
        figures = f"{value['numerator']}/{value['denominator']}" if value["numerator"] is not None else ""
        click.echo(f"{value['unit_code']}  {value['indicator']}  {figures:>12}  {state_text(str(value['state']))}")
