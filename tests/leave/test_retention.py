"""What a sick leave was for is cleared when its time is over, and nothing else of it (S-29)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import TOWNSHIP, VILLAGE
from tests.leave.conftest import MASTER, People, ask, day
from tests.leave.test_pages import ids, typed
from webapp import clock
from webapp.access import acting_as
from webapp.audit import AuditEntry
from webapp.leave import acts, queries, retention, sealing
from webapp.leave.models import LeaveEvent, LeaveRequest

LAST_KEPT, FIRST_CLEARED = day("2028-11-11"), day("2028-11-12")


def sick(county: Session, people: People, first: str = "2026-11-10 am", last: str = "2026-11-11 pm") -> LeaveRequest:
    return ask(county, people.member, first, last, kind="sick", reason="injury")


def cleared(county: Session) -> list[Any]:
    return [one.after for one in county.scalars(select(AuditEntry).where(AuditEntry.action == "leave.clear"))]


def test_the_category_goes_after_the_years_of_the_pack_and_only_once(county: Session, people: People) -> None:
    old, later = sick(county, people), sick(county, people, "2026-11-13 am", "2026-11-13 pm")
    assert retention.clear_old_reasons(county, LAST_KEPT) == 0
    county.expire_all()
    assert sealing.unseal(MASTER, old) == "injury" and cleared(county) == []
    assert [retention.clear_old_reasons(county, FIRST_CLEARED) for _ in range(2)] == [1, 0]
    county.expire_all()
    assert old.reason_category is None and sealing.unseal(MASTER, later) == "injury"
    assert cleared(county) == [{"rows": 1}]


def test_it_goes_in_pieces_and_is_audited_as_one(
    county: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    for number in (10, 11, 12, 13, 16):
        sick(county, people, f"2026-11-{number} am", f"2026-11-{number} am")
    assert retention.clear_old_reasons(county, day("2029-01-01")) == 5
    assert county.scalars(select(LeaveRequest).where(LeaveRequest.reason_category.is_not(None))).all() == []
    assert cleared(county) == [{"rows": 5}]


def test_the_leave_its_acts_and_the_days_away_stay(county: Session, people: People) -> None:
    row = sick(county, people)
    with acting_as(county, people.secretary):
        acts.decide(county, row.id, "approve", reason="", at=clock.now(), version=row.version)

    def what_stays() -> tuple[Any, ...]:
        away = queries.absences(county, [row.posting_id], date(2026, 11, 1), date(2026, 11, 30))
        events = [(one.kind, one.at, one.text) for one in county.scalars(select(LeaveEvent).order_by(LeaveEvent.id))]
        return away, events, row.kind, row.state, row.span, row.version, row.changed_at

    before = what_stays()
    assert retention.clear_old_reasons(county, FIRST_CLEARED) == 1
    county.expire_all()
    assert what_stays() == before and before[0]


def test_the_page_says_that_it_was_cleared_and_offers_nothing_to_open(county: Session, sign_in: Any) -> None:
    secretary, member = sign_in("secretary", TOWNSHIP), sign_in("first_secretary", VILLAGE)
    member.post("/leave/new", data=typed(county, member))
    number, _ = ids(county)
    assert "查看病假原因类别" in secretary.get(f"/leave/{number}").text
    retention.clear_old_reasons(county, FIRST_CLEARED)
    county.commit()
    for reader in (member, secretary):
        shown = reader.get(f"/leave/{number}").text
        assert "已按规定清除" in shown and "查看病假原因类别" not in shown and "已加密" not in shown
    refused = secretary.post(f"/leave/{number}/reason")
    assert refused.status_code == 400 and "已按规定清除" in refused.text
