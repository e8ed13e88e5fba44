"""The pages: the county's list, the sending unit's, the person's own; nothing of them is a task of the person."""

import re

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY
from tests.rectification.test_budget import BUDGET, asked
from tests.support.conftest import SignIn, World, browser, number_of
from webapp.audit import AuditEntry
from webapp.auth.service import start_session
from webapp.config import Settings
from webapp.leave.models import LeaveEntitlement
from webapp.support.cli import support
from webapp.support.models import SupportItem


@pytest.fixture
def desk(sign_in: SignIn, opened: World) -> FlaskClient:
    return sign_in("desk", COUNTY, kind="organisation_department")


@pytest.fixture
def person(app: Flask, county: Session, opened: World) -> FlaskClient:
    """The first secretary's own browser."""
    own = factories.account(county, opened.first.person_id)
    token = start_session(county, own, address="127.0.0.1", browser="test")
    county.commit()
    return browser(app, token)


def names_in(page: str) -> list[str]:
    return re.findall(r'href="/support/\d+">([^<]+)</a>', page)


def test_the_county_lists_filters_and_sorts(desk: FlaskClient, county: Session) -> None:
    page = desk.get("/support/").text
    assert "共 10 项" in page and "岚知川" in page and "穗承澜" in page
    assert set(names_in(desk.get("/support/?kind=insurance&name=岚").text)) == {"岚知川"}
    assert names_in(desk.get("/support/?owner=county&kind=county_funds").text) == ["岚知川"]
    assert "没有这类事项" in desk.get("/support/?view=done").text
    assert "没有待落实的事项" in desk.get("/support/?year=2021").text
    due = desk.get("/support/?sort=due").text
    assert due.index("2026年3月30日") < due.index("2026年6月30日") < due.index("2026年10月30日")
    assert "岚知川" not in desk.get("/support/?unit=533323201").text
    assert desk.get("/support/?year=x&view=late&kind=1&unit=zz&page=-1&sort=red").status_code == 200


def test_the_county_records_a_whole_list_as_it_was_shown(desk: FlaskClient, county: Session, opened: World) -> None:
    path = "/support/?kind=allowance"
    seen = re.findall(r'name="seen" value="(\w+)"', desk.get(path).text)[0]
    form = {"kind": "allowance", "year": "2026", "view": "open", "scope": "whole", "seen": seen, "state": "done"}
    wrong = desk.post("/support/record", data=form | {"done_on": "2027-01-01", "document_no": "福财〔2026〕3号"})
    assert wrong.status_code == 400 and "还没有到" in wrong.text and 'value="福财〔2026〕3号"' in wrong.text
    stale = desk.post("/support/record", data=form | {"done_on": "2026-11-06", "seen": "0" * 64})
    assert stale.status_code == 409 and "有变动" in stale.text
    mixed = desk.post("/support/record", data=form | {"done_on": "2026-11-06", "kind": ""})
    assert mixed.status_code == 400 and "选定一类" in mixed.text
    sent = desk.post("/support/record", data=form | {"done_on": "2026年11月6日", "amount": "300"})
    assert sent.status_code == 303 and "kind=allowance" in sent.headers["Location"]
    assert "已登记 2 项" in desk.get(sent.headers["Location"]).text
    county.rollback()
    states = county.execute(select(SupportItem.state, SupportItem.amount).where(SupportItem.kind == "allowance"))
    assert [(state, int(amount)) for state, amount in states] == [("done", 300)] * 2


def test_what_is_owed_only_when_something_happens_stands_apart_until_it_is_recorded(
    desk: FlaskClient, sending: FlaskClient, county: Session, opened: World
) -> None:
    page = desk.get("/support/").text
    assert "发生时办理" not in page.split("<tbody>")[1].split("</tbody>")[0] and "另有 2 项发生时才办理" in page
    assert "另有 1 项发生时才办理" in desk.get("/support/?name=岚").text
    apart = desk.get("/support/?view=event").text
    assert "共 2 项" in apart and "另有" not in apart
    number = number_of(county, opened.first, "medical")
    form = {"kind": "medical", "year": "2026", "view": "event", "scope": "whole", "state": "not_applicable"}
    seen = re.findall(r'name="seen" value="(\w+)"', sending.get("/support/?view=event&kind=medical").text)[0]
    sent = sending.post("/support/record", data=form | {"seen": seen, "reason": "none"})
    assert sent.status_code == 303 and "view=event" in sent.headers["Location"]
    assert "没有发生时办理的事项" in sending.get("/support/?view=event").text
    assert "另有" not in sending.get("/support/").text
    assert f"/support/{number}" in sending.get("/support/?view=not_applicable").text


def test_one_item_is_recorded_and_corrected_on_its_page(desk: FlaskClient, county: Session, opened: World) -> None:
    path = f"/support/{number_of(county, opened.first, 'county_funds')}"
    insurance = number_of(county, opened.first, "insurance")
    page = desk.get(path).text
    assert "每年 10,000 元" in page and 'value="10000"' in page and "更正" not in page
    form = {"state": "done", "done_on": "2026-11-06", "amount": "10000", "version": "1"}
    assert [desk.post(path, data=form).status_code for _ in range(2)] == [303, 303]
    page = desk.get(path).text
    assert page.count('class="event-what"') == 1 and "更正登记" in page
    wrong = desk.post(path, data=form | {"amount": "9000", "version": "2"})
    assert wrong.status_code == 400 and "没有选择更正原因" in wrong.text and 'value="9000"' in wrong.text
    stale = desk.post(path, data=form | {"amount": "9000", "version": "1", "correction": "typing"})
    assert stale.status_code == 409
    locked = desk.get(f"/support/{insurance}").text
    assert "这一项由演示县水利局登记" in locked and '<form method="post" action="/support/' not in locked


def test_the_file_holds_the_list_and_is_audited(desk: FlaskClient, county: Session) -> None:
    told = desk.get("/support/?format=csv&kind=work_funds").text
    assert "福贡县" in told.splitlines()[0] + told and "岚知川" in told and "穗承澜" not in told
    assert "已过期限" not in told  # no file by lamp
    with desk.get("/support/?format=xlsx") as sheet:
        assert sheet.data[:2] == b"PK"
    county.rollback()
    found = county.scalars(select(AuditEntry.after).where(AuditEntry.action == "support.export")).all()
    assert found == [{"rows": 1}, {"rows": 10}]


def test_a_sending_unit_sees_and_records_what_it_owes(sending: FlaskClient, county: Session, opened: World) -> None:
    page = sending.get("/sending/").text
    assert "应由本单位落实的保障" in page and "人身意外伤害保险" in page and "县级工作经费" not in page
    assert "1 名在岗人员还没有登记本年的年休假天数" in page
    listed = sending.get("/support/").text
    assert "岚知川" in listed and "穗承澜" not in listed
    own = number_of(county, opened.first, "insurance")
    theirs = number_of(county, opened.mate, "insurance")
    counties = number_of(county, opened.first, "county_funds")
    assert sending.get(f"/support/{theirs}").status_code == 404
    form = {"state": "done", "done_on": "2026-03-20"}
    answers = [
        sending.post("/support/record", data=form | {"item": one}).status_code for one in (theirs, counties, own)
    ]
    assert answers == [404, 403, 303]
    assert "人身意外伤害保险" not in sending.get("/sending/").text
    home = sending.get("/").text
    assert "落实并登记派出单位工作经费" in home and "落实并登记县级工作经费" not in home


def test_another_sending_unit_sees_none_of_it(sign_in: SignIn, opened: World, county: Session) -> None:
    stranger = sign_in("desk", COUNTY, kind="sending_unit")
    assert "岚知川" not in stranger.get("/support/?view=every").text
    assert "都已登记" in stranger.get("/sending/").text
    path = f"/support/{number_of(county, opened.first, 'insurance')}"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data={"state": "done", "done_on": "2026-03-20"}).status_code == 404


def test_the_person_sees_what_is_overdue_and_has_nothing_to_do(
    person: FlaskClient, sign_in: SignIn, opened: World
) -> None:
    home = person.get("/").text
    todo, owed = home.split("到期还没有为您落实的保障")
    assert "保险" not in todo and "人身意外伤害保险（2026年）" in owed and "由演示县水利局落实" in owed
    assert "生活和通讯补贴" not in owed  # not due yet
    assert "todo-act" not in owed.split("</ul>")[0]
    mine = person.get("/support/mine").text
    assert "生活和通讯补贴" in mine and "穗承澜" not in mine and '<form method="post" action="/support' not in mine
    assert person.get("/support/").status_code == 403
    assert "/support/mine" in person.get("/me").text
    mate = sign_in("team_member", opened.first.unit_code)
    assert "到期还没有为您落实的保障" not in mate.get("/").text
    assert "没有应当为您落实" in mate.get("/support/mine").text


def test_pages_keep_their_budget(
    app: Flask, desk: FlaskClient, sending: FlaskClient, person: FlaskClient, county: Session, opened: World
) -> None:
    row = number_of(county, opened.first, "county_funds")
    for client, path in (
        (desk, "/support/?kind=allowance"),
        (desk, f"/support/{row}"),
        (desk, "/"),
        (sending, "/sending/"),
        (sending, "/sending/entitlements"),
        (person, "/support/mine"),
        (person, "/"),
    ):
        client.get(path)
        seen = asked(app, lambda client=client, path=path: client.get(path))  # type: ignore[misc]
        assert len(seen) <= BUDGET, (path, len(seen), seen)


def test_the_sending_unit_enters_the_days_of_yearly_leave(
    sending: FlaskClient, desk: FlaskClient, person: FlaskClient, county: Session, opened: World
) -> None:
    assert "岚知川" in sending.get("/sending/entitlements").text
    assert "穗承澜" not in sending.get("/sending/entitlements").text
    first, mate = opened.first.id, opened.mate.id
    county.rollback()
    form = {"posting": str(first), "year": "2026", "source": "sending_unit", "days": "7.3"}
    wrong = sending.post("/leave/entitlements", data=form)
    assert wrong.status_code == 400 and "可以有半天" in wrong.text and 'value="7.3"' in wrong.text
    assert sending.post("/leave/entitlements", data=form | {"source": "county", "days": "9"}).status_code == 400
    neighbour = form | {"posting": str(mate), "days": "9"}
    assert sending.post("/leave/entitlements", data=neighbour).status_code == 404
    sent = sending.post("/leave/entitlements", data=form | {"days": "7.5"})
    assert sent.headers["Location"].startswith("/sending/entitlements")
    assert "派出单位提供" in desk.get("/leave/entitlements?year=2026").text
    assert "7.5 天" in person.get("/leave/entitlements?year=2026").text
    assert desk.post("/leave/entitlements", data=form | {"days": "10"}).status_code == 303
    county.rollback()
    assert [int(row.days) for row in county.scalars(select(LeaveEntitlement))] == [10]  # one record, whoever enters it
    assert "没有登记" not in sending.get("/sending/").text.split("选派的人员")[0].split("<ul")[1]


def test_the_command_opens_once_and_shows_how_far_the_ledger_is(
    county: Session, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    county.commit()
    said = [CliRunner().invoke(support, ["open", "--json"]).output for _ in range(2)]
    assert said == ['{"opened": 12}\n', '{"opened": 0}\n']
    shown = CliRunner().invoke(support, ["show", COUNTY, "--json"], catch_exceptions=False).output
    assert '"open": 12' in shown
