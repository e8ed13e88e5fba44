"""Checks of the installation."""

import click


@click.command("doctor")
def doctor() -> None:
    """Check the installation."""
