"""A task's page leads to the logs that serve it, and to no others (X-17)."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE, at
from tests.worklogs.making import assignment, entry
from webapp import clock
from webapp.policy import calendar
from webapp.sheets.models import MonthSheet
from webapp.sheets.opening import open_sheets
from webapp.worklogs import service
from webapp.worklogs.bindings import LINE

SERVES, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def test_the_page_of_a_task_names_the_logs_that_serve_it(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    calendar.seed(county)
    author = sign_in("first_secretary", VILLAGE)
    row = assignment(county, VILLAGE)
    person_id = author.person_id  # type: ignore[attr-defined]
    for log_id, served in ((SERVES, (row.id,)), (OTHER, ())):
        service.write(
            county, log_id=log_id, author_id=person_id, entry=entry(assignment_ids=served), photos=[], at=clock.now()
        )
    path = f"/tasks/assignments/{row.id}"
    county.commit()
    page = sign_in("desk", COUNTY).get(path).get_data(as_text=True)
    assert "服务这项任务的工作日志" in page
    assert f"{path}/worklogs/{SERVES}" in page
    assert OTHER not in page
    assert sign_in("secretary", SISTER_VILLAGE).get(path).status_code == 404


def test_a_month_sheet_names_the_logs_of_its_lines_to_the_team_alone(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    """A log that serves a task too is open to the township there, and still not named to it on the sheet."""
    calendar.seed(county)
    author, mate = sign_in("first_secretary", VILLAGE), sign_in("team_member", VILLAGE)
    open_sheets(county, date(2026, 12, 1), root="", at=at("2026-12-01 09:00"))
    sheet = county.scalars(select(MonthSheet).where(MonthSheet.unit_code == VILLAGE)).one()
    line, month = sheet.lines[0], sheet.month
    served = entry(assignment_ids=(sheet.assignment_id,), others=((LINE, line.id),))
    person_id = author.person_id  # type: ignore[attr-defined]
    service.write(county, log_id=SERVES, author_id=person_id, entry=served, photos=[], at=clock.now())
    title = line.title
    county.commit()
    path = f"/sheets/{VILLAGE}/{month}"
    for reader in (author, mate):
        page = reader.get(path).get_data(as_text=True)
        assert f'href="/worklogs/{SERVES}">{title}：' in page
    for other in (sign_in("secretary", VILLAGE), sign_in("desk", COUNTY)):
        page = other.get(path).get_data(as_text=True)
        assert title in page and SERVES not in page
