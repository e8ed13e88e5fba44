"""A task before it goes out: kept, set for a moment and judged again then, started from an earlier one, thrown away."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DEMAND, MORNING, Parties, changed, issued, parties
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import drafts, scheduled
from webapp.accountability.issuing import issue
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.rules import TaskTerms
from webapp.errors import Conflict, Faulty, NotFound
from webapp.notices.models import InboxMessage

LATER = factories.at("2026-10-13 09:00")


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def saved(session: Session, desk: Viewer, terms: TaskTerms = DEMAND, **others: object) -> AccountabilityTask:
    given = {"issuer_code": COUNTY, "request_id": str(uuid4()), "at": MORNING} | others
    with acting_as(session, desk):
        return drafts.save(session, terms, [VILLAGE], **given)  # type: ignore[arg-type]


def put_off(session: Session, desk: Viewer, terms: TaskTerms = DEMAND) -> AccountabilityTask:
    with acting_as(session, desk):
        return drafts.schedule(
            session, terms, [VILLAGE], scheduled_for=LATER, issuer_code=COUNTY, request_id=str(uuid4()), at=MORNING
        )


def come(session: Session) -> list[AccountabilityTask]:
    with acting_as(session, Viewer.system("调度", "")):
        scheduled.mark_due(session, LATER)
        return scheduled.issue_due(session, LATER)


def told(session: Session, viewer: Viewer) -> list[str]:
    with acting_as(session, viewer):
        return list(session.scalars(select(InboxMessage.body).order_by(InboxMessage.id)))


def assignments(session: Session) -> int:
    return session.scalar(select(func.count(Assignment.id))) or 0


def test_an_unfinished_draft_is_kept_and_later_becomes_the_task(county: Session, people: Parties) -> None:
    row = saved(county, people.first_desk, changed(content="", minutes=0))
    assert (row.state, row.targets, assignments(county)) == ("drafted", [VILLAGE], 0)
    with acting_as(county, people.first_desk):
        task = issue(county, DEMAND, [VILLAGE], issuer_code=COUNTY, request_id=row.request_id, at=MORNING)
    assert task is row and task.state == "issued" and task.targets == []
    assert [one.unit_code for one in task.assignments] == [VILLAGE]


def test_a_draft_needs_a_name_and_may_lack_a_day(county: Session, people: Parties) -> None:
    with pytest.raises(Faulty) as refused:
        saved(county, people.first_desk, changed(title="", due_on=date.min))
    assert list(refused.value.faults) == ["title"]
    row = saved(county, people.first_desk, changed(due_on=date.min))
    assert (row.unread, row.state) == ({"due_on": ""}, "drafted")


def test_of_two_who_change_a_draft_the_second_is_told(county: Session, people: Parties) -> None:
    row = saved(county, people.first_desk)
    seen = row.version
    saved(county, people.second_desk, changed(title="改过的名称"), request_id=row.request_id, version=seen)
    with pytest.raises(Conflict, match="刚刚改过这份草稿"):
        saved(county, people.first_desk, changed(title="又一个名称"), request_id=row.request_id, version=seen)
    assert row.title == "改过的名称"


def test_a_draft_is_its_own_desks_alone(county: Session, people: Parties) -> None:
    row = saved(county, people.first_desk)
    for viewer in (people.township, factories.viewer(county, "desk", "5333")):
        with acting_as(county, viewer), pytest.raises(NotFound):
            drafts.own(county, row.number)


def test_a_draft_is_thrown_away_and_an_issued_task_is_not(county: Session, people: Parties) -> None:
    row, number = saved(county, people.first_desk), issued(county, people.first_desk).number
    with acting_as(county, people.second_desk):
        assert drafts.discard(county, row.number) == DEMAND.title
        with pytest.raises(Conflict, match="已经下达"):
            drafts.discard(county, number)
    assert county.scalars(select(AccountabilityTask.state)).all() == ["issued"]


def test_at_its_moment_a_task_goes_out_once(county: Session, people: Parties) -> None:
    row = put_off(county, people.first_desk)
    with acting_as(county, Viewer.system("调度", "")):
        assert scheduled.mark_due(county, MORNING) == []
        assert scheduled.issue_due(county, MORNING) == []
    assert come(county) == [row]
    assert come(county) == []
    assert (row.state, row.issuing_since, row.scheduled_for, assignments(county)) == ("issued", None, None, 1)
    assert row.assignments[0].events[0].person_id == people.first_desk.person_id
    assert "定时任务已下达给 1 个单位。" in told(county, people.first_desk)


def test_what_the_gate_refuses_at_the_moment_is_a_draft_again(county: Session, people: Parties) -> None:
    row = put_off(county, people.first_desk, changed(regular=True))
    issued(county, people.second_desk, demand=changed(regular=True, title="另一项常规事项"))
    assert come(county) == []
    assert (row.state, row.scheduled_for, row.issuing_since) == ("drafted", None, None)
    assert row.refusal is not None and "常规事项已达 1 项上限" in row.refusal
    assert any("常规事项已达 1 项上限" in body for body in told(county, people.first_desk))
    assert assignments(county) == 1


def test_a_drafter_who_left_issues_nothing(county: Session, people: Parties) -> None:
    row = put_off(county, people.first_desk)
    posting = people.first_desk.grants[0].posting_id
    county.get_one(factories.Posting, posting).ends_on = date(2026, 10, 12)
    assert come(county) == []
    assert row.refusal is not None and "已不在下达岗位" in row.refusal


def test_the_moment_lies_ahead_and_the_answer_time_is_counted_from_it(county: Session, people: Parties) -> None:
    with acting_as(county, people.first_desk):
        for moment, terms, field in (
            (factories.at("2026-10-12 09:00"), DEMAND, "scheduled_for"),
            (factories.at("2028-10-12 09:00"), DEMAND, "scheduled_for"),
            (factories.at("2026-10-22 09:00"), DEMAND, "due_on"),
        ):
            with pytest.raises(Faulty) as refused:
                drafts.schedule(
                    county,
                    terms,
                    [VILLAGE],
                    scheduled_for=moment,
                    issuer_code=COUNTY,
                    request_id=str(uuid4()),
                    at=MORNING,
                )
            assert list(refused.value.faults) == [field]


@pytest.mark.parametrize(
    ("moment", "instead"),
    [
        ("2026-10-13 03:00", "2026年10月13日 08:30"),
        ("2026-10-13 18:00", "2026年10月14日 08:30"),
        ("2026-10-17 09:00", "2026年10月19日 08:30"),  # a Saturday
    ],
)
def test_a_task_goes_out_on_working_days_within_the_hours_of_notices(
    county: Session, people: Parties, moment: str, instead: str
) -> None:
    with acting_as(county, people.first_desk), pytest.raises(Faulty) as refused:
        drafts.schedule(
            county,
            DEMAND,
            [VILLAGE],
            scheduled_for=factories.at(moment),
            issuer_code=COUNTY,
            request_id=str(uuid4()),
            at=MORNING,
        )
    assert list(refused.value.faults) == ["scheduled_for"]
    assert "08:30 至 18:00 之间" in refused.value.sentence and instead in refused.value.sentence


def test_a_new_task_starts_from_an_earlier_one(county: Session, people: Parties) -> None:
    earlier = issued(county, people.first_desk, [TOWNSHIP, VILLAGE], changed(document_no="福政办发〔2026〕31号"))
    terms = drafts.terms_to_copy(earlier)
    assert (terms.title, terms.evidence, terms.document_no) == (DEMAND.title, DEMAND.evidence, "")
    county.get_one(factories.Division, VILLAGE).valid_to = date(2026, 10, 1)
    assert drafts.units_of(county, earlier, MORNING.date()) == [TOWNSHIP]
    assert SISTER_VILLAGE not in drafts.units_of(county, earlier, MORNING.date())
