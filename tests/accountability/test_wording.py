"""After issue: words change with the difference shown, what is asked on top passes the gate, a task is taken back whole."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.conftest import Clients
from tests.accountability.making import DEMAND, MORNING, Parties, act, brought_to, changed, issued, parties
from tests.accountability.test_pages import do, issue, text, typed
from tests.factories import SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import acting_as
from webapp.accountability import parts, service, wording
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.rebuilding import rebuild
from webapp.accountability.recalling import recall_task
from webapp.accountability.wording import Part
from webapp.burden.models import BurdenEntry, Demand
from webapp.burden.proposals import AskedField, field_name
from webapp.errors import Conflict, Faulty, NotFound, Refused
from webapp.notices.models import InboxMessage

NEW = AskedField(field_name("灭火器数量"), "灭火器数量", "int", "个")
HELD = AskedField(field_name("搬迁户数"), "搬迁户数", "int")


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


def revised(session: Session, people: Parties, task: AccountabilityTask, **changes: object) -> object:
    said = {
        "title": task.title,
        "content": task.content,
        "evidence": task.evidence,
        "reason": "口径明确",
        "at": MORNING,
    }
    with acting_as(session, people.second_desk):
        return wording.revise(session, task.number, **said | changes)  # type: ignore[arg-type]


def test_the_difference_goes_to_those_who_have_not_answered(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, [VILLAGE, SISTER_VILLAGE])
    revised(county, people, task, title="冬春森林防火隐患排查")
    assert task.title == "冬春森林防火隐患排查"
    assert [[part for part in change.parts if part.kind != "same"] for _, (change,) in wording.shown(task)] == [
        [Part("after", "森林")]
    ]
    with acting_as(county, people.village):
        bodies = county.scalars(select(InboxMessage.body)).all()
    assert any("修改了任务文字" in body and "口径明确" in body for body in bodies)
    assert county.scalars(select(Demand)).all() == [county.get(Demand, task.demand_id)]


def test_nothing_changed_is_no_revision_and_a_reason_is_needed(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk)
    assert revised(county, people, task) is None
    with pytest.raises(Refused, match="没有填写修改理由"):
        revised(county, people, task, title="另一个名称", reason=" ")
    with pytest.raises(Faulty):
        revised(county, people, task, title="")
    with pytest.raises(Conflict, match="刚刚被其他同志改过"):
        revised(county, people, task, title="另一个名称", version=task.version - 1)
    with acting_as(county, people.township), pytest.raises(NotFound):
        wording.revise(county, task.number, title="改", content="改", evidence="改", reason="改", at=MORNING)
    assert task.title == DEMAND.title and task.revisions == []


def test_what_is_asked_on_top_passes_the_gate_and_is_counted(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk)
    revised(county, people, task, more_fields=(NEW, HELD), more_minutes=5)
    assert {row["label"]: row["holder"] is not None for row in task.fields} == {"灭火器数量": False, "搬迁户数": True}
    assert county.execute(select(BurdenEntry.minutes, BurdenEntry.fields)).one() == (35, 1)
    assert county.scalar(select(Demand.minutes).where(Demand.key == f"task:{task.request_id}:r1")) == 5
    for more, field in (
        ({"more_fields": (HELD,), "more_minutes": 5, "title": "再改"}, "fields"),
        ({"evidence": "另附名册", "more_minutes": 0}, "more_minutes"),
        ({"evidence": "另附台账", "more_minutes": 5, "at": factories.at("2026-10-22 09:00")}, "due_on"),
        ({"evidence": "另附台账", "more_minutes": 40}, "units"),
    ):
        with pytest.raises(Faulty) as refused:
            revised(county, people, task, **more)
        assert field in refused.value.faults
    assert len(task.revisions) == 1


@pytest.mark.parametrize("state", ["reported", "closed"])
def test_words_stay_once_nobody_owes_an_answer(county: Session, people: Parties, state: str) -> None:
    task = brought_to(county, people, state).task
    for change in ({"title": "改名"}, {"content": "改内容。"}, {"evidence": "另附名册", "more_minutes": 5}):
        with pytest.raises(Refused, match="各单位都已反馈或者办结，文字不再修改"):
            revised(county, people, task, **change)
    assert (task.title, task.revisions) == (DEMAND.title, [])


def test_words_change_while_a_suspended_unit_still_has_to_answer(county: Session, people: Parties) -> None:
    task = brought_to(county, people, "suspended").task
    revised(county, people, task, title="改名")
    assert task.title == "改名"


def test_a_whole_task_is_taken_back_with_what_was_split_from_it(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, [TOWNSHIP, "533323201201"])
    row = task.assignments[0]
    act(county, people.township, "acknowledge", row)
    with acting_as(county, people.township):
        parts.split(county, row.id, [VILLAGE, SISTER_VILLAGE], at=MORNING)
    with acting_as(county, people.second_desk):
        with pytest.raises(Refused, match="没有填写撤回理由"):
            recall_task(county, task.number, "", MORNING)
        assert recall_task(county, task.number, "与省里任务重复", MORNING) == 4
        assert recall_task(county, task.number, "与省里任务重复", MORNING) == 0
    assert set(county.scalars(select(Assignment.state))) == {"recalled"}
    assert county.scalars(select(BurdenEntry)).all() == []
    with acting_as(county, people.village):
        bodies = county.scalars(select(InboxMessage.body)).all()
    assert any("已撤回，不需再办理。理由：与省里任务重复" in body for body in bodies)
    assert [list(found) for found in rebuild(county, check=True)] in ([], [[]])
    with pytest.raises(Conflict):
        revised(county, people, task, title="改")


@pytest.mark.parametrize(
    ("field", "words", "told"),
    [
        ("title", "上级精神贯彻落实情况报告", "贯彻落实情况"),
        ("title", "制定配套方案", "配套文件"),
        ("content", "排查隐患并附打卡照片。", "留痕"),
        ("evidence", "现场视频", "留痕"),
    ],
)
def test_changed_words_ask_for_nothing_that_the_gate_refuses(
    county: Session, people: Parties, field: str, words: str, told: str
) -> None:
    task = issued(county, people.first_desk)
    with pytest.raises(Faulty) as refused:
        revised(county, people, task, more_minutes=5, **{field: words})
    assert told in refused.value.faults[field]


def test_more_is_asked_with_the_answer_time_that_each_part_has_left(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, [TOWNSHIP])
    row = task.assignments[0]
    act(county, people.township, "acknowledge", row)
    with acting_as(county, people.township):
        parts.split(county, row.id, [VILLAGE], due_on=date(2026, 10, 16), at=MORNING)
    late = factories.at("2026-10-15 09:00")
    with pytest.raises(Faulty) as refused:
        revised(county, people, task, evidence="另附名册", more_minutes=5, at=late)
    assert refused.value.faults["due_on"].startswith("离上帕村委会的截止日期（2026年10月16日")


def test_what_is_closed_stays_when_a_task_is_taken_back(county: Session, people: Parties) -> None:
    row = brought_to(county, people, "closed")
    with acting_as(county, people.second_desk):
        assert recall_task(county, row.task.number, "年度任务调整", MORNING) == 0
    assert (row.state, row.task.state) == ("closed", "recalled")


@pytest.mark.parametrize(
    ("kind", "values", "wrong", "right"),
    [
        ("int", (), "十二", "12"),
        ("int", (), "1.5", "-3"),
        ("money", (), "1200.505", "1200.50"),
        ("date", (), "2026-13-01", "2026-11-24"),
        ("bool", (), "有", "是"),
        ("code", ("已建", "未建"), "在建", "未建"),
        ("text", (), "", "齐全"),
        ("text", (), "长" * 301, "长" * 300),
    ],
)
def test_answers_are_checked_by_their_kind(
    county: Session, people: Parties, kind: str, values: tuple[str, ...], wrong: str, right: str
) -> None:
    asked = replace(NEW, kind=kind, values=values)
    row = issued(county, people.first_desk, demand=changed(fields=(asked, HELD))).assignments[0]
    act(county, people.village, "acknowledge", row)
    with acting_as(county, people.village):
        with pytest.raises(Refused, match="“灭火器数量”"):
            service.report(county, row.id, text="已排查", answers={asked.name: wrong}, at=MORNING)
        assert row.state == "acknowledged" or row.answers is None
        service.report(county, row.id, text="已排查", answers={asked.name: right}, at=MORNING)
    assert row.answers == {asked.name: right}


def test_a_village_answers_on_its_page_and_sees_who_holds_the_rest(clients: Clients, county: Session) -> None:
    data = typed(go="issue", units=VILLAGE, **{"fields-0-label": "灭火器数量", "fields-0-kind": "int"})
    data |= {"fields-1-label": "搬迁户数", "fields-1-kind": "int"}
    assert clients.first_desk.post("/tasks/new", data=data).status_code == 302
    row = county.scalars(select(Assignment)).one()
    path = f"/tasks/assignments/{row.id}"
    county.rollback()
    assert clients.village.post(f"{path}/acknowledge", data={"version": "1"}).status_code == 302
    page = text(clients.village.get(path))
    name = field_name("灭火器数量")
    assert f'name="answer-{name}"' in page and f'name="answer-{field_name("搬迁户数")}"' not in page
    assert re.search(r"搬迁户数：由[^<]+掌握，不需填报", page)
    typed_wrong = {"report-text": "已排查", f"answer-{name}": "很多"}
    wrong = clients.village.post(f"{path}/report", data=typed_wrong, follow_redirects=True)
    assert "“灭火器数量”应是整数" in text(wrong) and 'value="很多"' in text(wrong)
    done = clients.village.post(f"{path}/report", data={"report-text": "已排查", f"answer-{name}": "12"})
    assert done.status_code == 302
    assert re.search(r"灭火器数量</dt>\s*<dd>12", text(clients.first_desk.get(path)))


def test_the_pages_show_the_difference_and_the_recall(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    path = f"/tasks/{row.number}"
    page = text(clients.second_desk.get(f"{path}/wording"))
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    form = {"version": version[1], "title": "冬春防火隐患再排查", "content": "对房前屋后火灾隐患开展一次排查。"}
    form |= {"evidence": "隐患台账一份", "reason": "名称更正"}
    refused = clients.second_desk.post(f"{path}/wording", data={**form, "reason": ""})
    assert refused.status_code == 400 and "冬春防火隐患再排查" in text(refused)
    assert clients.second_desk.post(f"{path}/wording", data=form).status_code == 302
    assert clients.first_desk.post(f"{path}/wording", data={**form, "title": "又改"}).status_code == 409
    page = text(clients.village.get(f"/tasks/assignments/{row.id}"))
    assert '<ins class="wording-after">再</ins>' in page and "名称更正" in page
    assert clients.second_desk.post(f"{path}/recall", data={"reason": ""}).status_code == 400
    assert clients.second_desk.post(f"{path}/recall", data={"reason": "重复下达"}).status_code == 302
    assert "理由：重复下达" in text(clients.first_desk.get(path))
    assert "没有签收" in text(do(clients.village, county, row, "acknowledge"))


def test_a_text_that_repeats_itself_is_compared_in_larger_pieces() -> None:
    """Character by character this pair takes many seconds, and each view of the task would pay them again."""
    before, after = "的" * 5000, "的" * 4990 + "好"
    assert [(part.kind, part.words) for part in wording.parts(before, after)] == [("before", before), ("after", after)]
    lines = "".join(f"第{number}组查明情况。" for number in range(900))
    changed = lines.replace("第450组", "新增一句。第450组")
    assert [part.words for part in wording.parts(lines, changed) if part.kind != "same"] == ["新增一句。"]
