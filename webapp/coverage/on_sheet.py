"""The village's yearly confirmation stands in the line of its month sheet that asks for it (P-20, P-29)."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.coverage.queries import contacts
from webapp.sheets.held import Held, sources
from webapp.sheets.models import MonthSheet
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


sources.append(confirmed)
