"""The inbox: one's own messages only, each written once."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE, at
from webapp.notices.models import InboxMessage
from webapp.notices.service import notify, notify_many


def test_the_same_key_is_one_message_whoever_writes_it(county: Session) -> None:
    someone = factories.person(county)
    county.info["viewer"] = factories.viewer(county, "desk", VILLAGE)
    for _ in range(2):
        notify(county, someone.id, "assignment:1:returned", "任务被退回", "请补充。", "/tasks/assignments/1")
    county.info["viewer"] = county.info["viewer"].system("test", "")
    assert county.scalar(select(func.count(InboxMessage.id))) == 1


def test_many_messages_are_written_once_whoever_writes_them(county: Session) -> None:
    someone, other = factories.person(county).id, factories.person(county).id
    notify(county, someone, "task:1:issued:0", "已有的消息", "正文")
    county.info["viewer"] = factories.viewer(county, "desk", VILLAGE)
    wanted = [
        (someone, f"task:1:issued:{n}", f"新任务{n}" + "长" * 200, "请办理。", f"/tasks/assignments/{n}")
        for n in range(3)
    ]
    wanted.append((other, "task:1:issued:other", "新任务", "请办理。", None))
    wanted.append(wanted[1])
    for _ in range(2):
        notify_many(county, wanted, at("2026-11-02 09:00"))
    notify_many(county, [], at("2026-11-02 09:00"))
    county.info["viewer"] = county.info["viewer"].system("test", "")
    rows = list(county.scalars(select(InboxMessage).order_by(InboxMessage.key)))
    assert [row.key for row in rows] == [f"task:1:issued:{n}" for n in range(3)] + ["task:1:issued:other"]
    assert rows[0].subject == "已有的消息" and rows[1].subject.startswith("新任务1") and len(rows[1].subject) == 160
    assert (rows[1].person_id, rows[3].person_id, rows[3].created_at) == (someone, other, at("2026-11-02 09:00"))


def test_another_person_s_message_is_not_found(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    owner, other = sign_in("leader", COUNTY), sign_in("desk", COUNTY)
    notify(county, owner.person_id, "one", "给领导的报告", "正文", "/reports/1")
    county.commit()
    message_id = county.scalar(select(InboxMessage.id))
    county.rollback()
    assert owner.get(f"/inbox/{message_id}").status_code == 200
    assert "给领导的报告" not in other.get("/inbox/").text
    assert other.get(f"/inbox/{message_id}").status_code == 404
    assert other.post(f"/inbox/{message_id}/read").status_code == 404
    assert other.post("/inbox/read").status_code == 303
    county.expire_all()
    assert county.get(InboxMessage, message_id).read_at is None


def test_reading_leads_to_the_page_and_twice_is_harmless(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("leader", COUNTY)
    notify(county, client.person_id, "one", "报告", "正文", "/reports/1")
    notify(county, client.person_id, "two", "外面的网址", "正文", "//elsewhere.example/x")
    county.commit()
    first, second = county.scalars(select(InboxMessage.id).order_by(InboxMessage.id))
    county.rollback()
    for _ in range(2):
        assert client.post(f"/inbox/{first}/read").headers["Location"] == "/reports/1"
    assert client.post(f"/inbox/{second}/read").headers["Location"] == "/inbox/"
    county.expire_all()
    assert county.get(InboxMessage, first).read_at is not None


def test_all_read_and_the_unread_filter(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("leader", COUNTY)
    for number in range(30):
        notify(county, client.person_id, f"key{number}", f"消息第{number:02}号", "正文")
    county.commit()
    first, second = client.get("/inbox/").text, client.get("/inbox/?page=2").text
    assert first.count("〔未读〕") == 25 and second.count("〔未读〕") == 5 and "共 30 条消息" in first
    assert client.post("/inbox/read", follow_redirects=True).text.count("〔未读〕") == 0
    assert "没有未读消息" in client.get("/inbox/?show=unread").text
