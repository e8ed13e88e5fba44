"""Units and tasks stand in the order of codes, days or titles: nothing orders them by lamp, count or load (T-7, X-5, X-7)."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import files, modules
from webapp.config import ROOT

# What says how much or how badly: as the last part of a name that an order is made of.
MEASURES = re.compile(
    r"(^|_)(lamp|minutes|load|items|requests|progress|share|score|overdue|late|lateness|times_returned|reminders|answered"
    r"|count|total|number_of|loads|counts|most_common)$|^\[[1-9]\d*\]$"
)
PLAIN = {"sort": 0, "sorted": 1, "nlargest": 2, "nsmallest": 2}
"""What sorts in Python, and how many arguments stand before the key where the key has no name."""
LOOKS_UP = ("get", "__getitem__", "index")


def _names(node: ast.AST) -> Iterator[str]:
    """What an order is made of: columns and variables, not the tables they are columns of; of `loads.get` the loads. What
    is taken by its place in a row says nothing of itself, so that it has a name of its own: "[1]"."""
    attributes = [part for part in ast.walk(node) if isinstance(part, ast.Attribute)]
    tables = {id(part.value) for part in attributes if part.attr not in LOOKS_UP}
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant) and part.slice.value not in (0, ""):
            yield f"[{part.slice.value}]"
        if isinstance(part, ast.Call) and getattr(part.func, "id", getattr(part.func, "attr", "")) == "itemgetter":
            yield from (f"[{ast.unparse(place)}]" for place in part.args)
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
        if called in ("order_by", "most_common"):
            yield from ((node.lineno, argument) for argument in (node.args if called == "order_by" else [node.func]))
        elif called in PLAIN:
            keys = [word.value for word in node.keywords if word.arg == "key"] + node.args[PLAIN[called] :]
            yield from ((node.lineno, key) for key in keys or _firsts(node))


def _firsts(call: ast.Call) -> Iterator[ast.AST]:
    """What a sort without a key goes by, where it is written out: the first part of each of its elements."""
    for made in call.args:
        element = getattr(made, "elt", None)
        if element is not None:
            yield element.elts[0] if isinstance(element, ast.Tuple) and element.elts else element


def _found(code: str) -> set[str]:
    return {name for _, made_of in _orders(ast.parse(code)) for name in _names(made_of) if MEASURES.search(name)}


@pytest.mark.parametrize(
    "code",
    [
        "sorted(units, key=lambda unit: unit.load)",
        "sorted(units, key=loads.get, reverse=True)",
        "sorted(units, key=lambda unit: overdue[unit.code])",
        "sorted(((unit.overdue, unit.code) for unit in units), reverse=True)",
        "sorted(pairs, key=lambda pair: pair[1])",
        "sorted(by_unit.items(), key=itemgetter(1))",
        "rows.sort(key=attrgetter('code'), reverse=True) or rows.sort(key=lambda row: row.count)",
        "heapq.nlargest(5, units, lambda unit: unit.minutes)",
        "Counter(codes).most_common(5)",
        "select(Unit).order_by(func.count().desc())",
    ],
)
def test_the_search_finds_an_order_by_a_measure(code: str) -> None:
    assert _found(code)


@pytest.mark.parametrize("code", ["sorted(loads.items())", "sorted(loads, key=lambda row: row.code)"])
def test_the_search_leaves_other_orders_alone(code: str) -> None:
    assert not _found(code)


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
