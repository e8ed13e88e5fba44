"""你已有此数据: told by name, answered by the owner or the burden-relief office, and carried out (X-4, X-11)."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.burden.making import EXTINGUISHERS, MORNING, changed, granted, let_go
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.burden.gate import AskedField
from webapp.burden.models import BurdenEntry, Demand, DemandField, DuplicateFlag
from webapp.notices.models import InboxMessage
from webapp.policy import calendar

SignIn = Callable[..., FlaskClient]
HOSES = AskedField("hoses", "水带数量", "int")
WORDS = "消防站九月已经清点过，在县应急局。"


@pytest.fixture
def demand(county: Session) -> Demand:
    calendar.seed(county)
    with clock.held_at(MORNING):
        made = granted(county, changed(fields=(EXTINGUISHERS, HOSES), ends_on=date(2026, 12, 31)), [VILLAGE, TOWNSHIP])
    let_go(county)
    return made


def tell(client: FlaskClient, demand: Demand, **changes: str) -> int:
    form = {"kind": "duplicate", "field": "extinguishers", "words": WORDS, **changes}
    return client.post(f"/burden/directory/{demand.id}/flag", data=form).status_code


def the_flag(session: Session) -> DuplicateFlag:
    session.rollback()
    row = session.scalars(select(DuplicateFlag)).one()
    session.expunge_all()
    session.rollback()
    return row


def test_a_village_tells_it_once_by_name_and_the_desk_is_told(county: Session, demand: Demand, sign_in: SignIn) -> None:
    desk, village = sign_in("desk", COUNTY), sign_in("secretary", VILLAGE)
    assert "灭火器数量" in village.get(f"/burden/directory/{demand.id}/flag").text
    assert [tell(village, demand) for _ in range(2)] == [303, 303]
    row = the_flag(county)
    assert (row.unit_code, row.owner_code, row.state) == (VILLAGE, COUNTY, "open")
    assert row.person_name in village.get("/burden/flags/").text and WORDS in desk.get("/burden/flags/").text
    county.rollback()
    told = county.scalars(select(InboxMessage.person_id)).all()
    assert told == [desk.person_id]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"words": " "}, "没有填写说明"),
        ({"words": "长" * 301}, "超过 300 字"),
        ({"field": "nothing"}, "不在这项要求里"),
        ({"kind": "other"}, "没有选择要说明的情况"),
    ],
)
def test_wrong_input_is_told_and_kept(demand: Demand, sign_in: SignIn, changes: dict[str, str], words: str) -> None:
    form = {"kind": "duplicate", "field": "", "words": WORDS, **changes}
    page = sign_in("secretary", VILLAGE).post(f"/burden/directory/{demand.id}/flag", data=form)
    assert page.status_code == 400 and words in page.text and form["words"].strip() in page.text


def test_other_words_of_the_same_unit_do_not_replace_the_first(
    county: Session, demand: Demand, sign_in: SignIn
) -> None:
    assert tell(sign_in("secretary", VILLAGE), demand) == 303
    assert tell(sign_in("team_member", VILLAGE), demand, words="别的说法") == 409
    assert the_flag(county).words == WORDS


def test_a_village_that_was_not_asked_has_nothing_to_tell(demand: Demand, sign_in: SignIn) -> None:
    assert tell(sign_in("secretary", SISTER_VILLAGE), demand) == 404


def test_a_neighbour_sees_no_flag(demand: Demand, sign_in: SignIn) -> None:
    tell(sign_in("secretary", VILLAGE), demand)
    for other in (("secretary", SISTER_VILLAGE), ("desk", NEIGHBOUR_COUNTY)):
        assert WORDS not in sign_in(*other).get("/burden/flags/").text


def answer(client: FlaskClient, flag: DuplicateFlag, route: str = "answer", **changes: str) -> int:
    form = {"decision": "uphold", "answer": "核对属实", "holder": "县应急局", "version": str(flag.version), **changes}
    return client.post(f"/burden/flags/{flag.id}/{route}", data=form).status_code


def test_an_upheld_field_is_prefilled_from_now_on(county: Session, demand: Demand, sign_in: SignIn) -> None:
    village, desk = sign_in("secretary", VILLAGE), sign_in("desk", COUNTY)
    tell(village, demand)
    flag = the_flag(county)
    assert [answer(desk, flag) for _ in range(2)] == [303, 303]
    assert the_flag(county).state == "upheld"
    field = next(one for one in county.get_one(Demand, demand.id).fields if one.name == "extinguishers")
    assert (field.mode, field.holder) == ("prefill", "县应急局")
    assert set(county.scalars(select(BurdenEntry.fields).where(BurdenEntry.demand_id == demand.id))) == {1}
    county.rollback()
    assert "核对属实" in village.get("/burden/flags/").text
    county.rollback()
    assert county.scalar(select(InboxMessage.subject).where(InboxMessage.person_id == village.person_id)) == (  # type: ignore[attr-defined]
        "您的“已有此数据”提示已答复：已采纳"
    )


def test_an_upheld_demand_ends(county: Session, demand: Demand, sign_in: SignIn) -> None:
    tell(sign_in("secretary", VILLAGE), demand, field="")
    office = sign_in("desk", COUNTY, kind="burden_relief")
    assert answer(office, the_flag(county), "settle") == 303
    county.rollback()
    assert county.get_one(Demand, demand.id).state == "ended"


def test_it_may_be_kept_with_a_reason(county: Session, demand: Demand, sign_in: SignIn) -> None:
    tell(sign_in("secretary", VILLAGE), demand)
    desk, flag = sign_in("desk", COUNTY), the_flag(county)
    assert answer(desk, flag, decision="keep", answer=" ") == 400
    assert answer(desk, flag, decision="") == 400
    assert answer(desk, flag, decision="keep", answer="口径不同，仍需填报") == 303
    assert the_flag(county).state == "kept"
    assert {field.mode for field in county.get_one(Demand, demand.id).fields} == {"enter"}


def test_upholding_names_the_holder(county: Session, demand: Demand, sign_in: SignIn) -> None:
    tell(sign_in("secretary", VILLAGE), demand)
    page = sign_in("desk", COUNTY).post(
        f"/burden/flags/{the_flag(county).id}/answer", data={"decision": "uphold", "answer": "属实，改"}
    )
    assert page.status_code == 400 and "由哪个单位掌握" in page.text and "属实，改" in page.text


def test_a_second_answer_does_not_replace_the_first(county: Session, demand: Demand, sign_in: SignIn) -> None:
    tell(sign_in("secretary", VILLAGE), demand)
    flag = the_flag(county)
    assert answer(sign_in("desk", COUNTY), flag) == 303
    second = sign_in("desk", COUNTY, kind="burden_relief").post(
        f"/burden/flags/{flag.id}/settle", data={"decision": "keep", "answer": "不采纳"}
    )
    assert second.status_code == 409 and "已经答复：已采纳" in second.text


def test_the_township_does_not_answer_for_the_county(county: Session, demand: Demand, sign_in: SignIn) -> None:
    tell(sign_in("secretary", VILLAGE), demand)
    assert answer(sign_in("desk", TOWNSHIP), the_flag(county)) == 403
    assert answer(sign_in("desk", NEIGHBOUR_COUNTY), the_flag(county)) == 404


def test_a_wrong_prefill_is_told_and_changes_no_field(county: Session, demand: Demand, sign_in: SignIn) -> None:
    tell(sign_in("secretary", VILLAGE), demand, kind="wrong", words="应为 12 具")
    assert answer(sign_in("desk", COUNTY), the_flag(county), holder="") == 303
    assert {field.mode for field in county.get_one(Demand, demand.id).fields} == {"enter"}


def test_a_prefilled_field_names_its_holder_and_asks_whether_it_is_wrong(app: Flask, county: Session) -> None:
    field = DemandField(name="f_moved", label="搬迁户数", holder="发展改革（安置点台账）")
    with app.test_request_context():
        macros = app.jinja_env.get_template("macros/burden.html").module
        shown, known = macros.prefilled(7, field), macros.prefilled(7, field, "12 户")  # type: ignore[attr-defined]
    assert "不用填报" in shown and "（由发展改革（安置点台账）掌握）" in shown and "12 户" in known
    assert 'href="/burden/directory/7/flag?field=f_moved&amp;kind=wrong">有误？' in shown and "<input" not in shown
