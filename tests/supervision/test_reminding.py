"""催办: one cap for button and scheduler, the hours of the pack, one gathered message, counted at the sender."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, act, issued
from tests.factories import (
    COUNTY,
    NEIGHBOUR_COUNTY,
    NEIGHBOUR_VILLAGE,
    OTHER_TOWNSHIP,
    SISTER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
)
from tests.supervision.making import (
    WATCH,
    assignment,
    duty,
    freeze,
    look,
    messages,
    notice_hours,
    on,
    press,
    reminders,
)
from webapp.access import acting_as
from webapp.burden.models import BurdenEntry, ReminderEntry
from webapp.errors import Forbidden, NotFound, Refused
from webapp.supervision import reminding
from webapp.supervision.telling import gather

BEFORE, LATE = on("10-21 09:00"), on("10-26 09:00")


def test_the_button_sends_at_once_within_the_hours(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    made, fresh = press(county, people.first_desk, row, BEFORE)
    assert (fresh, made.kind, made.automatic, made.sent_at) == (True, "before", False, BEFORE)
    told = messages(county, people.village.person_id, "reminder")
    assert [message.subject for message in told] == ["催办：请抓紧办理 1 项任务"]
    assert "冬春防火隐患排查" in told[0].body and "还有 2 个工作日" in told[0].body


def test_button_and_scheduler_share_the_cap_before_the_deadline(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    press(county, people.first_desk, row, BEFORE)
    assert look(county, on("10-22 09:00")) == (0, 0)
    with pytest.raises(Refused, match="期限前最多催办 1 次"):
        press(county, people.first_desk, row, on("10-22 10:00"))
    assert [one.kind for one in reminders(county, row)] == ["before"]


def test_button_and_scheduler_share_the_cap_after_the_deadline(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    press(county, people.first_desk, row, LATE)
    assert look(county, on("10-29 09:00"))[0] == 1  # the second one, by itself
    for day in ("10-30", "11-02", "11-09"):
        assert look(county, on(f"{day} 09:00"))[0] == 0
    with pytest.raises(Refused, match="逾期后最多催办 2 次（含自动提醒），已用完"):
        press(county, people.first_desk, row, on("10-30 09:00"))
    assert [(one.kind, one.number, one.automatic) for one in reminders(county, row)] == [
        ("after", 1, False),
        ("after", 2, True),
    ]


def test_an_extension_opens_no_new_reminder_before_the_deadline(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    press(county, people.first_desk, row, BEFORE)
    act(county, people.village, "extend_ask", row, at=BEFORE)
    act(county, people.second_desk, "extend_grant", row, at=BEFORE)
    with pytest.raises(Refused, match="期限前最多催办 1 次"):
        press(county, people.first_desk, row, on("10-28 09:00"))


def test_the_scheduler_alone_sends_all_three(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    days = {"10-19": 0, "10-20": 1, "10-23": 0, "10-24": 0, "10-25": 0, "10-26": 1, "10-27": 0, "10-29": 1, "10-30": 0}
    sent = {day: look(county, on(f"{day} 09:00"))[0] for day in days}
    assert sent == days
    assert [one.sender_name for one in reminders(county, row)] == ["期限提醒"] * 3


def test_a_second_look_on_the_same_day_sends_nothing(county: Session, people: Parties) -> None:
    assignment(county, people)
    assert [look(county, on(f"10-26 {hour}"))[0] for hour in ("09:00", "09:01", "17:00")] == [1, 0, 0]


def test_days_of_downtime_bring_one_reminder_a_day(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    late = on("11-16 09:00")
    assert [look(county, late)[0], look(county, late)[0], look(county, on("11-17 09:00"))[0]] == [1, 0, 1]
    assert look(county, on("11-18 09:00"))[0] == 0
    assert len(reminders(county, row)) == 2


@pytest.mark.parametrize("moment", ["10-26 08:29", "10-26 18:00", "10-25 10:00", "10-26 23:00"])
def test_outside_the_hours_the_scheduler_is_silent(county: Session, people: Parties, moment: str) -> None:
    row = assignment(county, people)
    assert look(county, on(moment)) == (0, 0)
    assert reminders(county, row) == []


def test_pressed_on_a_day_of_rest_goes_out_at_the_next_hours(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    made, _ = press(county, people.first_desk, row, on("10-24 10:00"))
    assert made.sent_at is None
    assert messages(county, people.village.person_id, "reminder") == []
    look(county, on("10-25 10:00"))
    look(county, on("10-26 08:00"))
    assert made.sent_at is None
    look(county, on("10-26 08:30"))
    assert made.sent_at == on("10-26 08:30")
    assert len(messages(county, people.village.person_id, "reminder")) == 1
    assert len(reminders(county, row)) == 1, "the automatic one of that day is the waiting one"


def test_what_was_answered_meanwhile_is_dropped_and_counts_for_nothing(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    press(county, people.first_desk, row, on("10-24 10:00"))
    act(county, people.village, "acknowledge", row)
    act(county, people.village, "report", row, at=on("10-25 10:00"))
    look(county, on("10-26 09:00"))
    assert reminders(county, row) == []
    assert messages(county, people.village.person_id, "reminder") == []


def test_a_double_click_is_one_reminder(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    first, second = press(county, people.first_desk, row, LATE), press(county, people.second_desk, row, LATE)
    assert (first[1], second[1]) == (True, False)
    assert first[0] is second[0]


def test_one_message_a_person_and_day_names_all_tasks_and_is_unread_again(county: Session, people: Parties) -> None:
    rows = [assignment(county, people) for _ in range(2)]
    rows[1].task.title = "秋冬季道路安全检查"
    press(county, people.first_desk, rows[0], LATE)
    message = messages(county, people.village.person_id, "reminder")[0]
    message.read_at = LATE
    press(county, people.first_desk, rows[1], on("10-26 10:00"))
    told = messages(county, people.village.person_id, "reminder")
    assert len(told) == 1
    assert (told[0].read_at, told[0].subject) == (None, "催办：请抓紧办理 2 项任务")
    assert "冬春防火隐患排查" in told[0].body and "秋冬季道路安全检查" in told[0].body
    look(county, on("10-29 09:00"))
    assert len(messages(county, people.village.person_id, "reminder")) == 2


def test_of_very_many_lines_the_first_are_written_and_the_rest_is_named(county: Session, people: Parties) -> None:
    person = people.village.person_id
    assert person is not None
    for numbers in (range(60), range(50, 130), range(130, 140)):
        gather(county, "reminder", {person: [f"任务 {number}" for number in numbers]}, LATE)
    told = messages(county, person, "reminder")
    assert len(told) == 1
    assert told[0].subject == "催办：请抓紧办理 100 多 项任务"
    lines = told[0].body.splitlines()
    assert (len(lines), lines[99], lines[100]) == (101, "任务 99", "其余请在列表中查看。")


def test_each_counts_at_its_sender_and_costs_no_minutes(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    press(county, people.township, row, LATE)
    found = county.execute(select(ReminderEntry.issuer_code, ReminderEntry.unit_code, ReminderEntry.day)).all()
    assert found == [(TOWNSHIP, VILLAGE, LATE.date())]
    assert county.scalar(select(func.sum(BurdenEntry.minutes))) == row.task.minutes


@pytest.mark.parametrize("state", ["reported", "verified", "closed", "recalled", "suspended"])
def test_nobody_is_reminded_of_what_is_not_owed(county: Session, people: Parties, state: str) -> None:
    row = assignment(county, people)
    ways = {
        "reported": "acknowledge report",
        "verified": "acknowledge report verify",
        "closed": "acknowledge report verify close",
        "recalled": "recall",
        "suspended": "suspend",
    }
    for kind in ways[state].split():
        receiver = kind in ("acknowledge", "report")
        act(county, people.village if receiver else people.second_desk, kind, row)
    assert look(county, on("10-30 09:00")) == (0, 0)
    with pytest.raises(Refused):
        press(county, people.first_desk, row, LATE)
    assert reminders(county, row) == []


def test_nobody_is_reminded_under_a_disaster_order(county: Session, people: Parties) -> None:
    frozen, other = assignment(county, people), assignment(county, people, SISTER_VILLAGE)
    factories.viewer(county, "secretary", SISTER_VILLAGE)
    freeze(county, people, VILLAGE)
    assert look(county, on("11-02 09:00")) == (1, 1)
    assert reminders(county, frozen) == [] and len(reminders(county, other)) == 1
    with pytest.raises(Refused, match="正暂停计算"):
        press(county, people.first_desk, frozen, LATE)


def test_who_may_press(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    for role, unit in (("desk", OTHER_TOWNSHIP), ("desk", factories.NEIGHBOUR_COUNTY)):
        with pytest.raises(NotFound):
            press(county, factories.viewer(county, role, unit), row, LATE)
    for viewer in (people.village, factories.viewer(county, "desk", "5333")):
        with pytest.raises(Forbidden, match="催办由下达单位"):
            press(county, viewer, row, LATE)
    assert press(county, factories.viewer(county, "supervisor", COUNTY), row, LATE)[1]


def test_a_vacant_post_is_said(county: Session, people: Parties) -> None:
    row = assignment(county, people, SISTER_VILLAGE)
    with pytest.raises(Refused, match="岗位空缺"):
        press(county, people.first_desk, row, LATE)
    assert look(county, LATE)[0] == 0


def test_a_secretarys_own_duty_is_told_to_the_office(county: Session, people: Parties) -> None:
    office = factories.viewer(county, "desk", TOWNSHIP, kind="party_committee")
    row = duty(county, people, TOWNSHIP)
    with acting_as(county, people.first_desk):
        assert row.unit_code == TOWNSHIP
    press(county, people.first_desk, row, LATE)
    assert len(messages(county, office.person_id, "reminder")) == 1
    assert messages(county, people.township.person_id, "reminder") == []


def test_neighbours_do_not_see_it(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    press(county, people.first_desk, row, LATE)
    seen = {}
    for name, viewer in {
        "village": people.village,
        "township": people.township,
        "county": people.first_desk,
        "city": factories.viewer(county, "desk", "5333"),
        "sister": factories.viewer(county, "secretary", SISTER_VILLAGE),
        "other township": factories.viewer(county, "desk", OTHER_TOWNSHIP),
    }.items():
        with acting_as(county, viewer):
            seen[name] = len(reminders(county, row))
    assert seen == {"village": 1, "township": 1, "county": 1, "city": 0, "sister": 0, "other township": 0}
    assert row.unit_code == VILLAGE


def test_those_that_wait_for_their_hours_do_not_stand_before_others(
    county: Session, people: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two counties with hours of their own: the older reminder waits for the afternoon, the newer one goes out."""
    monkeypatch.setattr(reminding, "AT_ONCE", 1)
    notice_hours(county, NEIGHBOUR_COUNTY, "13:00", "18:00")
    desk = factories.viewer(county, "desk", NEIGHBOUR_COUNTY)
    factories.posting(county, "secretary", NEIGHBOUR_VILLAGE)
    theirs = issued(county, desk, [NEIGHBOUR_VILLAGE], issuer_code=NEIGHBOUR_COUNTY).assignments[0]
    older, _ = press(county, desk, theirs, on("10-24 10:00"))
    newer, _ = press(county, people.first_desk, assignment(county, people), on("10-24 10:00"))
    with acting_as(county, WATCH):
        assert reminding.deliver_waiting(county, at=on("10-26 09:00")) == 1
    assert (older.sent_at, newer.sent_at) == (None, on("10-26 09:00"))
    with acting_as(county, WATCH):
        assert reminding.deliver_waiting(county, at=on("10-26 13:00")) == 1
