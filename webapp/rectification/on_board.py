"""Issues that a unit has to put right, and those it has to verify and close, on its board beside its own demands."""

from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.accountability import board
from webapp.paging import paged
from webapp.rectification import queries
from webapp.rectification.models import STATES, Issue
from webapp.rectification.rules import CLOSING, OPEN


def to_mend(session: Session, code: str, viewer: Viewer, on: date, number: int) -> board.Section:
    """Issues that the unit leads and has not put right yet, the earliest due first."""
    wanted = (Issue.unit_code == code) & Issue.state.in_(OPEN)
    return _section(session, "issues", "要整改的", wanted, viewer, on, number)


def to_close(session: Session, code: str, viewer: Viewer, on: date, number: int) -> board.Section:
    """Issues whose closing waits for the unit."""
    wanted = (Issue.closer_code == code) & Issue.state.in_(CLOSING)
    return _section(session, "closing", "要核验销号的", wanted, viewer, on, number)


def _section(
    session: Session, key: str, label: str, wanted: ColumnElement[bool], viewer: Viewer, on: date, number: int
) -> board.Section:
    page = paged(session, queries.sought(queries.Sought()).where(wanted), number)
    rows = [_matter(item, viewer) for item in queries.items(session, page.rows, on)]
    return board.Section(key, label, replace(page, rows=rows))


def _matter(item: queries.Item, viewer: Viewer) -> board.Matter:
    row = item.issue
    lamp = (item.lamp, item.clock.words) if queries.lamps_open(viewer, row) else None
    words = f"{row.unit.name}整改，{STATES[row.state]}"
    return board.Matter(row.description, f"/rectification/{row.id}", row.due_on, words, lamp)


board.others |= {"issues": to_mend, "closing": to_close}
