"""A kind of row that registers is served by logs at every door; no other code knows its name."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import TOWNSHIP, VILLAGE
from tests.worklogs.making import ID, LEDGER, LEDGER_ROWS, assignment, sheet_line
from tests.worklogs.sending import send
from webapp import clock
from webapp.worklogs import bindings
from webapp.worklogs.models import WorkLog, WorkLogBinding

ASKED, TITLE = "用于哪些台账事项", LEDGER_ROWS[7]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "KINDS", dict(bindings.KINDS))
    bindings.register(LEDGER)


@pytest.fixture
def author(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("first_secretary", VILLAGE)


def typed(**changes: object) -> dict[str, object]:
    usual = {"id": ID, "day": clock.today().isoformat(), "duty_area": "service", "text": "看了危房"}
    return {**usual, **changes}


def bound(session: Session) -> list[tuple[str, int]]:
    session.rollback()
    rows = session.execute(select(WorkLogBinding.kind, WorkLogBinding.target_id).order_by(WorkLogBinding.id))
    return list(rows.tuples())


def test_form_offers_it_saves_it_and_keeps_it_in_an_edit(author: FlaskClient, county: Session) -> None:
    line = sheet_line(county, VILLAGE, "环境整治情况")
    county.commit()
    form = author.get("/worklogs/new").text
    assert ASKED in form and all(title in form for title in LEDGER_ROWS.values())
    page = author.post("/worklogs/new", data=typed(ledger_rows=[7], sheet_lines=[line]), follow_redirects=True).text
    assert f"台账事项“{TITLE}”" in page and "用于的台账事项" in page
    assert sorted(bound(county)) == [("ledger", 7), ("sheet_line", line)]
    edit = author.get(f"/worklogs/{ID}/edit").text
    assert re.search(r'name="ledger_rows" value="7" checked', edit)
    assert not re.search(r'name="ledger_rows" value="8" checked', edit)
    author.post(f"/worklogs/{ID}/edit", data=typed(base_version="1", ledger_rows=[8]))
    assert bound(county) == [("ledger", 8)]


def test_row_that_is_not_there_is_asked_again_at_its_field_and_a_conflict_carries_it(
    author: FlaskClient, county: Session
) -> None:
    refused = author.post("/worklogs/new", data=typed(ledger_rows=[99]))
    assert refused.status_code == 400 and "所选台账事项已不在本村的台账事项之列" in refused.text
    author.post("/worklogs/new", data=typed())
    conflict = author.post("/worklogs/new", data=typed(text="另一段", ledger_rows=[7]))
    assert conflict.status_code == 409 and 'name="ledger_rows" value="7"' in conflict.text


def test_phone_is_given_it_and_sends_it(author: FlaskClient, county: Session) -> None:
    data = author.get("/outbox/data").json
    assert {"field": "ledger_rows", "asks": ASKED} in data["kinds"]
    assert [row["title"] for row in data["ledger_rows"]] == list(LEDGER_ROWS.values())
    answer = send(author, ledger_rows=[7])
    assert answer.status_code == 201 and {"kind": "ledger", "title": TITLE} in answer.json["saves"]
    assert send(author, ledger_rows=[7]).status_code == 200
    assert send(author, ledger_rows=[8]).json["held"]["ledger_rows"] == [7]
    assert send(author, ledger_rows=["7"]).json["fields"] == {"ledger_rows": "所选的台账事项不正确。请重新选择。"}
    assert bound(county) == [("ledger", 7)]


def test_paper_names_it_too(sign_in: Callable[..., FlaskClient], county: Session) -> None:
    number = factories.posting(county, "first_secretary", VILLAGE).id
    assignment(county, VILLAGE)
    county.commit()
    desk = sign_in("desk", TOWNSHIP)
    assert ASKED in desk.get(f"/worklogs/paper/{number}").text
    assert desk.post(f"/worklogs/paper/{number}", data=typed(ledger_rows=[7])).status_code == 303
    assert bound(county) == [("ledger", 7)]


def test_what_a_log_does_not_hold_is_refused_by_name(county: Session, author: FlaskClient) -> None:
    refused = send(author, lat=26.9, lng=98.9)
    assert (refused.status_code, set(refused.json["fields"])) == (422, {"lat", "lng"})
    assert county.scalars(select(WorkLog.id)).all() == []
    county.rollback()
    assert send(author, sent_time=clock.local(clock.now()).isoformat()).status_code == 201
