"""A parent's progress is derived from its children, never typed (T-3). Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

GONE = ("recalled", "exempt")
"""States that leave every denominator."""


@dataclass(frozen=True)
class Node:
    """One assignment of a task's tree; `weight` is its share among its sisters."""

    id: int
    parent_id: int | None
    unit_code: str
    state: str
    weight: int = 1
    closed_as: str | None = None

    @property
    def counts(self) -> bool:
        return self.state not in GONE


def derive(nodes: Iterable[Node]) -> dict[int, Fraction]:
    """Assignment → progress between 0 and 1, for every assignment that counts.

    Without children that count it is 1 when closed, else 0; with them it is their weighted mean. The parents of the
    nodes that are given may be missing: a part of a tree is derived as a whole one is.
    """
    held = list(nodes)
    children: dict[int, list[Node]] = defaultdict(list)
    for node in held:
        if node.parent_id is not None and node.counts:
            children[node.parent_id].append(node)
    found: dict[int, Fraction] = {}
    # A child's code is longer than its parent's, so that every child is known before its parent.
    for node in sorted(held, key=lambda one: -len(one.unit_code)):
        if not node.counts:
            continue
        below = children.get(node.id, ())
        weights = sum(child.weight for child in below)
        if weights:
            found[node.id] = sum((found[child.id] * child.weight for child in below), Fraction(0)) / weights
        else:
            found[node.id] = Fraction(node.state == "closed")
    return found


def overall(nodes: Iterable[Node]) -> Fraction | None:
    """Progress of a task: the weighted mean of what its issuer handed down itself; None when nothing counts."""
    held = list(nodes)
    found = derive(held)
    tops = [node for node in held if node.parent_id is None and node.counts]
    weights = sum(node.weight for node in tops)
    return sum((found[node.id] * node.weight for node in tops), Fraction(0)) / weights if weights else None
