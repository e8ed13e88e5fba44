"""Plans and summaries: the team's own, optional, drafted from the logs; nothing says that one is missing."""

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, OTHER_VILLAGE, VILLAGE
from tests.worklogs.sending import send
from webapp import clock
from webapp.worklogs.plan_models import TeamPaper

REQUEST = "0f4d4f27-2f6b-4c8b-8c0d-a9f8b8a35f11"


@pytest.fixture
def author(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("first_secretary", VILLAGE)


def typed(**changes: object) -> dict[str, object]:
    today = clock.today().isoformat()
    usual = {
        "request_id": REQUEST,
        "title": "本月计划",
        "starts_on": today,
        "ends_on": today,
        "text": "走访，修渠",
        "unit_code": VILLAGE,
    }
    return {**usual, **changes}


def held(session: Session) -> list[TeamPaper]:
    session.rollback()
    rows = list(session.scalars(select(TeamPaper)))
    session.expunge_all()
    session.rollback()
    return rows


def test_plan_is_kept_once_read_and_edited_by_the_team(
    sign_in: Callable[..., FlaskClient], author: FlaskClient, county: Session
) -> None:
    for _ in range(2):
        answer = author.post("/worklogs/plans/new", data=typed())
        assert answer.status_code == 303
    [plan] = held(county)
    mate = sign_in("team_member", VILLAGE)
    assert "本月计划" in mate.get("/worklogs/plans/").get_data(as_text=True)
    saved = mate.post(f"/worklogs/plans/{plan.id}", data=typed(text="走访，修渠，开会", version="1"))
    assert saved.status_code == 303
    stale = author.post(f"/worklogs/plans/{plan.id}", data=typed(text="走访", version="1"))
    page = stale.get_data(as_text=True)
    assert (stale.status_code, "走访，修渠，开会" in page, ">走访</textarea>" in page) == (409, True, True)
    assert [one.text for one in held(county)] == ["走访，修渠，开会"]


def test_nobody_outside_the_team_opens_it(
    sign_in: Callable[..., FlaskClient], author: FlaskClient, county: Session
) -> None:
    author.post("/worklogs/plans/new", data=typed())
    [plan] = held(county)
    assert sign_in("first_secretary", OTHER_VILLAGE).get(f"/worklogs/plans/{plan.id}").status_code == 404
    assert sign_in("desk", COUNTY).get(f"/worklogs/plans/{plan.id}").status_code == 403
    assert author.get(f"/worklogs/summaries/{plan.id}").status_code == 404


def test_summary_is_drafted_from_the_logs_and_edited_by_people(author: FlaskClient, county: Session) -> None:
    send(author)
    send(author, id=str(uuid.uuid4()), duty_area="party", text="组织党员学习")
    page = author.post("/worklogs/summaries/new", data=typed(act="draft", text="开头")).get_data(as_text=True)
    today = clock.today()
    assert f"建强村党组织\n{today.month}月{today.day}日，组织党员学习" in page
    assert "开头" in page and "走访三户，修好水管" in page
    assert held(county) == []
    assert author.post("/worklogs/summaries/new", data=typed(text="改好的小结")).status_code == 303
    assert [(one.kind, one.text) for one in held(county)] == [("summary", "改好的小结")]


def test_time_without_logs_says_so(author: FlaskClient) -> None:
    answer = author.post("/worklogs/summaries/new", data=typed(act="draft", text=""))
    assert "没有可供起草的日志" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "没有填写标题"),
        ({"text": ""}, "没有填写内容"),
        ({"text": "字" * 20_001}, "超过 20000 字"),
        ({"starts_on": "x"}, "日期“x”不正确"),
        ({"ends_on": "2001-01-01"}, "早于开始日期"),
    ],
)
def test_wrong_field_keeps_what_was_typed(author: FlaskClient, changes: dict[str, object], words: str) -> None:
    answer = author.post("/worklogs/plans/new", data=typed(**changes))
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (400, True)


def test_it_is_taken_away(author: FlaskClient, county: Session) -> None:
    author.post("/worklogs/plans/new", data=typed())
    [plan] = held(county)
    assert author.post(f"/worklogs/plans/{plan.id}/remove").status_code == 303
    assert held(county) == []


def test_nothing_asks_for_one(author: FlaskClient) -> None:
    for path in ("/", "/worklogs/", "/worklogs/plans/", "/worklogs/summaries/"):
        page = author.get(path).get_data(as_text=True)
        assert not any(word in page for word in ("未写计划", "未交", "缺计划", "缺小结", "逾期未")), path
