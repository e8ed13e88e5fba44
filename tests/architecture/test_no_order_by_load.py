"""Units and tasks stand in the order of codes, days or titles: nothing orders them by lamp, count or load (T-7, X-5, X-7)."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import files, modules
from webapp.config import ROOT

# What says how much or how badly: as the last part of a name that an order is made of.
MEASURES = re.compile(
    r"(^|_)(lamp|minutes|load|items|requests|progress|share|score|overdue|late|lateness|times_returned|reminders|answered"
    r"|count|total|number_of)$"
)
ORDERING = ("order_by", "sort", "sorted", "nlargest", "nsmallest")


def _names(node: ast.AST) -> Iterator[str]:
    """What an order is made of: columns and variables, not the tables they are columns of."""
    tables = {id(part.value) for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.Name) and id(part) not in tables:
            yield part.id


def _orders(tree: ast.AST) -> Iterator[tuple[int, ast.AST]]:
    """What each ordering is made of: the columns of order_by and of the tables of sorts, the key of sorted and its kin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(getattr(target, "id", "").endswith("SORTS") for target in targets):
                yield node.lineno, node.value
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "order_by":
            yield from ((node.lineno, argument) for argument in node.args)
        elif called in ORDERING:
            yield from ((node.lineno, word.value) for word in node.keywords if word.arg == "key")


def test_no_statement_or_list_is_ordered_by_a_measure() -> None:
    found = [
        f"{module.path.relative_to(ROOT)}:{line} {name}"
        for module in modules()
        for line, made_of in _orders(module.tree)
        for name in _names(made_of)
        if MEASURES.search(name)
    ]
    assert not found, "\n".join(found)


def test_no_template_sorts_by_a_measure() -> None:
    sorts = re.compile(
        r"sort\([^)]*(lamp|minutes|load|progress|count|share|late)|sorting\([^)]*(lamp|minutes|load|progress)"
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files("templates/**/*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if sorts.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_script_sorts_units() -> None:
    """Scripts sort only what a person has typed, by the time it was saved."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files("webapp/static/js/*.js")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\.(sort|toSorted)\(", line) and "savedAt" not in line
    ]
    assert not found, "\n".join(found)
