"""Commands."""

import click


@click.group("runs")
def runs() -> None:
    """Commands of runs."""
