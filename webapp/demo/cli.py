"""Commands."""

import click


@click.group("demo")
def demo() -> None:
    """Commands of demo."""
