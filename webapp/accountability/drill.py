"""One task from above: what stands under a unit, level by level, the same numbers at each step (T-3)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import below
from webapp.accountability.issue_models import TaskParty
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.progress import Node, overall
from webapp.errors import NotFound
from webapp.org.codes import LENGTHS
from webapp.org.queries import names


@dataclass(frozen=True)
class Standing:
    """Where a set of assignments stands: derived progress (None: nothing counts), and its last holders by state.

    Last holders are the assignments that nobody split, or whose every part left the count: each piece of work stands
    in exactly one of them, so that the numbers of the parts add up to those of the whole.
    """

    progress: Fraction | None
    states: dict[str, int]
    unsampled: int = 0
    """How many of the closed ones nobody verified, because the sample did not draw them."""

    @property
    def total(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True)
class Branch:
    """A unit under the one that is shown: its own assignment, where it has one, and how all below it stands."""

    unit_code: str
    name: str
    assignment_id: int | None
    standing: Standing
    deeper: bool
    """Whether there are assignments below it."""


def task_by_number(session: Session, number: str) -> AccountabilityTask:
    """The task of a number such as "533323-2026-17". Raises `NotFound`, equal for drafts and numbers that never were."""
    serial = number.rpartition("-")[2]
    row = None
    if serial.isascii() and serial.isdigit() and len(serial) < 10:
        row = session.scalar(
            select(AccountabilityTask)
            .where(AccountabilityTask.id == int(serial))
            .options(
                joinedload(AccountabilityTask.issuer),
                selectinload(AccountabilityTask.parties).joinedload(TaskParty.organisation),
            )
        )
    if row is None or row.number != number or row.state == "drafted":
        raise NotFound("没有这个编号的任务。请核对编号，或从任务列表中选择。")
    return row


def nodes(session: Session, task_id: int, under: str = "") -> list[Node]:
    """The task's assignments in scope under a unit, in code order; one statement."""
    one = Assignment
    statement = (
        select(one.id, one.parent_id, one.unit_code, one.state, one.weight, one.closed_as)
        .where(one.task_id == task_id, below(one.unit_code, under))
        .order_by(one.unit_code)
    )
    return [Node(*row) for row in session.execute(statement).tuples()]


def handed_down(held: Sequence[Node], unit_code: str, issuer_code: str) -> list[Node]:
    """Of a whole task's assignments, those that a unit handed down itself, as issuer or by splitting its own."""
    own = next((node.id for node in held if node.unit_code == unit_code), None)
    return [
        node
        for node in held
        if (node.parent_id is None and unit_code == issuer_code) or (own is not None and node.parent_id == own)
    ]


def standing(held: Sequence[Node]) -> Standing:
    """How a set of assignments stands as a whole; the topmost ones among them weigh as their issuer has set."""
    ids = {node.id for node in held}
    tops = [
        node if node.parent_id in ids else Node(node.id, None, node.unit_code, node.state, node.weight) for node in held
    ]
    split = {node.parent_id for node in held if node.counts}
    last = [node for node in held if node.id not in split]
    counted = Counter(node.state for node in last)
    return Standing(overall(tops), dict(counted), sum(node.closed_as == "unsampled" for node in last))


def branches(session: Session, held: Sequence[Node], under: str) -> list[Branch]:
    """The units directly below the one shown, in code order; a level where the task has nothing is left out."""
    inner = [node for node in held if node.unit_code != under and node.unit_code.startswith(under)]
    if not inner:
        return []
    level = _next_level(inner, under)
    groups: dict[str, list[Node]] = defaultdict(list)
    for node in inner:
        groups[node.unit_code[:level]].append(node)
    named = names(session, groups)
    found = []
    for code, group in sorted(groups.items()):
        own = next((node for node in group if node.unit_code == code), None)
        found.append(
            Branch(code, named.get(code, code), own.id if own else None, standing(group), len(group) > bool(own))
        )
    return found


def _next_level(inner: Sequence[Node], under: str) -> int:
    """The first level below at which the task branches or stands itself."""
    lengths = [length for length in LENGTHS.values() if length > len(under)]
    for length in lengths:
        heads = {node.unit_code[:length] for node in inner}
        if len(heads) > 1 or any(len(node.unit_code) == length for node in inner):
            return length
    return lengths[-1]
