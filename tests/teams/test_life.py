"""A posting's life: selection, arrival, extension, adjustment; each step once, all or nothing, by the county only."""

import uuid
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.teams.conftest import SignIn, designate, station
from tests.teams.test_pages import main_of
from webapp.accountability.models import AccountabilityTask
from webapp.audit import AuditEntry
from webapp.org.codes import full
from webapp.org.models import Handover, Organisation, Posting
from webapp.teams.models import PostingStep
from webapp.teams.stepping import seen

CHOSEN = {
    "role": "first_secretary",
    "name": "岚知川",
    "document_no": "福组〔2026〕8号",
    "decided_on": "2026-10-09",
    "starts_on": "2026-10-12",
    "confirmed": ["party", "grade", "regular", "discipline"],
}
SELECT = f"/teams/{full(VILLAGE)}/select"


@pytest.fixture
def desk(sign_in: SignIn, county: Session) -> FlaskClient:
    designate(county)
    return sign_in("desk", COUNTY)


def act(client: FlaskClient, session: Session, posting_id: int, kind: str, **typed: str):  # type: ignore[no-untyped-def]
    """Send one act with what the page shows now."""
    session.rollback()
    version = seen(session, session.get_one(Posting, posting_id, populate_existing=True))
    session.rollback()
    return client.post(f"/teams/postings/{posting_id}/{kind}", data={"version": version} | typed)


def kinds(session: Session, posting_id: int) -> list[str]:
    session.rollback()
    statement = select(PostingStep.kind).where(PostingStep.posting_id == posting_id).order_by(PostingStep.id)
    found = list(session.scalars(statement))
    session.rollback()
    return found


def one_posting(session: Session) -> int:
    session.rollback()
    found = session.scalars(select(Posting.id).where(Posting.role == "first_secretary")).one()
    session.rollback()
    return found


def test_a_village_first_then_a_person_who_arrives_and_the_term_runs(
    county: Session, sender: Organisation, desk: FlaskClient
) -> None:
    sent = CHOSEN | {"sending_unit": str(sender.id)}
    county.commit()
    for _ in range(2):  # a second click, then with the person whom the first has made
        answer = desk.post(SELECT, data=sent)
        sent = sent | {"person": "new"}
        assert answer.status_code == 303
    posting = one_posting(county)
    assert kinds(county, posting) == ["select"]
    page = main_of(desk, f"/teams/postings/{posting}")
    assert "演示县水利局" in page and "第一书记是中共正式党员" in page and "到村后确认" in page
    for _ in range(2):
        assert act(desk, county, posting, "arrive", day="2026-10-10").status_code == 303
    assert kinds(county, posting) == ["select", "arrive"]
    page = main_of(desk, f"/teams/postings/{posting}")
    assert "2026年10月10日（周六）至2028年10月9日" in page
    again = act(desk, county, posting, "arrive", day="2026-10-11")
    assert again.status_code == 409 and "已登记2026年10月10日到村" in again.text
    assert county.scalars(select(AuditEntry.action).where(AuditEntry.action == "posting.arrive")).all() == [
        "posting.arrive"
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role": "desk"}, "没有选择驻村岗位"),
        ({"name": " "}, "姓名为空"),
        ({"decided_on": "2026-10-13"}, "决定日期晚于今天"),
        ({"decided_on": ""}, "选派决定日期没有填写"),
        ({"starts_on": "明天"}, "到村日期没有填写"),
        ({"document_no": ""}, "没有填写文号"),
        ({"sending_unit": "999999"}, "没有这个派出单位"),
        ({"confirmed": ["party"]}, "有选派条件没有确认"),
    ],
)
def test_a_selection_at_fault_keeps_what_was_typed(
    county: Session, desk: FlaskClient, changes: dict, words: str
) -> None:
    answer = desk.post(SELECT, data=CHOSEN | changes)
    assert answer.status_code == 400 and words in answer.text
    assert "name" in changes or "岚知川" in answer.text
    assert county.scalar(select(Posting.id).where(Posting.role == "first_secretary")) is None


def test_conditions_left_open_and_a_village_off_the_list_want_a_reason(county: Session, sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    answer = desk.post(SELECT, data=CHOSEN)
    assert answer.status_code == 400 and "不在应派村名单中" in answer.text
    assert desk.post(SELECT, data=CHOSEN | {"note": "任务较重的村"}).status_code == 303


def test_a_namesake_is_asked_for(county: Session, desk: FlaskClient) -> None:
    known = station(county, code=OTHER_VILLAGE, name="岚知川")
    known.ends_on = date(2025, 12, 31)
    person = known.person_id
    county.commit()
    answer = desk.post(SELECT, data=CHOSEN)
    assert answer.status_code == 400 and "请选择是哪一位" in answer.text
    assert desk.post(SELECT, data=CHOSEN | {"person": str(person)}).status_code == 303
    county.rollback()
    assert county.get_one(Posting, one_posting(county)).person_id == person


def test_only_the_county_selects_and_a_village_out_of_reach_is_not_found(county: Session, sign_in: SignIn) -> None:
    assert sign_in("desk", TOWNSHIP).post(SELECT, data=CHOSEN).status_code == 403
    assert sign_in("desk", COUNTY).post(f"/teams/{full(NEIGHBOUR_VILLAGE)}/select", data=CHOSEN).status_code == 404


def test_an_extension_moves_the_end_once_and_never_back(county: Session, desk: FlaskClient) -> None:
    posting = station(county, "first_secretary", starts_on=date(2024, 11, 4)).id
    county.commit()
    for _ in range(2):
        sent = {"day": "2027-11-03", "document_no": "福组〔2026〕9号"}
        assert act(desk, county, posting, "extend", **sent).status_code == 303
    assert kinds(county, posting) == ["extend"]
    assert "2027年11月3日（周三）（已延长）" in main_of(desk, f"/teams/postings/{posting}")
    assert "2027年11月3日" in main_of(desk, f"/teams/{full(VILLAGE)}"), "the team's page has the same clock"
    back = act(desk, county, posting, "extend", day="2027-01-03", document_no="福组〔2026〕10号")
    assert back.status_code == 400 and "不晚于现在的2027年11月3日" in back.text
    far = act(desk, county, posting, "extend", day="2039-01-03", document_no="福组〔2026〕10号")
    assert far.status_code == 400 and "核对年份" in far.text


def test_a_stale_form_changes_nothing(county: Session, desk: FlaskClient) -> None:
    posting = station(county, "first_secretary", starts_on=date(2024, 11, 4)).id
    county.commit()
    act(desk, county, posting, "extend", day="2027-11-03", document_no="福组〔2026〕9号")
    sent = {"version": "1-0", "day": "2027-12-03", "document_no": "福组〔2026〕10号"}
    answer = desk.post(f"/teams/postings/{posting}/extend", data=sent)
    assert answer.status_code == 409 and "已有改动" in answer.text and "2027-12-03" in answer.text
    assert kinds(county, posting) == ["extend"]


MOVE = {"to": SISTER_VILLAGE, "day": "2026-10-20", "document_no": "福组〔2026〕9号", "text": "两村工作需要"}


def test_a_member_is_moved_in_one_act_and_the_term_runs_on(
    county: Session, sender: Organisation, desk: FlaskClient
) -> None:
    old = station(county, name="砚守原", starts_on=date(2025, 3, 3), sender=sender).id
    county.commit()
    first = act(desk, county, old, "adjust", **MOVE)
    again = act(desk, county, old, "adjust", **MOVE)
    assert first.status_code == again.status_code == 303 and first.location == again.location
    county.rollback()
    rows = county.scalars(select(Posting).where(Posting.role == "team_member").order_by(Posting.id)).all()
    assert [(row.unit_code, row.starts_on, row.ends_on, row.end_reason) for row in rows] == [
        (VILLAGE, date(2025, 3, 3), date(2026, 10, 19), "工作调动"),
        (SISTER_VILLAGE, date(2026, 10, 20), None, None),
    ]
    assert rows[1].sending_unit_id == rows[0].sending_unit_id
    assert county.scalars(select(Handover.leaver_posting_id)).all() == [old]
    new = rows[1].id
    assert kinds(county, old) == ["adjust_out"] and kinds(county, new) == ["adjust_in"]
    assert "2025年3月3日（周一）至2027年3月2日" in main_of(desk, f"/teams/postings/{new}")
    twice = act(desk, county, new, "adjust", **MOVE | {"to": OTHER_VILLAGE, "day": "2026-10-27"})
    assert twice.status_code == 400 and "同一个月内不能再次调整" in twice.text
    assert act(desk, county, new, "adjust", **MOVE | {"to": OTHER_VILLAGE, "day": "2026-11-03"}).status_code == 303


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": VILLAGE}, "新村与原村相同"),
        ({"to": NEIGHBOUR_VILLAGE}, "不是您管辖的村"),
        ({"to": TOWNSHIP}, "不是您管辖的村"),
        ({"to": "12"}, "没有代码为"),
        ({"day": "2025-03-03"}, "不晚于到原村的2025年3月3日"),
        ({"document_no": ""}, "没有填写文号"),
        ({"text": ""}, "没有填写调整理由"),
    ],
)
def test_a_move_at_fault_leaves_both_villages_as_they_were(
    county: Session, desk: FlaskClient, changes: dict, words: str
) -> None:
    old = station(county).id
    county.commit()
    answer = act(desk, county, old, "adjust", **MOVE | changes)
    assert answer.status_code == 400 and words in answer.text
    county.rollback()
    assert county.get_one(Posting, old).ends_on is None and kinds(county, old) == []


def test_a_move_to_an_occupied_post_ends_nothing(county: Session, desk: FlaskClient) -> None:
    old = station(county, "first_secretary").id
    station(county, "first_secretary", SISTER_VILLAGE, name="穗承澜")
    county.commit()
    answer = act(desk, county, old, "adjust", **MOVE)
    assert answer.status_code == 400 and "穗承澜现任该处驻村第一书记" in answer.text
    county.rollback()
    assert county.get_one(Posting, old).ends_on is None


def test_the_end_of_term_assessment_is_opened_by_hand_under_the_plan(county: Session, desk: FlaskClient) -> None:
    factories.posting(county, "desk", TOWNSHIP)
    posting = station(county, "first_secretary", starts_on=date(2024, 11, 4)).id
    county.commit()
    assert "应当组织期满考核" in main_of(desk, f"/teams/postings/{posting}")
    number = str(uuid.uuid4())
    wrong = act(desk, county, posting, "assess", request_id=number, plan="", due_on="2026-11-16")
    assert wrong.status_code == 400 and "没有填写考核计划文号" in wrong.text
    for _ in range(2):
        sent = {"request_id": number, "plan": "福组〔2026〕2号", "due_on": "2026-11-16"}
        assert act(desk, county, posting, "assess", **sent).status_code == 303
    county.rollback()
    task = county.scalars(select(AccountabilityTask)).one()
    assert (task.template_code, task.basis) == ("WA31-T4", "考核计划福组〔2026〕2号")
    assert kinds(county, posting) == ["assess"]
    page = main_of(desk, f"/teams/postings/{posting}")
    assert "应当组织期满考核" not in page and "打开期满考核事项" in page


def test_people_of_the_village_see_the_steps_and_cannot_act(county: Session, sign_in: SignIn) -> None:
    posting = station(county, "first_secretary", name="岚知川").id
    county.commit()
    member = sign_in("team_member", VILLAGE)
    page = main_of(member, f"/teams/postings/{posting}")
    assert "岚知川" in page and "登记到村" not in page and "选派条件" not in page
    assert member.post(f"/teams/postings/{posting}/arrive", data={}).status_code == 403
    assert sign_in("team_member", SISTER_VILLAGE).get(f"/teams/postings/{posting}").status_code == 404


def test_the_assessment_at_the_end_of_term_is_due_on_the_post_held_after_a_move(
    county: Session, desk: FlaskClient
) -> None:
    old = station(county, starts_on=date(2024, 11, 4)).id
    county.commit()
    assert act(desk, county, old, "adjust", **MOVE).status_code == 303
    county.rollback()
    new = county.scalars(select(Posting.id).where(Posting.unit_code == SISTER_VILLAGE)).one()
    county.rollback()
    assert "应当组织期满考核" in main_of(desk, f"/teams/postings/{new}")
    assert "应当组织期满考核" not in main_of(desk, f"/teams/postings/{old}")
