"""What is held elsewhere stands in the form of a month sheet, with its holder; 无变化 stays a full answer."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import act, changed, issued
from tests.factories import NEIGHBOUR_COUNTY, SISTER_VILLAGE, VILLAGE
from tests.sheets.making import Places, opened, people, send, sheet_at, unchanged
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability import service as tasks
from webapp.burden.proposals import AskedField, field_name
from webapp.coverage import on_sheet
from webapp.coverage import service as coverage
from webapp.coverage.queries import contacts
from webapp.org.models import Division
from webapp.sheets import held, queries
from webapp.sheets.models import MonthSheet, SheetLine
from webapp.sheets.rules import Answer

__all__ = ["on_sheet"]
REPORTED = factories.at("2026-12-10 09:00")


def line_of(sheet: MonthSheet, code: str) -> SheetLine:
    return next(line for line in sheet.lines if line.template_code == code)


def case(session: Session, places: Places, unit: str, viewer: Viewer, code: str = "WA02-T4") -> None:
    """A matter opened by hand for a village, which the village has reported on 10 December."""
    at = factories.at("2026-12-02 09:00")
    terms = changed(title="监测对象识别：某户", due_on=date(2026, 12, 18), minutes=1)
    task = issued(session, places.county, [unit], terms, at=at)
    task.template_code, task.via = code, "case"
    session.flush()
    act(session, viewer, "acknowledge", task.assignments[0], at=at)
    with acting_as(session, viewer):
        tasks.report(session, task.assignments[0].id, text="已入户核实，列为监测对象。", at=REPORTED)


def test_a_matter_reported_in_the_period_stands_in_the_line_of_its_area(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = sheet_at(county)
    case(county, places, VILLAGE, places.village)
    found = held.held_for(county, sheet)
    risks = found[line_of(sheet, "WA02-T1").id]
    assert risks.prefill == "监测对象识别：某户，2026年12月10日已反馈：已入户核实，列为监测对象。"
    assert [one.holder for one in risks.present] == [county.get_one(Division, "533323").name]
    assert not any(one.present for line_id, one in found.items() if line_id != line_of(sheet, "WA02-T1").id)


def test_what_was_entered_for_the_asked_fields_of_a_demand_stands_there_too(county: Session) -> None:
    """What the gate let through as asked of the village is held from then on (X-4)."""
    places = people(county)
    opened(county)
    sheet = sheet_at(county)
    moved = AskedField(field_name("临时安置户数"), "临时安置户数", "int", "户")
    terms = changed(title="监测对象识别：某户", due_on=date(2026, 12, 18), minutes=1, fields=(moved,))
    task = issued(county, places.county, [VILLAGE], terms, at=factories.at("2026-12-02 09:00"))
    task.template_code, task.via = "WA02-T4", "case"
    county.flush()
    row = task.assignments[0]
    act(county, places.village, "acknowledge", row, at=factories.at("2026-12-02 10:00"))
    with acting_as(county, places.village):
        tasks.report(county, row.id, text="已核实。", answers={moved.name: "12"}, at=REPORTED)
    line = line_of(sheet, "WA02-T1")
    assert held.prefill_of(county, sheet)[line.id].endswith("已反馈：已核实。（临时安置户数：12户）")


def test_what_was_reported_in_another_period_or_by_another_village_does_not(county: Session) -> None:
    places = people(county)
    opened(county, date(2026, 11, 2))
    opened(county)
    sister = factories.viewer(county, "secretary", SISTER_VILLAGE)
    case(county, places, SISTER_VILLAGE, sister)
    case(county, places, VILLAGE, places.village, "WA08-T4")
    sheet = sheet_at(county)
    assert line_of(sheet, "WA02-T1").id not in held.prefill_of(county, sheet)
    november = sheet_at(county, month="2026-11")
    assert held.prefill_of(county, november) == {}


def test_no_change_keeps_what_is_held_and_is_a_full_answer(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = sheet_at(county)
    case(county, places, VILLAGE, places.village)
    line = line_of(sheet, "WA02-T1")
    text = held.prefill_of(county, sheet)[line.id]
    send(county, places.village, sheet, unchanged(sheet) | {line.id: Answer(True, text)})
    answer = queries.answers_of(queries.version_of(county, sheet, 1))[line.id]
    assert (answer.no_change, answer.text) == (True, text)


def test_what_the_period_says_goes_before_what_was_written_last(county: Session) -> None:
    places = people(county)
    opened(county, date(2026, 11, 2))
    november = sheet_at(county, month="2026-11")
    at = factories.at("2026-11-20 09:00")
    send(county, places.village, november, unchanged(november, WA02_T1="线索 2 条"), at=at)
    opened(county)
    sheet = sheet_at(county)
    line = line_of(sheet, "WA02-T1")
    assert held.prefill_of(county, sheet) == {line.id: "线索 2 条"}
    assert held.held_for(county, sheet)[line.id].shown[-1].holder == "本村2026年11月填报"
    case(county, places, VILLAGE, places.village)
    assert "监测对象识别" in held.prefill_of(county, sheet)[line.id]


def test_the_yearly_confirmation_stands_in_its_line(county: Session) -> None:
    places = people(county)
    opened(county, date(2026, 11, 2))
    sheet = sheet_at(county, month="2026-11")
    at = factories.at("2026-11-10 09:00")
    with clock.held_at(at), acting_as(county, places.village):
        coverage.confirm(county, VILLAGE, 2026, exceptions="在外务工 4 户已电话联系", at=at)
    line = line_of(sheet, "WA30-T3")
    text = held.prefill_of(county, sheet)[line.id]
    assert "2026年11月10日已确认" in text and "在外务工 4 户已电话联系" in text


def test_the_form_shows_what_is_held_with_its_holder_and_what_nobody_has_to_write(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    places = people(county)
    opened(county)
    case(county, places, VILLAGE, places.village)
    county.commit()
    with clock.held_at(factories.at("2026-12-20 10:00")):
        page = sign_in("secretary", VILLAGE).get(f"/sheets/{VILLAGE}/2026-12").text
        assert "已入户核实，列为监测对象。（福贡县）" in page
        assert ">监测对象识别：某户，2026年12月10日已反馈：已入户核实，列为监测对象。</textarea>" in page
        assert "不用填：务工地点、行业、本年务工月数（人力资源社会保障掌握）" in page
        other = sign_in("secretary", SISTER_VILLAGE).get(f"/sheets/{SISTER_VILLAGE}/2026-12").text
        assert "某户" not in other
        neighbour = sign_in("desk", NEIGHBOUR_COUNTY)
        assert neighbour.get(f"/sheets/{VILLAGE}/2026-12").status_code == 404


def test_only_ledgers_in_which_the_village_has_a_part_say_what_is_not_to_be_written(county: Session) -> None:
    people(county)
    opened(county, date(2026, 11, 2))
    sheet = sheet_at(county, month="2026-11")
    found = held.held_for(county, sheet)
    assert line_of(sheet, "WA30-T3").id not in found, "the ledger of village secretaries is none of the village's"
    told = dict(found[line_of(sheet, "WA02-T1").id].elsewhere)
    assert told["国家或者省监测系统"] == ("对象编号", "对象类别", "风险消除日期")


def test_the_line_of_the_yearly_confirmation_confirms_the_year_once(county: Session) -> None:
    places = people(county)
    opened(county, date(2026, 11, 2))
    sheet = sheet_at(county, month="2026-11")
    line = line_of(sheet, "WA30-T3").id
    sent = factories.at("2026-11-20 09:00")
    send(county, places.village, sheet, unchanged(sheet) | {line: Answer(False, "2 户外出务工，已电话联系")}, at=sent)
    row = contacts(county, [VILLAGE], {2026})[(VILLAGE, 2026)]
    assert (row.confirmed_on, row.exceptions) == (sent.date(), "2 户外出务工，已电话联系")
    again = factories.at("2026-11-23 09:00")
    send(county, places.village, sheet, unchanged(sheet), at=again, reason="已全部走访")
    county.refresh(row)
    assert (row.confirmed_on, row.exceptions, row.version) == (sent.date(), "2 户外出务工，已电话联系", 1)


def test_the_township_confirms_from_paper_for_the_village_without_exceptions(county: Session) -> None:
    places = people(county)
    opened(county, date(2026, 11, 2))
    sheet = sheet_at(county, month="2026-11")
    sent = factories.at("2026-11-20 09:00")
    send(county, places.township, sheet, unchanged(sheet), at=sent, paper_on=date(2026, 11, 19))
    row = contacts(county, [VILLAGE], {2026})[(VILLAGE, 2026)]
    assert (row.exceptions, row.confirmed_by_id) == (None, places.township.person_id)
