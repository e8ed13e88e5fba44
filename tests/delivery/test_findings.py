"""What falls short of its target, and what was overdue at the cut-off."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.delivery.making import paper
from tests.factories import COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, at
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent, Extension
from webapp.delivery import findings
from webapp.evaluation.models import Run
from webapp.policy.work_areas import indicator


@pytest.mark.parametrize(
    ("code", "n", "d", "short"),
    [
        ("TSK-1", 999_999, 1_000_000, True),
        ("TSK-1", 5, 5, False),
        ("TSK-5", 0, 9, False),
        ("TSK-5", 1, 9_999, True),
        ("TSK-2", 0, 9, False),  # set by the locality
        ("TSK-4", 9, 9, False),  # only its own trend counts
    ],
)
def test_targets_are_compared_exactly(code: str, n: int, d: int, short: bool) -> None:
    assert bool(findings.shortfall(indicator(code), n, d)) is short


def task(session: Session, unit: str, due: date, **more: Any) -> Assignment:
    made = AccountabilityTask(
        request_id=f"{unit}-{due}",
        state="issued",
        title=f"排查{due}",
        content="内容",
        basis="文件",
        evidence="台账",
        minutes=10,
        issuer_code=COUNTY,
        issued_by_name="测试",
        drafted_at=at("2026-10-01 09:00"),
        issued_at=at("2026-10-01 09:00"),
        due_on=due,
    )
    session.add(made)
    session.flush()
    given = Assignment(
        task_id=made.id,
        unit_code=unit,
        issuer_code=COUNTY,
        issued_on=date(2026, 10, 1),
        due_on=due,
        first_due_on=due,
        changed_at=at("2026-10-01 09:00"),
    )
    for name, given_value in more.items():
        setattr(given, name, given_value)
    session.add(given)
    session.flush()
    return given


def moved(session: Session, given: Assignment, moment: str, to: str) -> None:
    session.add(
        AssignmentEvent(
            assignment_id=given.id,
            unit_code=given.unit_code,
            at=at(moment),
            kind=to,
            to_state=to,
            actor_name="测试",
        )
    )


def test_overdue_is_as_it_stood_at_the_cut_off(county: Session, october: Run) -> None:
    task(county, VILLAGE, date(2026, 10, 23))
    answered = task(county, TOWNSHIP, date(2026, 10, 20))
    moved(county, answered, "2026-10-19 10:00", "reported")
    moved(county, answered, "2026-11-01 10:00", "closed")
    task(county, OTHER_TOWNSHIP, date(2026, 10, 20), closed_on=date(2026, 10, 19))
    task(county, OTHER_TOWNSHIP, date(2026, 10, 21), recalled_on=date(2026, 10, 19))
    task(county, OTHER_TOWNSHIP, date(2026, 11, 5))
    later = task(county, TOWNSHIP, date(2026, 10, 22), due_on=date(2026, 11, 20))
    county.add(
        Extension(
            assignment_id=later.id,
            unit_code=TOWNSHIP,
            state="granted",
            asked_at=at("2026-11-02 09:00"),
            asked_by_id=factories.person(county).id,
            wanted_due_on=date(2026, 11, 20),
            reason="理由",
            decided_at=at("2026-11-03 09:00"),
        )
    )
    document = paper(county, october)
    listed = [(t.unit_name, t.due_on, t.working_days_over, t.holder, t.state_text) for t in document.overdue]
    village = county.get_one(factories.Division, VILLAGE).name
    assert listed == [
        ("上帕镇", date(2026, 10, 20), 8, "福贡县", "已反馈"),
        ("上帕镇", date(2026, 10, 22), 6, "上帕镇", "已下达"),
        (village, date(2026, 10, 23), 5, village, "已下达"),
    ]
    acts = " ".join(act.text for act in document.next_acts)
    assert "未反馈的2件" in acts
    assert "逾期未销号的1件" in acts
    assert "缺报的1个" in acts
