"""Pages of leave as each side reads them."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_TOWNSHIP, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.audit import AuditEntry
from webapp.auth.models import Account
from webapp.auth.service import start_session
from webapp.leave.models import LeaveRequest
from webapp.org.models import Posting

SignIn = Callable[..., FlaskClient]


def typed(session: Session, client: FlaskClient, **changes: str) -> dict[str, str]:
    posting = session.scalars(select(Posting.id).where(Posting.person_id == client.person_id)).one()  # type: ignore[attr-defined]
    session.rollback()
    form = {
        "form_id": "0a1b2c3d-0000-4000-8000-000000000001",
        "posting": str(posting),
        "kind": "sick",
        "reason": "injury",
        "first_day": "2026-11-10",
        "first_half": "am",
        "last_day": "2026-11-11",
        "last_half": "am",
    }
    return form | changes


def test_somebody_stationed_asks_and_each_side_reads_what_concerns_it(county: Session, sign_in: SignIn) -> None:
    secretary = sign_in("secretary", TOWNSHIP)
    mate = sign_in("team_member", VILLAGE)
    member = sign_in("first_secretary", VILLAGE)
    assert "3 天以内由乡镇审批" in member.get("/leave/new").text
    sent = typed(county, member)
    assert [member.post("/leave/new", data=sent).status_code for _ in range(2)] == [303, 303]
    row = county.scalars(select(LeaveRequest)).one()
    assert (row.first_day, row.last_half) == (date(2026, 11, 10), "am")
    number = row.id
    county.rollback()
    own = member.get(f"/leave/{number}").text
    assert "受伤" in own and "病假" in own and "1.5 天" in own
    waiting = secretary.get("/leave/").text
    assert "等待我审批的" in waiting and "病假" in waiting
    assert "受伤" not in secretary.get(f"/leave/{number}").text
    others = mate.get("/leave/?view=all").text
    assert "2026年11月10日" in others and "病假" not in others
    assert "病假" not in mate.get(f"/leave/{number}").text
    assert sign_in("desk", NEIGHBOUR_TOWNSHIP).get(f"/leave/{number}").status_code == 404
    assert sign_in("desk", COUNTY).get("/leave/").status_code == 200


def test_what_was_typed_stays_beside_the_fault(county: Session, sign_in: SignIn) -> None:
    member = sign_in("first_secretary", VILLAGE)
    answer = member.post("/leave/new", data=typed(county, member, last_day="2026-11-01", reason="outpatient"))
    assert answer.status_code == 400
    assert "结束时间早于开始时间" in answer.text and 'value="2026-11-01"' in answer.text
    assert "outpatient" in answer.text
    county.rollback()
    assert county.scalars(select(LeaveRequest)).all() == []


def signed_in_again(session: Session, *clients: FlaskClient) -> None:
    """Days later, when their sessions are over."""
    for client in clients:
        account = session.scalars(select(Account).where(Account.person_id == client.person_id)).one()  # type: ignore[attr-defined]
        token = start_session(session, account, address="127.0.0.1", browser="test")
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
    session.commit()


def ids(session: Session) -> tuple[int, int]:
    row = session.scalars(select(LeaveRequest).order_by(LeaveRequest.id.desc())).first()
    assert row is not None
    found = row.id, row.version
    session.expunge_all()
    session.rollback()
    return found


def test_the_secretary_decides_from_the_home_page_and_the_person_returns(county: Session, sign_in: SignIn) -> None:
    secretary, member = sign_in("secretary", TOWNSHIP), sign_in("first_secretary", VILLAGE)
    member.post("/leave/new", data=typed(county, member))
    number, version = ids(county)
    assert "审批请假" in secretary.get("/").text and "审批请假" not in member.get("/").text
    assert member.post(f"/leave/{number}/approve", data={"version": version}).status_code == 403
    opened = secretary.post(f"/leave/{number}/reason")
    assert opened.status_code == 200 and "受伤" in opened.text
    audited = [one for one in county.scalars(select(AuditEntry)) if one.action == "leave.read"]
    assert [one.person_id for one in audited] == [secretary.person_id]  # type: ignore[attr-defined]
    county.rollback()
    empty = secretary.post(f"/leave/{number}/decline", data={"version": version, "text": ""})
    assert empty.status_code == 400 and "没有填写不批准的理由" in empty.text
    for _ in range(2):
        assert secretary.post(f"/leave/{number}/approve", data={"version": version}).status_code == 303
    stale = secretary.post(f"/leave/{number}/decline", data={"version": version, "text": "晚了"})
    assert stale.status_code == 409 and "已办理“批准”" in stale.text
    assert secretary.post(f"/leave/{number}/reason").status_code == 403
    assert "取消请假" in member.get(f"/leave/{number}").text
    with clock.held_at(factories.at("2026-11-13 09:00")):
        signed_in_again(county, secretary, member)
        assert "请假期满销假" in member.get("/").text
        late = secretary.get("/").text
        assert "请假期满没有销假" in late
        assert "2026年11月10日" in secretary.get("/leave/?view=all&state=ended").text
        assert "没有符合条件的请假" in secretary.get("/leave/?view=all&state=declined").text
        assert "未经抽查核实，不作为缺勤" in secretary.get(f"/leave/{number}").text
        version = ids(county)[1]
        form = {"version": version, "returned_on": "2026-11-11", "returned_half": "am"}
        wrong = member.post(f"/leave/{number}/return", data=form | {"returned_on": "2026-11-14"})
        assert wrong.status_code == 400 and 'value="2026-11-14"' in wrong.text
        for _ in range(2):
            assert member.post(f"/leave/{number}/return", data=form).status_code == 303
        assert "请假期满" not in secretary.get("/").text
    assert "已销假" in member.get("/leave/").text


def test_going_on_from_leave_has_its_own_form(county: Session, sign_in: SignIn) -> None:
    secretary, member = sign_in("secretary", TOWNSHIP), sign_in("first_secretary", VILLAGE)
    member.post("/leave/new", data=typed(county, member))
    number, version = ids(county)
    secretary.post(f"/leave/{number}/approve", data={"version": version})
    page = member.get(f"/leave/new?extends={number}").text
    assert "申请续假" in page and "下午开始" in page
    assert secretary.get(f"/leave/new?extends={number}").status_code == 404
    more = typed(county, member, form_id="", extends=str(number), last_day="2026-11-12", last_half="pm")
    assert member.post("/leave/new", data=more).status_code == 303
    assert ids(county)[0] != number
    assert "打开续假" in member.get(f"/leave/{number}").text


def test_a_form_that_comes_again_with_other_words_changes_nothing_and_says_so(county: Session, sign_in: SignIn) -> None:
    sign_in("secretary", TOWNSHIP)
    member = sign_in("first_secretary", VILLAGE)
    sent = typed(county, member)
    assert member.post("/leave/new", data=sent).status_code == 303
    number = county.scalars(select(LeaveRequest.id)).one()
    county.rollback()
    other = member.post("/leave/new", data=sent | {"last_day": "2026-11-12"})
    assert other.status_code == 409
    assert "这一页已提交过请假（病假，2026年11月10日" in other.text and f'href="/leave/{number}"' in other.text
    assert 'value="2026-11-12"' in other.text and sent["form_id"] not in other.text
    for changed in ({"reason": "outpatient"}, {"kind": "personal"}, {"first_half": "pm"}):
        assert member.post("/leave/new", data=sent | changed).status_code == 409, changed
    assert member.post("/leave/new", data=sent).status_code == 303
    assert county.scalars(select(LeaveRequest.last_day)).all() == [date(2026, 11, 11)]
