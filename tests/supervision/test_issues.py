"""Issues to put right are reminded of and sent up like tasks: one cap, one message a person, one level up (T-6)."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, issued
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.rectification.making import act, changed, entered
from tests.supervision.making import freeze, look, messages, on
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.burden.models import ReminderEntry
from webapp.errors import Forbidden, NotFound, Refused
from webapp.rectification.models import Issue
from webapp.supervision import reminding
from webapp.supervision.models import Escalation, Reminder
from webapp.supervision.subjects import ISSUE

DUE = date(2026, 10, 23)
LATE = on("10-26 09:00")


@pytest.fixture
def row(county: Session, people: Parties) -> Issue:
    """An issue of the township that the county closes, due on 23 October."""
    return entered(county, people.first_desk, changed(due_on=DUE))


def press(session: Session, viewer: Viewer, row: Issue, at: datetime) -> tuple[Reminder, bool]:
    with acting_as(session, viewer):
        return reminding.remind(session, row.id, at=at, column=ISSUE)


def reminders(session: Session, row: Issue) -> list[tuple[str, int, bool]]:
    found = select(Reminder.kind, Reminder.number, Reminder.automatic).where(Reminder.issue_id == row.id)
    return list(session.execute(found.order_by(Reminder.id)).tuples())


def escalations(session: Session, row: Issue) -> list[tuple[str, str]]:
    found = select(Escalation.kind, Escalation.level_code).where(Escalation.issue_id == row.id)
    return list(session.execute(found.order_by(Escalation.id)).tuples())


def test_button_and_scheduler_share_the_cap(county: Session, people: Parties, row: Issue) -> None:
    press(county, people.first_desk, row, LATE)
    assert look(county, on("10-29 09:00"))[0] == 1
    assert [look(county, on(f"{day} 09:00"))[0] for day in ("10-30", "11-02", "11-09")] == [0, 0, 0]
    with pytest.raises(Refused, match="逾期后最多催办 2 次（含自动提醒），已用完"):
        press(county, people.first_desk, row, on("10-30 09:00"))
    assert reminders(county, row) == [("after", 1, False), ("after", 2, True)]
    sent = select(func.count(ReminderEntry.id)).where(ReminderEntry.unit_code == TOWNSHIP)
    assert county.scalar(sent), "each counts at its sender"


def test_an_issue_and_a_task_stand_in_one_message_a_person_and_day(
    county: Session, people: Parties, row: Issue
) -> None:
    issued(county, people.first_desk, [TOWNSHIP])
    assert look(county, LATE)[0] == 2
    told = messages(county, people.township.person_id, "reminder")
    assert len(told) == 1 and len(told[0].body.splitlines()) == 2
    assert f"整改问题 {row.number}：安置点公共厕所" in told[0].body and "冬春防火隐患排查" in told[0].body


def test_it_goes_one_level_up_once_after_the_days_of_the_pack(county: Session, people: Parties, row: Issue) -> None:
    city = factories.viewer(county, "desk", "5333")
    assert look(county, on("10-29 09:00"))[1] == 0
    assert [look(county, on(f"{day} 09:00"))[1] for day in ("10-30", "10-30", "11-02")] == [1, 0, 0]
    assert escalations(county, row) == [("above", "5333")]
    assert row.number in messages(county, city.person_id, "escalation")[0].body


def test_what_waits_for_the_county_or_stands_under_a_disaster_order_is_left_alone(
    county: Session, people: Parties, row: Issue
) -> None:
    other = entered(county, people.first_desk, changed(due_on=DUE, unit_code=OTHER_TOWNSHIP, supports=()))
    factories.posting(county, "desk", OTHER_TOWNSHIP)
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row, at=on("10-20 09:00"))
    freeze(county, people, OTHER_TOWNSHIP)
    assert look(county, on("11-02 09:00")) == (0, 0)
    assert reminders(county, row) == reminders(county, other) == []
    with pytest.raises(Refused, match="不需要催办"):
        press(county, people.first_desk, row, on("11-02 09:00"))


def test_pressed_outside_the_hours_it_waits_and_what_was_answered_is_dropped(
    county: Session, people: Parties, row: Issue
) -> None:
    made, _ = press(county, people.first_desk, row, on("10-24 10:00"))
    assert press(county, people.first_desk, row, on("10-24 10:01")) == (made, False)
    assert made.sent_at is None
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row, at=on("10-24 11:00"))
    look(county, LATE)
    assert reminders(county, row) == []


def test_who_may_press(county: Session, people: Parties, row: Issue) -> None:
    with pytest.raises(Forbidden):
        press(county, people.township, row, LATE)
    for role, unit in (("desk", NEIGHBOUR_COUNTY), ("desk", OTHER_TOWNSHIP)):
        with pytest.raises(NotFound):
            press(county, factories.viewer(county, role, unit), row, LATE)


def test_a_row_is_about_one_thing_and_a_number_is_given_once(county: Session, people: Parties, row: Issue) -> None:
    made, _ = press(county, people.first_desk, row, LATE)
    values = {
        "unit_code": TOWNSHIP,
        "issuer_code": COUNTY,
        "kind": "after",
        "automatic": False,
        "asked_at": LATE,
        "sender_code": COUNTY,
        "sender_name": "某人",
    }
    for wrong in ({"number": 2}, {"number": made.number, "issue_id": row.id}):
        with pytest.raises(IntegrityError), county.begin_nested():
            county.add(Reminder(**values, **wrong))
            county.flush()


def test_the_page_of_an_issue_has_the_button_and_the_list_shows_what_went_up(
    county: Session, people: Parties, row: Issue, sign_in: Callable[..., FlaskClient]
) -> None:
    look(county, on("11-02 09:00"))
    issue_id, number = row.id, row.number
    county.commit()
    with clock.held_at(on("11-03 10:00")):
        desk, township = sign_in("desk", COUNTY), sign_in("desk", TOWNSHIP)
        page = desk.get(f"/rectification/{issue_id}").text
        assert f'action="/supervision/issues/{issue_id}/remind"' in page and "报怒江傈僳族自治州督办" in page
        done = desk.post(f"/supervision/issues/{issue_id}/remind", follow_redirects=True).text
        assert "已催办，承办单位会在收件箱看到。" in done and "已用完" in done
        assert "remind" not in township.get(f"/rectification/{issue_id}").text.split("催办和督办")[1]
        for client, seen in (
            (desk, True),
            (township, True),
            (sign_in("secretary", VILLAGE), False),
            (sign_in("desk", OTHER_TOWNSHIP), False),
            (sign_in("desk", NEIGHBOUR_COUNTY), False),
        ):
            assert (number in client.get("/supervision/?what=issues").text) is seen
            assert (number in client.get("/supervision/?what=issues&format=csv").text) is seen
