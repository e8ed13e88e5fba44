"""The preferences page and the administrator's page, as their readers see them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, at
from tests.notices.conftest import add_channel
from webapp.config import Settings
from webapp.notices.models import NoticePreference, OutsideMessage, PersonChannel

MAIL = {"kind": "mail", "address": "duty.desk@example.invalid"}


def outside(session: Session, settings: Settings, person_id: int, state: str = "unknown", key: str = "a") -> int:
    channel = add_channel(session, settings, person_id, "mail", "duty.desk@example.invalid")
    row = OutsideMessage(
        person_id=person_id,
        day=at("2026-11-02 09:00").date(),
        channel_id=channel.id,
        channel="mail",
        created_at=at("2026-11-02 09:00"),
        message_id=f"<{key}@example.invalid>",
        state=state,
        next_try_at=at("2026-11-02 09:00"),
        last_error="发送过程中断，无法确认对方是否已收下。请向收件人核实，不会自动重发。",
    )
    session.add(row)
    session.flush()
    number = row.id
    session.commit()
    return number


def state_of(session: Session, message_id: int) -> str:
    session.rollback()
    session.expire_all()
    found = session.scalars(select(OutsideMessage.state).where(OutsideMessage.id == message_id)).one()
    session.rollback()
    return found


def test_a_channel_is_added_once_shown_masked_rested_and_taken_out(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("desk", COUNTY)
    for _ in range(2):
        assert client.post("/inbox/preferences/channels", data=MAIL).status_code == 303
    page = client.get("/inbox/preferences").text
    assert page.count("d***@example.invalid") == 1 and "duty.desk" not in page
    number = county.scalars(select(PersonChannel.id)).one()
    county.rollback()
    for _ in range(2):
        client.post(f"/inbox/preferences/channels/{number}/off")
    assert "已停用" in client.get("/inbox/preferences").text
    client.post(f"/inbox/preferences/channels/{number}/remove")
    assert "还没有提醒渠道" in client.get("/inbox/preferences").text
    assert client.post(f"/inbox/preferences/channels/{number}/remove").status_code == 404


def test_a_wrong_address_keeps_what_was_typed(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("desk", COUNTY)
    typed = {"kind": "webhook", "address": "https://elsewhere.example/hook"}
    answer = client.post("/inbox/preferences/channels", data=typed)
    assert answer.status_code == 400 and "不在管理员允许的范围内" in answer.text
    assert 'value="https://elsewhere.example/hook"' in answer.text
    assert client.post("/inbox/preferences/channels", data={"kind": "mail"}).status_code == 400


def test_hours_lie_within_those_of_the_pack(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("desk", COUNTY)
    for opens, closes in (("07:00", "12:00"), ("10:00", "09:00"), ("09:00", "20:00"), ("noon", "18:00")):
        answer = client.post("/inbox/preferences", data={"opens": opens, "closes": closes})
        assert answer.status_code == 400 and "没有提交成功" in answer.text and f'value="{opens}"' in answer.text
    saved = {"opens": "10:00", "closes": "18:00", "kinds": ["tasks"]}
    assert "已保存" in client.post("/inbox/preferences", data=saved, follow_redirects=True).text
    row = county.scalars(select(NoticePreference)).one()
    assert (row.opens, row.closes, "tasks" in row.muted, "reports" in row.muted) == ("10:00", None, False, True)
    page = client.get("/inbox/preferences").text
    assert 'value="10:00"' in page and 'value="tasks" checked' in page and 'value="reports">' in page


def test_one_sends_one_s_own_again_and_nobody_else_s(
    county: Session, settings: Settings, sign_in: Callable[..., FlaskClient]
) -> None:
    owner, colleague = sign_in("desk", COUNTY), sign_in("desk", COUNTY)
    message = outside(county, settings, owner.person_id)
    page = owner.get("/inbox/preferences").text
    assert "结果不明" in page and "不会自动重发" in page and "重新发送" in page
    assert "结果不明" not in colleague.get("/inbox/preferences").text.split("发给我的外部提醒")[1]
    assert colleague.post(f"/inbox/preferences/sent/{message}/again").status_code == 404
    assert state_of(county, message) == "unknown"
    for _ in range(2):
        assert owner.post(f"/inbox/preferences/sent/{message}/again").status_code == 303
    assert state_of(county, message) == "waiting"


def test_the_administrator_sees_states_of_the_own_units_and_no_address(
    county: Session, settings: Settings, sign_in: Callable[..., FlaskClient]
) -> None:
    admin = sign_in("system_admin", COUNTY)
    person, neighbour = factories.person(county, "张三甲"), factories.person(county, "邻县乙")
    factories.posting(county, "desk", COUNTY, person.id)
    factories.posting(county, "desk", NEIGHBOUR_COUNTY, neighbour.id)
    message = outside(county, settings, person.id)
    foreign = outside(county, settings, neighbour.id, key="b")
    page = admin.get("/inbox/outgoing").text
    assert "张三甲" in page and "结果不明" in page and "邻县乙" not in page
    assert "example.invalid" not in page
    assert "没有符合条件" in admin.get("/inbox/outgoing?state=failed").text
    assert admin.get("/inbox/outgoing?state=nonsense&channel=x&page=-1").status_code == 200
    assert admin.post(f"/inbox/outgoing/{foreign}/again").status_code == 404
    assert admin.post(f"/inbox/outgoing/{message}/again").status_code == 303
    assert (state_of(county, message), state_of(county, foreign)) == ("waiting", "unknown")


@pytest.mark.parametrize("role", ["desk", "leader", "security_admin"])
def test_nobody_else_opens_the_administrator_s_page(sign_in: Callable[..., FlaskClient], role: str) -> None:
    assert sign_in(role, COUNTY).get("/inbox/outgoing").status_code == 403
