"""Commands."""

import click


@click.group("packs")
def packs() -> None:
    """Commands of packs."""
