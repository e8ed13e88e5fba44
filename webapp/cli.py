"""Commands of the product that need no flow; each feature keeps its own in `<feature>/cli.py`."""

from importlib import import_module

from flask import Flask

COMMANDS = (
    ("webapp.org.cli", "divisions"),
    ("webapp.org.cli", "group_commands"),
    ("webapp.policy.cli", "packs"),
    ("webapp.policy.cli", "calendar"),
    ("webapp.accountability.cli", "tasks"),
    ("webapp.rectification.cli", "rectification"),
    ("webapp.coverage.cli", "coverage"),
    ("webapp.teams.cli", "postings"),
    ("webapp.presence.cli", "inspections"),
    ("webapp.presence.cli", "presence"),
    ("webapp.leave.cli", "leave_commands"),
    ("webapp.handover.cli", "handover"),
    ("webapp.support.cli", "support"),
    ("webapp.burden.cli", "gate_commands"),
    ("webapp.burden.cli", "burden_commands"),
    ("webapp.worklogs.cli", "worklogs"),
    ("webapp.auth.cli", "accounts"),
    ("webapp.auth.cli", "audit"),
    ("webapp.evaluation.cli", "runs"),
    ("webapp.demo.cli", "demo"),
    ("webapp.doctor", "doctor"),
)


def register(app: Flask) -> None:
    """Add every command group."""
    for module, name in COMMANDS:
        app.cli.add_command(getattr(import_module(module), name))
