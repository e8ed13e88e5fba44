"""Township proposes, county decides, the sending unit recalls and replaces: no shorter path, each step by its unit."""

import uuid
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.teams.conftest import SignIn, station
from tests.teams.test_pages import main_of
from webapp.notices.models import InboxMessage
from webapp.org.models import Organisation, Posting
from webapp.teams.models import Recall, RecallStep

FORM = str(uuid.uuid4())
PROPOSAL = {
    "form_id": FORM,
    "ground": "absent",
    "facts": "多次无故离岗，谈话后没有改正。",
    "document_no": "上党〔2026〕3号",
}
DECISION = {
    "agreed": "yes",
    "end_reason": "违规召回",
    "reason": "情况属实。",
    "document_no": "福领组〔2026〕1号",
}
CALLED = {"last_day": "2026-10-15", "document_no": "水函〔2026〕5号"}
SENT = {"name": "穗承澜", "document_no": "水函〔2026〕6号"}


@pytest.fixture
def stationed(county: Session, sender: Organisation) -> int:
    row = station(county, "first_secretary", name="岚知川", sender=sender)
    county.commit()
    return row.id


@pytest.fixture
def township(sign_in: SignIn) -> FlaskClient:
    return sign_in("desk", TOWNSHIP)


@pytest.fixture
def head(sign_in: SignIn) -> FlaskClient:
    return sign_in("secretary", COUNTY)


def recall(session: Session) -> tuple[int, str, int]:
    """Id, state and version of the one recall."""
    session.rollback()
    row = session.execute(select(Recall.id, Recall.state, Recall.version)).one()
    session.rollback()
    return row.id, row.state, row.version


def send(client: FlaskClient, session: Session, kind: str, typed: dict, part: str = "recalls"):  # type: ignore[no-untyped-def]
    number, _, version = recall(session)
    return client.post(f"/teams/{part}/{number}/{kind}", data={"version": version} | typed)


def test_the_whole_way_ends_the_post_with_the_code_of_the_county(
    county: Session, stationed: int, township: FlaskClient, head: FlaskClient, sending: FlaskClient
) -> None:
    for _ in range(2):
        assert township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL).status_code == 303
    assert "召回岚知川" in head.get("/").text
    for _ in range(2):
        assert send(head, county, "decide", DECISION).status_code == 303
    assert recall(county)[1] == "decided"
    assert county.get_one(Posting, stationed).ends_on is None, "the decision alone ends nothing"
    county.rollback()
    assert "登记召回" in sending.get("/").text
    for _ in range(2):
        assert send(sending, county, "carry_out", CALLED, "sent-recalls").status_code == 303
    ended = county.get_one(Posting, stationed)
    assert (ended.ends_on, ended.end_reason) == (date(2026, 10, 15), "违规召回")
    county.rollback()
    for _ in range(2):
        assert send(sending, county, "replace", SENT, "sent-recalls").status_code == 303
    assert recall(county)[1] == "replaced"
    steps = county.scalars(select(RecallStep.kind).order_by(RecallStep.id)).all()
    assert list(steps) == ["propose", "agree", "carry_out", "replace"]
    told = county.scalars(select(InboxMessage.body).where(InboxMessage.subject == "驻村召回决定")).all()
    assert len(told) == 1 and "属过错召回" in told[0]


def test_no_step_can_be_left_out_and_none_belongs_to_another(
    county: Session, stationed: int, township: FlaskClient, head: FlaskClient, sending: FlaskClient, sign_in: SignIn
) -> None:
    desk = sign_in("desk", COUNTY)
    for client in (head, desk, sending):
        assert client.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL).status_code == 403
    other = sign_in("desk", OTHER_TOWNSHIP)
    assert other.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL).status_code == 404
    township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL)
    early = send(sending, county, "carry_out", CALLED, "sent-recalls")
    assert early.status_code == 409 and "待县级决定" in early.text
    for client in (township, desk, sending):
        assert send(client, county, "decide", DECISION).status_code == 403
    send(head, county, "decide", DECISION)
    assert send(sending, county, "replace", SENT, "sent-recalls").status_code == 409
    assert send(desk, county, "carry_out", CALLED).status_code == 403, "somebody sits at the sending unit"
    assert send(head, county, "carry_out", CALLED).status_code == 403
    assert county.get_one(Posting, stationed).ends_on is None


def test_nobody_stationed_ends_for_a_fault_without_a_recall(county: Session, stationed: int, sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    form = desk.get(f"/org/postings/{stationed}/end").text
    assert "违规召回" not in form and "不胜任" not in form and "任期届满" in form
    version = str(county.get_one(Posting, stationed).version)
    county.rollback()
    sent = {"version": version, "ends_on": "2026-10-15", "reason": "违规召回", "document_no": "福组〔2026〕9号"}
    answer = desk.post(f"/org/postings/{stationed}/end", data=sent)
    assert answer.status_code == 400 and "按召回办理" in answer.text
    county.rollback()
    assert county.get_one(Posting, stationed).ends_on is None
    county.rollback()
    assert desk.post(f"/org/postings/{stationed}/end", data=sent | {"reason": "健康"}).status_code == 302


def test_a_no_fault_finding_says_that_no_grade_is_touched(
    county: Session, stationed: int, township: FlaskClient, head: FlaskClient
) -> None:
    township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL | {"ground": "presence"})
    wrong = send(head, county, "decide", DECISION)
    assert wrong.status_code == 400 and "与召回情形不符" in wrong.text and "情况属实。" in wrong.text
    assert send(head, county, "decide", DECISION | {"end_reason": "健康"}).status_code == 303
    assert "不属过错，不影响考核等次" in main_of(head, f"/teams/recalls/{recall(county)[0]}")


def test_the_county_declines_and_the_township_withdraws_with_a_reason(
    county: Session, stationed: int, township: FlaskClient, head: FlaskClient
) -> None:
    township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL)
    assert "没有填写撤回理由" in send(township, county, "withdraw", {"reason": ""}).text
    assert send(township, county, "withdraw", {"reason": "已经改正。"}).status_code == 303
    late = send(head, county, "decide", DECISION)
    assert late.status_code == 409 and "乡镇已撤回" in late.text
    township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL | {"form_id": str(uuid.uuid4())})
    county.rollback()
    second = county.scalars(select(Recall.id).order_by(Recall.id.desc())).first()
    county.rollback()
    sent = DECISION | {"agreed": "no", "version": "1"}
    stale = head.post(f"/teams/recalls/{second}/decide", data=sent | {"version": "7"})
    assert stale.status_code == 409 and "已有变动" in stale.text
    assert head.post(f"/teams/recalls/{second}/decide", data=sent).status_code == 303
    assert county.get_one(Recall, second).state == "declined"


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"ground": "x"}, "没有选择召回情形"), ({"facts": " "}, "没有填写事实和理由"), ({"document_no": ""}, "报告文号")],
)
def test_a_proposal_at_fault_is_kept(
    county: Session, stationed: int, township: FlaskClient, changes: dict, words: str
) -> None:
    answer = township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL | changes)
    assert answer.status_code == 400 and words in answer.text
    assert county.scalar(select(Recall.id)) is None


def test_two_proposals_for_one_person_do_not_run_beside_each_other(
    county: Session, stationed: int, township: FlaskClient
) -> None:
    township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL)
    answer = township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL | {"form_id": str(uuid.uuid4())})
    assert answer.status_code == 409 and "正在办理" in answer.text


def test_a_sending_unit_sees_its_own_people_only_and_no_list_of_the_county(
    app, county: Session, stationed: int, township: FlaskClient, head: FlaskClient, sign_in: SignIn
) -> None:  # type: ignore[no-untyped-def]
    township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL)
    number = recall(county)[0]
    stranger = sign_in("desk", COUNTY, kind="sending_unit")
    assert "岚知川" not in stranger.get("/teams/sent-recalls/").text
    assert stranger.get(f"/teams/sent-recalls/{number}").status_code == 404
    assert stranger.get("/teams/recalls/").status_code == 403
    assert sign_in("secretary", NEIGHBOUR_COUNTY).get(f"/teams/recalls/{number}").status_code == 404
    assert sign_in("team_member", VILLAGE).get(f"/teams/recalls/{number}").status_code == 403


def test_the_county_enters_the_letter_of_a_sending_unit_without_a_desk(
    county: Session, stationed: int, township: FlaskClient, head: FlaskClient, sign_in: SignIn
) -> None:
    desk = sign_in("desk", COUNTY)
    township.post(f"/teams/postings/{stationed}/recall", data=PROPOSAL)
    send(head, county, "decide", DECISION)
    assert "代派出单位登记召回" in main_of(desk, f"/teams/recalls/{recall(county)[0]}")
    assert send(desk, county, "carry_out", {"last_day": ""}).status_code == 400
    assert send(desk, county, "carry_out", CALLED).status_code == 303
    assert county.get_one(Posting, stationed).end_reason == "违规召回"
