"""Recording by who owes it: one act for a whole list, corrections that stay visible, nothing twice, nobody else's."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY
from tests.support.conftest import MORNING, TODAY, World, item, open_now
from tests.teams.conftest import station
from webapp.access import Viewer, acting_as
from webapp.accountability import by_record
from webapp.accountability import service as tasks
from webapp.accountability.answering import record_duties
from webapp.accountability.models import Assignment
from webapp.accountability.offers import offers
from webapp.accountability.recurring import open_recurring
from webapp.audit import AuditEntry
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, OutOfScope, Refused
from webapp.support import duty, service
from webapp.support.models import SupportEvent, SupportItem

DONE: dict[str, Any] = {"state": "done", "done_on": date(2026, 3, 20), "document_no": "水办〔2026〕7号"}


def record(session: Session, viewer: Viewer, row: SupportItem, **said: Any) -> SupportItem:
    with acting_as(session, viewer):
        return service.record(session, row.id, **({"version": row.version, "at": MORNING} | said))


def record_many(session: Session, viewer: Viewer, rows: list[SupportItem], **said: Any) -> int:
    with acting_as(session, viewer):
        return service.record_many(session, [row.id for row in rows], **({"at": MORNING} | said))


def test_each_owner_records_its_own_and_no_other(county: Session, opened: World) -> None:
    theirs, ours = item(county, opened.first, "insurance"), item(county, opened.first, "county_funds")
    with pytest.raises(Forbidden, match="由派出单位登记"):
        record(county, opened.desk, theirs, **DONE)
    with pytest.raises(Forbidden, match="由县级登记"):
        record(county, opened.sends, ours, **DONE)
    assert record(county, opened.sends, theirs, **DONE).state == "done"
    assert record(county, opened.desk, ours, amount="10,000", **DONE).amount == Decimal(10000)
    names = county.scalars(select(SupportEvent.actor_unit).order_by(SupportEvent.id)).all()
    assert names == ["演示县水利局", "福贡县"]


def test_the_county_enters_for_a_sending_unit_without_a_desk(county: Session, opened: World) -> None:
    row = item(county, opened.mate, "insurance")
    with pytest.raises(NotFound):
        record(county, opened.sends, row, **DONE)
    assert record(county, opened.desk, row, **DONE).state == "done"


def test_a_list_is_recorded_in_one_act_and_a_second_click_changes_nothing(county: Session, opened: World) -> None:
    more = station(county, name="禾远汀", sender=opened.sender)
    county.commit()
    open_now(county)
    rows = [item(county, opened.first, "insurance"), item(county, more, "insurance")]
    assert record_many(county, opened.sends, rows, **DONE) == 2
    assert record_many(county, opened.sends, rows, **DONE) == 0
    county.commit()
    assert {row.document_no for row in rows} == {"水办〔2026〕7号"} and all(len(row.events) == 1 for row in rows)
    entries = county.scalars(select(AuditEntry.after).where(AuditEntry.action == "support.record")).all()
    assert [(one["rows"], one["kind"]) for one in entries if one] == [(2, "人身意外伤害保险")]


def test_a_correction_says_why_and_keeps_what_stood(county: Session, opened: World) -> None:
    row = item(county, opened.first, "insurance")
    record(county, opened.sends, row, **DONE)
    held = row.version
    assert record(county, opened.sends, row, **DONE, correction="").version == held  # the same again
    with pytest.raises(Faulty, match="更正原因"):
        record(county, opened.sends, row, **DONE | {"document_no": "水办〔2026〕8号"})
    with pytest.raises(Conflict, match="已由他人登记"):
        record(county, opened.sends, row, **DONE | {"document_no": "9号"}, version=held - 1, correction="typing")
    record(county, opened.sends, row, state="not_applicable", reason="elsewhere", correction="changed")
    assert (row.state, row.done_on, row.reason) == ("not_applicable", None, "elsewhere")
    record(county, opened.sends, row, state="open", correction="typing")
    assert (row.state, row.reason) == ("open", None)
    assert [one.correction for one in row.events] == [None, "changed", "typing"]
    county.flush()
    assert county.scalars(select(AuditEntry.reason).where(AuditEntry.action == "support.correct")).all() == [
        "情况有变化",
        "登记有误",
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"state": "done"}, "done_on"),
        ({"state": "done", "done_on": date(2026, 11, 10)}, "done_on"),
        ({"state": "done", "done_on": date(2024, 12, 31)}, "done_on"),
        ({"state": "done", "done_on": TODAY, "amount": "100"}, "amount"),
        ({"state": "done", "done_on": TODAY, "document_no": "6222020200112233446"}, "document_no"),
        ({"state": "done", "done_on": TODAY, "document_no": "号" * 61}, "document_no"),
        ({"state": "not_applicable"}, "reason"),
        ({"state": "not_applicable", "reason": "慢性病"}, "reason"),
        ({"state": "not_applicable", "reason": "document"}, "document_no"),
        ({"state": "paid"}, "state"),
    ],
)
def test_wrong_entries_are_named_by_field(county: Session, opened: World, said: dict[str, Any], field: str) -> None:
    row = item(county, opened.first, "insurance")
    with pytest.raises(Faulty) as found:
        record_many(county, opened.sends, [row], **said)
    assert set(found.value.faults) == {field}
    assert row.state == "open" and row.events == []


@pytest.mark.parametrize("amount", ["-1", "0", "1.005", "NaN", "一万", "1000000.01"])
def test_wrong_sums_are_refused(county: Session, opened: World, amount: str) -> None:
    with pytest.raises(Faulty, match="金额应当"):
        record(county, opened.desk, item(county, opened.first, "county_funds"), **DONE, amount=amount)


def test_nothing_named_and_two_years_are_refused(county: Session, opened: World) -> None:
    with pytest.raises(Refused, match="没有勾选"):
        record_many(county, opened.sends, [], **DONE)
    open_now(county, date(2027, 1, 4))
    rows = [item(county, opened.first, "insurance"), item(county, opened.first, "insurance", 2027)]
    with pytest.raises(Refused, match="同一年度"):
        record_many(county, opened.sends, rows, **DONE)


def test_rows_open_to_their_owners_and_the_person_and_the_person_writes_none(county: Session, opened: World) -> None:
    row = item(county, opened.first, "insurance")
    other = factories.viewer(county, "desk", COUNTY, kind="sending_unit").through("support.read")
    colleague = factories.viewer(county, "team_member", opened.first.unit_code)
    township = factories.viewer(county, "desk", opened.first.unit_code[:9])
    person = factories.viewer(county, "first_secretary", opened.first.unit_code, opened.first.person_id)
    seen = {}
    for name, viewer in {"other": other, "colleague": colleague, "township": township, "person": person}.items():
        with acting_as(county, viewer):
            seen[name] = len(county.scalars(select(SupportItem.id)).all())
    assert seen == {"other": 0, "colleague": 0, "township": 0, "person": 7}
    county.info["viewer"] = person
    county.scalars(select(SupportItem).where(SupportItem.id == row.id)).one().state = "done"
    with pytest.raises(OutOfScope):
        county.flush()


def open_check(session: Session) -> Assignment:
    """The county's check of 2026, opened by the calendar."""
    with acting_as(session, Viewer.system("到期任务", "")):
        open_recurring(session, date(2026, 11, 3), at=MORNING)
    session.commit()
    found = by_record.open_duty(session, duty.DUTY, COUNTY, "2026")
    assert found is not None
    return found


def test_the_yearly_check_is_answered_by_the_ledger(county: Session, opened: World) -> None:
    found = open_check(county)
    record(county, opened.sends, item(county, opened.first, "insurance"), **DONE)
    with acting_as(county, opened.desk):
        duty.answer(county, COUNTY, 2026, MORNING)
        with pytest.raises(Refused, match="没有待反馈"):
            duty.answer(county, COUNTY, 2026, MORNING)
    row = county.get_one(Assignment, found.id)
    assert row.state == "reported"
    assert "保障事项 12 项：已落实 1 项，不适用 0 项，待落实 11 项" in (row.report_text or "")
    with acting_as(county, opened.sends), pytest.raises(Refused, match="由县级经办"):
        duty.answer(county, COUNTY, 2026, MORNING)


def test_words_do_not_answer_the_yearly_check(county: Session, opened: World) -> None:
    found = open_check(county)
    desk = factories.viewer(county, "desk", COUNTY)
    with acting_as(county, desk):
        tasks.acknowledge(county, found.id, at=MORNING)
        assert {one.move.kind: one.barred for one in offers(found, desk)}["report"] == record_duties[duty.DUTY]
        with pytest.raises(Refused, match="由驻村保障台账反馈，不另写文字"):
            tasks.report(county, found.id, text="均已落实。", at=MORNING)
    assert (found.state, found.report_text) == ("acknowledged", None)
    with acting_as(county, opened.desk):
        duty.answer(county, COUNTY, 2026, MORNING)
    assert found.state == "reported"
