"""Trainings and meetings are recorded with those who took part; of a person it is said only whether the year's was had."""

import uuid
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.teams.conftest import SignIn, station
from tests.teams.test_pages import main_of
from webapp.org.codes import full
from webapp.teams.event_models import TeamEvent, TeamEventPosting


@pytest.fixture
def people(county: Session) -> dict[str, int]:
    """Somebody in two townships, somebody who has left, and somebody of the neighbour county."""
    made = {
        "here": station(county, "first_secretary", VILLAGE, name="岚知川").id,
        "there": station(county, "first_secretary", OTHER_VILLAGE, name="砚守原").id,
        "gone": station(county, code=VILLAGE, name="穗承澜", ends_on=date(2026, 8, 31)).id,
        "stranger": station(county, code=NEIGHBOUR_VILLAGE, name="邻县人").id,
    }
    county.commit()
    return made


def form(*posting: int, **changes: object) -> dict[str, object]:
    return {
        "form_id": str(uuid.uuid4()),
        "kind": "training",
        "held_on": "2026-09-15",
        "subject": "防止返贫监测业务培训",
        "document_no": "福组〔2026〕6号",
        "posting": [str(one) for one in posting],
    } | changes


def record(client: FlaskClient, sent: dict[str, object]):  # type: ignore[no-untyped-def]
    return client.post("/teams/events/new", data=sent)


def count(session: Session) -> int:
    session.rollback()
    found = len(session.scalars(select(TeamEvent.id)).all())
    session.rollback()
    return found


def test_a_training_says_of_each_person_only_whether_it_was_had(
    county: Session, people: dict[str, int], sign_in: SignIn
) -> None:
    desk = sign_in("desk", COUNTY)
    sent = form(people["here"])
    for _ in range(2):
        assert record(desk, sent).status_code == 303
    assert count(county) == 1
    page = main_of(desk, "/teams/training")
    assert page.index("岚知川") < page.index("砚守原"), "in the order of villages"
    assert page.count("已参加</span>") == 1 and page.count("尚未参加</span>") == 1
    assert "岚知川" not in main_of(desk, "/teams/training?show=open")
    with desk.get("/teams/training?format=csv") as answer:
        assert "岚知川,已参加" in answer.data.decode("utf-8-sig")
    assert "防止返贫监测业务培训" in main_of(sign_in("team_member", VILLAGE), f"/teams/{full(VILLAGE)}")
    assert "防止返贫监测业务培训" not in main_of(sign_in("team_member", OTHER_VILLAGE), f"/teams/{full(OTHER_VILLAGE)}")


def test_a_training_of_last_year_does_not_count(county: Session, people: dict[str, int], sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    record(desk, form(people["here"], held_on="2025-12-30"))
    assert "已参加</span>" not in main_of(desk, "/teams/training")


def test_the_township_records_its_monthly_meeting_without_minutes(
    county: Session, people: dict[str, int], sign_in: SignIn
) -> None:
    desk = sign_in("desk", COUNTY)
    assert "尚未登记" in main_of(desk, "/teams/events/")
    township = sign_in("desk", TOWNSHIP)
    page = main_of(township, "/teams/events/new")
    assert 'type="file"' not in page and "岚知川" in page and "砚守原" not in page
    sent = form(people["here"], kind="meeting", held_on="2026-10-09", document_no="", subject="十月工作例会")
    assert record(township, sent).status_code == 303
    meetings = main_of(desk, "/teams/events/").split("2026年10月工作例会")[1].split("登记情况")[0]
    assert meetings.count("已登记</span>") == 1 and meetings.count("尚未登记</span>") >= 1


@pytest.mark.parametrize(
    ("who", "changes", "words"),
    [
        ("here", {"kind": "x"}, "没有选择培训还是例会"),
        ("here", {"kind": "meeting"}, "工作例会由乡镇召开"),
        ("here", {"held_on": "2026-10-13"}, "晚于今天"),
        ("here", {"held_on": ""}, "日期没有填写"),
        ("here", {"subject": " "}, "没有填写主题"),
        ("here", {"document_no": ""}, "没有填写培训通知文号"),
        ("gone", {}, "不在本单位辖区的驻村岗位上"),
        ("stranger", {}, "不在本单位辖区的驻村岗位上"),
    ],
)
def test_what_cannot_be_recorded_is_named_and_kept(
    county: Session, people: dict[str, int], sign_in: SignIn, who: str, changes: dict, words: str
) -> None:
    answer = record(sign_in("desk", COUNTY), form(people[who], **changes))
    assert answer.status_code == 400 and words in answer.text
    assert "subject" in changes or "防止返贫监测业务培训" in answer.text
    assert count(county) == 0


def test_nobody_taking_part_is_no_event(county: Session, people: dict[str, int], sign_in: SignIn) -> None:
    assert record(sign_in("desk", COUNTY), form()).status_code == 400


def test_a_wrong_entry_is_taken_back_with_a_reason_by_whoever_made_it(
    county: Session, people: dict[str, int], sign_in: SignIn
) -> None:
    desk = sign_in("desk", COUNTY)
    record(desk, form(people["here"]))
    number = county.scalars(select(TeamEvent.id)).one()
    county.rollback()
    path = f"/teams/events/{number}/withdraw"
    assert sign_in("desk", TOWNSHIP).post(path, data={"reason": "不对"}).status_code == 403
    assert sign_in("desk", OTHER_TOWNSHIP).post(path, data={"reason": "不对"}).status_code == 404
    assert desk.post(path, data={"reason": ""}).status_code == 400
    for _ in range(2):
        assert desk.post(path, data={"reason": "日期登记错了"}).status_code == 303
    assert "日期登记错了" in main_of(desk, f"/teams/events/{number}")
    assert "已参加</span>" not in main_of(desk, "/teams/training")
    county.rollback()
    assert len(county.scalars(select(TeamEventPosting.id)).all()) == 1, "what was entered stays to be read"


def test_a_township_records_nothing_for_another(county: Session, people: dict[str, int], sign_in: SignIn) -> None:
    answer = record(sign_in("desk", TOWNSHIP), form(people["there"]))
    assert answer.status_code == 400 and "不在本单位辖区" in answer.text
    assert sign_in("team_member", VILLAGE).get("/teams/events/new").status_code == 403
