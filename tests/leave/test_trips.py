"""Official trips: reported, seen by the township, corrected and cancelled with a reason; the calendar; 年休假."""

import csv
import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_TOWNSHIP, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.leave.conftest import MORNING, People, ask, day
from webapp.access import acting_as
from webapp.errors import Faulty, NotFound
from webapp.leave import away, balance, queries, trips
from webapp.leave.models import LeaveEntitlement, LeaveRequest, OfficialTrip
from webapp.leave.trips import Reporting
from webapp.notices.models import InboxMessage
from webapp.org.models import Posting
from webapp.policy import packs

SignIn = Callable[..., FlaskClient]


def report(session: Session, people: People, first: str, last: str) -> OfficialTrip:
    typed = reporting(people, first, last)
    with acting_as(session, people.member):
        return trips.report(session, str(uuid.uuid4()), typed, at=MORNING)


def reporting(people: People, first: str, last: str, **changes: str) -> Reporting:
    (one, half), (other, last_half) = first.split(), last.split()
    words = {"kind": "training", "subject": "驻村干部培训班"} | changes
    return Reporting(
        people.member.grants[0].posting_id, words["kind"], day(one), half, day(other), last_half, words["subject"]
    )


def test_a_trip_is_no_leave_and_the_township_hears_of_it(county: Session, people: People) -> None:
    desk = factories.viewer(county, "desk", TOWNSHIP)
    row = report(county, people, "2026-11-10 am", "2026-11-11 am")
    told = county.scalars(select(InboxMessage.body).where(InboxMessage.person_id == desk.person_id)).all()
    assert len(told) == 1 and "不需要审批" in told[0]
    found = queries.absences(county, [row.posting_id], day("2026-11-01"), day("2026-11-30"))
    assert [(one.what, one.kind, one.span.words) for one in found] == [
        ("trip", "training", "2026年11月10日上午至11月11日上午")
    ]
    with pytest.raises(Faulty, match="因公外出"):
        ask(county, people.member, "2026-11-11 am", "2026-11-12 pm")
    with pytest.raises(Faulty, match="因公外出"):
        report(county, people, "2026-11-11 am", "2026-11-11 pm")
    assert not county.scalars(select(LeaveRequest)).all()


def test_a_correction_says_why_and_keeps_what_was(county: Session, people: People) -> None:
    row = report(county, people, "2026-11-10 am", "2026-11-11 am")
    other = reporting(people, "2026-11-10 am", "2026-11-12 pm", subject="驻村干部培训班（延长）")
    with acting_as(county, people.member):
        with pytest.raises(Faulty, match="没有填写更正"):
            trips.correct(county, row.id, other, reason=" ", at=MORNING)
        trips.correct(county, row.id, other, reason="培训延长一天", at=MORNING)
    assert row.last_day == day("2026-11-12")
    assert row.events[-1].before == {
        "kind": "培训",
        "span": "2026年11月10日上午至11月11日上午",
        "subject": "驻村干部培训班",
        "document_no": "",
    }
    with acting_as(county, people.member):
        assert trips.cancel(county, row.id, reason="会议取消", at=MORNING).state == "cancelled"
    assert queries.absences(county, [row.posting_id], day("2026-11-01"), day("2026-11-30")) == []
    ask(county, people.member, "2026-11-11 am", "2026-11-12 pm")


def test_pages_of_trips(county: Session, sign_in: SignIn) -> None:
    desk, member, neighbour = (
        sign_in("desk", TOWNSHIP),
        sign_in("team_member", VILLAGE),
        sign_in("desk", NEIGHBOUR_TOWNSHIP),
    )
    posting = county.scalars(select(Posting.id).where(Posting.person_id == member.person_id)).one()  # type: ignore[attr-defined]
    county.rollback()
    form = {
        "form_id": str(uuid.uuid4()),
        "posting": str(posting),
        "kind": "meeting",
        "first_day": "2026-11-10",
        "first_half": "am",
        "last_day": "2026-11-10",
        "last_half": "pm",
        "subject": "=全县例会",
        "document_no": "福组通〔2026〕8号",
    }
    assert member.get("/trips/new").status_code == 200
    assert "没有填写会议、培训或者项目工作的名称" in member.post("/trips/new", data=form | {"subject": ""}).text
    assert [member.post("/trips/new", data=form).status_code for _ in range(2)] == [303, 303]
    other = member.post("/trips/new", data=form | {"subject": "另一个会"})
    assert other.status_code == 409 and 'value="另一个会"' in other.text and form["subject"] in other.text
    assert county.scalars(select(OfficialTrip.subject)).all() == [form["subject"]]
    county.rollback()
    number = county.scalars(select(OfficialTrip.id)).one()
    county.rollback()
    assert (
        "全县例会" in desk.get("/trips/").text and f"/trips/{number}/correct" not in desk.get(f"/trips/{number}").text
    )
    assert neighbour.get(f"/trips/{number}").status_code == 404
    kept = member.post(f"/trips/{number}/correct", data=form | {"version": "1", "reason": "", "subject": "改名"})
    assert kept.status_code == 400 and "没有填写更正" in kept.text and 'value="改名"' in kept.text
    fixed = form | {"version": "1", "reason": "时间变动", "last_half": "am"}
    assert [member.post(f"/trips/{number}/correct", data=fixed).status_code for _ in range(2)] == [303, 303]
    assert member.post(f"/trips/{number}/cancel", data={"version": "1", "reason": "取消"}).status_code == 409
    assert "原为会议" in desk.get(f"/trips/{number}").text
    assert desk.post(f"/trips/{number}/cancel", data={"version": "2", "reason": "取消"}).status_code == 403
    lines = list(csv.reader(io.StringIO(desk.get("/trips/?format=csv").data.decode("utf-8-sig"))))
    assert lines[0] == ["因公外出报备（辖区内全部）"] and lines[4][4] == "'=全县例会" and len(lines) == 5
    with desk.get("/trips/?format=xlsx") as answer:
        assert answer.data[:2] == b"PK"


def test_the_calendar_says_who_is_away_and_not_why(county: Session, people: People, sign_in: SignIn) -> None:
    row = ask(county, people.member, "2026-11-10 pm", "2026-11-11 pm", kind="sick", reason="injury")
    row.state = "approved"
    report(county, people, "2026-11-12 am", "2026-11-12 pm")
    county.flush()
    found = away.days_away(county, TOWNSHIP, day("2026-11-01"))
    assert [(d.day, [(a.what, a.when) for a in who]) for d, who in found.items()] == [
        (10, [("请假", "下午")]),
        (11, [("请假", "全天")]),
        (12, [("因公外出", "全天")]),
    ]
    county.commit()
    mate = sign_in("team_member", VILLAGE).get("/leave/calendar?month=2026-11").text
    assert people.member.name in mate and "病假" not in mate
    assert people.member.name not in sign_in("desk", OTHER_TOWNSHIP).get("/leave/calendar?month=2026-11").text
    high = sign_in("desk", COUNTY)
    assert "请先选择下级单位" in high.get("/leave/calendar?month=2026-11").text
    assert people.member.name in high.get(f"/leave/calendar?month=2026-11&unit={TOWNSHIP}").text
    assert high.get("/leave/calendar?month=x&unit=y").status_code == 200


def test_whoever_is_moved_is_away_from_the_village_of_the_day(county: Session, people: People, sign_in: SignIn) -> None:
    """Leave granted and a trip reported before the move stand where the person is on post on each day."""
    row = ask(county, people.member, "2026-11-10 am", "2026-11-12 am")
    row.state = "approved"
    report(county, people, "2026-11-16 am", "2026-11-16 am")
    county.get_one(Posting, row.posting_id).ends_on = day("2026-11-10")
    there = factories.posting(
        county, "first_secretary", OTHER_VILLAGE, people.member.person_id, starts_on=day("2026-11-11")
    )
    there.ends_on = day("2026-11-16")
    number, name = row.id, people.member.name
    county.commit()

    def seen(unit_code: str) -> list[tuple[int, str, str]]:
        found = away.days_away(county, unit_code, day("2026-11-01"))
        return [(d.day, a.unit_code, a.when) for d, who in found.items() for a in who]

    assert seen(VILLAGE) == [(10, VILLAGE, "全天")]
    assert seen(OTHER_TOWNSHIP) == [
        (11, OTHER_VILLAGE, "全天"),
        (12, OTHER_VILLAGE, "上午"),
        (16, OTHER_VILLAGE, "上午"),
    ]
    county.rollback()
    mate = sign_in("team_member", OTHER_VILLAGE).get("/leave/calendar?month=2026-11").text
    assert mate.count(name) == 3 and f"/leave/{number}" not in mate
    assert (
        f"/leave/{number}" in sign_in("desk", COUNTY).get(f"/leave/calendar?month=2026-11&unit={OTHER_TOWNSHIP}").text
    )
    there.ends_on = day("2026-11-11")
    county.commit()
    assert seen(OTHER_TOWNSHIP) == [(11, OTHER_VILLAGE, "全天")]


@pytest.mark.parametrize(("years", "days"), [(0, 0), (1, 5), (9, 5), (10, 10), (19, 10), (20, 15), (40, 15)])
def test_days_follow_from_years_of_work(years: int, days: int) -> None:
    steps = packs.shipped()[-1].parameters["leave.annual_days"]["value"]
    assert balance.days_by_years(years, steps) == days


def test_the_balance_counts_working_days_as_taken(county: Session, people: People) -> None:
    desk, posting = factories.viewer(county, "desk", COUNTY), people.member.grants[0].posting_id
    person = people.member.person_id or 0
    assert balance.balance(county, person, 2026) is None
    with acting_as(county, desk):
        balance.entitle(county, posting, 2026, source="years", years="12", at=MORNING)
        with pytest.raises(Faulty, match="天数应当是"):
            balance.entitle(county, posting, 2026, source="county", days="7.3", at=MORNING)
        with pytest.raises(NotFound):
            balance.entitle(county, people.secretary.grants[0].posting_id, 2026, source="years", years="3", at=MORNING)
    row = ask(county, people.member, "2026-11-13 am", "2026-11-16 pm", kind="annual")
    found = balance.balance(county, person, 2026)
    assert found and (found.days, found.used, found.asked, found.left) == (10, 0, 2, 10)
    row.state, row.returned_on, row.returned_half = "returned", day("2026-11-16"), "pm"
    county.flush()
    found = balance.balance(county, person, 2026)
    assert found and (found.used, found.asked, found.left) == (Decimal("1.5"), 0, Decimal("8.5"))


def test_the_county_enters_and_the_person_reads(county: Session, sign_in: SignIn) -> None:
    desk, member, mate = sign_in("desk", COUNTY), sign_in("team_member", VILLAGE), sign_in("team_member", VILLAGE)
    posting = county.scalars(select(Posting.id).where(Posting.person_id == member.person_id)).one()  # type: ignore[attr-defined]
    county.rollback()
    form = {"posting": str(posting), "year": "2026", "source": "years", "years": "x"}
    wrong = desk.post("/leave/entitlements", data=form)
    assert wrong.status_code == 400 and "工作年限应当是" in wrong.text and 'value="x"' in wrong.text
    assert desk.post("/leave/entitlements", data=form | {"years": "21"}).status_code == 303
    assert member.post("/leave/entitlements", data=form).status_code == 403
    assert "15 天" in member.get("/leave/entitlements").text
    assert "第三条" in desk.get("/leave/entitlements").text
    others = mate.get("/leave/entitlements").text
    assert "15 天" not in others and "驻村人员" not in others


def test_who_was_moved_stands_once_a_year_and_another_number_is_a_correction(county: Session, sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    first = factories.posting(county, "team_member", VILLAGE, ends_on=day("2026-06-30"))
    name, old = first.person.name, first.id
    new = factories.posting(county, "team_member", OTHER_VILLAGE, first.person_id, starts_on=day("2026-07-01")).id
    county.commit()
    form = {"posting": str(old), "year": "2026", "source": "years", "years": "12"}
    assert desk.post("/leave/entitlements", data=form).status_code == 303
    page = desk.get("/leave/entitlements").text
    assert page.count(name) == 1 and "10 天" in page and f'name="posting" value="{new}"' in page
    again = {"posting": str(new), "source": "county", "days": "12"}
    told = desk.post("/leave/entitlements", data=form | again, follow_redirects=True).text
    assert "2026年年休假天数已由 10 天更正为 12 天" in told and told.count(name) == 1
    assert [row.days for row in county.scalars(select(LeaveEntitlement))] == [Decimal(12)]


def test_whoever_is_moved_corrects_a_trip_and_goes_on_from_leave(county: Session, people: People) -> None:
    """A trip from before the move may be corrected to days on the new post, and 续假 belongs to the new post."""
    trip = report(county, people, "2026-11-06 am", "2026-11-06 pm")
    row = ask(county, people.member, "2026-11-10 am", "2026-11-11 pm")
    row.state = "approved"
    old = county.get_one(Posting, trip.posting_id)
    old.ends_on = day("2026-11-08")
    new = factories.posting(county, old.role, OTHER_VILLAGE, people.member.person_id, starts_on=day("2026-11-09"))
    county.flush()
    grant = replace(people.member.grants[0], posting_id=new.id, unit_code=OTHER_VILLAGE)
    member = replace(people.member, grants=(grant,))
    with acting_as(county, member):
        typed = trips.Reporting(old.id, "meeting", day("2026-11-16"), "am", day("2026-11-16"), "pm", "会议")
        assert trips.correct(county, trip.id, typed, reason="改期", at=MORNING).first_day == day("2026-11-16")
    more = ask(county, member, "2026-11-12 am", "2026-11-12 pm", extends_id=row.id)
    assert (more.posting_id, more.extends_id) == (new.id, row.id)
    new.ends_on = day("2026-11-20")
    with acting_as(county, member), pytest.raises(Faulty, match="任职到2026年11月20日为止"):
        late = replace(typed, last_day=day("2026-11-23"))
        trips.correct(county, trip.id, late, reason="改期", at=MORNING)
