"""A hand-over from the list of the leaver to the last line that the successor accepts."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DEMAND, issued
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, VILLAGE
from tests.handover.conftest import DUE, LAST_DAY, Change
from webapp import clock
from webapp.access import acting_as
from webapp.auth.models import SignInSession
from webapp.cli import COMMANDS
from webapp.handover import service, sources
from webapp.handover.cli import handover
from webapp.handover.models import HandoverLine
from webapp.notices.models import InboxMessage
from webapp.org.models import Handover, Posting

TEAM_WORDS = "上帕村委会驻村第一书记"
SignIn = Callable[..., FlaskClient]
PROJECT = {"kind": "project", "title": "帮村里争取的饮水工程", "detail": "已报县水利局"}


@pytest.fixture
def task(county: Session) -> str:
    """A task that fell due before the successor came, still open."""
    desk = factories.viewer(county, "desk", COUNTY)
    early = factories.at("2026-09-14 09:30")
    title = "入户核对饮水安全"
    issued(county, desk, (VILLAGE, SISTER_VILLAGE), replace(DEMAND, title=title, due_on=date(2026, 9, 24)), early)
    county.commit()
    return title


def add(client: FlaskClient, change: Change, **more: str) -> int:
    return client.post(f"/handover/{change.id}/lines", data={"form_id": str(uuid4()), **PROJECT, **more}).status_code


def lines(session: Session, change: Change) -> list[HandoverLine]:
    session.rollback()
    found = session.scalars(select(HandoverLine).where(HandoverLine.handover_id == change.id).order_by(HandoverLine.id))
    rows = list(found)
    session.expunge_all()
    session.rollback()
    return rows


def the_row(session: Session, change: Change) -> Handover:
    session.rollback()
    row = session.get_one(Handover, change.id)
    session.expunge_all()
    session.rollback()
    return row


def told(session: Session, client: FlaskClient) -> list[str]:
    session.rollback()
    mine = InboxMessage.person_id == client.person_id  # type: ignore[attr-defined]
    found = list(session.scalars(select(InboxMessage.subject).where(mine).order_by(InboxMessage.id)))
    session.rollback()
    return found


def test_what_is_known_is_listed_what_is_not_is_typed_and_each_line_is_accepted(
    county: Session, change: Change, task: str
) -> None:
    page = change.leaver.get(f"/handover/{change.id}").text
    assert task in page and "接收前已到期，不计入接任人员" in page and "提交交接清单" in page
    assert "接收勾选的事项" not in change.successor.get(f"/handover/{change.id}").text
    assert add(change.leaver, change) == 303
    assert change.leaver.post(f"/handover/{change.id}/hand-in").status_code == 303
    typed, known = lines(county, change)
    assert (known.kind, known.title, known.due_on) == ("task", task, date(2026, 9, 24))
    assert (typed.kind, typed.title, typed.state) == ("project", PROJECT["title"], "open")
    assert any(subject.startswith("交接清单已提交") for subject in told(county, change.successor))
    first = {"line": str(known.id), f"note-{known.id}": "已当面说明"}
    assert change.successor.post(f"/handover/{change.id}/accept", data=first).status_code == 303
    assert the_row(county, change).done_on is None
    assert "已当面说明" in change.leaver.get(f"/handover/{change.id}").text
    assert change.successor.post(f"/handover/{change.id}/accept", data={"line": str(typed.id)}).status_code == 303
    assert the_row(county, change).done_on == date(2026, 10, 14)
    assert any(subject.startswith("工作交接已完成") for subject in told(county, change.leaver))


def test_a_form_sent_twice_is_one_line_and_one_list(county: Session, change: Change) -> None:
    same = {"form_id": str(uuid4())}
    assert [add(change.leaver, change, **same) for _ in range(2)] == [303, 303]
    other = change.leaver.post(f"/handover/{change.id}/lines", data=PROJECT | same | {"title": "另一项"})
    assert other.status_code == 409 and 'value="另一项"' in other.text and PROJECT["title"] in other.text
    assert same["form_id"] not in other.text
    assert [change.leaver.post(f"/handover/{change.id}/hand-in").status_code for _ in range(2)] == [303, 303]
    (line,) = lines(county, change)
    accepted = [change.successor.post(f"/handover/{change.id}/accept", data={"line": str(line.id)}) for _ in range(2)]
    assert [answer.status_code for answer in accepted] == [303, 303]


def test_only_the_leaver_or_the_desk_writes_and_only_the_successor_accepts(
    county: Session, change: Change, sign_in: SignIn
) -> None:
    assert add(change.successor, change) == 403
    assert change.successor.post(f"/handover/{change.id}/hand-in").status_code == 403
    assert add(change.desk, change) == 303
    assert add(sign_in("team_member", VILLAGE), change) == 403
    assert change.leaver.post(f"/handover/{change.id}/hand-in").status_code == 303
    (line,) = lines(county, change)
    for client in (change.leaver, change.desk):
        assert client.post(f"/handover/{change.id}/accept", data={"line": str(line.id)}).status_code == 403
    assert lines(county, change)[0].state == "open"


def test_the_pages_of_team_and_post_lead_to_the_sheet(county: Session, change: Change, sign_in: SignIn) -> None:
    leaver = county.get_one(Handover, change.id).leaver_posting_id
    county.rollback()
    for path in (f"/teams/{VILLAGE}", f"/teams/postings/{leaver}"):
        assert f'href="/handover/{change.id}"' in change.desk.get(path).text
        assert "/handover/" not in sign_in("secretary", VILLAGE).get(path).text


def test_a_neighbour_finds_nothing(change: Change, sign_in: SignIn) -> None:
    for role, unit in (("first_secretary", SISTER_VILLAGE), ("desk", NEIGHBOUR_COUNTY)):
        client = sign_in(role, unit)
        assert client.get(f"/handover/{change.id}").status_code == 404
        assert client.post(f"/handover/{change.id}/hand-in").status_code == 404
        assert str(change.id) not in re.findall(r"/handover/(\d+)", client.get("/handover/").text)


def test_bad_rows_are_named_and_nothing_typed_is_lost(change: Change) -> None:
    data = {"form_id": str(uuid4()), "kind": "money", "title": "", "detail": "留下的话"}
    answer = change.leaver.post(f"/handover/{change.id}/lines", data=data)
    assert answer.status_code == 400 and "没有选择类别" in answer.text and "没有填写交接事项" in answer.text
    assert "留下的话" in answer.text
    phone = {"kind": "contact", "title": "二组张某户", "detail": "电话 13800138000"}
    answer = change.leaver.post(f"/handover/{change.id}/lines", data={"form_id": str(uuid4()), **phone})
    assert answer.status_code == 400 and "说明中写有手机号码" in answer.text
    assert change.successor.post(f"/handover/{change.id}/accept", data={}).status_code == 400


def test_before_the_list_is_handed_in_nothing_is_accepted_and_typed_rows_can_go(
    county: Session, change: Change, task: str
) -> None:
    add(change.leaver, change)
    (line,) = lines(county, change)
    assert change.successor.post(f"/handover/{change.id}/accept", data={"line": str(line.id)}).status_code == 409
    for _ in range(2):
        assert change.leaver.post(f"/handover/{change.id}/lines/{line.id}/remove").status_code == 303
    assert lines(county, change) == []
    change.leaver.post(f"/handover/{change.id}/hand-in")
    (known,) = lines(county, change)
    assert change.leaver.post(f"/handover/{change.id}/lines/{known.id}/remove").status_code == 404


def test_not_accepted_in_time_it_passes_by_itself_marked_so(county: Session, change: Change, task: str) -> None:
    assert service.pass_overdue(county, factories.at(f"{DUE} 23:59")) == 0
    assert service.pass_overdue(county, factories.at("2026-10-23 00:00")) == 1
    assert service.pass_overdue(county, factories.at("2026-10-23 00:00")) == 0
    county.commit()
    row, (line,) = the_row(county, change), lines(county, change)
    assert (row.passed_on, row.done_on, line.state, line.title) == (date(2026, 10, 23), None, "passed", task)
    page = change.successor.get(f"/handover/{change.id}").text
    assert "到期自行移交" in page and "接收勾选的事项" not in page
    assert change.successor.post(f"/handover/{change.id}/accept", data={"line": str(line.id)}).status_code == 303
    assert lines(county, change)[0].state == "passed"


def test_what_fell_due_before_it_was_accepted_is_not_the_successor_s(county: Session, change: Change) -> None:
    """The successor has been there since the 10th and accepts on the 15th, at an hour at which it is the 14th in UTC."""
    desk = factories.viewer(county, "desk", COUNTY)
    for day in (14, 15):
        demand = replace(DEMAND, title=f"{day} 日到期", minutes=10, due_on=date(2026, 10, day))
        issued(county, desk, [VILLAGE], demand, factories.at("2026-09-14 09:30"))
    county.commit()
    change.leaver.post(f"/handover/{change.id}/hand-in")

    def marked() -> dict[str, tuple[str, str]]:
        rows = list(csv.reader(change.desk.get(f"/handover/{change.id}?format=csv").text.splitlines()))
        head = next(row for row in rows if "期限早于接收" in row)
        cells = [dict(zip(head, row, strict=True)) for row in rows[rows.index(head) + 1 :]]
        return {one["交接事项"]: (one["期限早于接收"], one["接收日期"]) for one in cells}

    assert marked() == {"14 日到期": ("", ""), "15 日到期": ("", "")}
    early = factories.at("2026-10-15 07:00")
    county.execute(update(SignInSession).values(created_at=early, last_seen_at=early))
    county.commit()
    with clock.held_at(early):
        data = {"line": [str(line.id) for line in lines(county, change)]}
        assert change.successor.post(f"/handover/{change.id}/accept", data=data).status_code == 303
    assert marked() == {"14 日到期": ("是", "2026-10-15"), "15 日到期": ("", "2026-10-15")}


def test_a_scope_ends_at_midnight_after_the_last_day_and_both_keep_the_sheet(county: Session, change: Change) -> None:
    other_post = {"role": "first_secretary", "unit_code": NEIGHBOUR_VILLAGE, "starts_on": date(2026, 10, 1)}
    county.add(Posting(person_id=change.leaver.person_id, **other_post))  # type: ignore[attr-defined]
    county.commit()
    assert add(change.leaver, change) == 303
    last_minute = factories.at(f"{LAST_DAY} 23:59")
    county.execute(update(SignInSession).values(created_at=last_minute, last_seen_at=last_minute))
    county.commit()
    with clock.held_at(last_minute):
        assert TEAM_WORDS in change.leaver.get("/").text
    with clock.held_at(factories.at("2026-10-16 00:00")):  # the same open session
        assert TEAM_WORDS not in change.leaver.get("/").text
        assert PROJECT["title"] in change.leaver.get(f"/handover/{change.id}").text
        assert add(change.leaver, change) == 303
    assert len(lines(county, change)) == 2


def test_home_leads_both_to_the_sheet(change: Change) -> None:
    assert "提交交接清单" in change.leaver.get("/").text
    assert "移交的事项" not in change.successor.get("/").text
    change.leaver.post(f"/handover/{change.id}/hand-in")
    assert "提交交接清单" not in change.leaver.get("/").text
    assert f"/handover/{change.id}" in change.successor.get("/").text


def test_the_sheet_leaves_as_a_file_and_by_command(
    county: Session, change: Change, task: str, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    file = change.desk.get(f"/handover/{change.id}?format=csv")
    assert file.status_code == 200 and task in file.text
    assert "上帕" in change.desk.get("/handover/?format=csv").text
    monkeypatch.setenv("DATABASE_URL", database_url)
    answer = CliRunner().invoke(handover, ["show", str(change.id), "--json"], catch_exceptions=False)
    document = json.loads(answer.output)
    assert document["lines"][0]["title"] == task and document["lines"][0]["due_before_acceptance"] is True
    assert ("webapp.handover.cli", "handover") in COMMANDS
    with acting_as(county, county.info["viewer"]):
        assert CliRunner().invoke(handover, ["show", "999"]).exit_code != 0


def test_a_source_that_registers_is_on_the_sheet_handed_in_accepted_and_in_the_files(
    county: Session, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SOURCES", dict(sources.SOURCES))

    def promises(_session: Session, unit_code: str) -> list[sources.Found]:
        return [sources.Found("promise", f"promise:{unit_code}", "接水到户" + "。" * 300, date(2026, 12, 1), "/tasks/")]

    sources.register("promise", "承诺事项台账", promises)
    page = change.leaver.get(f"/handover/{change.id}").text
    assert "承诺事项台账" in page and "接水到户" in page
    assert change.leaver.post(f"/handover/{change.id}/hand-in").status_code == 303
    (line,) = lines(county, change)
    assert (line.kind, line.source, line.due_on, len(line.title)) == (
        "promise", f"promise:{VILLAGE}", date(2026, 12, 1), sources.LONGEST,
    )  # fmt: skip
    assert change.leaver.post(f"/handover/{change.id}/lines/{line.id}/remove").status_code == 404  # nobody typed it
    assert change.successor.post(f"/handover/{change.id}/accept", data={"line": str(line.id)}).status_code == 303
    assert the_row(county, change).done_on == date(2026, 10, 14)
    assert "承诺事项台账" in change.desk.get(f"/handover/{change.id}?format=csv").text
