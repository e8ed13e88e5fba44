"""The routes of the application, their addresses, and which of them show a list page by page."""

import re
from collections.abc import Callable, Iterator
from dis import get_instructions
from functools import cache
from inspect import unwrap
from types import CodeType, FunctionType, ModuleType
from typing import Any

from flask import Flask
from jinja2 import Environment, meta
from werkzeug.routing import Rule

from tests.access.lines import Line
from webapp.downloads import asked_format

QUERIES = {"/org/": {"all": "1"}, "/search": {"q": "福贡"}}
"""What must be asked before a page has a list."""


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Every route with its line's key and its method."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", method, rule


def address(app: Flask, rule: Rule, line: Line, rows: dict[str, object], **more: str) -> str:
    """The address of a route for the rows of one place."""
    values = {name: rows[table] for name, table in line.rows.items()} | line.values | QUERIES.get(rule.rule, {}) | more
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def shows_pages(app: Flask, rule: Rule) -> bool:
    """Whether a template that the view can render, with all that this one takes in, turns over pages."""
    texts = {text for function in _reached(app.view_functions[rule.endpoint]) for text in _constants(function.__code__)}
    found = {text for text in texts if re.fullmatch(r"[\w/-]+\.html", text)}
    return any(_turns(app.jinja_env, name) for name in found)


def gives_files(app: Flask, rule: Rule) -> bool:
    """Whether the view, or what it calls, looks at `?format=`."""
    return asked_format in _reached(app.view_functions[rule.endpoint])


@cache
def _turns(env: Environment, name: str) -> bool:
    assert env.loader is not None
    source = env.loader.get_source(env, name)[0]
    parts = {part for part in meta.find_referenced_templates(env.parse(source)) if part}
    taken = {part for part in parts if not part.startswith("macros/")}
    return bool(re.search(r"\bpager\(|aria-label=\"翻页\"", source)) or any(_turns(env, part) for part in taken)


@cache
def _reached(view: Callable[..., Any]) -> frozenset[FunctionType]:
    """The view and the functions of ours that it calls by name, as far as names go."""
    found: set[FunctionType] = set()
    waiting: list[Any] = [unwrap(view)]
    while waiting:
        function = waiting.pop()
        if function in found or not function.__module__.startswith("webapp."):
            continue
        found.add(function)
        waiting += [one for one in _named(function.__code__, function.__globals__) if isinstance(one, FunctionType)]
    return frozenset(found)


def _named(code: CodeType, known: dict[str, Any]) -> Iterator[Any]:
    """What the global names of a function stand for, and what it takes out of modules: `listing`, `views_files.send`."""
    last = None
    for step in get_instructions(code):
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(last, ModuleType):
            last = getattr(last, step.argval, None)
        else:
            last = known.get(step.argval) if step.opname == "LOAD_GLOBAL" else None
        yield last
    for inner in _inner(code):
        yield from _named(inner, known)


def _constants(code: CodeType) -> Iterator[str]:
    yield from (one for one in code.co_consts if isinstance(one, str))
    for inner in _inner(code):
        yield from _constants(inner)


def _inner(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if isinstance(one, CodeType)]
