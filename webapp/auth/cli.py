"""Commands."""

import click


@click.group("accounts")
def accounts() -> None:
    """Commands of accounts."""


@click.group("audit")
def audit() -> None:
    """Commands of audit."""
