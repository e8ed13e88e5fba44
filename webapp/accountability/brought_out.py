"""系统带出: what a unit has answered already to another task stands in the next one that asks for it (X-4).

The gate marks an asked field as held where a demand in force asks these units for it. What is held is a value for each
unit: for whoever has answered it stands in the form and counts as it is, a newer figure may be written over it; whoever
has not is asked. A field of a work area's ledger is kept by
another body and is asked of nobody.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.asked import answered, fits
from webapp.accountability.models import AccountabilityTask, Assignment, number_of
from webapp.accountability.rules import ANSWERED
from webapp.burden.held import ledger_holder
from webapp.burden.models import Demand, DemandField
from webapp.burden.proposals import AskedField
from webapp.burden.queries import among
from webapp.org.models import Division
from webapp.policy.held_fields import normal
from webapp.words import clean, day_words


@dataclass(frozen=True)
class Brought:
    """One value that a unit gave before, and where."""

    value: str
    task_number: str
    title: str
    issuer_name: str
    given_on: date

    @property
    def source(self) -> str:
        """ "福贡县任务“冬春防火隐患排查”（RW-17），2026年11月27日（周五）反馈"."""
        return f"{self.issuer_name}任务“{self.title}”（{self.task_number}），{day_words(self.given_on)}反馈"


def may_be_brought(field: Mapping[str, Any]) -> bool:
    """Whether a field is held by units' answers; what a ledger holds, another body keeps."""
    return bool(field.get("holder")) and ledger_holder(AskedField(field["name"], field["label"])) is None


def answerable(task: AccountabilityTask) -> list[dict[str, Any]]:
    """The fields that have an answer for each unit, entered or brought out."""
    return [field for field in task.fields if not field.get("holder") or may_be_brought(field)]


def asked_of_units(task: AccountabilityTask) -> list[dict[str, Any]]:
    """All fields as units meet them: what units' answers hold is in the form, with what each gave before."""
    return [{**field, "holder": None} if may_be_brought(field) else field for field in task.fields]


def values_of(brought: Mapping[str, Brought]) -> dict[str, str]:
    return {name: one.value for name, one in brought.items()}


def answers_with(task: AccountabilityTask, brought: Mapping[str, Brought], typed: Mapping[str, str]) -> dict[str, str]:
    """The answers of one unit by field: what was typed, else what it gave before. Raises `Refused` naming the field."""
    given = {name: text for name, text in typed.items() if clean(text)}
    return answered(asked_of_units(task), values_of(brought) | given)


def brought_out(
    session: Session, task: AccountabilityTask, unit_codes: Collection[str]
) -> dict[str, dict[str, Brought]]:
    """Unit → field → what the unit answered last to other tasks whose demands were in force when this one went out."""
    fields = [field for field in task.fields if may_be_brought(field)]
    found: dict[str, dict[str, Brought]] = defaultdict(dict)
    if not fields or not unit_codes or task.issued_at is None:
        return found
    on = clock.day_of(task.issued_at)
    wanted = set(unit_codes)
    for row in _answers(session, task.id, on, fields, sorted(wanted)):
        value = row.answers.get(row.name) if row.answers and row.unit_code in wanted else None
        for field in fields:
            alike = field["name"] == row.name or normal(field["label"]) == row.normal
            if value and alike and fits(field, value):
                found[row.unit_code][field["name"]] = Brought(
                    value,
                    number_of(row.issuer_code, row.drafted_at, row.id),
                    row.title,
                    row.issuer_name,
                    row.last_reported_on,
                )
    return found


def _answers(session: Session, task_id: int, on: date, fields: Sequence[Mapping[str, Any]], codes: list[str]) -> Any:
    """Answers to fields that are called alike, the last one at the end."""
    return session.execute(
        select(
            DemandField.name,
            DemandField.normal,
            AccountabilityTask.title,
            AccountabilityTask.id,
            AccountabilityTask.issuer_code,
            AccountabilityTask.drafted_at,
            Division.name.label("issuer_name"),
            Assignment.unit_code,
            Assignment.answers,
            Assignment.last_reported_on,
        )
        .join(Demand, Demand.id == DemandField.demand_id)
        .join(AccountabilityTask, AccountabilityTask.demand_id == Demand.id)
        .join(Assignment, Assignment.task_id == AccountabilityTask.id)
        .join(Division, Division.code == AccountabilityTask.issuer_code)
        .where(
            or_(
                DemandField.name.in_([field["name"] for field in fields]),
                DemandField.normal.in_([normal(field["label"]) for field in fields]),
            ),
            Demand.ends_on >= on,
            AccountabilityTask.id != task_id,
            Assignment.state.in_(ANSWERED),
            Assignment.answers.is_not(None),
            among(codes, Assignment.unit_code),
        )
        .order_by(Assignment.last_reported_on, Assignment.id)
    )
