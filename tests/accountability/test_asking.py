"""What a task may ask beside its words: asked fields, held ones prefilled, departments, urgency with a named approver."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING, Parties, act, changed, issued, parties
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import acting_as
from webapp.accountability import parts
from webapp.accountability.models import Assignment
from webapp.burden.models import BurdenEntry, Demand
from webapp.burden.proposals import AskedField, field_name
from webapp.errors import Faulty
from webapp.notices.models import InboxMessage

NEW = AskedField(field_name("灭火器数量"), "灭火器数量", "int", "个")
HELD = AskedField(field_name("搬迁户数"), "搬迁户数", "int")
TODAY = MORNING.date()


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def test_a_held_field_is_prefilled_with_its_holder_and_not_counted(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, demand=changed(fields=(NEW, HELD)))
    holders = {row["label"]: row.get("holder") for row in task.fields}
    assert holders["灭火器数量"] is None
    assert holders["搬迁户数"] is not None and "台账" in holders["搬迁户数"]
    assert county.scalars(select(BurdenEntry.fields)).all() == [1]


def test_held_fields_alone_are_refused(county: Session, people: Parties) -> None:
    with pytest.raises(Faulty) as refused:
        issued(county, people.first_desk, demand=changed(fields=(HELD,)))
    assert list(refused.value.faults) == ["fields"]


def test_fields_go_down_with_a_split(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, [TOWNSHIP], changed(fields=(NEW,), document_no="福政办发〔2026〕31号"))
    row = task.assignments[0]
    act(county, people.township, "acknowledge", row)
    with acting_as(county, people.township):
        parts.split(county, row.id, [VILLAGE, SISTER_VILLAGE], at=MORNING)
    part = county.scalars(select(Demand).where(Demand.key.startswith("split:"))).one()
    assert [(field.label, field.mode) for field in part.fields] == [("灭火器数量", "enter")]
    assert part.document_no == "福政办发〔2026〕31号"


def test_a_document_number_is_basis_enough(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, demand=changed(basis="", document_no="福政办发〔2026〕31号"))
    assert task.document_no == "福政办发〔2026〕31号"
    assert county.scalars(select(Demand.document_no)).one() == "福政办发〔2026〕31号"


def test_departments_lead_and_assist(county: Session, people: Parties) -> None:
    lead = factories.organisation(county, "福贡县应急管理局", "department", COUNTY)
    assist = factories.organisation(county, "福贡县消防救援大队", "department", COUNTY)
    elsewhere = factories.organisation(county, "外县应急管理局", "department", "533301")
    task = issued(county, people.first_desk, demand=changed(lead_id=lead.id, assist_ids=(assist.id,)))
    assert [(one.kind, one.organisation.name) for one in sorted(task.parties, key=lambda one: one.kind)] == [
        ("assist", "福贡县消防救援大队"),
        ("lead", "福贡县应急管理局"),
    ]
    assert county.scalars(select(Demand.owner_name)).one() == "福贡县应急管理局"
    for wrong, field in (
        ({"lead_id": elsewhere.id}, "lead"),
        ({"lead_id": lead.id, "assist_ids": (lead.id,)}, "assist"),
        ({"assist_ids": (elsewhere.id,)}, "assist"),
    ):
        with pytest.raises(Faulty) as refused:
            issued(county, people.first_desk, demand=changed(title="另一项", **wrong))
        assert list(refused.value.faults) == [field]


def test_only_an_approved_urgent_task_is_due_the_same_day(county: Session, people: Parties) -> None:
    leader = factories.viewer(county, "leader", COUNTY)
    above = factories.viewer(county, "secretary", "5333")
    for terms, field in (
        (changed(due_on=TODAY), "due_on"),
        (changed(due_on=TODAY, urgent=True), "urgent_approver"),
        (changed(due_on=TODAY, urgent=True, approver_id=people.second_desk.person_id), "urgent_approver"),
        (changed(due_on=TODAY, urgent=True, approver_id=people.first_desk.person_id), "urgent_approver"),
        (changed(due_on=date(2026, 10, 11), urgent=True, approver_id=leader.person_id), "due_on"),
    ):
        with pytest.raises(Faulty) as refused:
            issued(county, people.first_desk, demand=terms)
        assert list(refused.value.faults) == [field]
    for number, approver in enumerate((leader, above)):
        terms = changed(title=f"抢险第{number}号", due_on=TODAY, minutes=5, urgent=True, approver_id=approver.person_id)
        task = issued(county, people.first_desk, demand=terms)
        assert task.urgent_approver_name == approver.name
        with acting_as(county, approver):
            assert "批准人写明为您" in county.scalars(select(InboxMessage.body)).one()


def test_an_urgent_task_is_split_the_same_day(county: Session, people: Parties) -> None:
    leader = factories.viewer(county, "leader", COUNTY)
    urgent = changed(due_on=TODAY, urgent=True, approver_id=leader.person_id)
    row = issued(county, people.first_desk, [TOWNSHIP], urgent).assignments[0]
    act(county, people.township, "acknowledge", row)
    with acting_as(county, people.township):
        parts.split(county, row.id, [VILLAGE], at=MORNING)
    assert county.scalars(select(Assignment.due_on).where(Assignment.unit_code == VILLAGE)).one() == TODAY
