"""The project's own Python files, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from webapp.config import ROOT

PACKAGES = ("webapp", "flows", "reports")


@dataclass(frozen=True)
class Module:
    """One file: dotted name, path and syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> Iterator[tuple[str, int]]:
        """(dotted target, line) of every import, wherever it stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)

    def calls(self, *names: str) -> Iterator[int]:
        """Lines on which a method of one of these names is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                yield node.lineno


@lru_cache
def modules() -> tuple[Module, ...]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


def files(*patterns: str) -> list[Path]:
    """Files of the project's own tree by patterns below the root."""
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file())
