"""Minutes are stated by who answers: nothing measures how long somebody looks at a page or stays signed in (X-35)."""

import ast
import re

from tests.architecture.source import files, modules
from webapp.app import load_models
from webapp.config import ROOT
from webapp.db import Base

MEASURED = re.compile(
    r"time_spent|dwell|time_on_page|opened_for|page_seconds|session_(seconds|minutes|length|duration)|active_(seconds|minutes)"
    r"|sendBeacon|performance\.now|停留时长|访问时长|使用时长",
    re.IGNORECASE,
)
SOURCES = ("webapp/burden/service.py",)


def test_no_source_template_or_script_takes_the_time_of_a_reader() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:90]}"
        for path in files("webapp/**/*.py", "flows/**/*.py", "templates/**/*.html", "webapp/static/js/*.js")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MEASURED.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_column_holds_it() -> None:
    load_models()
    names = [f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns]
    assert [name for name in names if MEASURED.search(name)] == []


def test_stated_minutes_are_written_where_they_are_stated_and_nowhere_else() -> None:
    """Only the ledger's service sets them, from a number that it is given: it asks neither the clock nor a session row."""
    setters = [
        module
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword) and node.arg == "minutes_stated"
    ]
    assert {str(module.path.relative_to(ROOT)) for module in setters} == set(SOURCES)
    for module in setters:
        assert not [target for target, _ in module.imports() if "clock" in target or "SignInSession" in target]
