"""Open deadlines follow a list that is published later: to a later day or not at all (T-5, X-5)."""

from datetime import date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, act, changed, issued, parties, statements
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import recalculation, recurring
from webapp.accountability.models import Assignment
from webapp.burden.models import BurdenEntry, Demand
from webapp.evaluation.collectors.cut import Cut
from webapp.evaluation.collectors.tasks import due_then
from webapp.notices.models import InboxMessage
from webapp.org.models import Division
from webapp.policy import calendar_file, calendar_service, packs
from webapp.policy.recalculation import recalculators
from webapp.policy.service import known_packs

DECEMBER = factories.at("2026-12-21 09:30")
PUBLISHED = factories.at("2026-12-28 10:00")
LIST = (
    "day,kind,name\n2027-01-01,off,元旦\n2027-01-04,off,元旦\n2027-01-09,work,元旦调休上班\n"
    "2027-01-29,off,测试假\n2027-02-01,off,测试假\n"
)


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def publish(session: Session, text: str = LIST, at: datetime = PUBLISHED, dry_run: bool = False) -> int:
    listed = calendar_file.parse(text.encode())
    return calendar_service.import_year(session, listed, source="国办〔2026〕9号", at=at, dry_run=dry_run).moved


def due(session: Session, people: Parties, on: date, units: tuple[str, ...] = (VILLAGE,)) -> list[Assignment]:
    return issued(session, people.first_desk, units, changed(due_on=on, minutes=15), at=DECEMBER).assignments


def test_accountability_is_registered_with_the_calendar() -> None:
    assert recalculation.move_deadlines in recalculators


def test_a_deadline_on_a_new_holiday_moves_to_the_next_working_day(county: Session, people: Parties) -> None:
    row = due(county, people, date(2027, 1, 4))[0]
    assert publish(county) == 1
    assert (row.due_on, row.first_due_on) == (date(2027, 1, 5), date(2027, 1, 4))
    event = row.events[-1]
    assert (event.kind, event.from_state, event.to_state) == ("recalculated", "issued", "issued")
    assert event.data == {"due_on": "2027-01-05", "before": "2027-01-04"}
    assert event.text is not None and "2027年1月4日改为2027年1月5日" in event.text
    extension = row.extensions[-1]
    assert (extension.state, extension.wanted_due_on, extension.asked_by_id) == ("granted", date(2027, 1, 5), None)


def test_a_deadline_on_a_working_day_stays(county: Session, people: Parties) -> None:
    row = due(county, people, date(2027, 1, 20))[0]
    version = row.version
    assert publish(county) == 0
    assert (row.due_on, row.version, len(row.events)) == (date(2027, 1, 20), version, 1)


def test_a_make_up_day_brings_nothing_forward(county: Session, people: Parties) -> None:
    """With Saturday 9 January worked a count could end a day sooner; nobody loses the day."""
    row = due(county, people, date(2027, 1, 11))[0]
    publish(county, "day,kind,name\n2027-01-09,work,调休上班\n")
    assert row.due_on == date(2027, 1, 11)


def test_a_corrected_list_never_moves_a_deadline_back(county: Session, people: Parties) -> None:
    row = due(county, people, date(2027, 1, 4))[0]
    publish(county)
    assert publish(county, "day,kind,name\n2027-01-01,off,元旦\n") == 0
    assert row.due_on == date(2027, 1, 5)


def test_the_second_import_of_a_list_moves_nothing(county: Session, people: Parties) -> None:
    due(county, people, date(2027, 1, 4))
    assert [publish(county), publish(county)] == [1, 0]


def test_what_moves_to_the_old_day_of_another_deadline_is_moved_once(county: Session, people: Parties) -> None:
    """The city asks for three days of answer time, the county for five, and one lay where the other moves to."""
    national = packs.shipped()[-1]
    entry = {**national.parameters["burden.min_answer_workdays"], "value": 5}
    body = {**national.body, "slug": "fugong", "base": national.slug, "division": COUNTY}
    own = packs.from_body({**body, "parameters": {"burden": {"min_answer_workdays": entry}}})
    task = issued(
        county,
        people.first_desk,
        [VILLAGE, SISTER_VILLAGE],
        changed(due_on=date(2027, 1, 5)),
        at=factories.at("2026-12-31 09:00"),
    )
    of_city, of_county = task.assignments
    of_city.issuer_code, of_county.due_on = "5333", date(2027, 1, 7)
    county.flush()
    county.info["policy.packs"] = [*known_packs(county), own]
    assert publish(county, at=factories.at("2026-12-31 15:00")) == 2
    assert [(row.due_on, len(row.extensions)) for row in (of_city, of_county)] == [
        (date(2027, 1, 7), 1),
        (date(2027, 1, 9), 1),
    ]


def test_a_village_that_acts_meanwhile_does_not_fail_the_import(county: Session, people: Parties) -> None:
    """The session holds the row as it was read before somebody else acknowledged it."""
    row = due(county, people, date(2027, 1, 4))[0]
    assert row.state == "issued"
    elsewhere = update(Assignment).where(Assignment.id == row.id)
    county.execute(
        elsewhere.values(state="acknowledged", version=row.version + 1).execution_options(synchronize_session=False)
    )
    assert publish(county) == 1
    assert (row.state, row.due_on) == ("acknowledged", date(2027, 1, 5))


def test_a_dry_run_counts_and_moves_nothing(county: Session, people: Parties) -> None:
    row = due(county, people, date(2027, 1, 4))[0]
    assert publish(county, dry_run=True) == 1
    assert (row.due_on, len(row.events), len(row.extensions)) == (date(2027, 1, 4), 1, 0)
    assert county.scalars(select(InboxMessage).where(InboxMessage.key.startswith("recalculated:"))).all() == []


@pytest.mark.parametrize("state", ["reported", "suspended", "recalled"])
def test_only_what_is_still_owed_moves(county: Session, people: Parties, state: str) -> None:
    row = due(county, people, date(2027, 1, 4))[0]
    for kind in {"reported": ("acknowledge", "report"), "suspended": ("suspend",), "recalled": ("recall",)}[state]:
        act(county, people.village if kind in ("acknowledge", "report") else people.second_desk, kind, row, at=DECEMBER)
    assert publish(county) == 0
    assert row.due_on == date(2027, 1, 4)


def test_the_burden_stays_in_the_month_of_the_first_deadline(county: Session, people: Parties) -> None:
    row = due(county, people, date(2027, 1, 29))[0]
    publish(county)
    assert row.due_on == date(2027, 2, 2)
    entry = county.scalars(select(BurdenEntry).where(BurdenEntry.key == row.burden_key)).one()
    assert (entry.month, entry.due_on) == (date(2027, 1, 1), date(2027, 2, 2))


def test_the_answer_time_of_the_pack_is_kept(county: Session, people: Parties) -> None:
    """Issued on Thursday 31 December for Tuesday 5 January: three working days by the provisional count, one by the list."""
    task = issued(
        county, people.first_desk, [VILLAGE], changed(due_on=date(2027, 1, 5)), at=factories.at("2026-12-31 09:00")
    )
    publish(county, at=factories.at("2026-12-31 15:00"))
    assert task.assignments[0].due_on == date(2027, 1, 7)


def test_an_urgent_demand_keeps_its_day(county: Session, people: Parties) -> None:
    """The answer time was waived by a named approver (X-19): the list does not bring it back."""
    task = issued(
        county, people.first_desk, [VILLAGE], changed(due_on=date(2027, 1, 5)), at=factories.at("2026-12-31 09:00")
    )
    demand = county.get_one(Demand, task.demand_id)
    demand.urgent, demand.urgent_approver_name = True, "李县长"
    county.flush()
    assert publish(county, at=factories.at("2026-12-31 15:00")) == 0
    assert task.assignments[0].due_on == date(2027, 1, 5)


def test_a_recurring_deadline_is_recounted_from_its_period(county: Session, people: Parties) -> None:
    factories.posting(county, "desk", TOWNSHIP)
    with acting_as(county, Viewer.system("责任清单", "")):
        ids = recurring.open_recurring(county, date(2026, 12, 31), at=factories.at("2026-12-31 08:00")).ids
        opened = county.scalars(select(Assignment).where(Assignment.id.in_(ids))).all()
    monthly = [row for row in opened if row.task.period == "2026-12" and row.due_on == date(2027, 1, 5)]
    assert monthly, "the list of December is due on the third working day after it"
    publish(county, at=factories.at("2026-12-31 15:00"))
    assert {row.due_on for row in monthly} == {date(2027, 1, 7)}


def test_one_changed_day_moves_what_lies_on_it(county: Session, people: Parties) -> None:
    row = issued(county, people.first_desk, [VILLAGE], changed(due_on=date(2026, 11, 18))).assignments[0]
    moved = calendar_service.set_day(
        county, date(2026, 11, 18), kind="off", name="州庆", reason="州庆放假", source="文", at=PUBLISHED
    )
    assert (moved, row.due_on) == (1, date(2026, 11, 19))


def test_each_person_gets_one_message_and_deadlines_of_other_counties_move_too(
    county: Session, people: Parties
) -> None:
    rows = [due(county, people, date(2027, 1, 4))[0] for _ in range(2)]
    neighbour = factories.viewer(county, "desk", factories.NEIGHBOUR_COUNTY)
    elsewhere = issued(
        county,
        neighbour,
        [factories.NEIGHBOUR_VILLAGE],
        changed(due_on=date(2027, 1, 4)),
        at=DECEMBER,
        issuer_code=factories.NEIGHBOUR_COUNTY,
    ).assignments[0]
    with acting_as(county, people.first_desk):
        moved = publish(county)
    assert moved == 3
    assert {row.due_on for row in [*rows, elsewhere]} == {date(2027, 1, 5)}
    told = county.scalars(select(InboxMessage).where(InboxMessage.key.startswith("recalculated:"))).all()
    assert [message.person_id for message in told] == [people.village.person_id]
    assert "2 项任务" in told[0].subject


@pytest.mark.parametrize(("cut_off", "deadline"), [(11, date(2027, 1, 4)), (12, date(2027, 1, 5))])
def test_what_was_compiled_before_the_list_came_reads_the_deadline_as_it_stood(
    county: Session, people: Parties, cut_off: int, deadline: date
) -> None:
    row = due(county, people, date(2027, 1, 4))[0]
    publish(county, at=factories.at("2027-01-12 10:00"))
    cut = Cut(date(2027, 1, 1), date(2027, 1, 31), date(2027, 1, cut_off), ())
    assert county.scalar(select(due_then(cut)).where(Assignment.id == row.id)) == deadline


def test_a_list_asks_as_many_statements_for_fifty_villages_as_for_one(county: Session, people: Parties) -> None:
    villages = county.scalars(select(Division.code).where(Division.level == 5, Division.code.startswith(COUNTY)))
    codes = tuple(villages)[:50]
    due(county, people, date(2027, 1, 29), codes[:1])
    few = statements(county, lambda: publish(county, "day,kind,name\n2027-01-29,off,测试假\n"))
    rows = due(county, people, date(2027, 1, 4), codes)
    many = statements(county, lambda: publish(county, "day,kind,name\n2027-01-04,off,元旦\n2027-01-29,off,测试假\n"))
    assert many <= few + 4, (few, many)  # many rows go to PostgreSQL as a stream, which asks once more for each table
    assert {(row.due_on, row.events[-1].kind) for row in rows} == {(date(2027, 1, 5), "recalculated")}
