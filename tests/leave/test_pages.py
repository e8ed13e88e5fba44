"""Pages of leave as each side reads them."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, NEIGHBOUR_TOWNSHIP, TOWNSHIP, VILLAGE
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
