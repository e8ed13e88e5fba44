"""系统带出: what a unit gave to one task stands in the next that asks for it; whoever has not given it is asked (X-4)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, act, changed, issued, parties
from tests.factories import SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import acting_as
from webapp.accountability import replies, reply_template, service
from webapp.accountability.brought_out import brought_out
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.burden.proposals import AskedField, field_name
from webapp.errors import Refused

HAZARDS = AskedField(field_name("隐患处数"), "隐患处数", "int", "处")
AGAIN = AskedField(field_name("本村隐患处数（处）"), "本村隐患处数（处）", "int")
HOSES = AskedField(field_name("水带数量"), "水带数量", "int", "条")
GIVEN = factories.at("2026-10-14 10:00")
LATER = factories.at("2026-10-15 10:00")


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def asked_again(session: Session, people: Parties) -> tuple[AccountabilityTask, dict[str, Assignment]]:
    """Two villages were asked for the same, one has answered 7; then the county asks both again, with a new field."""
    first = issued(session, people.first_desk, [VILLAGE, SISTER_VILLAGE], changed(fields=(HAZARDS,), minutes=10))
    row = next(one for one in first.assignments if one.unit_code == VILLAGE)
    act(session, people.village, "acknowledge", row)
    with acting_as(session, people.village):
        service.report(session, row.id, text="已排查", answers={HAZARDS.name: "7"}, at=GIVEN)
    terms = changed(title="隐患整改复查", fields=(AGAIN, HOSES), minutes=10)
    task = issued(session, people.first_desk, [VILLAGE, SISTER_VILLAGE], terms, at=LATER)
    return task, {one.unit_code: one for one in task.assignments}


def test_what_a_unit_gave_is_brought_out_with_its_task_and_day(county: Session, people: Parties) -> None:
    task, _ = asked_again(county, people)
    found = brought_out(county, task, [VILLAGE, SISTER_VILLAGE])
    assert set(found) == {VILLAGE} and set(found[VILLAGE]) == {AGAIN.name}
    one = found[VILLAGE][AGAIN.name]
    first = county.scalars(select(AccountabilityTask).order_by(AccountabilityTask.id)).first()
    assert first is not None and one.value == "7"
    assert one.source.startswith(f"福贡县任务“{first.title}”（{first.number}），") and "10月14日" in one.source


def test_it_is_part_of_the_answer_without_being_entered(county: Session, people: Parties) -> None:
    _, rows = asked_again(county, people)
    act(county, people.village, "acknowledge", rows[VILLAGE], at=LATER)
    with acting_as(county, people.village):
        service.report(county, rows[VILLAGE].id, text="已复查", answers={HOSES.name: "3"}, at=LATER)
    assert rows[VILLAGE].answers == {AGAIN.name: "7", HOSES.name: "3"}
    assert rows[VILLAGE].events[-1].data == {"answers": rows[VILLAGE].answers}


def test_no_change_is_a_full_answer_where_all_is_brought_out(
    county: Session, people: Parties, sign_in: Callable[..., FlaskClient]
) -> None:
    """X-10: empty inputs stand for what the unit gave before."""
    task, rows = asked_again(county, people)
    task.fields = [one for one in task.fields if one["name"] == AGAIN.name]
    row_id = rows[VILLAGE].id
    act(county, people.village, "acknowledge", rows[VILLAGE], at=LATER)
    county.commit()
    assert "没有变化的写“无变化”。" in _text(sign_in("secretary", VILLAGE), f"/tasks/assignments/{row_id}")
    with acting_as(county, people.village):
        row = service.report(county, row_id, text="无变化", answers={AGAIN.name: ""}, at=LATER)
    assert row.answers == {AGAIN.name: "7"}


def test_a_newer_figure_may_be_written_over_it_by_the_unit_and_from_paper(county: Session, people: Parties) -> None:
    task, rows = asked_again(county, people)
    newer = {HOSES.name: "3", AGAIN.name: "5"}
    (ready,) = reply_template.judged(
        county, task, [TOWNSHIP], [reply_template.Entry(2, VILLAGE, "已复查", answers=newer)], LATER
    )
    act(county, people.village, "acknowledge", rows[VILLAGE], at=LATER)
    with acting_as(county, people.village):
        service.report(county, rows[VILLAGE].id, text="已复查", answers=newer, at=LATER)
    assert rows[VILLAGE].answers == ready.answers == newer


def test_a_unit_that_never_gave_it_is_asked(county: Session, people: Parties) -> None:
    _, rows = asked_again(county, people)
    sister = factories.viewer(county, "secretary", SISTER_VILLAGE)
    act(county, sister, "acknowledge", rows[SISTER_VILLAGE], at=LATER)
    with acting_as(county, sister):
        with pytest.raises(Refused, match="“本村隐患处数（处）”没有填写"):
            service.report(county, rows[SISTER_VILLAGE].id, text="已复查", answers={HOSES.name: "3"}, at=LATER)
        both = {HOSES.name: "3", AGAIN.name: "4"}
        service.report(county, rows[SISTER_VILLAGE].id, text="已复查", answers=both, at=LATER)
    assert rows[SISTER_VILLAGE].answers == both


def test_the_table_of_replies_has_its_column_from_the_first_day(county: Session, people: Parties) -> None:
    task, _ = asked_again(county, people)
    table = list(replies.table(county, task, people.first_desk, LATER.date()))
    head = next(number for number, row in enumerate(table) if row[0] == "区划代码")
    column = table[head].index("本村隐患处数（处）")
    assert {row[1]: row[column] for row in table[head + 1 :]} == {"上帕村委会": 7, "达友村委会": None}


def test_on_paper_it_is_not_typed_again_either(county: Session, people: Parties) -> None:
    task, _ = asked_again(county, people)
    typed = [
        reply_template.Entry(2, VILLAGE, "已复查", answers={HOSES.name: "3"}),
        reply_template.Entry(3, SISTER_VILLAGE, "已复查", answers={HOSES.name: "3", AGAIN.name: "4"}),
    ]
    ready = reply_template.judged(county, task, [TOWNSHIP], typed, LATER)
    assert {one.entry.code: one.answers[AGAIN.name] for one in ready} == {VILLAGE: "7", SISTER_VILLAGE: "4"}
    with pytest.raises(Refused, match="没有填写"):
        reply_template.judged(county, task, [TOWNSHIP], [reply_template.Entry(2, SISTER_VILLAGE, "好")], LATER)


def test_what_another_task_got_in_another_shape_is_asked(county: Session, people: Parties) -> None:
    task, _ = asked_again(county, people)
    task.fields = [{**one, "kind": "date"} for one in task.fields]
    assert brought_out(county, task, [VILLAGE]) == {}


def test_the_pages_show_the_value_and_where_it_comes_from(
    county: Session, people: Parties, sign_in: Callable[..., FlaskClient]
) -> None:
    task, rows = asked_again(county, people)
    number, ids = task.number, {code: row.id for code, row in rows.items()}
    act(county, people.village, "acknowledge", rows[VILLAGE], at=LATER)
    county.commit()
    own = _text(sign_in("secretary", VILLAGE), f"/tasks/assignments/{ids[VILLAGE]}")
    assert "7，系统带出，没有变化不用再填（福贡县任务“" in own
    assert f'name="answer-{AGAIN.name}" value="7"' in own and f'name="answer-{HOSES.name}" value=""' in own
    assert "没有变化的写“无变化”，系统没有带出的填报项仍要填写。" in own
    desk = sign_in("desk", factories.COUNTY)
    assert "本村隐患处数（处）：7（福贡县任务“" in _text(desk, f"/tasks/{number}/replies")
    assert "没有填报过的单位填报" in _text(desk, f"/tasks/{number}")


def _text(client: FlaskClient, path: str) -> Any:
    page = client.get(path)
    assert page.status_code == 200
    return page.text
