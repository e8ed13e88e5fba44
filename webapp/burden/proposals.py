"""What stands before the gate: a demand that is not admitted yet, and the fields it asks for."""

import hashlib
from dataclasses import dataclass
from datetime import date


def field_name(label: str) -> str:
    """The name by which a field with this label is known everywhere: equal labels ask for the same thing (X-4)."""
    return f"q_{hashlib.sha256(''.join(label.split()).encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class AskedField:
    """One figure or word asked for; `kind` is text, int, money, date, code or bool, `values` the codes."""

    name: str
    label: str
    kind: str = "text"
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A demand before it is admitted. `minutes` is the estimate for one unit, `key` what asks (`Demand.key`)."""

    key: str
    kind: str
    title: str
    basis: str
    owner_code: str
    owner_name: str
    due_on: date
    ends_on: date
    minutes: int
    content: str = ""
    evidence: str = ""
    document_no: str | None = None
    regular: bool = False
    fields: tuple[AskedField, ...] = ()
    urgent: bool = False
    urgent_approver: str | None = None
    passed_on: bool = False
    """Handed further down by a unit that received it: the content is not that unit's to change."""
    series: str | None = None
    """What comes back period by period (`Demand.series`): its earlier periods hold nothing against it."""
    by_calendar: bool = False
    """Opened by the calendar: other demands leave it room, so that it is not refused for its minutes."""


@dataclass(frozen=True)
class HeldField:
    """An asked field that somebody holds already: nobody who has given it enters it again."""

    field: AskedField
    holder: str
    by_ledger: bool = True
    """Kept by the body of a work area's ledger, which is to be asked; else units have answered it to another demand."""
