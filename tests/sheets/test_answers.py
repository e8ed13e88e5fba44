"""Answering, correcting, and entering paper: what a sheet takes, keeps and refuses."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import VILLAGE
from tests.sheets.making import SENT, opened, people, send, sheet_at, unchanged
from webapp.access import acting_as
from webapp.accountability import paper, replay, replies, wording
from webapp.accountability import service as tasks
from webapp.accountability.reply_template import Entry
from webapp.accountability.rules import WrongState
from webapp.burden.models import BurdenEntry
from webapp.burden.proposals import AskedField, field_name
from webapp.errors import Faulty, Forbidden, NotFound, Refused
from webapp.sheets import queries
from webapp.sheets.models import SheetVersion
from webapp.sheets.rules import Answer
from webapp.sheets.service import Outdated

LATER = factories.at("2026-12-22 09:00")


def test_a_sheet_sent_reports_its_assignment_that_day(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county), WA02_T1="新增线索 1 条"))
    row = sheet.assignment
    assert (row.state, row.first_reported_on, row.acknowledged_on) == (
        "reported",
        date(2026, 12, 20),
        date(2026, 12, 20),
    )
    title = sheet.lines[0].title
    assert row.report_text == f"月报单已提交，共 5 项，其中无变化 4 项。\n{title}：新增线索 1 条"
    assert [event.kind for event in row.events] == ["issue", "acknowledge", "start", "report"]
    answers = queries.answers_of(queries.version_of(county, sheet, 1))
    assert [(answers[line.id].no_change, answers[line.id].text) for line in sheet.lines][:2] == [
        (False, "新增线索 1 条"),
        (True, None),
    ]


def test_what_is_held_is_prefilled_and_no_change_keeps_it(county: Session) -> None:
    places = people(county)
    opened(county, date(2026, 11, 2))
    november = sheet_at(county, month="2026-11")
    send(
        county, places.village, november, unchanged(november, WA02_T1="线索 2 条"), at=factories.at("2026-11-20 09:00")
    )
    opened(county)
    december = sheet_at(county)
    line = december.lines[0]
    assert queries.held_before(county, december) == {line.id: ("2026-11", "线索 2 条")}
    send(county, places.village, december, unchanged(december) | {line.id: Answer(True, "线索 2 条")})
    answer = queries.answers_of(queries.version_of(county, december, 1))[line.id]
    assert (answer.no_change, answer.text) == (True, "线索 2 条")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(False, "   "), "第 1 项没有答复。请填写情况，或者选“无变化”。"),
        (Answer(True, "新情况"), "第 1 项既选了“无变化”，又填了新内容。请只留一种。"),
        (Answer(False, "长" * 1001), "第 1 项超过 1000 字，现有 1001 字。请删减。"),
    ],
)
def test_a_line_without_a_clear_answer_is_refused_and_nothing_is_kept(
    county: Session, answer: Answer, sentence: str
) -> None:
    places = people(county)
    opened(county)
    sheet = sheet_at(county)
    with pytest.raises(Faulty) as refused:
        send(county, places.village, sheet, unchanged(sheet) | {sheet.lines[0].id: answer})
    assert refused.value.faults == {f"line-{sheet.lines[0].id}": sentence}
    assert county.scalars(select(SheetVersion)).all() == []
    assert sheet_at(county).assignment.state == "issued"


def test_a_correction_is_a_version_and_the_first_one_stays(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county)))
    with pytest.raises(Faulty, match="更正原因"):
        send(county, places.village, sheet, unchanged(sheet, WA02_T1="补报 1 条"), at=LATER)
    send(county, places.village, sheet, unchanged(sheet, WA02_T1="补报 1 条"), at=LATER, reason="漏报一户")
    assert sheet.current == 2
    first, second = (queries.answers_of(queries.version_of(county, sheet, number)) for number in (1, 2))
    line = sheet.lines[0].id
    assert (first[line].no_change, second[line].text) == (True, "补报 1 条")
    row = sheet.assignment
    assert (row.state, row.first_reported_on, row.last_reported_on) == (
        "reported",
        date(2026, 12, 20),
        date(2026, 12, 20),
    )
    assert replay.differing(row, row.events) == {}


def test_a_correction_takes_a_wrong_text_back(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county), WA02_T1="发现 2 户风险"))
    line = sheet.lines[0].id
    both = unchanged(sheet) | {line: Answer(True, "发现 2 户风险")}
    with pytest.raises(Faulty, match="请只留一种"):
        send(county, places.village, sheet, both, at=LATER, reason="误报")
    send(county, places.village, sheet, unchanged(sheet), at=LATER, reason="误报")
    answer = queries.answers_of(queries.version_of(county, sheet, 2))[line]
    assert (answer.no_change, answer.text) == (True, None)
    assert sheet.assignment.report_text == "月报单已提交，共 5 项，其中无变化 5 项。"


def test_the_same_form_twice_is_kept_once(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = sheet_at(county)
    form = "6f1c2c1e-6d5c-4c0b-9d2f-0d2f5a1b7c11"
    for _ in range(2):
        send(county, places.village, sheet, unchanged(sheet), seen=0, request_id=form)
    assert sheet.current == 1


def test_who_sends_after_somebody_else_sees_who_was_faster(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county)))
    colleague = factories.viewer(county, "first_secretary", VILLAGE)
    with pytest.raises(Outdated, match="已于12月20日 10:00 提交第 1 版"):
        send(county, colleague, sheet, unchanged(sheet), seen=0, at=LATER)


def test_paper_is_entered_by_the_township_and_marked(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.township, sheet_at(county), unchanged(sheet_at(county)), paper_on=date(2026, 12, 18))
    version = queries.version_of(county, sheet, 1)
    assert (version.paper, version.paper_on, version.sent_by_unit) == (True, date(2026, 12, 18), factories.TOWNSHIP)
    assert (sheet.assignment.report_text or "").endswith("由乡镇按纸质回复代录。")


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2026, 12, 21)])
def test_paper_from_before_the_sheet_or_from_tomorrow_is_refused(county: Session, day: date) -> None:
    places = people(county)
    opened(county)
    with pytest.raises(Faulty) as refused:
        send(county, places.township, sheet_at(county), unchanged(sheet_at(county)), paper_on=day)
    assert list(refused.value.faults) == ["paper_on"]


def test_who_entered_the_paper_does_not_verify_it(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.township, sheet_at(county), unchanged(sheet_at(county)), paper_on=date(2026, 12, 18))
    with acting_as(county, places.township), pytest.raises(Refused, match="不能由您核验"):
        tasks.verify(county, sheet.assignment_id, at=LATER)
    with acting_as(county, places.second):
        tasks.verify(county, sheet.assignment_id, at=LATER)
    assert sheet.assignment.state == "verified"


def test_who_corrected_it_on_paper_does_not_verify_it_either(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county)))
    send(county, places.township, sheet, unchanged(sheet), paper_on=date(2026, 12, 19), reason="村里来电更正", at=LATER)
    with acting_as(county, places.township), pytest.raises(Refused, match="不能由您核验"):
        tasks.verify(county, sheet.assignment_id, at=LATER)


def test_only_the_village_answers_and_only_its_township_enters_paper(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = sheet_at(county)
    with pytest.raises(Forbidden):
        send(county, places.township, sheet, unchanged(sheet))
    with pytest.raises(Forbidden):
        send(county, places.county, sheet, unchanged(sheet), paper_on=date(2026, 12, 18))
    neighbour = factories.viewer(county, "secretary", factories.SISTER_VILLAGE)
    with pytest.raises(NotFound):
        send(county, neighbour, sheet, unchanged(sheet))


def test_a_sheet_is_not_reported_beside_its_lines(county: Session) -> None:
    places = people(county)
    opened(county)
    with acting_as(county, places.village), pytest.raises(Refused, match="月报单"):
        tasks.report(county, sheet_at(county).assignment_id, text="都办了", at=SENT)


def test_a_returned_sheet_is_sent_again_as_the_next_version(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county)))
    with acting_as(county, places.township):
        tasks.return_for_revision(county, sheet.assignment_id, reason="第 1 项请写明户数", at=LATER)
    send(county, places.village, sheet, unchanged(sheet, WA02_T1="涉及 1 户"), at=LATER)
    assert (sheet.current, sheet.assignment.state, sheet.assignment.first_reported_on) == (
        2,
        "reported",
        date(2026, 12, 20),
    )
    assert replay.differing(sheet.assignment, sheet.assignment.events) == {}


def test_a_closed_sheet_takes_nothing_more(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county)))
    with acting_as(county, places.township):
        tasks.verify(county, sheet.assignment_id, at=LATER)
    with pytest.raises(WrongState, match="不能再更正"):
        send(county, places.village, sheet, unchanged(sheet), at=LATER, reason="再改")


def test_the_minutes_it_took_are_stated_not_measured(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.village, sheet_at(county), unchanged(sheet_at(county)), minutes=15)
    entry = county.scalars(select(BurdenEntry).where(BurdenEntry.key == f"assignment:{sheet.assignment_id}")).one()
    assert (entry.minutes_stated, entry.minutes) == (15, 50)


def test_paper_is_marked_in_the_record_as_the_replies_read_it(county: Session) -> None:
    places = people(county)
    opened(county)
    sheet = send(county, places.township, sheet_at(county), unchanged(sheet_at(county)), paper_on=date(2026, 12, 18))
    assert replies.on_paper(county, [sheet.assignment_id]) == {sheet.assignment_id}


def test_a_sheet_is_not_entered_by_the_table_of_a_task(county: Session) -> None:
    places = people(county)
    opened(county)
    row = sheet_at(county).assignment
    entry = Entry(2, row.unit_code, "已办理", version=row.version)
    with acting_as(county, places.township), pytest.raises(Refused, match="月报单"):
        paper.enter(county, row.task, [factories.TOWNSHIP], [entry], at=LATER)


def test_no_field_is_added_to_a_sheet_beside_its_lines(county: Session) -> None:
    places = people(county)
    opened(county)
    task = sheet_at(county).assignment.task
    field = AskedField(field_name("户数"), "户数", "int", "户")
    with acting_as(county, places.township), pytest.raises(Refused, match="责任清单"):
        wording.revise(
            county,
            task.number,
            title=task.title,
            content=task.content,
            evidence=task.evidence,
            more_fields=(field,),
            more_minutes=5,
            reason="另要一个数",
            at=LATER,
        )
