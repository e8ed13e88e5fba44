"""A log that serves a line of the month sheet stands in the form of whoever wrote it, and of nobody else (X-4, X-17)."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import TOWNSHIP, VILLAGE, at
from tests.worklogs.making import entry
from webapp import clock
from webapp.access import acting_as
from webapp.policy import calendar
from webapp.sheets import held
from webapp.sheets.models import MonthSheet
from webapp.sheets.opening import open_sheets
from webapp.worklogs import on_sheet, service
from webapp.worklogs.bindings import LINE

__all__ = ["on_sheet"]
LOG = "11111111-1111-4111-8111-111111111111"


def test_the_newest_words_of_an_own_log_stand_in_the_line_that_it_serves(county: Session) -> None:
    calendar.seed(county)
    author = factories.viewer(county, "first_secretary", VILLAGE)
    open_sheets(county, date(2026, 12, 1), at=at("2026-12-01 09:00"))
    sheet = county.scalars(select(MonthSheet).where(MonthSheet.unit_code == VILLAGE)).one()
    line = sheet.lines[0]
    now = at("2026-12-08 18:00")
    with acting_as(county, author), clock.held_at(now):
        for text, base in (("走访三户", None), ("走访三户，新增线索 1 条", 1)):
            said = entry(day=date(2026, 12, 8), text=text, others=((LINE, line.id),))
            if base is None:
                service.write(county, log_id=LOG, author_id=author.person_id or 0, entry=said, photos=[], at=now)
            else:
                service.edit(
                    county,
                    log_id=LOG,
                    editor_id=author.person_id or 0,
                    base_version=base,
                    entry=said,
                    photos=[],
                    at=now,
                )
        county.flush()
        found = held.held_for(county, sheet)
        assert found[line.id].prefill == "2026年12月8日：走访三户，新增线索 1 条"
        assert [one.holder for one in found[line.id].present] == ["本人工作日志"]
        assert not any(one.present for line_id, one in found.items() if line_id != line.id)
    for role, unit in (("team_member", VILLAGE), ("secretary", VILLAGE), ("desk", TOWNSHIP)):
        with acting_as(county, factories.viewer(county, role, unit)):
            assert line.id not in held.prefill_of(county, sheet)


def test_the_form_shows_it_to_its_author_alone(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    calendar.seed(county)
    author, mate = sign_in("first_secretary", VILLAGE), sign_in("team_member", VILLAGE)
    open_sheets(county, date(2026, 12, 1), at=at("2026-12-01 09:00"))
    sheet = county.scalars(select(MonthSheet).where(MonthSheet.unit_code == VILLAGE)).one()
    said = entry(text="走访三户", others=((LINE, sheet.lines[0].id),))
    person_id = author.person_id  # type: ignore[attr-defined]
    service.write(county, log_id=LOG, author_id=person_id, entry=said, photos=[], at=clock.now())
    county.commit()
    path = f"/sheets/{VILLAGE}/2026-12"
    assert ">2026年11月4日：走访三户</textarea>" in author.get(path).text
    assert "走访三户" not in mate.get(path).text
