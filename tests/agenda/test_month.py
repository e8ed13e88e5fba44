"""The calendar of a person: own due dates beside working days, in scope, month by month."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, act, issued, parties
from tests.accountability.test_pages import text
from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE
from tests.rectification.making import changed, entered
from tests.supervision.making import on
from webapp import clock
from webapp.access import acting_as
from webapp.agenda import months, sources
from webapp.agenda.sources import Entry
from webapp.supervision import ladder
from webapp.supervision.ladder import Typed
from webapp.supervision.subjects import ISSUE, TASK

MORNING = on("10-12 09:30")


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def shown(session: Session, viewer: object, month: date = date(2026, 10, 1)) -> list[Entry]:
    with acting_as(session, viewer):  # type: ignore[arg-type]
        return [entry for day in months.month(session, viewer, month).days for entry in day.entries]  # type: ignore[arg-type]


def test_own_due_dates_and_what_waits_for_own_judgement(county: Session, people: Parties) -> None:
    row = issued(county, people.first_desk, [VILLAGE]).assignments[0]
    assert [(e.day, e.kind, e.unit) for e in shown(county, people.village)] == [
        (date(2026, 10, 23), "责任任务到期", "上帕村委会")
    ]
    assert shown(county, people.first_desk) == []
    act(county, people.village, "acknowledge", row)
    act(county, people.village, "report", row)
    assert shown(county, people.village) == []
    assert [e.kind for e in shown(county, people.first_desk)] == ["核验到期"]
    assert shown(county, people.first_desk, date(2026, 11, 1)) == []


def test_a_task_that_waits_at_many_units_is_one_line(county: Session, people: Parties) -> None:
    sister = factories.viewer(county, "secretary", SISTER_VILLAGE)
    task = issued(county, people.first_desk, [VILLAGE, SISTER_VILLAGE])
    for row, viewer in zip(task.assignments, (people.village, sister), strict=True):
        act(county, viewer, "acknowledge", row)
        act(county, viewer, "report", row)
    found = shown(county, people.first_desk)
    assert [(e.kind, e.unit, e.path) for e in found] == [
        ("核验到期", "上帕村委会等 2 个单位", f"/tasks/{task.number}"),
    ]


def test_a_neighbours_due_date_is_not_there(county: Session, people: Parties) -> None:
    issued(county, people.first_desk, [VILLAGE])
    for viewer in (factories.viewer(county, "secretary", SISTER_VILLAGE), people.township):
        assert shown(county, viewer) == []


def test_the_end_of_a_listed_supervision_stands_in_it(county: Session, people: Parties) -> None:
    row = issued(county, people.first_desk, [VILLAGE]).assignments[0]
    issue = entered(county, people.first_desk, changed(due_on=date(2026, 10, 23)))
    secretary = factories.viewer(county, "secretary", COUNTY)
    typed = Typed("久拖未办", date(2026, 11, 2), "某副县长", "福委督〔2026〕3号", date(2026, 11, 27))
    for kind, viewer, door in (
        ("talk", people.first_desk, "desk"),
        ("circular", secretary, "secretary"),
        ("listed_supervision", secretary, "secretary"),
    ):
        with acting_as(county, viewer):
            for column, row_id in ((TASK, row.id), (ISSUE, issue.id)):
                ladder.take(county, row_id, kind, typed, at=on("11-02 09:00"), by=door, column=column)
    own, other = f"/supervision/{row.id}", f"/supervision/issues/{issue.id}"
    for viewer, paths in ((people.village, [own]), (people.township, [other]), (secretary, [own, other])):
        found = [e for e in shown(county, viewer, date(2026, 11, 1)) if e.kind == "挂牌督办到期"]
        assert [(e.day, e.path) for e in found] == [(date(2026, 11, 27), path) for path in paths]


def test_a_higher_feature_adds_its_own_source(
    county: Session, people: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Entry(date(2026, 10, 30), "村级月报单", "/sheets/x/2026-10", "上帕村委会", "月报单到期")
    monkeypatch.setattr(sources, "sources", [*sources.sources, lambda session, viewer, first, last: [mine]])
    assert shown(county, people.village) == [mine]


def test_weeks_begin_on_monday_and_days_know_whether_offices_work(county: Session, people: Parties) -> None:
    october = months.month(county, people.village, date(2026, 10, 1))
    assert {week[0].day.weekday() for week in october.weeks} == {0}
    assert len(october.days) == 31
    days = {day.day.day: day for day in october.days}
    assert (days[1].workday, days[1].name) == (False, "国庆节")
    assert (days[10].workday, days[10].name) == (True, "国庆节调休上班")
    assert (days[9].workday, days[11].workday) == (True, False)
    assert not october.provisional
    assert months.month(county, people.village, date(2027, 1, 1)).provisional
    assert (october.previous, october.following) == ("2026-09", "2026-11")


@pytest.mark.parametrize(
    "typed", ["", None, "x", "2026-13", "2026-0", "99999-01", "1999-01", "2026-１１", "2026-11-01", "-", "2026"]
)
def test_an_odd_month_is_the_present_one(typed: str | None) -> None:
    assert months.first_of(typed, date(2026, 10, 12)) == date(2026, 10, 1)


def test_a_month_in_the_address() -> None:
    assert months.first_of("2027-02", date(2026, 10, 12)) == date(2027, 2, 1)


@pytest.fixture
def village(county: Session, people: Parties, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    issued(county, people.first_desk, [VILLAGE])
    county.commit()
    with clock.held_at(MORNING):
        return sign_in("secretary", VILLAGE)


def test_the_page_as_month_and_as_list(village: FlaskClient) -> None:
    with clock.held_at(MORNING):
        page = text(village.get("/calendar/"))
        assert "2026年10月日程" in page and "冬春防火隐患排查" in page
        assert 'href="/calendar/?month=2026-09"' in page and 'href="/calendar/?month=2026-11"' in page
        listed = text(village.get("/calendar/?month=2026-10&form=list"))
        assert "2026年10月23日（周五）" in listed and "责任任务到期" in listed
        assert "month=2026-11&amp;form=list" in listed
        assert "这个月没有到期事项" in text(village.get("/calendar/?month=2026-12&form=list"))
        assert "工作日为暂定" in text(village.get("/calendar/?month=2027-01"))
