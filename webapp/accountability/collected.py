"""What the parts of a split assignment answered, taken together: figures are summed, nothing is entered twice (X-4). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from webapp.accountability.asked import cell, heading
from webapp.accountability.models import Assignment
from webapp.accountability.progress import GONE

SUMMED = ("int", "money")
_SHARES = ("%", "％", "‰", "率", "比例", "占比", "平均", "人均", "户均")
"""In the name or the unit of a figure: it is a share or a mean, of which no sum says anything."""


@dataclass(frozen=True)
class Collected:
    """One asked field over the parts that count."""

    name: str
    heading: str
    given: int
    """Parts that have answered it."""
    of: int
    total: str | None
    """The sum of what was given; None for what cannot be summed."""

    @property
    def whole(self) -> bool:
        """Whether every part has answered it."""
        return 0 < self.given == self.of


def collected(fields: Iterable[Mapping[str, Any]], parts: Sequence[Assignment]) -> list[Collected]:
    """What units answer to fields, in their order; parts that were recalled or are exempt do not count."""
    counting = [part for part in parts if part.state not in GONE]
    found = []
    for field in fields:
        entered = ((part.answers or {}).get(field["name"]) for part in counting)
        answers = [answer for answer in entered if answer]
        found.append(Collected(field["name"], heading(field), len(answers), len(counting), _total(field, answers)))
    return found


def answers_of(fields: Iterable[Mapping[str, Any]], parts: Sequence[Assignment]) -> dict[str, str]:
    """What a split assignment answers without being asked: the sums to which every part has given its figure."""
    return {one.name: one.total for one in collected(fields, parts) if one.whole and one.total is not None}


def _total(field: Mapping[str, Any], answers: Sequence[str]) -> str | None:
    if field["kind"] not in SUMMED or not answers or any(word in heading(field) for word in _SHARES):
        return None
    if not all(isinstance(cell(field, answer), int | float) for answer in answers):
        return None  # an answer of an older wording of the field
    total = sum((Decimal(answer) for answer in answers), Decimal(0))
    return format(total, "f")
