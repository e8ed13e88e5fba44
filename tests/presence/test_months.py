"""The list of a month: confirmed in one act, which answers the duty; corrected with an approver; shown to whom it may."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.presence.month_making import AFTER, OCTOBER, absence, confirm, leave, seen_now, trip
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability import by_record
from webapp.accountability import service as tasks
from webapp.accountability.answering import record_duties
from webapp.accountability.models import Assignment
from webapp.accountability.offers import offers
from webapp.accountability.recurring import open_recurring
from webapp.config import Settings
from webapp.errors import Conflict, Forbidden, Refused
from webapp.leave.halves import slot
from webapp.presence import confirming, exempting
from webapp.presence.cli import presence
from webapp.presence.days import facts_of, gather
from webapp.presence.month_models import PresenceList, RosterEntry
from webapp.presence.rules import Tally, window_of


@pytest.fixture(autouse=True)
def after(morning: None) -> Iterator[None]:
    with clock.held_at(AFTER):
        yield


def test_a_month_is_calendar_days_less_leave_and_absence_and_each_day_opens_to_its_source(county: Session) -> None:
    post = factories.posting(county, "team_member", VILLAGE)
    away, out = leave(county, post, date(2026, 10, 5), date(2026, 10, 6)), trip(county, post, date(2026, 10, 8))
    absent = absence(county, post, date(2026, 10, 9))
    county.add(
        RosterEntry(
            unit_code=VILLAGE,
            day=date(2026, 10, 3),
            shift="day",
            person_id=post.person_id,
            person_name="值班",
            changed_at=AFTER,
            changed_by_name="村",
        )  # fmt: skip
    )
    county.flush()
    days = gather(county, VILLAGE, OCTOBER).days
    facts = facts_of(county, [post], days, OCTOBER, date(2026, 11, 3))[post.id]
    assert (facts.tally.leave, facts.tally.trip, facts.tally.absent) == (3, 2, 1)
    assert (facts.counted, facts.least) == (29, 20)
    found = {(half.source.kind, half.source.id) for half in days[post.id].values()}
    assert {("leave", away.id), ("trip", out.id), ("inspection", absent.id), ("presumption", None)} < found
    assert ("roster", county.scalars(select(RosterEntry.id)).one()) in found


@pytest.mark.parametrize(("decided_at", "halves"), [("2026-11-02 09:00", (1, 5)), ("2026-11-04 09:00", (0, 6))])
def test_what_was_granted_before_the_county_decided_is_no_absence(
    county: Session, decided_at: str, halves: tuple[int, int]
) -> None:
    post = factories.posting(county, "team_member", VILLAGE)
    leave(county, post, date(2026, 10, 12), date(2026, 10, 12), decided_at=factories.at(decided_at))
    absence(county, post, date(2026, 10, 12), date(2026, 10, 14))
    days = gather(county, VILLAGE, OCTOBER).days
    tally = facts_of(county, [post], days, OCTOBER, date(2026, 11, 3))[post.id].tally
    assert (tally.leave, tally.absent) == halves


def opened(county: Session) -> tuple[Viewer, Assignment]:
    """The township's desk and its duty to confirm October, with somebody on post."""
    desk = factories.viewer(county, "desk", TOWNSHIP)
    factories.posting(county, "desk", COUNTY)
    factories.posting(county, "team_member", VILLAGE)
    with acting_as(county, Viewer.system("开设", "")):
        open_recurring(county, date(2026, 10, 30), at=factories.at("2026-10-30 08:00"))
    duty = by_record.open_duty(county, confirming.DUTY, TOWNSHIP, "2026-10")
    assert duty is not None
    return desk, duty


def test_one_act_confirms_the_list_and_answers_the_duty_by_itself(county: Session) -> None:
    desk, duty = opened(county)
    assert duty.due_on == date(2026, 11, 4)
    row = confirm(county, desk)
    assert confirm(county, desk) is row and len(row.lists) == 1
    county.refresh(duty)
    assert (duty.state, duty.reported_by_id) == ("reported", desk.person_id)
    assert [event.kind for event in duty.events][-3:] == ["acknowledge", "start", "report"]
    source = gather(county, VILLAGE, OCTOBER).days
    assert {half.source.kind for half in next(iter(source.values())).values()} == {"confirmation"}


def test_words_do_not_answer_the_duty_whose_list_nobody_confirmed(county: Session) -> None:
    desk, duty = opened(county)
    assert {offer.move.kind: offer.barred for offer in offers(duty, desk)}["report"] == record_duties[confirming.DUTY]
    with acting_as(county, desk):
        tasks.acknowledge(county, duty.id, at=AFTER)
        with pytest.raises(Refused, match="请打开当月在岗名单"):
            tasks.report(county, duty.id, text="均已在岗。", at=AFTER)
    assert (duty.state, duty.report_text) == ("acknowledged", None)
    assert {offer.move.kind: offer.barred for offer in offers(duty, desk)}["report"] == record_duties[confirming.DUTY]
    confirm(county, desk)
    county.refresh(duty)
    assert duty.state == "reported"


def test_only_the_township_confirms_only_a_month_that_is_over_and_only_what_it_saw(county: Session) -> None:
    desk, other = factories.viewer(county, "desk", TOWNSHIP), factories.viewer(county, "desk", OTHER_TOWNSHIP)
    post = factories.posting(county, "team_member", VILLAGE)
    with pytest.raises(Forbidden):
        confirm(county, other)
    with pytest.raises(Refused, match="还没有结束"), acting_as(county, desk):
        confirming.confirm(county, TOWNSHIP, window_of("2026-11"), seen="", at=AFTER)
    seen = seen_now(county)
    leave(county, post, date(2026, 10, 5), date(2026, 10, 6))
    with pytest.raises(Conflict), acting_as(county, desk):
        confirming.confirm(county, TOWNSHIP, OCTOBER, seen=seen, at=AFTER)


def test_a_correction_needs_the_county_and_both_versions_stay(county: Session) -> None:
    desk, chief = factories.viewer(county, "desk", TOWNSHIP), factories.viewer(county, "desk", COUNTY)
    post = factories.posting(county, "team_member", VILLAGE)
    row = confirm(county, desk)
    leave(county, post, date(2026, 10, 5), date(2026, 10, 6))
    with acting_as(county, desk):
        asked = [confirming.ask_correction(county, TOWNSHIP, "2026-10", reason="补批事假", at=AFTER) for _ in range(2)]
        with pytest.raises(Forbidden):
            confirming.decide_correction(county, asked[0].id, approve=True, text="同意", at=AFTER)
    assert asked[0] is asked[1]
    with acting_as(county, chief):
        done = confirming.decide_correction(county, asked[0].id, approve=True, text="同意", at=AFTER)
        confirming.decide_correction(county, asked[0].id, approve=True, text="同意", at=AFTER)
    lists = county.scalars(
        select(PresenceList).where(PresenceList.month_id == row.id).order_by(PresenceList.number)
    ).all()
    assert [(one.people[0]["leave"], one.approved_by_name) for one in lists] == [("0", None), ("1.5", chief.name)]
    assert (done.number, row.current) == (2, 2)


def test_a_refused_correction_makes_no_version(county: Session) -> None:
    desk, chief = factories.viewer(county, "desk", TOWNSHIP), factories.viewer(county, "secretary", COUNTY)
    factories.posting(county, "team_member", VILLAGE)
    row = confirm(county, desk)
    with acting_as(county, desk):
        asked = confirming.ask_correction(county, TOWNSHIP, "2026-10", reason="有误", at=AFTER)
    with acting_as(county, chief):
        confirming.decide_correction(county, asked.id, approve=False, text="名单无误", at=AFTER)
    assert (asked.state, row.current) == ("refused", 1)


def test_an_exemption_lowers_the_least_days_of_its_dates(county: Session) -> None:
    chief = factories.viewer(county, "desk", COUNTY)
    post = factories.posting(county, "team_member", VILLAGE, starts_on=date(2026, 10, 1))
    with acting_as(county, chief):
        for _ in range(2):
            exempting.record(
                county, post.id, request_id="0a1b2c3d-0000-4000-8000-000000000001", kind="days",
                first_on=date(2026, 10, 17), last_on=date(2026, 10, 31), document_no="福组〔2026〕8号", at=AFTER,
            )  # fmt: skip
    days = gather(county, VILLAGE, OCTOBER).days
    facts = facts_of(county, [post], days, OCTOBER, date(2026, 11, 3))[post.id]
    assert facts.least == 10 and len(facts.exemptions) == 1


def test_show_prints_every_day_with_state_and_source(
    county: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = factories.posting(county, "team_member", VILLAGE, ends_on=date(2026, 10, 10))
    two = factories.posting(
        county, "team_member", SISTER_VILLAGE, one.person_id, date(2026, 10, 11), date(2026, 11, 20)
    )
    factories.account(county, one.person_id, "duiyuan")
    away = leave(county, two, date(2026, 10, 30), date(2026, 11, 2))
    county.commit()
    monkeypatch.setattr(Settings, "from_env", classmethod(lambda cls: settings))

    def document(window: str) -> dict:
        done = CliRunner().invoke(presence, ["show", "duiyuan", window, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    with clock.held_at(factories.at("2027-01-05 10:00")):
        quarter, months = document("2026Q4"), [document(f"2026-{n}") for n in (10, 11, 12)[:2]]
    assert len(quarter["days"]) == 92
    assert quarter["days"][29] == {
        "day": "2026-10-30",
        "am": {
            "state": "on_post",
            "posting": two.id,
            "unit": SISTER_VILLAGE,
            "source": {"kind": "presumption", "id": None},
        },
        "pm": {"state": "leave", "posting": two.id, "unit": SISTER_VILLAGE, "source": {"kind": "leave", "id": away.id}},
    }
    assert quarter["days"][-1]["am"]["state"] == "off_post"
    for name in ("in_office", "leave", "presence"):
        assert quarter["totals"][name] == sum(month["totals"][name] for month in months)
    assert (quarter["totals"]["in_office"], quarter["totals"]["leave"]) == (51, 3.5)
    for arguments in (["show", "nobody", "2026-10"], ["show", "duiyuan", "2026-12"], ["show", "duiyuan", "2026H1"]):
        county.rollback()
        assert CliRunner().invoke(presence, arguments).exit_code == 1


def test_leave_goes_along_to_the_next_post(county: Session) -> None:
    """Granted from the first post, which ended meanwhile: in the next village these days are leave, not presence."""
    one = factories.posting(county, "team_member", VILLAGE)
    away = leave(county, one, date(2026, 9, 29), date(2026, 10, 2))
    one.ends_on = date(2026, 9, 30)
    two = factories.posting(county, "team_member", SISTER_VILLAGE, one.person_id, date(2026, 10, 1))
    county.flush()
    days = gather(county, SISTER_VILLAGE, OCTOBER).days[two.id]
    states = [days[slot(date(2026, 10, day), half)].state for day in (1, 2, 3) for half in ("am", "pm")]
    assert states.count("leave") == away.taken.within(OCTOBER.first, OCTOBER.last).days * 2
    assert states[0] == "leave" and states[-1] == "on_post"


def test_a_day_of_moving_counts_once_also_when_the_other_village_is_out_of_sight(county: Session) -> None:
    one = factories.posting(county, "team_member", VILLAGE, ends_on=date(2026, 10, 10))
    factories.posting(county, "team_member", NEIGHBOUR_VILLAGE, one.person_id, date(2026, 10, 10))
    desk = factories.viewer(county, "desk", TOWNSHIP)
    with acting_as(county, desk):
        found = gather(county, TOWNSHIP, OCTOBER)
    assert [post.id for post in found.postings] == [one.id]
    assert Tally.of(found.days[one.id].values()).in_office == 9
