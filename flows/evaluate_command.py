"""`evaluate PERIOD --root CODE`. Prefect is imported when the command runs, not when commands are listed."""

import click

from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.evaluation import freezing
from webapp.evaluation.periods import parse
from webapp.evaluation.queries import run_by_key, states
from webapp.org.queries import find
from webapp.terminal import print_json, refusals


@click.command("evaluate")
@click.argument("period")
@click.option("--root", required=True, metavar="CODE", help="Division of 2, 4, 6, 9 or 12 digits.")
@click.option("--assessment", default="", metavar="NUMBER", help="Number of the approved plan: values are scored.")
@click.option("--json", "as_json", is_flag=True)
def evaluate(period: str, root: str, assessment: str, as_json: bool) -> None:
    """Compile PERIOD (2026-10, 2026Q3, 2026H1, 2026) for every county, township and village under the root."""
    settings = Settings.from_env()
    viewer = Viewer.system("命令行", "")
    with refusals():
        # Refused here, before a flow service is started for nothing.
        freezing.cut_off_of(parse(period), clock.today())
        with session_scope(settings.database_url, viewer, writes=False) as session:
            find(session, root)
        from flows.prefect_server import prefect_api  # noqa: PLC0415

        click.echo("正在测算……", err=True)
        with prefect_api(settings):
            from flows.evaluate_period import evaluate_period  # noqa: PLC0415

            key = evaluate_period(period, root, assessment)
        with session_scope(settings.database_url, viewer, writes=False) as session:
            run = run_by_key(session, key)
            document = {
                "run_key": run.key,
                "revision": run.revision,
                "states": states(session, run.id),
                "result_hash": run.result_hash,
            }
    if as_json:
        print_json(document)
    else:
        click.echo(f"{document['run_key']}  {document['states']}  {document['result_hash']}")
