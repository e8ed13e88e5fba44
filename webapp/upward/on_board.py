"""Requests that a unit has to answer, on its board beside its own demands (T-10)."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.accountability import board
from webapp.paging import paged
from webapp.upward import queries
from webapp.upward.models import STATES


def section(session: Session, code: str, viewer: Viewer, on: date, number: int) -> board.Section | None:
    """What the unit was asked and has not answered, the earliest due first."""
    if not viewer.may("request.read"):
        return None
    page = paged(session, queries.sought(queries.Sought("answer", (code,))), number)
    rows = [_matter(item, viewer) for item in queries.items(session, page.rows, on)]
    return board.Section("requests", "要答复的请示", replace(page, rows=rows))


def _matter(item: queries.Item, viewer: Viewer) -> board.Matter:
    row = item.row
    lamp = (item.lamp, item.clock.words) if queries.lamps_open(viewer, row) else None
    words = f"{row.unit.name}请示，{STATES[row.state]}"
    return board.Matter(row.title, f"/requests/{row.id}", row.due_on, words, lamp)


board.others["requests"] = section
