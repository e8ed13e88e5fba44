"""A row of every table at one place, made from the tables themselves: a new table joins without anybody's doing."""

import hashlib
import re
from datetime import date, datetime
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    insert,
)
from sqlalchemy.orm import Session

from webapp.access import Scoped
from webapp.accountability.models import number_of
from webapp.db import Base, Code, UTCDateTime
from webapp.evaluation.schemes import schemes
from webapp.policy.packs import shipped

_numbers = count(1000)
NOW = datetime.fromisoformat("2026-11-02T09:00:00+08:00")
# What neither the type nor a CHECK constraint tells.
SPECIAL = {
    ("posting", "role"): "desk",
    ("organisation", "kind"): "party_committee",
    ("indicator_value", "indicator"): "TSK-1",
    ("run", "frozen"): {
        "pack": shipped()[-1].slug,
        "parameters": {"": {key: entry["value"] for key, entry in shipped()[-1].parameters.items()}},
    },
    ("report_file", "kind"): "period-report",
    ("subscription", "kind"): "period-report",
    ("report_file", "period"): "2026-10",
    ("run", "period"): "2026-10",
    ("assessment", "period"): "2026-10",
    ("assessment", "scheme_slug"): schemes()[0].slug,
    ("assessment", "scheme_version"): schemes()[0].version,
    ("run_request", "period"): "2026-10",
    ("delivery", "window"): "2026-10",
    ("subscription", "first_window"): "2026-10",
    ("assignment_event", "kind"): "acknowledge",
    ("issue_event", "kind"): "claim",
    ("assignment_file", "kind"): "pdf",
    ("handover_line", "kind"): "paper",
    ("saved_filter", "shared"): True,
    ("accountability_task", "state"): "issued",  # a draft is its issuing desk's alone
    ("run", "kind"): "month",
    ("reminder", "issue_id"): None,  # each of them is about one thing
    ("escalation", "issue_id"): None,
    ("ladder_step", "issue_id"): None,
    ("recall", "role"): "team_member",
    ("run", "assessment_id"): None,  # a plain run: it needs no scheme
    ("upward_event", "kind"): "ask",
    ("work_log", "duty_area"): "party",
    ("month_sheet", "month"): "2026-10",
    ("presence_month", "month"): "2026-10",
    ("work_log_version", "duty_area"): "party",
}
CONTENT = b"a file for every row that names one"


def make_world(session: Session, unit_code: str, posting: dict[str, Any] | None = None) -> dict[str, Any]:
    """Insert one row into every scoped table and every table it points to; returns the primary keys by table name,
    with "unit", "task number" and "run key" for the routes that name these, and the range of its "fillers".

    Every unit of every row is `unit_code`, every person one new person; `posting` changes the person's posting.
    """
    made: dict[str, Any] = {"unit": unit_code}
    first = next(_numbers)
    for table in Base.metadata.sorted_tables:
        if table.name not in _needed():
            continue
        values = {c.name: _value(c, table, made, unit_code) for c in table.columns if _wanted(c)}
        if table.name == "posting":
            values |= posting or {}
        result = session.execute(insert(table).values(values))
        made[table.name] = result.inserted_primary_key[0]
        if table.name == "accountability_task":
            made["task number"] = number_of(unit_code, values["drafted_at"], made[table.name])
        if table.name == "run":
            made["run key"] = values["key"]
    session.flush()
    made["fillers"] = range(first, next(_numbers))
    return made


def start_fillers() -> None:
    """Number the fillers of a database from the beginning, so that all have the same length and none is cut in a column."""
    global _numbers  # noqa: PLW0603
    _numbers = count(1000)


def fillers_in(text: str) -> set[int]:
    """The numbers of all fillers that a text shows."""
    return {int(number) for number in re.findall(r"(?<![A-Za-z0-9])x(\d{4})(?!\d)", text)}


@cache
def _needed() -> frozenset[str]:
    """Scoped tables and those they point to; divisions are there already."""
    tables = {model.__table__ for model in scoped_models()}  # type: ignore[attr-defined]
    pointed = {key.column.table for table in tables for key in table.foreign_keys}
    return frozenset(table.name for table in tables | pointed) - {"division"}


def _wanted(column: Column[Any]) -> bool:
    if column.foreign_keys:
        return True
    own_number = column.primary_key and isinstance(column.type, Integer)
    return own_number is False and (not column.nullable or "unit" in column.name or column.name.endswith("_code"))


def _value(column: Column[Any], table: Table, made: dict[str, Any], unit_code: str) -> Any:
    if (table.name, column.name) in SPECIAL:
        return SPECIAL[table.name, column.name]
    if column.name == "sha256":
        return hashlib.sha256(CONTENT + unit_code.encode()).hexdigest()
    for key in column.foreign_keys:
        target = key.column.table.name
        return unit_code if target == "division" else made.get(target)
    if isinstance(column.type, Code) or column.name in ("unit_code", "issuer_code", "root_code"):
        return unit_code
    allowed = _allowed(table).get(column.name)
    if allowed is not None:
        return allowed
    if column.default is not None and column.default.is_scalar:
        return column.default.arg
    return _filler(column)


def _allowed(table: Table) -> dict[str, str]:
    """The first value that a CHECK constraint of the form "column IN ('a', 'b')" allows, by column."""
    checks = " ".join(str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    return dict(reversed(re.findall(r"(\w+) IN \('([^']+)'", checks)))


def _filler(column: Column[Any]) -> Any:
    kinds: tuple[tuple[type, Any], ...] = (
        (UTCDateTime, NOW),
        (Date, date(2026, 11, 2)),
        (Boolean, False),
        (Integer, 1),
        (Numeric, 1),
        (JSON, []),
        (LargeBinary, b""),
    )
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    assert isinstance(column.type, String)
    return f"x{next(_numbers)}"[: column.type.length]


def scoped_models() -> list[type[Scoped]]:
    """Every model with a rule."""
    return sorted((m.class_ for m in Base.registry.mappers if issubclass(m.class_, Scoped)), key=lambda m: m.__name__)
