"""The demo county: the same closed months on whatever day, plausible in number, nothing that law forbids."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from tests import factories
from tests.demo.conftest import KEY
from tests.demo.facts import CLOSED, facts
from webapp import clock
from webapp.accountability.answering import record_duties
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent
from webapp.accountability.order_models import DisasterOrder
from webapp.accountability.parties import posted
from webapp.accountability.remark_models import Remark
from webapp.accountability.rules import BY_RULE, MOVES
from webapp.auth import passwords
from webapp.auth.models import Account
from webapp.burden.models import BurdenEntry
from webapp.demo import service
from webapp.demo.cli import demo
from webapp.demo.places import COUNTY
from webapp.demo.recurring import FIRST, LAST
from webapp.errors import Refused
from webapp.evaluation.models import Assessment
from webapp.evaluation.schemes import scheme
from webapp.handover.models import HandoverLine
from webapp.handover.queries import listed as handovers
from webapp.org.group_models import UnitGroup
from webapp.org.models import DESIGNATIONS, Delegation, Division, Handover, Person, Posting, VillageDesignation
from webapp.policy.calendar import work_calendar
from webapp.presence import confirming
from webapp.presence.month_models import PresenceMonth
from webapp.presence.rules import window_of
from webapp.sheets.models import MonthSheet
from webapp.supervision import queries as supervised
from webapp.supervision.models import LadderStep
from webapp.support import duty
from webapp.worklogs.models import WorkLog, WorkLogTask

STATIONED = ("first_secretary", "team_member")


def test_closed_months_do_not_depend_on_the_day(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hashed", lambda password: f"hash of {password}")
    seen = []
    for day in ("2026-11-02 08:00", "2026-11-24 10:00", "2027-02-14 23:30"):
        with clock.held_at(factories.at(day)):
            service.load(session, KEY)
            session.expunge_all()  # read back what is stored, not what was written
            seen.append(facts(session))
        session.rollback()
        session.info.pop("work_calendar", None)
    assert len(set(seen)) == 1


def test_a_second_load_changes_nothing(loaded: Session) -> None:
    before = loaded.scalar(select(func.count()).select_from(AssignmentEvent))
    assert service.load(loaded, KEY) is False
    assert loaded.scalar(select(func.count()).select_from(AssignmentEvent)) == before


def test_real_people_are_never_mixed_with_invented_ones(session: Session) -> None:
    factories.person(session).is_demo = False
    with pytest.raises(Refused, match="已有正式人员"):
        service.load(session, KEY)


def test_a_production_instance_refuses(database_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"DATABASE_URL": database_url, "DANDANG_INSTANCE": str(tmp_path), "DANDANG_ENV": "production"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for command in (["load"], ["accounts", "--json"]):
        result = CliRunner().invoke(demo, command)
        assert result.exit_code == 1 and "正式环境" in result.stderr
        assert bool(result.stdout) == ("--json" in command)


def test_the_numbers_are_plausible(loaded: Session) -> None:
    count = lambda model: loaded.scalar(select(func.count()).select_from(model))  # noqa: E731
    assert count(Division) == 79
    assert 300 <= count(WorkLog) <= 2500
    assert count(WorkLogTask) > 50
    states = Counter(loaded.scalars(select(Assignment.state).where(CLOSED)))
    assert states["closed"] > 400 and states["recalled"] >= 3 and states["issued"] > 5
    rows = loaded.scalars(select(Assignment).where(CLOSED)).all()
    late = [row for row in rows if row.first_reported_on and row.first_reported_on > row.due_on]
    assert 20 < len(late) < len(rows) / 4
    assert sum(row.times_returned for row in rows) > 20
    assert {len(row.unit_code) for row in rows} == {4, 6, 9, 12}
    months = {(row.due_on.year, row.due_on.month) for row in rows}
    assert len(months) == 12 and (FIRST.year, FIRST.month) in months


def test_everyone_is_marked_as_demo(loaded: Session) -> None:
    people = loaded.scalars(select(Person)).all()
    assert all(person.is_demo and person.name.endswith("（演示）") for person in people)
    assert len({person.name for person in people}) == len(people)
    assert all(account.is_demo for account in loaded.scalars(select(Account)))


def test_teams_stand_in_designated_villages(loaded: Session) -> None:
    designated = set(loaded.scalars(select(VillageDesignation.unit_code)))
    stationed = loaded.scalars(select(Posting).where(Posting.role.in_(STATIONED))).all()
    assert 30 <= len(designated) <= 40
    assert {post.unit_code for post in stationed} == designated
    assert all(len(code) == 12 for code in designated)
    assert set(loaded.scalars(select(VillageDesignation.kind))) == set(DESIGNATIONS)
    now = [post for post in stationed if post.ends_on is None]
    led = {post.unit_code for post in now if post.role == "first_secretary"}
    assert 1 <= len(designated - led) <= 4
    sizes = Counter(post.unit_code for post in now)
    assert 1 <= sum(size < 3 for size in sizes.values()) <= 6
    assert max(sizes.values()) <= 5


def test_a_post_is_vacant_where_issuing_would_call_it_so(loaded: Session) -> None:
    rows = loaded.scalars(select(Assignment)).all()
    by_day = {day: [row for row in rows if row.issued_on == day] for day in {row.issued_on for row in rows}}
    for day, issued in by_day.items():
        people = posted(loaded, [row.unit_code for row in issued], day, root="")
        assert [row.vacant for row in issued] == [people.vacant(row.unit_code) for row in issued], day


def test_a_rotation_in_mid_month_with_hand_overs(loaded: Session) -> None:
    rows = loaded.scalars(select(Handover).options(joinedload(Handover.leaver))).all()
    assert any(row.done_on and row.done_on <= row.due_on for row in rows)
    assert any(row.done_on and row.done_on > row.due_on for row in rows)
    assert any(row.done_on is None and row.successor_posting_id for row in rows)
    assert any(row.leaver.ends_on.day in range(10, 21) for row in rows)
    lines = loaded.scalars(select(HandoverLine)).all()
    assert {line.handover_id for line in lines} == {row.id for row in rows}
    assert {line.state for line in lines} == {"accepted", "passed", "open"}
    assert {"task", "project", "contract", "contact", "paper", "asset"} == {line.kind for line in lines}


def test_one_hand_over_waits_for_the_successor_who_can_sign_in(loaded: Session) -> None:
    today = date(2026, 11, 24)
    row = loaded.scalars(handovers("open").where(Handover.listed_on <= today, Handover.due_on > today)).one()
    assert set(loaded.scalars(select(HandoverLine.state).where(HandoverLine.handover_id == row.id))) == {"open"}
    assert row.successor is not None and row.successor.covers(today) and row.leaver.covers(today)
    login = select(Account.login).where(Account.person_id == row.successor.person_id)
    assert loaded.scalar(login) == "cun2-diyishuji2"


def test_an_overdue_issue_stands_on_the_ladder(loaded: Session) -> None:
    row = loaded.scalars(supervised.issues(supervised.Wanted())).one()
    assert row.due_on < date(2026, 11, 24) and row.state == "in_rectification"
    assert loaded.scalars(select(LadderStep.kind).where(LadderStep.issue_id == row.id)).all() == ["talk"]


def test_one_secretary_and_first_secretary_at_a_time(loaded: Session) -> None:
    posts = loaded.scalars(select(Posting).order_by(Posting.unit_code, Posting.role, Posting.starts_on)).all()
    for earlier, later in pairwise(posts):
        same = (earlier.unit_code, earlier.role) == (later.unit_code, later.role)
        if same and later.role in ("secretary", "first_secretary"):
            assert (earlier.ends_on - later.starts_on).days < 7


def test_every_event_follows_the_table_of_moves(loaded: Session) -> None:
    statement = select(Assignment).options(selectinload(Assignment.events), joinedload(Assignment.task))
    for row in loaded.scalars(statement):
        state = None
        for event in row.events:
            if event.kind == "issue":
                assert (event.from_state, event.to_state) == (None, "issued")
            else:
                move = (MOVES | BY_RULE)[event.kind]
                assert event.from_state == state and state in move.from_states
                assert event.to_state == (move.to_state or state)
                assert bool(event.reason) or not move.reason
                acting = row.unit_code if move.side == "receiver" else row.issuer_code
                assert event.actor_unit == acting or (event.kind in BY_RULE and event.actor_unit == COUNTY)
                if move.separate:
                    assert event.person_id != row.reported_by_id and row.unit_code != row.issuer_code
            state = event.to_state
        assert state == row.state
        assert [event.at for event in row.events] == sorted(event.at for event in row.events)
        assert row.times_returned == sum(event.kind == "return" for event in row.events)


def test_everybody_acts_only_while_on_post(loaded: Session) -> None:
    posts = {}
    for post in loaded.scalars(select(Posting)):
        posts.setdefault((post.person_id, post.unit_code), []).append((post.starts_on, post.ends_on or date.max))
    # Month sheets are opened by the duty list itself, which holds no post.
    for event in loaded.scalars(select(AssignmentEvent).where(AssignmentEvent.person_id.is_not(None))):
        day = clock.local(event.at).date()
        assert any(first <= day <= last for first, last in posts[(event.person_id, event.actor_unit)])
    for log in loaded.scalars(select(WorkLog)):
        assert any(first <= log.day <= last for first, last in posts[(log.author_id, log.unit_code)])


def test_deadlines_are_working_days_and_nothing_happens_later_than_yesterday(loaded: Session) -> None:
    calendar = work_calendar(loaded)
    assert all(calendar.is_workday(day) for day in loaded.scalars(select(Assignment.due_on)))
    last = max(clock.local(at).date() for at in loaded.scalars(select(AssignmentEvent.at)))
    assert last == date(2026, 11, 23)
    closed = select(AssignmentEvent.at).join(Assignment, Assignment.id == AssignmentEvent.assignment_id)
    assert max(clock.local(at).date() for at in loaded.scalars(closed.where(CLOSED))) <= LAST


def test_open_tasks_are_dated_from_the_day(loaded: Session) -> None:
    due = set(loaded.scalars(select(Assignment.due_on).where(Assignment.due_on > LAST)))
    assert any(day < date(2026, 11, 24) for day in due) and any(day > date(2026, 11, 24) for day in due)
    for village in ("533323101201", "533323201201"):
        waiting = select(Assignment).where(Assignment.unit_code == village, Assignment.due_on > LAST)
        assert loaded.scalars(waiting.where(Assignment.state != "closed")).all()


def test_burden_is_booked_for_what_stands(loaded: Session) -> None:
    keys = set(loaded.scalars(select(BurdenEntry.key)))
    rows = loaded.execute(select(Assignment.id, Assignment.state)).all()
    assert keys == {f"assignment:{number}" for number, state in rows if state != "recalled"}
    villages = select(func.max(BurdenEntry.minutes)).where(func.length(BurdenEntry.unit_code) == 12)
    assert loaded.scalar(villages) <= 60


def test_the_assessment_names_a_scheme_that_exists(loaded: Session) -> None:
    row = loaded.scalars(select(Assessment)).one()
    assert (row.period, row.unit_code) == ("2026H1", "533323")
    assert scheme(row.scheme_slug, row.scheme_version).slug == row.scheme_slug


def test_each_village_has_its_month_sheet_whatever_else_it_is_asked(loaded: Session) -> None:
    sheets = loaded.scalars(select(MonthSheet)).all()
    villages = loaded.scalar(select(func.count()).where(Division.level == 5)) or 0
    assert len(sheets) == villages
    assert {sheet.month for sheet in sheets} == {"2026-11"}


def test_a_desk_is_not_empty(loaded: Session) -> None:
    """Drafts, groups, an order with its clocks, delegations, remarks and answered sheets, all dated in the past."""
    loaded_at = factories.at("2026-11-24 10:00")
    drafts = loaded.scalars(select(AccountabilityTask).where(AccountabilityTask.state == "drafted")).all()
    assert {tuple(sorted(row.unread)) for row in drafts} == {(), ("due_on", "minutes")}
    assert loaded.scalar(select(func.count(UnitGroup.id))) == 2
    order = loaded.scalars(select(DisasterOrder)).one()
    frozen = loaded.scalars(select(AssignmentEvent).where(AssignmentEvent.kind == "freeze")).all()
    assert frozen and {event.data["order"] for event in frozen if event.data} == {order.id}
    assert {event.unit_code[:9] for event in frozen} == set(order.units)
    assert [row.ends_on < loaded_at.date() for row in loaded.scalars(select(Delegation).order_by(Delegation.id))] == [
        True,
        False,
    ]
    assert loaded.scalar(select(func.count(Remark.id))) == 2
    assert loaded.scalar(select(func.count(MonthSheet.id)).where(MonthSheet.current > 0)) == 4
    moments = [order.made_at, *(row.drafted_at for row in drafts), *loaded.scalars(select(Remark.at))]
    assert all(moment < loaded_at for moment in moments)


def test_duties_of_a_record_were_answered_by_it_and_not_in_words(loaded: Session) -> None:
    of_records = AccountabilityTask.template_code.in_(record_duties)
    rows = loaded.scalars(
        select(Assignment).join(Assignment.task).where(of_records, Assignment.last_reported_on > FIRST)
    )
    lists = {(one.unit_code, one.month): one.lists[0] for one in loaded.scalars(select(PresenceMonth))}
    told = {row: (row.task.template_code, row.task.period or "") for row in rows}
    assert {code for code, _ in told.values()} == set(record_duties) == {confirming.DUTY, duty.DUTY}
    for row, (code, period) in told.items():
        if code == confirming.DUTY:
            held = lists[(row.unit_code, period)]
            assert held.people and clock.day_of(held.confirmed_at) > window_of(period).last
        else:
            assert (row.report_text or "").startswith(f"已对照驻村保障台账核对{period}年度保障事项 ")
