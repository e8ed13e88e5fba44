"""Remarks and watching: kept, told to who may read, silent to who may not, and never counted (X-8)."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.conftest import Clients
from tests.accountability.making import MORNING, Parties, act, issued, parties
from tests.accountability.test_pages import issue
from tests.architecture.source import modules
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import remarks, watching
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.remark_models import Remark, RemarkVersion, TaskWatch
from webapp.accountability.remarks import Said
from webapp.burden.models import BurdenEntry
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.notices.models import InboxMessage
from webapp.org.models import Person, Posting


@pytest.fixture
def people(county: Session) -> Parties:
    return parties(county)


@pytest.fixture
def row(county: Session, people: Parties) -> Assignment:
    return issued(county, people.first_desk).assignments[0]


def say(
    session: Session, viewer: Viewer, row: Assignment, text: str, chosen: tuple[int, ...] = (), request_id: str = ""
) -> Said:
    with acting_as(session, viewer):
        return remarks.write(
            session, row.id, request_id=request_id or str(uuid4()), text=text, chosen=chosen, at=MORNING
        )


def told(session: Session, viewer: Viewer) -> list[str]:
    """Bodies of the remark and watch messages of a person."""
    own = select(InboxMessage.body).where(InboxMessage.person_id == viewer.person_id)
    about = InboxMessage.key.startswith("remark:") | InboxMessage.key.startswith("watch:")
    return list(session.scalars(own.where(about).order_by(InboxMessage.id)))


def number_of(session: Session, task_id: int) -> str:
    number = session.get_one(AccountabilityTask, task_id).number
    session.rollback()  # the pages write
    return number


def rename(session: Session, viewer: Viewer, name: str) -> None:
    session.get_one(Person, viewer.person_id).name = name
    session.flush()


def test_a_clear_name_is_told_and_a_second_send_says_nothing_twice(
    county: Session, people: Parties, row: Assignment
) -> None:
    rename(county, people.second_desk, "和志强")
    form = str(uuid4())
    for _ in range(2):
        said = say(county, people.village, row, "请@和志强看一下第三组的台账", request_id=form)
    assert said.notes == () and county.scalar(select(func.count(Remark.id))) == 1
    assert told(county, people.second_desk) == [f"{people.village.name}在留言中提到您：请@和志强看一下第三组的台账"]
    assert told(county, people.first_desk) == told(county, people.village) == []


def test_unknown_and_ambiguous_names_are_said_and_the_text_is_kept(
    county: Session, people: Parties, row: Assignment
) -> None:
    for desk in (people.first_desk, people.second_desk):
        rename(county, desk, "和志强")
    said = say(county, people.village, row, "@和志强 @李不在 请看")
    assert len(said.notes) == 2 and "2 位同志叫“和志强”" in said.notes[0] and "没有找到“@李不在”" in said.notes[1]
    assert said.remark.text == "@和志强 @李不在 请看" and told(county, people.first_desk) == []
    chosen = say(county, people.village, row, "@和志强 请看", chosen=(people.first_desk.person_id,))
    assert chosen.notes == () and len(told(county, people.first_desk)) == 1 and told(county, people.second_desk) == []


def test_who_may_not_read_the_assignment_cannot_be_named(county: Session, people: Parties, row: Assignment) -> None:
    neighbour = factories.viewer(county, "desk", NEIGHBOUR_COUNTY)
    sister = factories.viewer(county, "secretary", SISTER_VILLAGE)
    sending = factories.viewer(county, "desk", COUNTY, kind="sending_unit")
    rename(county, neighbour, "邻县人")
    offered = {one.person_id for one in remarks.mentionable(county, row, MORNING.date())}
    assert offered == {people.first_desk.person_id, people.second_desk.person_id, people.village.person_id}
    said = say(
        county, people.village, row, "@邻县人", chosen=(neighbour.person_id, sister.person_id, sending.person_id)
    )
    assert said.remark.mentioned == [] and len(said.notes) == 1
    assert told(county, neighbour) == told(county, sister) == told(county, sending) == []


def test_watchers_hear_of_moves_once_and_not_of_their_own(county: Session, people: Parties, row: Assignment) -> None:
    for viewer in (people.township, people.second_desk, people.village):
        for _ in range(2):
            watching.watch(county, viewer.person_id, row.task, row, MORNING)
    act(county, people.village, "acknowledge", row)
    act(county, people.village, "report", row)
    assert told(county, people.village) == []
    assert [
        body.removeprefix(f"您关注的任务有新进展：{people.village.name}") for body in told(county, people.township)
    ] == [
        "签收。",
        "开始办理。",
        "反馈。",
    ]
    # the county desk verifies: it is told of the report as a party, and of the rest as a watcher
    assert len(told(county, people.second_desk)) == 2
    with acting_as(county, people.township):
        watching.unwatch(county, people.township.person_id, row.task, row)
    act(county, people.first_desk, "return", row)
    assert len(told(county, people.township)) == 3


def test_a_watch_on_the_whole_task_covers_what_one_may_read(county: Session, people: Parties) -> None:
    task = issued(county, people.first_desk, units=(VILLAGE, OTHER_VILLAGE))
    watching.watch(county, people.township.person_id, task, None, MORNING)
    by_unit = {one.unit_code: one for one in task.assignments}
    other = factories.viewer(county, "secretary", OTHER_VILLAGE)
    act(county, other, "acknowledge", by_unit[OTHER_VILLAGE])
    assert told(county, people.township) == []
    act(county, people.village, "acknowledge", by_unit[VILLAGE])
    assert len(told(county, people.township)) == 1


def test_who_loses_the_post_stops_hearing(county: Session, people: Parties, row: Assignment) -> None:
    rename(county, people.township, "镇上人")
    watching.watch(county, people.township.person_id, row.task, row, MORNING)
    post = county.scalars(select(Posting).where(Posting.person_id == people.township.person_id)).one()
    post.ends_on = date(2026, 10, 11)
    county.flush()
    act(county, people.village, "acknowledge", row)
    say(county, people.village, row, "已开展")
    assert told(county, people.township) == []


def test_a_mention_makes_a_watcher_who_hears_of_later_remarks(
    county: Session, people: Parties, row: Assignment
) -> None:
    say(county, people.village, row, "请看", chosen=(people.second_desk.person_id,))
    say(county, people.village, row, "又补充了一处")
    assert [body.split("：")[0] for body in told(county, people.second_desk)] == [
        f"{people.village.name}在留言中提到您",
        "您关注的任务有新留言",
    ]


def test_only_the_author_corrects_and_the_earlier_wording_stays(
    county: Session, people: Parties, row: Assignment
) -> None:
    remark = say(county, people.village, row, "已查 42 户").remark

    def correct(viewer: Viewer, text: str, version: int) -> Said:
        with acting_as(county, viewer):
            return remarks.correct(county, row.id, remark.id, text=text, chosen=(), version=version, at=MORNING)

    with pytest.raises(Forbidden):
        correct(people.first_desk, "改别人的", 1)
    for _ in range(2):
        correct(people.village, "已查 45 户", 1)  # the second is a double click
    with pytest.raises(Conflict, match="已在别处更正"):
        correct(people.village, "已查 46 户", 1)
    assert remark.text == "已查 45 户"
    assert [(one.version, one.text) for one in county.scalars(select(RemarkVersion))] == [(1, "已查 42 户")]


@pytest.mark.parametrize("text", ["", " \n ", "长" * 501])
def test_nothing_and_too_much_are_refused(county: Session, people: Parties, row: Assignment, text: str) -> None:
    with pytest.raises(Refused):
        say(county, people.village, row, text)
    assert county.scalar(select(func.count(Remark.id))) == 0


def test_a_neighbour_reads_nothing_and_says_nothing(county: Session, people: Parties, row: Assignment) -> None:
    say(county, people.village, row, "本村内容")
    for viewer in (
        factories.viewer(county, "secretary", SISTER_VILLAGE),
        factories.viewer(county, "desk", NEIGHBOUR_COUNTY),
    ):
        with pytest.raises(NotFound):
            say(county, viewer, row, "我也说一句")
        with acting_as(county, viewer):
            assert county.scalars(select(Remark.text)).all() == []


def test_remarks_count_for_nothing(county: Session, people: Parties, row: Assignment) -> None:
    before = (row.version, row.state, county.scalar(select(func.count(BurdenEntry.id))))
    say(county, people.village, row, "留言一条")
    county.refresh(row)
    assert (row.version, row.state, county.scalar(select(func.count(BurdenEntry.id)))) == before
    counting = ("webapp.evaluation", "webapp.burden", "webapp.dashboard", "webapp.delivery", "reports")
    using = [
        m.name for m in modules() for target, _ in m.imports() if "remark" in target and m.name.startswith(counting)
    ]
    assert using == []


def test_the_pages_from_writing_to_correcting(clients: Clients, county: Session) -> None:
    number = issue(clients.first_desk, county, VILLAGE)[VILLAGE].id
    path = f"/tasks/assignments/{number}/remarks"
    assert "还没有留言" in clients.village.get(f"/tasks/assignments/{number}").text
    answer = clients.village.post(
        path, data={"text": "看<b>这里</b> @赵不在", "request_id": "one"}, follow_redirects=True
    )
    assert "留言已保存" in answer.text and "没有找到“@赵不在”" in answer.text and "看&lt;b&gt;这里" in answer.text
    long = clients.village.post(path, data={"text": "长" * 501, "request_id": "two"}, follow_redirects=True)
    assert "长" * 501 in long.text and "超过 500 字" in long.text
    remark = county.scalars(select(Remark.id)).one()
    county.rollback()
    assert clients.first_desk.post(f"{path}/{remark}", data={"text": "x", "version": "1"}).status_code == 403
    done = clients.village.post(f"{path}/{remark}", data={"text": "看这里", "version": "1"}, follow_redirects=True)
    assert "原来的文字" in done.text and "看&lt;b&gt;这里" in done.text
    stale = clients.village.post(f"{path}/{remark}", data={"text": "另一句", "version": "1"}, follow_redirects=True)
    assert "另一句" in stale.text and "看这里" in stale.text
    page = clients.first_desk.get(f"/tasks/assignments/{number}").text
    assert "有 1 条留言" in page and "更正" not in page.split("留言和关注")[1].split("</section>")[0]


def test_the_buttons_watch_once_and_unwatch(clients: Clients, county: Session) -> None:
    found = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    for _ in range(2):
        assert clients.township.post(f"/tasks/assignments/{found.id}/watch/on").status_code == 303
        assert clients.township.post(f"/tasks/{number_of(county, found.task_id)}/watch/on").status_code == 303
    assert county.scalar(select(func.count(TaskWatch.id))) == 2
    county.rollback()
    page = clients.township.get(f"/tasks/assignments/{found.id}").text
    assert "取消关注" in page and "取消关注整项任务" in page
    for path in (f"/tasks/assignments/{found.id}", f"/tasks/{number_of(county, found.task_id)}"):
        clients.township.post(f"{path}/watch/off")
    assert county.scalar(select(func.count(TaskWatch.id))) == 0


def test_a_neighbour_s_pages_are_not_there(
    clients: Clients, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    found = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    neighbour = sign_in("desk", NEIGHBOUR_COUNTY)
    for path in (f"/tasks/assignments/{found.id}/remarks", f"/tasks/assignments/{found.id}/watch/on"):
        assert neighbour.post(path, data={"text": "x"}).status_code == 404
    assert neighbour.get(f"/tasks/assignments/{found.id}/remarks").status_code == 404
    assert neighbour.post(f"/tasks/{number_of(county, found.task_id)}/watch/on").status_code == 404


def test_a_name_with_something_put_behind_it_is_found_by_the_name_alone(
    county: Session, people: Parties, row: Assignment
) -> None:
    rename(county, people.second_desk, "和志强（演示）")
    rename(county, people.first_desk, "和志（演示）")
    for text in ("@和志强 请看", "请@和志强看一下", "@和志强（演示）请看"):
        assert say(county, people.village, row, text).notes == ()
    assert len(told(county, people.second_desk)) == 3 and told(county, people.first_desk) == []
