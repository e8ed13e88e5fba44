"""Filters are kept under a name, shared with the own unit alone, and taken out by their owner."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accountability.test_pages import text
from tests.factories import COUNTY, TOWNSHIP
from webapp.access import Viewer, acting_as
from webapp.finding.models import SavedFilter


def keep(client: FlaskClient, name: str, shared: str = "", query: str = "state=closed&q=饮水&evil=1") -> str:
    answer = client.post("/tasks/filters", data={"name": name, "query": query, "shared": shared}, follow_redirects=True)
    assert answer.status_code == 200
    return text(answer)


def saved(session: Session) -> list[SavedFilter]:
    session.rollback()
    with acting_as(session, Viewer.system("test", "")):
        rows = list(session.scalars(select(SavedFilter).order_by(SavedFilter.id)))
        session.expunge_all()
    session.rollback()
    return rows


def test_a_filter_keeps_the_known_conditions_and_leads_back(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    county.commit()
    page = keep(sign_in("desk", COUNTY), "已销号的饮水任务")
    assert "已保存筛选" in page and "已销号的饮水任务" in page
    (row,) = saved(county)
    assert row.query == "state=closed&q=%E9%A5%AE%E6%B0%B4"


def test_the_same_name_replaces(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    county.commit()
    client = sign_in("desk", COUNTY)
    keep(client, "我的")
    keep(client, "我的", query="state=reported")
    assert [row.query for row in saved(county)] == ["state=reported"]


def test_only_the_own_unit_sees_what_is_shared(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    county.commit()
    keep(sign_in("desk", COUNTY), "本县共享的", shared="1")
    keep(sign_in("desk", COUNTY), "自己用的")
    colleague = text(sign_in("desk", COUNTY).get("/tasks/"))
    assert "本县共享的" in colleague and "自己用的" not in colleague
    assert "本县共享的" not in text(sign_in("desk", TOWNSHIP).get("/tasks/"))


def test_a_filter_without_name_or_conditions_is_refused(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    county.commit()
    client = sign_in("desk", COUNTY)
    assert "没有填写名称" in keep(client, " ")
    assert "没有筛选条件可保存" in keep(client, "空的", query="evil=1")
    assert saved(county) == []


def test_more_conditions_than_any_list_has_are_refused(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    county.commit()
    assert "筛选条件太长" in keep(sign_in("desk", COUNTY), "太长的", query="&".join(["q=1"] * 60))


def test_the_owner_takes_it_out_and_a_colleague_cannot(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    county.commit()
    owner = sign_in("desk", COUNTY)
    keep(owner, "本县共享的", shared="1")
    path = f"/tasks/filters/{saved(county)[0].id}/remove"
    refused = sign_in("desk", COUNTY).post(path)
    assert refused.status_code == 403 and "只有保存人本人可以删除" in text(refused)
    assert owner.post(path).status_code == 303
    assert saved(county) == []
