"""To be filled by the web base."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind to the application."""
