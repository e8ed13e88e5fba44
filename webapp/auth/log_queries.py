"""What the page of the audit log shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from webapp import clock
from webapp.audit import AuditEntry
from webapp.errors import Refused


@dataclass(frozen=True)
class Chosen:
    """The filter: a day in China, a part of a person's name, a kind (the part of an action before the dot)."""

    day: date | None = None
    person: str = ""
    kind: str = ""


def chosen(typed: Mapping[str, str]) -> Chosen:
    """The filter as typed into the address; raises `Refused` for a day that is none."""
    text = typed.get("day", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("日期不正确。请写成 2026-11-24 的样子，或者在日历中选择。") from None
    return Chosen(day, typed.get("person", "")[:60].strip(), typed.get("kind", "")[:30])


def entries(filter_: Chosen) -> Select[tuple[AuditEntry]]:
    """Entries in scope, the newest first."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc())
    if filter_.day is not None:
        start, end = clock.day_start(filter_.day), clock.day_end(filter_.day)
        statement = statement.where(AuditEntry.at >= start, AuditEntry.at < end)
    if filter_.person:
        statement = statement.where(AuditEntry.actor_name.contains(filter_.person, autoescape=True))
    if filter_.kind:
        statement = statement.where(
            (AuditEntry.action == filter_.kind) | AuditEntry.action.startswith(f"{filter_.kind}.", autoescape=True)
        )
    return statement
