"""Every threshold that a policy could move comes from the rule pack; a number that stands in code says why it may."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules
from tests.architecture.technical_numbers import REASONS

MAKERS = {"timedelta", "Decimal", "range"}
SPANS = {"timedelta": {"days", "weeks", "hours", "minutes"}, "add_workdays": set()}
MONTHS = {
    "webapp.agenda.months": "32 days after the first of a month lie in the next; a week has six more days",
    "webapp.burden.queries": "31 days after the first of a month lie in the next",
    "webapp.sheets.months": "31 days after the first of a month lie in the next",
    "webapp.burden.report": "31 days after the first of a month lie in the next",
    "webapp.leave.views_calendar": "31 days after the first of a month lie in the next",
    "webapp.worklogs.queries": "31 days after the first of a month lie in the next",
    "webapp.presence.rules": "four days after the 28th lie in the next month",
    "webapp.accountability.occasions": "the duty list itself says third_working_day_after",
}
EXAMPLES = "webapp.demo."
"""Demonstration data invents figures; nothing is judged by them."""


def test_each_number_of_a_module_is_explained() -> None:
    unknown = sorted(set(_named()) - set(_explained()))
    assert not unknown, (
        "A threshold belongs into webapp/policy/packs (with schema and name); a technical bound is explained in "
        "tests/architecture/technical_numbers.py:\n" + "\n".join(unknown)
    )


def test_no_explanation_outlives_its_number_and_none_stands_twice() -> None:
    listed = list(_explained())
    assert sorted(set(listed) - set(_named())) == []
    assert len(listed) == len(set(listed))


def test_no_span_of_days_or_hours_stands_in_the_middle_of_code() -> None:
    found = [f"{module.name}:{line}" for module in _modules() if module.name not in MONTHS for line in _spans(module)]
    assert found == [], "give the number a name and explain it, or take it from the rule pack"


def test_a_new_number_would_be_seen() -> None:
    tree = ast.parse(
        "DAYS = 31\nSHARES = (1, 480)\nKEPT: object = timedelta(days=3)\nBYTES = 5 * 1024\nNAME = 'x'\nA, B = 2, 3\n"
    )
    assert [name for node in tree.body for name in _names(node)] == ["DAYS", "SHARES", "KEPT", "BYTES", "A", "B"]
    assert list(
        _spans(Module("m", None, ast.parse("def f():\n    return timedelta(days=3), c.add_workdays(d, 4)\n")))
    ) == [2, 2]  # type: ignore[arg-type]


def _modules() -> Iterator[Module]:
    return (m for m in modules() if m.name.startswith(("webapp.", "flows.")) and not m.name.startswith(EXAMPLES))


def _named() -> Iterator[str]:
    for module in _modules():
        for node in module.tree.body:
            yield from (f"{module.name} {name}" for name in _names(node))


def _explained() -> Iterator[str]:
    for lines in REASONS.values():
        for line in lines.strip().splitlines():
            module, *names = line.split()
            yield from (f"{module} {name}" for name in names)


def _names(node: ast.stmt) -> Iterator[str]:
    """The names that a module-level statement gives to numbers."""
    if isinstance(node, ast.AnnAssign) and node.value is not None and _numeric(node.value):
        yield from _targets(node.target)
    elif isinstance(node, ast.Assign) and _numeric(node.value):
        for target in node.targets:
            yield from _targets(target)


def _targets(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Tuple):
        for part in node.elts:
            yield from _targets(part)


def _numeric(node: ast.expr | None) -> bool:
    """Whether an expression is a number, is reckoned from some, or holds some."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case ast.UnaryOp(operand=operand):
            return _numeric(operand)
        case ast.BinOp(left=left, right=right):
            return _numeric(left) or _numeric(right)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return any(_numeric(part) for part in parts)
        case ast.Dict(keys=keys, values=values):
            return any(_numeric(part) for part in (*keys, *values))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=words) if name in MAKERS:
            return any(_numeric(part) for part in (*args, *(word.value for word in words)))
    return False


def _spans(module: Module) -> Iterator[int]:
    """Lines on which a span of more than one day or hour is written out, other than where it gets a name."""
    for outer in module.tree.body:
        for node in () if isinstance(outer, (ast.Assign, ast.AnnAssign)) else ast.walk(outer):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in SPANS:
                values = [w.value for w in node.keywords if w.arg in SPANS[called]] + node.args[1:]
                yield from (node.lineno for v in values if isinstance(v, ast.Constant) and v.value > 1)
