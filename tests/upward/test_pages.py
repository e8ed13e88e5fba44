"""A village asks, the units above answer; what each side reads, and what is refused."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.upward.conftest import FORM
from webapp import clock
from webapp.notices.models import InboxMessage
from webapp.upward.models import UpwardEvent, UpwardRequest

SignIn = Callable[..., FlaskClient]


def ask(client: FlaskClient, **changes: str) -> int:
    return client.post("/requests/new", data={**FORM, **changes}).status_code


def the_request(session: Session) -> UpwardRequest:
    session.rollback()
    row = session.scalars(select(UpwardRequest)).one()
    session.expunge_all()
    session.rollback()
    return row


def act(client: FlaskClient, row: UpwardRequest, kind: str, **form: str):  # type: ignore[no-untyped-def]
    return client.post(f"/requests/{row.id}/{kind}", data={"version": str(row.version), **form})


def told(session: Session, client: FlaskClient) -> list[str]:
    session.rollback()
    statement = select(InboxMessage.body).where(InboxMessage.person_id == client.person_id).order_by(InboxMessage.id)  # type: ignore[attr-defined]
    found = list(session.scalars(statement))
    session.rollback()
    return found


def test_a_village_asks_once_and_the_desk_finds_it_among_its_demands(
    county: Session, village: FlaskClient, township_desk: FlaskClient
) -> None:
    assert "最早2026年10月15日" in village.get("/requests/new").text
    assert [ask(village) for _ in range(2)] == [303, 303]
    row = the_request(county)
    assert (row.unit_code, row.asked_code, row.amount_yuan, row.due_on) == (
        VILLAGE,
        TOWNSHIP,
        120_000,
        date(2026, 10, 15),
    )
    home = township_desk.get("/").text
    assert "修复村组水毁道路" in home and "签收请示" in home and "还有 3 个工作日" in home
    assert "修复村组水毁道路" in township_desk.get("/requests/").text
    assert "/requests/" in township_desk.get("/tasks/").text
    assert (
        told(county, township_desk) == ["上帕镇古泉村委会提出请示，请于2026年10月15日前答复。"]
        or len(told(county, township_desk)) == 1
    )


def test_the_answer_is_given_once_with_reasons_and_the_village_reads_it(
    county: Session, village: FlaskClient, township_desk: FlaskClient, sign_in: SignIn
) -> None:
    ask(village)
    assert act(township_desk, the_request(county), "acknowledge").status_code == 303
    row = the_request(county)
    assert row.state == "acknowledged"
    refused = act(township_desk, row, "answer", outcome="agreed", text=" ")
    assert refused.status_code == 400 and "没有填写答复内容和理由" in refused.text
    kept = act(township_desk, row, "answer", text="先修一半")
    assert kept.status_code == 400 and "没有选择答复意见" in kept.text and "先修一半" in kept.text
    sent = {"outcome": "partly", "text": "先补助六万元，十一月底前到账。", "document_no": "上政复〔2026〕3号"}
    assert [act(township_desk, row, "answer", **sent).status_code for _ in range(2)] == [303, 303]
    page = village.get(f"/requests/{row.id}").text
    assert "部分同意" in page and "先补助六万元" in page and "上政复〔2026〕3号" in page
    late = act(sign_in("desk", TOWNSHIP), row, "answer", outcome="declined", text="不补")
    assert late.status_code == 409 and the_request(county).outcome == "partly"
    assert any("已答复：部分同意" in body for body in told(county, village))


def test_what_the_township_cannot_decide_goes_up_with_time_to_answer(
    county: Session, village: FlaskClient, sign_in: SignIn
) -> None:
    ask(village)
    with clock.held_at(factories.at("2026-10-15 15:00")):
        township_desk, county_desk = sign_in("desk", TOWNSHIP), sign_in("desk", COUNTY)
        row = the_request(county)
        assert act(township_desk, row, "pass", to=SISTER_VILLAGE, text="超出权限").status_code == 400
        assert act(township_desk, row, "pass", to=COUNTY, text="").status_code == 400
        assert act(township_desk, row, "pass", to=COUNTY, text="超出镇级权限").status_code == 303
        row = the_request(county)
        assert (row.asked_code, row.state, row.due_on, row.first_due_on) == (
            COUNTY,
            "asked",
            date(2026, 10, 20),
            date(2026, 10, 15),
        )
        assert act(township_desk, row, "answer", outcome="agreed", text="同意").status_code == 403
        page = county_desk.get(f"/requests/{row.id}").text
        assert "超出镇级权限" in page and "最初期限" in page
        assert act(county_desk, row, "answer", outcome="agreed", text="列入计划").status_code == 303
    county.rollback()
    kinds = list(county.scalars(select(UpwardEvent.kind).order_by(UpwardEvent.id)))
    assert kinds == ["ask", "pass", "answer"]


def test_who_sits_at_two_desks_passes_it_on_twice_with_the_same_reason(
    county: Session, village: FlaskClient, county_desk: FlaskClient, sign_in: SignIn
) -> None:
    ask(village)
    sign_in("desk", "5333")
    factories.posting(county, "desk", TOWNSHIP, county_desk.person_id)  # type: ignore[attr-defined]
    county.commit()
    first = the_request(county)
    for to in (COUNTY, "5333"):
        row = the_request(county)
        assert act(county_desk, row, "pass", to=to, text="超出权限").status_code == 303
        assert the_request(county).asked_code == to
    # A second click on the first page stays one.
    assert act(county_desk, row, "pass", to="5333", text="超出权限").status_code == 303
    assert act(county_desk, first, "pass", to=COUNTY, text="超出权限").status_code == 303
    county.rollback()
    assert list(county.scalars(select(UpwardEvent.kind).order_by(UpwardEvent.id))) == ["ask", "pass", "pass"]


def test_a_unit_without_a_desk_cannot_be_asked(village: FlaskClient) -> None:
    answer = village.post("/requests/new", data={**FORM, "asked": "5333"})
    assert answer.status_code == 400 and "目前没有经办人" in answer.text


def test_the_village_takes_its_request_back_before_the_answer(
    county: Session, village: FlaskClient, township_desk: FlaskClient
) -> None:
    ask(village)
    row = the_request(county)
    assert act(village, row, "withdraw", text="").status_code == 400
    assert act(village, row, "withdraw", text="已另有资金").status_code == 303
    assert act(township_desk, row, "answer", outcome="agreed", text="同意").status_code == 409
    assert "没有等待本单位答复的请示" in township_desk.get("/requests/").text
    assert any("已撤回请示" in body for body in told(county, township_desk))


def test_of_two_who_act_at_once_the_second_sees_what_the_first_did(
    county: Session, village: FlaskClient, township_desk: FlaskClient, sign_in: SignIn
) -> None:
    ask(village)
    stale, second = the_request(county), sign_in("desk", TOWNSHIP)
    assert act(township_desk, stale, "acknowledge").status_code == 303
    answer = act(second, stale, "answer", outcome="declined", text="没有资金来源")
    assert answer.status_code == 409 and "已办理“签收”" in answer.text and "没有资金来源" in answer.text
    assert the_request(county).state == "acknowledged"


def test_nobody_answers_what_his_own_unit_asked(county: Session, village: FlaskClient) -> None:
    ask(village)
    factories.posting(county, "desk", TOWNSHIP, village.person_id)  # type: ignore[attr-defined]
    county.commit()
    answer = act(village, the_request(county), "answer", outcome="agreed", text="同意")
    assert answer.status_code == 400 and "不能由您答复" in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "没有填写请示事项"),
        ({"due_on": "2026-10-13"}, "答复时间不足 3 个工作日"),
        ({"due_on": "2026-10-18"}, "休息日"),
        ({"due_on": "明天"}, "日期不正确"),
        ({"amount": "许多"}, "应填写金额"),
        ({"asked": OTHER_TOWNSHIP}, "没有选择上级单位"),
        ({"unit": SISTER_VILLAGE}, "只能以您任职的单位"),
    ],
)
def test_wrong_input_is_told_and_kept(
    county: Session, village: FlaskClient, changes: dict[str, str], words: str
) -> None:
    answer = village.post("/requests/new", data={**FORM, **changes})
    assert answer.status_code in (400, 403) and words in answer.text and FORM["content"] in answer.text
    county.rollback()
    assert county.scalar(select(UpwardRequest.id)) is None


def test_neighbours_see_nothing(county: Session, village: FlaskClient, sign_in: SignIn) -> None:
    ask(village)
    row = the_request(county)
    for role, unit in (("secretary", SISTER_VILLAGE), ("desk", NEIGHBOUR_COUNTY), ("desk", OTHER_TOWNSHIP)):
        other = sign_in(role, unit)
        assert "修复村组水毁道路" not in other.get("/requests/?view=all&state=every").text
        assert other.get(f"/requests/{row.id}").status_code == 404
        assert "修复村组水毁道路" not in other.get("/requests/?format=csv&view=all&state=every").get_data(as_text=True)


def test_the_list_is_searched_and_exported(village: FlaskClient, county_desk: FlaskClient) -> None:
    ask(village)
    assert "修复村组水毁道路" in county_desk.get("/requests/?view=all&q=水毁").text
    assert "没有符合条件的请示" in county_desk.get("/requests/?view=all&q=没有的").text
    assert "没有符合条件的请示" in county_desk.get("/requests/?view=all&kind=approval").text
    file = county_desk.get("/requests/?view=all&format=csv").get_data(as_text=True)
    assert "修复村组水毁道路,资金" in file and "120000" in file and "有效期至" in file
    with county_desk.get("/requests/?view=all&format=xlsx") as answer:
        assert answer.data.startswith(b"PK")


def test_what_is_no_order_leaves_the_order_as_it_is(village: FlaskClient) -> None:
    """T-7: nothing orders requests by lamp."""
    for number, day in enumerate(("2026-10-30", "2026-10-15", "2026-10-21")):
        assert (
            ask(village, form_id=f"0a1b2c3d-0000-4000-8000-00000000001{number}", title=f"事由{day}", due_on=day) == 303
        )

    def shown(more: str) -> list[str]:
        return re.findall(r"事由([\d-]+)</a>", village.get(f"/requests/?{more}").text)

    plain = shown("")
    assert plain == ["2026-10-15", "2026-10-21", "2026-10-30"]
    assert shown("sort=-due") == plain[::-1]
    for sort in ("lamp", "-lamp", "state", "load", "count", "x; drop"):
        assert shown(f"sort={sort}") == plain, sort


def test_lamps_are_for_those_on_the_way_between_the_two_units(
    county: Session, village: FlaskClient, county_desk: FlaskClient, sign_in: SignIn
) -> None:
    """T-7: the village asks its township; the county above them finds the request, but no lamp."""
    ask(village)
    row = the_request(county)
    for path in ("/requests/?view=all", f"/requests/{row.id}"):
        assert "修复村组水毁道路" in county_desk.get(path).text and "lamp-" not in county_desk.get(path).text
        assert "lamp-" in sign_in("desk", TOWNSHIP).get(path).text and "lamp-" in village.get(path).text


def test_what_a_unit_was_asked_stands_on_its_board_in_due_order(
    county: Session, village: FlaskClient, township_desk: FlaskClient, county_desk: FlaskClient
) -> None:
    """T-10: the answer stands beside the unit's own demands; the lamp only for those between the two units."""
    for number, day in enumerate(("2026-10-21", "2026-10-15")):
        ask(village, form_id=f"0a1b2c3d-0000-4000-8000-00000000001{number}", title=f"事由{day}", due_on=day)
    board = f"/tasks/board/{TOWNSHIP}"
    part = township_desk.get(board).text.split('id="part-requests"')[1].split("</section>")[0]
    assert re.findall(r"事由([\d-]+)</a>", part) == ["2026-10-15", "2026-10-21"] and "lamp-" in part
    only = township_desk.get(f"{board}?section=requests").text
    assert "事由2026-10-15" in only and "要核验的" not in only and "返回全部事项" in only
    above = county_desk.get(board).text.split('id="part-requests"')[1].split("</section>")[0]
    assert "事由2026-10-15" in above and "lamp-" not in above
    row = county.scalars(select(UpwardRequest).order_by(UpwardRequest.due_on).limit(1)).one()
    county.rollback()
    act(township_desk, row, "answer", outcome="agreed", text="同意。", document_no="")
    assert "事由2026-10-15" not in township_desk.get(board).text
