"""督办 goes one level up, once a level, and is told there and to the issuer; a secretary's gaps go to the office first."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, act
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from tests.supervision.making import assignment, duty, escalations, freeze, look, messages, on
from webapp.access import acting_as
from webapp.policy.models import Duty
from webapp.supervision.models import Escalation


def test_it_goes_up_after_the_days_of_the_pack_and_once(county: Session, people: Parties) -> None:
    city = factories.viewer(county, "desk", "5333")
    row = assignment(county, people)
    assert look(county, on("10-29 09:00"))[1] == 0  # four working days late
    assert look(county, on("10-30 09:00"))[1] == 1
    assert [look(county, on(f"{day} 09:00"))[1] for day in ("10-30", "11-02", "11-30")] == [0, 0, 0]
    assert escalations(county, row) == [("above", "5333")]
    assert [len(messages(county, viewer.person_id, "escalation")) for viewer in (city, people.first_desk)] == [1, 1]
    assert "逾期 5 个工作日" in messages(county, city.person_id, "escalation")[0].body
    assert messages(county, people.village.person_id, "escalation") == []


def test_it_waits_for_a_working_day(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    assert look(county, on("10-31 09:00"))[1] == 0  # a Saturday
    assert escalations(county, row) == []


def test_after_downtime_it_goes_up_once(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    assert look(county, on("12-01 09:00"))[1] == 1
    assert escalations(county, row) == [("above", "5333")]


@pytest.mark.parametrize("kinds", ["acknowledge report", "recall", "suspend"])
def test_what_was_answered_or_stopped_stays(county: Session, people: Parties, kinds: str) -> None:
    row = assignment(county, people)
    for kind in kinds.split():
        act(county, people.village if kind in ("acknowledge", "report") else people.second_desk, kind, row)
    assert look(county, on("11-16 09:00"))[1] == 0
    assert escalations(county, row) == []


def test_what_was_returned_is_owed_again_and_goes_up(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    act(county, people.village, "acknowledge", row)
    act(county, people.village, "report", row)
    act(county, people.second_desk, "return", row)
    assert look(county, on("11-02 09:00"))[1] == 1


def test_a_disaster_order_holds_it_also_where_it_was_late_before(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    freeze(county, people, TOWNSHIP)
    assert row.due_on == date(2026, 10, 23), "what was late before the order stays late"
    assert [look(county, on(f"{day} 09:00"))[1] for day in ("11-02", "11-13")] == [0, 0]
    assert look(county, on("11-16 09:00"))[1] == 1


def test_a_province_has_nobody_above_and_is_told_itself(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    row.issuer_code = "53"
    county.flush()
    look(county, on("11-02 09:00"), issuer="53")
    assert escalations(county, row) == [("above", "53")]


def test_gaps_of_a_secretary_go_to_the_office_first_and_up_after_the_grace_period(
    county: Session, people: Parties
) -> None:
    """P-31: due on 23 October; the office hears on the first working day after, the level above after fifteen days."""
    office = factories.viewer(county, "desk", TOWNSHIP, kind="party_committee")
    row = duty(county, people, TOWNSHIP)
    assert look(county, on("10-26 09:00"))[1] == 1
    assert escalations(county, row) == [("office", TOWNSHIP)]
    assert len(messages(county, office.person_id, "escalation")) == 1
    assert messages(county, people.first_desk.person_id, "escalation") == []
    for day in ("10-30", "11-02", "11-06"):
        assert look(county, on(f"{day} 09:00"))[1] == 0
    assert look(county, on("11-09 09:00"))[1] == 1  # the seventeenth calendar day, the first working one past fifteen
    assert escalations(county, row) == [("office", TOWNSHIP), ("above", "5333")]
    assert len(messages(county, people.first_desk.person_id, "escalation")) == 1


def test_within_the_grace_period_the_level_above_sees_nothing(county: Session, people: Parties) -> None:
    row = duty(county, people, TOWNSHIP)
    look(county, on("10-26 09:00"))
    for viewer, seen in ((people.first_desk, []), (people.township, [("office", TOWNSHIP)])):
        with acting_as(county, viewer):
            assert escalations(county, row) == seen


def test_without_an_office_the_units_own_people_are_told_first(county: Session, people: Parties) -> None:
    row = duty(county, people, TOWNSHIP)
    look(county, on("10-26 09:00"))
    assert escalations(county, row) == [("office", TOWNSHIP)]
    assert len(messages(county, people.township.person_id, "escalation")) == 1


def test_levels_between_see_it_and_neighbours_do_not(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    look(county, on("11-02 09:00"))
    expected = {"5333": 1, COUNTY: 1, TOWNSHIP: 1, factories.OTHER_TOWNSHIP: 0, "53": 0, factories.NEIGHBOUR_COUNTY: 0}
    seen = {}
    for unit in expected:
        with acting_as(county, factories.viewer(county, "desk", unit)):
            seen[unit] = len(county.query(Escalation).all())
    assert seen == expected
    assert row.state == "issued", "督办 changes nothing about the assignment itself"


@pytest.mark.parametrize(
    ("template", "unit", "own"),
    [
        ("WA28-T4", TOWNSHIP, True),
        ("WA28-T1", TOWNSHIP, False),  # P-12: the county's meeting is no duty of a township's secretary
        ("WA30-T3", VILLAGE, True),  # P-20 stands outside the two areas of the secretaries
        ("WA29-T2", TOWNSHIP, True),
        ("WA01-T1", TOWNSHIP, False),
        (None, TOWNSHIP, False),
    ],
)
def test_own_duties_are_those_of_the_duty_list(
    county: Session, people: Parties, template: str | None, unit: str, own: bool
) -> None:
    row = assignment(county, people, unit)
    row.task.template_code, row.task.period = template, "2026" if template else None
    county.flush()
    look(county, on("10-26 09:00"))
    assert escalations(county, row) == ([("office", unit)] if own else [])


def test_a_duty_of_another_locality_is_no_own_duty(county: Session, people: Parties) -> None:
    county.get_one(Duty, "P-2").division = "41"
    row = assignment(county, people, TOWNSHIP)
    row.task.template_code, row.task.period = "WA29-T3", "2026"
    county.flush()
    look(county, on("10-26 09:00"))
    assert escalations(county, row) == []
