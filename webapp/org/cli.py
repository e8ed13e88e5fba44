"""Commands."""

import click


@click.group("divisions")
def divisions() -> None:
    """Commands of divisions."""
