"""The look at deadlines: once a working day for reminders and 督办, whenever it comes for what waits."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.scheduler import LOOKS
from flows.watch_deadlines import JOB, mark_of, watch_deadlines
from tests import factories
from tests.accountability.making import Parties, issued, parties
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, NEIGHBOUR_VILLAGE
from tests.supervision.making import assignment, notice_hours, on, press
from webapp import clock
from webapp.config import Settings
from webapp.delivery.models import JobRun
from webapp.supervision import escalating
from webapp.supervision.models import Escalation, Reminder


@pytest.fixture
def people(county: Session, instance: Settings) -> Parties:
    return parties(county)


def look(session: Session, moment: str) -> None:
    session.commit()
    with clock.held_at(on(moment)):
        watch_deadlines()
    session.expire_all()


def counted(session: Session) -> tuple[int, int, int]:
    """Reminders sent, 督办 recorded, days finished."""
    sent = session.scalar(select(func.count(Reminder.id)).where(Reminder.sent_at.is_not(None)))
    up = session.scalar(select(func.count(Escalation.id)))
    days = session.scalar(select(func.count(JobRun.id)).where(JobRun.job == JOB))
    session.rollback()
    return sent or 0, up or 0, days or 0


def test_the_scheduler_looks_at_deadlines() -> None:
    assert watch_deadlines in [job for job, _ in LOOKS]


def test_looks_of_one_day_do_the_days_work_once(county: Session, people: Parties) -> None:
    assignment(county, people)
    for moment, expected in (
        ("10-30 08:00", (0, 0, 0)),
        ("10-30 08:31", (1, 1, 1)),
        ("10-30 08:32", (1, 1, 1)),
        ("10-31 09:00", (1, 1, 1)),  # a Saturday
        ("11-02 09:00", (2, 1, 2)),
        ("11-03 09:00", (2, 1, 3)),
    ):
        look(county, moment)
        assert counted(county) == expected, moment


def test_what_waits_goes_out_although_the_days_work_is_done(county: Session, people: Parties) -> None:
    row = assignment(county, people)
    look(county, "10-12 10:00")
    press(county, people.first_desk, row, on("10-12 20:00"))
    look(county, "10-12 20:01")
    assert counted(county) == (0, 0, 1)
    look(county, "10-13 08:31")
    assert counted(county) == (1, 0, 2)


def test_a_look_that_was_cut_off_is_made_again_and_repeats_nothing(
    county: Session, people: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment(county, people)
    with monkeypatch.context() as broken:
        broken.setattr(escalating, "level_above", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            look(county, "10-30 09:00")
    assert counted(county) == (0, 0, 0)
    look(county, "10-30 09:01")
    assert counted(county) == (1, 1, 1)


def test_a_day_is_done_though_hours_of_two_packs_never_overlap(county: Session, people: Parties) -> None:
    notice_hours(county, COUNTY, "08:00", "12:00")
    notice_hours(county, NEIGHBOUR_COUNTY, "13:00", "18:00")
    assignment(county, people)
    factories.posting(county, "secretary", NEIGHBOUR_VILLAGE)
    desk = factories.viewer(county, "desk", NEIGHBOUR_COUNTY)
    issued(county, desk, [NEIGHBOUR_VILLAGE], issuer_code=NEIGHBOUR_COUNTY)
    for moment, expected in (
        ("10-30 08:01", (1, 1, 0)),
        ("10-30 12:30", (1, 1, 0)),
        ("10-30 13:00", (2, 2, 1)),
        ("10-30 13:01", (2, 2, 1)),
    ):
        look(county, moment)
        assert counted(county) == expected, moment
    assert county.scalar(select(func.count(JobRun.id)).where(JobRun.job.startswith(mark_of("")))) == 0


def test_an_issuer_is_looked_at_once_a_day_while_another_waits(
    county: Session, people: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_hours(county, NEIGHBOUR_COUNTY, "13:00", "18:00")
    assignment(county, people)
    desk = factories.viewer(county, "desk", NEIGHBOUR_COUNTY)
    issued(county, desk, [NEIGHBOUR_VILLAGE], issuer_code=NEIGHBOUR_COUNTY)
    look(county, "10-30 09:00")
    assert counted(county) == (1, 1, 0)
    monkeypatch.setattr(escalating, "level_above", lambda *_: 1 / 0)  # nobody is looked at again
    look(county, "10-30 09:01")
    assert county.scalars(select(JobRun.job)).all() == [mark_of(COUNTY)]
