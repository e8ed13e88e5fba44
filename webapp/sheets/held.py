"""What is held for the lines of a sheet, each with its holder: it stands in the form and is not written again (X-4)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.occasions import period_words
from webapp.accountability.rules import ANSWERED, SHEET
from webapp.burden.rules import months_of
from webapp.org.queries import names
from webapp.policy.work_areas import ledger_fields_of_area
from webapp.sheets import queries
from webapp.sheets.models import MonthSheet
from webapp.sheets.rules import LINE_LIMIT
from webapp.words import day_words

OWN = "村"


@dataclass(frozen=True)
class Held:
    """One thing that is held for a line: what it says, and who holds it."""

    text: str
    holder: str


Source = Callable[[Session, MonthSheet], Mapping[int, list[Held]]]
sources: list[Source] = []
"""Line → what a feature that stands above this one holds for its period; given at start-up."""


@dataclass(frozen=True)
class OfLine:
    """All that is held for one line: of its own period, and what the village wrote last."""

    present: tuple[Held, ...] = ()
    before: Held | None = None
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(holder, labels) of the data that somebody else keeps: nobody writes them on the sheet."""

    @property
    def shown(self) -> tuple[Held, ...]:
        return (*self.present, self.before) if self.before else self.present

    @property
    def prefill(self) -> str:
        """What stands in the form: what is held of the period, else what the village wrote last."""
        found = self.present or ((self.before,) if self.before else ())
        return "；".join(one.text for one in found)[:LINE_LIMIT]


def held_for(session: Session, sheet: MonthSheet) -> dict[int, OfLine]:
    """Line → what is held for it; lines for which nothing is held are left out."""
    present: dict[int, list[Held]] = defaultdict(list)
    for source in (_reported, *sources):
        for line_id, found in source(session, sheet).items():
            present[line_id] += found
    before = queries.held_before(session, sheet)
    lines = {
        line.id: OfLine(
            tuple(present[line.id]),
            Held(before[line.id][1], f"本村{period_words(before[line.id][0])}填报") if line.id in before else None,
            _kept_elsewhere(line.template_code),
        )
        for line in sheet.lines
    }
    return {line_id: one for line_id, one in lines.items() if one != OfLine()}


def prefill_of(session: Session, sheet: MonthSheet) -> dict[int, str]:
    """Line → the text that its form starts from."""
    return {line_id: one.prefill for line_id, one in held_for(session, sheet).items() if one.prefill}


def within_period(day: date, period: str) -> bool:
    """Whether a day lies in a line's period."""
    first, last = months_of(period)
    return first <= day.replace(day=1) <= last


def _reported(session: Session, sheet: MonthSheet) -> dict[int, list[Held]]:
    """What the village has reported in a line's period on other matters of the same work area, with what it entered for
    the fields that their granted demands ask for."""
    first = min(months_of(line.period)[0] for line in sheet.lines) if sheet.lines else date.max
    rows = session.execute(
        select(
            AccountabilityTask.template_code,
            AccountabilityTask.title,
            AccountabilityTask.issuer_code,
            Assignment.last_reported_on,
            Assignment.report_text,
            AccountabilityTask.fields,
            Assignment.answers,
        )
        .join(AccountabilityTask, AccountabilityTask.id == Assignment.task_id)
        .where(
            Assignment.unit_code == sheet.unit_code,
            Assignment.state.in_(ANSWERED),
            Assignment.last_reported_on >= first,
            AccountabilityTask.template_code.is_not(None),
            AccountabilityTask.via != SHEET,
        )
        .order_by(Assignment.last_reported_on, Assignment.id)
    ).all()
    holders = names(session, {row.issuer_code for row in rows})
    found: dict[int, list[Held]] = defaultdict(list)
    for line in sheet.lines:
        for row in rows:
            if _area(row.template_code) == _area(line.template_code) and within_period(
                row.last_reported_on, line.period
            ):
                entered = _entered(row.fields, row.answers or {})
                text = f"{row.title}，{day_words(row.last_reported_on)}已反馈：{row.report_text}{entered}"
                found[line.id].append(Held(text, holders.get(row.issuer_code, row.issuer_code)))
    return found


def _entered(fields: Iterable[Mapping[str, Any]], answers: Mapping[str, str]) -> str:
    """What was entered for the asked fields, in words: "（搬迁户数：12户）"; "" where nothing was."""
    said = [f"{one['label']}：{answers[one['name']]}{one['unit'] or ''}" for one in fields if one["name"] in answers]
    return f"（{'，'.join(said)}）" if said else ""


def _area(template_code: str) -> str:
    return template_code.partition("-")[0]


def _kept_elsewhere(template_code: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Data that another body hands over to a ledger in which the village has its part; references to people and units
    are no words for a reader."""
    fields = ledger_fields_of_area(_area(template_code))
    shared = {field.ledger for field in fields if field.owner == OWN}
    found: dict[str, list[str]] = defaultdict(list)
    for field in fields:
        if field.ledger in shared and field.mode == "import" and field.kind != "ref":
            found[field.owner].append(field.label)
    return tuple((owner, tuple(dict.fromkeys(labels))) for owner, labels in found.items())
