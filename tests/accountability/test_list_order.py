"""The list of tasks knows only its own orders (T-7), and a file of too many rows is refused, not cut."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, VILLAGE, at
from tests.worklogs.making import assignment
from webapp import clock
from webapp.accountability import export
from webapp.audit import AuditEntry

DUE = {VILLAGE: date(2026, 11, 30), SISTER_VILLAGE: date(2026, 11, 3), OTHER_VILLAGE: date(2026, 11, 11)}


@pytest.fixture
def desk(county: Session, sign_in):  # type: ignore[no-untyped-def]
    """A county desk with one task of each lamp: closed, overdue, near, and far off."""
    with clock.held_at(at("2026-11-10 09:00")):
        for unit, due_on in DUE.items():
            assignment(county, unit, title=f"到{due_on}").due_on = due_on
        over = assignment(county, VILLAGE, state="closed", title="已销号")
        over.due_on, over.closed_on = date(2026, 11, 6), date(2026, 11, 5)
        county.commit()
        yield sign_in("desk", COUNTY)


def shown(client: FlaskClient, more: str) -> list[str]:
    page = client.get(f"/tasks/?view=issued&state=every{more}").text
    return re.findall(r'<a href="/tasks/assignments/(\d+)"', page)


def test_what_is_no_order_leaves_the_order_as_it_is(desk: FlaskClient) -> None:
    plain = shown(desk, "")
    assert len(plain) == 4
    assert shown(desk, "&sort=-due") != plain  # an order it knows does change something
    for sort in ("lamp", "-lamp", "state", "progress", "load", "count", "-count", "times_returned", "x; drop"):
        assert shown(desk, f"&sort={sort}") == plain, sort


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_over_the_limit_is_refused_as_a_whole(
    desk: FlaskClient, county: Session, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(export, "LIMIT", 3)
    with desk.get(f"/tasks/?view=issued&state=every&format={kind}") as refused:
        assert (refused.status_code, refused.mimetype) == (400, "text/html")
        assert "Content-Disposition" not in refused.headers
        assert "一次最多导出 3 行。请按状态、期限或单位筛选后分次导出。" in refused.text
        assert "到2026-11-30" in refused.text  # the list is still there to be narrowed
    county.rollback()
    assert county.scalars(select(AuditEntry).where(AuditEntry.action == "task.export")).all() == []
    with desk.get(f"/tasks/?view=issued&state=issued&format={kind}") as narrowed:
        assert narrowed.status_code == 200
        assert "Content-Disposition" in narrowed.headers
