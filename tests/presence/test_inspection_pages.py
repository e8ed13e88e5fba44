"""The pages of spot checks as each side reads them."""

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.presence.models import Inspection

SignIn = Callable[..., FlaskClient]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)


def the_row(session: Session) -> Inspection:
    session.rollback()
    row = session.scalars(select(Inspection)).one()
    session.expunge_all()
    session.rollback()
    return row


def step(client: FlaskClient, row: Inspection, kind: str, **form: object):  # type: ignore[no-untyped-def]
    data = {"version": str(row.version), **form}
    return client.post(f"/inspections/{row.id}/{kind}", data=data, content_type="multipart/form-data")


def test_from_the_draw_to_the_decision_each_side_sees_its_turn(county: Session, sign_in: SignIn) -> None:
    person, colleague = sign_in("first_secretary", VILLAGE), sign_in("secretary", VILLAGE)
    desk, decider, township = sign_in("desk", COUNTY), sign_in("desk", COUNTY), sign_in("desk", TOWNSHIP)
    form = desk.get("/inspections/draw").text
    assert "不能重抽" in form
    asked = {
        "request_id": "0a1b2c3d-0000-4000-8000-000000000009",
        "unit": COUNTY,
        "first_on": "2026-10-12",
        "last_on": "2026-10-31",
        "size": "abc",
        "inspector": str(desk.person_id),  # type: ignore[attr-defined]
    }
    wrong = desk.post("/inspections/draw", data=asked)
    assert wrong.status_code == 400 and "抽查人数应为 1 至 200 的整数" in wrong.text and 'value="abc"' in wrong.text
    assert [desk.post("/inspections/draw", data=asked | {"size": "1"}).status_code for _ in range(2)] == [303, 303]
    row = the_row(county)
    assert "没有与您有关的抽查" in person.get("/inspections/").text
    assert person.get(f"/inspections/{row.id}").status_code == township.get(f"/inspections/{row.id}").status_code == 404
    assert colleague.get("/inspections/").status_code == 403
    with clock.held_at(factories.at("2026-10-12 09:40")):
        found = {"finding": "absent", "inspected_at": "2026-10-12T09:35", "text": "村里没有见到"}
        kept = step(desk, row, "find", **found | {"inspected_at": "2026-10-13T15:00"})
        assert kept.status_code == 400 and "村里没有见到" in kept.text and "抽查时间晚于现在" in kept.text
        half = step(desk, row, "find", **found | {"first_on": "2026-10-12", "first_half": "pm", "last_half": "am"})
        assert half.status_code == 400 and "起止日期没有填全" in half.text and 'value="2026-10-12"' in half.text
        assert step(desk, row, "find", **found).status_code == 303
        row = the_row(county)
        assert "未在岗" in person.get(f"/inspections/{row.id}").text
        assert step(township, row, "opine", opinion="absent", text="早了").status_code == 400
        said = {"text": "去县医院取药", "files": (io.BytesIO(PNG), "票据.png")}
        assert step(person, row, "state", **said).status_code == 303
        row = the_row(county)
        assert step(township, row, "opine", opinion="absent", text="没有请假").status_code == 303
        row = the_row(county)
        assert "申辩" in person.get(f"/inspections/{row.id}").text
        assert step(person, row, "reply", text="事后已补报").status_code == 303
        row = the_row(county)
        assert "提交认定" not in desk.get(f"/inspections/{row.id}").text
        page = decider.get(f"/inspections/{row.id}").text
        assert "提交认定" in page and "票据.jpg" in page
        file = page.split("/files/")[1].split('"')[0]
        with decider.get(f"/inspections/{row.id}/files/{file}") as sent:
            assert sent.mimetype == "image/jpeg"
        assert step(decider, row, "decide", decision="verified", text="属实").status_code == 303
        row = the_row(county)
        assert "不自动生效" in person.get(f"/inspections/{row.id}").text
        with person.get(f"/inspections/{row.id}/files/{file}") as sent:
            assert sent.status_code == 200
        assert "认定为未经批准离岗" in decider.get("/inspections/?sort=-day").text
        assert "认定为未经批准离岗" in decider.get("/inspections/?format=csv").text


def test_a_file_that_cannot_be_taken_keeps_the_words(county: Session, sign_in: SignIn) -> None:
    person, desk = sign_in("team_member", VILLAGE), sign_in("desk", COUNTY)
    asked = {"unit": COUNTY, "first_on": "2026-10-12", "last_on": "2026-10-31", "inspector": str(desk.person_id)}  # type: ignore[attr-defined]
    desk.post("/inspections/draw", data=asked)
    with clock.held_at(factories.at("2026-10-12 09:40")):
        step(desk, the_row(county), "find", finding="absent", inspected_at="2026-10-12T09:35", text="未见")
        row = the_row(county)
        sent = step(person, row, "state", text="说明在此", files=(io.BytesIO(b"MZ nothing"), "x.exe"))
    assert sent.status_code == 400 and "说明在此" in sent.text and "不是可收的文件" in sent.text
    assert the_row(county).state == "found"
