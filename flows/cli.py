"""Commands that run flows, registered by `wsgi.py`. Each imports Prefect only when it is called."""

from flask import Flask

from flows.evaluate_command import evaluate
from flows.notice_commands import notices
from flows.recurring_commands import recurring_commands
from flows.report_commands import deliveries, reports
from flows.setup_commands import setup_instance


def register(app: Flask) -> None:
    """Add the commands."""
    for command in (evaluate, reports, deliveries, notices, recurring_commands, setup_instance):
        app.cli.add_command(command)
