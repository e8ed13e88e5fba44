"""The ladder of P-22: order, deciders of the pack, required fields, withdrawal, separation of duty."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, act
from tests.factories import COUNTY, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP
from tests.supervision.making import assignment, messages, on
from webapp.access import Grant, Viewer, acting_as
from webapp.accountability.models import Assignment
from webapp.accountability.moving import event_of
from webapp.accountability.parties import Actor
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.supervision import ladder
from webapp.supervision.ladder import Typed
from webapp.supervision.models import LadderStep

AT = on("11-02 09:00")
REASON = Typed(reason="多次催办仍未反馈", decided_on=date(2026, 11, 2))
LISTED = replace(REASON, leader_name="某副县长", document_no="福委督〔2026〕3号", ends_on=date(2026, 11, 30))
ELSEWHERE = replace(REASON, document_no="福纪〔2026〕7号")


@pytest.fixture
def secretary(county: Session) -> Viewer:
    return factories.viewer(county, "secretary", COUNTY)


@pytest.fixture
def row(county: Session, people: Parties) -> Assignment:
    return assignment(county, people)


def take(
    session: Session,
    viewer: Viewer,
    row: Assignment,
    kind: str,
    typed: Typed = REASON,
    at: datetime = AT,
    by: str | None = None,
    seen: int | None = None,
) -> LadderStep:
    door = by or ("secretary" if kind in ("circular", "listed_supervision") else "desk")
    with acting_as(session, viewer):
        return ladder.take(session, row.id, kind, typed, at=at, by=door, seen=seen)


def climb(session: Session, desk: Viewer, secretary: Viewer, row: Assignment, to: str) -> None:
    for kind, viewer, typed in (
        ("talk", desk, REASON),
        ("circular", secretary, REASON),
        ("listed_supervision", secretary, LISTED),
        ("accountability", desk, ELSEWHERE),
    ):
        take(session, viewer, row, kind, typed)
        if kind == to:
            return


def test_the_whole_ladder_in_order(county: Session, people: Parties, secretary: Viewer, row: Assignment) -> None:
    climb(county, people.first_desk, secretary, row, "accountability")
    steps = ladder.steps_of(county, row.id)
    assert [step.kind for step in steps] == ["talk", "circular", "listed_supervision", "accountability"]
    assert (steps[2].leader_name, steps[2].document_no, steps[2].ends_on) == (
        "某副县长",
        "福委督〔2026〕3号",
        date(2026, 11, 30),
    )
    assert (steps[3].document_no, steps[3].leader_name, steps[3].ends_on) == ("福纪〔2026〕7号", None, None)
    told = messages(county, people.village.person_id, "supervision")
    assert len(told) == 1 and len(told[0].body.splitlines()) == 4
    assert row.state == "issued"


def test_the_secretary_of_the_unit_concerned_hears_of_the_steps(
    county: Session, people: Parties, secretary: Viewer
) -> None:
    there, elsewhere = (factories.viewer(county, "secretary", unit) for unit in (TOWNSHIP, OTHER_TOWNSHIP))
    climb(county, people.first_desk, secretary, assignment(county, people, TOWNSHIP), "listed_supervision")
    for viewer in (people.township, there):
        (told,) = messages(county, viewer.person_id, "supervision")
        assert "通报" in told.body and "挂牌督办" in told.body
    assert messages(county, elsewhere.person_id, "supervision") == []


@pytest.mark.parametrize("kind", ["circular", "listed_supervision", "accountability"])
def test_no_rung_is_left_out(county: Session, people: Parties, secretary: Viewer, row: Assignment, kind: str) -> None:
    viewer = people.first_desk if kind == "accountability" else secretary
    with pytest.raises(Refused, match="现在只能登记：提醒或约谈"):
        take(county, viewer, row, kind, LISTED)


def test_no_rung_is_taken_twice_or_downward(
    county: Session, people: Parties, secretary: Viewer, row: Assignment
) -> None:
    climb(county, people.first_desk, secretary, row, "circular")
    for kind in ("remind", "talk"):
        with pytest.raises(Refused, match="现在只能登记：挂牌督办"):
            take(county, people.first_desk, row, kind)
    climbed = take(county, secretary, row, "listed_supervision", LISTED)
    take(county, people.first_desk, row, "accountability", ELSEWHERE)
    with pytest.raises(Refused, match="没有更高的一步"):
        take(county, people.first_desk, row, "accountability", ELSEWHERE)
    assert climbed.withdrawn_at is None


@pytest.mark.parametrize(
    ("kind", "role", "unit", "door"),
    [
        ("circular", "desk", COUNTY, "desk"),  # the pack gives it to the secretary
        ("circular", "desk", COUNTY, "secretary"),
        ("circular", "deputy", COUNTY, "secretary"),
        ("circular", "leader", COUNTY, "secretary"),
        ("talk", "secretary", COUNTY, "secretary"),  # the pack gives it to the desk
        ("talk", "supervisor", COUNTY, "desk"),
        ("talk", "desk", TOWNSHIP, "desk"),  # not the issuing level
        ("talk", "desk", "5333", "desk"),
        ("circular", "secretary", TOWNSHIP, "secretary"),
        ("accountability", "secretary", COUNTY, "secretary"),  # decided elsewhere; the desk notes the number
    ],
)
def test_who_does_not_decide(
    county: Session, people: Parties, row: Assignment, kind: str, role: str, unit: str, door: str
) -> None:
    with pytest.raises(Forbidden):
        take(county, factories.viewer(county, role, unit), row, kind, LISTED, by=door)
    assert ladder.steps_of(county, row.id) == []


def test_a_neighbour_finds_nothing(county: Session, people: Parties, row: Assignment) -> None:
    for unit in (OTHER_TOWNSHIP, factories.NEIGHBOUR_COUNTY):
        with pytest.raises(NotFound):
            take(county, factories.viewer(county, "desk", unit), row, "talk")


def test_nobody_decides_about_his_own_units_report(county: Session, people: Parties, row: Assignment) -> None:
    also_there = replace(people.first_desk, grants=(*people.first_desk.grants, Grant("team_member", row.unit_code, 0)))
    with pytest.raises(Refused, match="您在反馈单位任职"):
        take(county, also_there, row, "talk")


def test_nobody_decides_about_what_he_reported_under_another_posting(
    county: Session, people: Parties, row: Assignment
) -> None:
    act(county, people.village, "acknowledge", row)
    act(county, people.village, "report", row, at=on("10-28 09:00"))
    moved = factories.viewer(county, "desk", COUNTY, person_id=people.village.person_id)
    with pytest.raises(Refused, match="您反馈过这项任务"):
        take(county, moved, row, "talk")


def test_nobody_decides_about_what_he_corrected(county: Session, people: Parties, row: Assignment) -> None:
    """X-10, T-4: whoever corrected what was reported is one of those who reported it."""
    act(county, people.village, "acknowledge", row)
    act(county, people.village, "report", row, at=on("10-28 09:00"))
    corrector = Actor(people.second_desk.person_id, people.second_desk.name, COUNTY)
    row.events.append(event_of(row, "correct", row.state, corrector, on("10-29 09:00"), reason="村里来电更正"))
    county.flush()
    with pytest.raises(Refused, match="您反馈过这项任务"):
        take(county, people.second_desk, row, "talk")


def test_a_units_own_task_is_decided_one_level_up(county: Session, people: Parties) -> None:
    row = assignment(county, people, TOWNSHIP)
    row.issuer_code = TOWNSHIP
    county.flush()
    with pytest.raises(Forbidden):
        take(county, people.township, row, "talk")
    assert take(county, people.first_desk, row, "talk").issuer_code == COUNTY


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("talk", {"reason": " "}, "reason"),
        ("talk", {"reason": "长" * 1001}, "reason"),
        ("talk", {"decided_on": None}, "decided_on"),
        ("talk", {"decided_on": date(2026, 11, 3)}, "decided_on"),  # tomorrow
        ("talk", {"decided_on": date(2026, 10, 11)}, "decided_on"),  # before it was issued
        ("listed_supervision", {"leader_name": ""}, "leader_name"),
        ("listed_supervision", {"document_no": " "}, "document_no"),
        ("listed_supervision", {"ends_on": None}, "ends_on"),
        ("listed_supervision", {"ends_on": date(2026, 11, 2)}, "ends_on"),
        ("listed_supervision", {"ends_on": date(2026, 11, 29)}, "ends_on"),  # a Sunday
        ("accountability", {"document_no": ""}, "document_no"),
    ],
)
def test_what_a_step_needs(
    county: Session,
    people: Parties,
    secretary: Viewer,
    row: Assignment,
    kind: str,
    change: dict[str, object],
    field: str,
) -> None:
    before = {"listed_supervision": "circular", "accountability": "listed_supervision"}.get(kind)
    if before:
        climb(county, people.first_desk, secretary, row, before)
    held = len(ladder.steps_of(county, row.id))
    viewer = secretary if kind == "listed_supervision" else people.first_desk
    with pytest.raises(Faulty) as faulty:
        take(county, viewer, row, kind, replace(LISTED, **change))  # type: ignore[arg-type]
    assert list(faulty.value.faults) == [field]
    assert len(ladder.steps_of(county, row.id)) == held


def test_the_database_itself_refuses_a_listed_supervision_without_its_leader(
    county: Session, people: Parties, row: Assignment
) -> None:
    county.add(
        LadderStep(
            assignment_id=row.id,
            unit_code=row.unit_code,
            issuer_code=COUNTY,
            kind="listed_supervision",
            reason="甲",
            decided_on=date(2026, 11, 2),
            at=AT,
            actor_name="甲",
            document_no="文",
            ends_on=date(2026, 11, 30),
        )
    )
    with pytest.raises(IntegrityError):
        county.flush()
    county.rollback()


def test_only_what_is_overdue_is_put_on_the_ladder(county: Session, people: Parties, row: Assignment) -> None:
    in_time = replace(REASON, decided_on=date(2026, 10, 20))
    with pytest.raises(Refused, match="没有逾期"):
        take(county, people.first_desk, row, "talk", in_time, at=on("10-20 09:00"))
    act(county, people.second_desk, "recall", row)
    with pytest.raises(Refused, match="没有逾期"):
        take(county, people.first_desk, row, "talk")


def test_a_late_report_stays_on_the_ladder_until_it_is_closed(
    county: Session, people: Parties, row: Assignment
) -> None:
    act(county, people.village, "acknowledge", row)
    act(county, people.village, "report", row, at=on("10-28 09:00"))
    assert take(county, people.first_desk, row, "talk").kind == "talk"


def test_the_same_form_twice_is_one_step_and_a_faster_colleague_is_named(
    county: Session, people: Parties, row: Assignment
) -> None:
    first = take(county, people.first_desk, row, "talk", seen=0)
    assert take(county, people.first_desk, row, "talk", seen=0) is first
    with pytest.raises(Conflict, match=f"{people.first_desk.name}刚刚登记了“约谈”，您的“提醒”没有登记"):
        take(county, people.second_desk, row, "remind", seen=0)
    assert len(ladder.steps_of(county, row.id)) == 1


def test_withdrawal_needs_a_reason_goes_downward_and_keeps_the_record(
    county: Session, people: Parties, secretary: Viewer, row: Assignment
) -> None:
    climb(county, people.first_desk, secretary, row, "circular")
    talk, circular = ladder.steps_of(county, row.id)

    def withdraw(viewer: Viewer, step: LadderStep, reason: str, by: str) -> LadderStep:
        with acting_as(county, viewer):
            return ladder.withdraw(county, row.id, step.id, reason=reason, at=AT, by=by)

    with pytest.raises(Refused, match="先撤销最后一步"):
        withdraw(people.first_desk, talk, "有误", "desk")
    with pytest.raises(Refused, match="没有填写撤销理由"):
        withdraw(secretary, circular, " ", "secretary")
    with pytest.raises(Forbidden):
        withdraw(people.first_desk, circular, "有误", "desk")
    withdraw(secretary, circular, "情况已核实", "secretary")
    withdraw(secretary, circular, "再点一次", "secretary")
    assert (circular.withdrawn_reason, circular.withdrawn_by_name) == ("情况已核实", secretary.name)
    assert [step.kind for step in ladder.steps_of(county, row.id)] == ["talk", "circular"]
    take(county, secretary, row, "circular")  # the rung is free again
    assert len(ladder.steps_of(county, row.id)) == 3


def test_parties_and_levels_between_see_the_steps(county: Session, people: Parties, row: Assignment) -> None:
    take(county, people.first_desk, row, "talk")
    expected = {COUNTY: 1, TOWNSHIP: 1, "5333": 0, OTHER_TOWNSHIP: 0, factories.NEIGHBOUR_COUNTY: 0}
    seen = {}
    for unit in expected:
        with acting_as(county, factories.viewer(county, "desk", unit)):
            seen[unit] = len(county.query(LadderStep).all())
    assert seen == expected
    for viewer, number in ((people.village, 1), (factories.viewer(county, "secretary", SISTER_VILLAGE), 0)):
        with acting_as(county, viewer):
            assert len(county.query(LadderStep).all()) == number
