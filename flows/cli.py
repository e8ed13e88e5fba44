"""Commands that run flows."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands."""
