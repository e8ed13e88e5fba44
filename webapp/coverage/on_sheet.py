"""The village's yearly confirmation and the line of its month sheet that asks for it are one: entered once (P-20, P-29, X-4)."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.coverage.queries import contacts
from webapp.coverage.service import keep_confirmation
from webapp.sheets.held import Held, sources
from webapp.sheets.models import MonthSheet, SheetVersion
from webapp.sheets.panels import line_hints
from webapp.sheets.queries import answers_of
from webapp.sheets.service import takers
from webapp.words import day_words

TEMPLATE = "WA30-T3"
"""农户走访联系年度确认."""


def confirmed(session: Session, sheet: MonthSheet) -> Mapping[int, list[Held]]:
    """Line → the confirmation of its year, where there is one."""
    years = {line.id: int(line.period[:4]) for line in sheet.lines if line.template_code == TEMPLATE}
    rows = contacts(session, [sheet.unit_code], set(years.values())) if years else {}
    found = {}
    for line_id, year in years.items():
        row = rows.get((sheet.unit_code, year))
        if row is not None:
            text = f"{day_words(row.confirmed_on)}已确认全部农户都已走访或者联系"
            said = f"{text}，例外：{row.exceptions}" if row.exceptions else text
            found[line_id] = [Held(said, f"本村年度确认（{row.confirmed_by_name}）")]
    return found


def confirm(session: Session, sheet: MonthSheet, version: SheetVersion) -> None:
    """The answer of the line confirms its year: 无变化 without exceptions, a text with these; one that stands already is
    changed by another text alone."""
    held = confirmed(session, sheet)
    for line_id, answer in answers_of(version).items():
        line = next(one for one in sheet.lines if one.id == line_id)
        stands = [one.text for one in held.get(line_id, ())]
        if line.template_code != TEMPLATE or (stands and (answer.no_change or answer.text in stands)):
            continue
        year = int(line.period[:4])
        row = contacts(session, [sheet.unit_code], {year}).get((sheet.unit_code, year))
        keep_confirmation(
            session,
            sheet.unit_code,
            year,
            exceptions="" if answer.no_change else answer.text or "",
            at=version.sent_at,
            version=row.version if row is not None else None,
        )


sources.append(confirmed)
takers.append(confirm)
line_hints[TEMPLATE] = "全部农户都已走访或者联系的，选“无变化”；有例外的写明例外。填在这里就是年度确认，不用另填。"
