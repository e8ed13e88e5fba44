"""Step two of issuing: a whole level of a subtree, a group, a pasted list; and what the check shows of each unit."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.conftest import Clients
from tests.accountability.making import MORNING
from tests.accountability.test_pages import counted, step, text, typed
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.statements import sent
from webapp.access import acting_as
from webapp.accountability import targets
from webapp.accountability.issue_models import TaskEntry
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.org import groups
from webapp.org.models import Division


def chosen(page: str) -> set[str]:
    """The units that the page keeps: those in boxes that are ticked, and those in the hidden list."""
    ticked = set(re.findall(r'name="unit" value="(\d+)" checked', page))
    kept = re.search(r'name="(?:outside|units)" value="([0-9,]*)"', page)
    return ticked | set(filter(None, (kept[1] if kept else "").split(",")))


def names(session: Session, *codes: str) -> list[str]:
    found = dict(session.execute(select(Division.code, Division.name).where(Division.code.in_(codes))).tuples().all())
    session.rollback()
    return [found[code] for code in codes]


def test_every_village_of_the_county_is_one_button(clients: Clients, county: Session) -> None:
    villages = set(county.scalars(select(Division.code).where(Division.level == 5, Division.code.startswith(COUNTY))))
    county.rollback()
    form = typed(go="whom:level:add", choosing="1", level_root=COUNTY, level="5")
    page = text(step(clients.first_desk, form))
    assert chosen(page) == villages
    assert f"已加入 {len(villages)} 个单位" in page
    form = typed(go="whom:level:drop", choosing="1", level_root=TOWNSHIP, level="5", outside=",".join(sorted(villages)))
    left = chosen(text(step(clients.first_desk, form)))
    assert left == {code for code in villages if not code.startswith(TOWNSHIP)}


def test_of_a_pasted_list_the_wrong_three_are_named_and_the_good_ones_kept(clients: Clients, county: Session) -> None:
    (township, village) = names(county, TOWNSHIP, SISTER_VILLAGE)
    pasted = "\n".join([VILLAGE, f"{township} {village}", NEIGHBOUR_VILLAGE, "没有这个村", "533323999999"])
    answer = step(clients.first_desk, typed(go="check", choosing="1", pasted=pasted))
    page = text(answer)
    assert answer.status_code == 400
    assert chosen(page) == {VILLAGE, SISTER_VILLAGE}
    assert f"有 3 个没有认出：{NEIGHBOUR_VILLAGE}、没有这个村、533323999999" in page
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    assert box is not None and box[1].split() == [NEIGHBOUR_VILLAGE, "没有这个村", "533323999999"]


def test_lines_that_were_not_recognised_can_be_left_behind(clients: Clients) -> None:
    kept = {"choosing": "1", "pasted": f"{SISTER_VILLAGE}\n没有这个村", "outside": VILLAGE}
    refused = step(clients.first_desk, typed(go="check", **kept))
    page = text(refused)
    assert refused.status_code == 400 and "清空输入框后继续" in page
    assert 'name="go" value="check:without">不要这几个，继续' in page
    page = text(step(clients.first_desk, typed(go="check:without", **kept)))
    assert "下达前核对" in page and "没有这个村" not in page and "没有认出" not in page
    assert f'value="{VILLAGE},{SISTER_VILLAGE}"' in page


@pytest.mark.parametrize(
    "daily", ["上帕村", "上帕村民委员会", "达友", "上帕镇 达友村"], ids=["short", "long", "bare", "with its township"]
)
def test_a_village_is_known_by_its_names_in_daily_use(clients: Clients, county: Session, daily: str) -> None:
    answer = step(clients.first_desk, typed(go="whom:pasted:add", choosing="1", pasted=daily))
    assert chosen(text(answer)) == {SISTER_VILLAGE if "达友" in daily else VILLAGE}


def test_a_group_is_chosen_by_its_name(clients: Clients, county: Session) -> None:
    made = clients.first_desk.post(
        "/org/groups/new", data={"name": "临江村", "members": f"{VILLAGE}\n{SISTER_VILLAGE}", "unit_code": COUNTY}
    )
    assert made.status_code == 302, text(made)
    page = text(step(clients.second_desk, typed(go="whom")))
    key = re.search(r'<option value="(group:\d+)">临江村（2 个）', page)
    assert key is not None
    page = text(step(clients.second_desk, typed(go="whom:group:add", choosing="1", group=key[1])))
    assert chosen(page) == {VILLAGE, SISTER_VILLAGE}


def test_the_check_shows_what_other_levels_ask(clients: Clients, county: Session) -> None:
    data = typed(title="河道清障巡查", minutes="20", go="issue", units=VILLAGE)
    assert step(clients.township, data).status_code == 302
    page = text(step(clients.first_desk, typed(go="check", units=f"{VILLAGE},{SISTER_VILLAGE}")))
    (township,) = names(county, TOWNSHIP)
    assert f"河道清障巡查（{township}，20 分钟" in page
    assert "另有 1 项" in page and "50 分钟" in page


def test_the_check_turns_its_pages_and_keeps_weights(clients: Clients, county: Session) -> None:
    villages = sorted(
        county.scalars(select(Division.code).where(Division.level == 5, Division.code.startswith(COUNTY)))
    )
    county.rollback()
    data = typed(go="check:2", units=",".join(villages), **{f"weight-{villages[0]}": "3"})
    page = text(step(clients.first_desk, data))
    assert f'name="weight-{villages[25]}"' in page and f'name="weight-{villages[0]}"' not in page
    kept = re.search(r'name="weights" value="([^"]*)"', page)
    assert kept is not None and kept[1] == f"{villages[0]}:3"
    done = step(clients.first_desk, {**data, "go": "issue", "weights": kept[1]})
    assert done.status_code == 302
    weights = dict(county.execute(select(Assignment.unit_code, Assignment.weight)).tuples().all())
    county.rollback()
    assert (weights[villages[0]], weights[villages[1]], len(weights)) == (3, 1, len(villages))


def test_a_draft_of_the_pages_comes_back_whole(clients: Clients, county: Session) -> None:
    data = typed(go="draft", units=VILLAGE, document_no="福政办发〔2026〕31号", **{"fields-0-label": "灭火器数量"})
    assert step(clients.first_desk, data).status_code == 302
    page = text(clients.second_desk.get("/tasks/drafts/"))
    path = re.search(r'href="(/tasks/drafts/\d[^"]+)"', page)
    assert path is not None
    page = text(clients.second_desk.get(path[1], follow_redirects=True))
    for words in ("冬春防火隐患排查", "福政办发〔2026〕31号", "灭火器数量", f'name="units" value="{VILLAGE}"'):
        assert words in page
    assert "冬春防火隐患排查" not in text(clients.township.get("/tasks/drafts/"))
    assert clients.township.get(path[1]).status_code == 404
    assert clients.first_desk.get(path[1].replace("drafts/", "")).status_code == 404
    assert clients.first_desk.post(f"{path[1]}/delete").status_code == 302
    assert counted(county, AccountabilityTask) == 0


def test_a_draft_keeps_what_cannot_be_read_and_says_so(clients: Clients, county: Session) -> None:
    data = typed(go="draft", choosing="1", minutes="半天", due_on="下周五", scheduled_for="明早", pasted="没有这个村")
    answer = step(clients.first_desk, data)
    assert answer.status_code == 302
    said = text(clients.first_desk.get(answer.headers["Location"]))
    for words in ("预计用时“半天”", "截止日期“下周五”", "没有认出的名单“没有这个村”", "原样保留", ">未定<"):
        assert words in said
    path = re.search(r'href="(/tasks/drafts/\d[^"]+)"', said)
    assert path is not None
    page = text(clients.second_desk.get(path[1], follow_redirects=True))
    for words in ('value="半天"', 'value="下周五"', 'value="没有这个村"', "没有认出“下周五”", "用时应是整数分钟"):
        assert words in page
    mended = typed(go="draft", request_id=str(county.scalars(select(AccountabilityTask.request_id)).one()))
    county.rollback()
    assert step(clients.second_desk, mended).status_code == 302
    assert county.scalars(select(AccountabilityTask.unread)).one() == {}
    county.rollback()


def test_each_step_has_an_address_that_shows_everything_again(clients: Clients, county: Session) -> None:
    desk, form = clients.first_desk, typed(minutes="半天")
    first = desk.post("/tasks/new", data={**form, "go": "whom"}).headers["Location"]
    page = desk.get(first)
    assert page.status_code == 400 and 'value="半天"' in text(page) and "用时应是整数分钟" in text(page)
    form["minutes"] = "30"
    second = desk.post("/tasks/new", data={**form, "go": "whom", "units": VILLAGE}).headers["Location"]
    third = desk.post("/tasks/new", data={**form, "go": "check", "units": VILLAGE}).headers["Location"]
    assert len({first, second, third}) == 3
    for _ in range(2):
        assert "下达任务给 1 个单位" in text(desk.get(third))
        assert chosen(text(desk.get(second))) == {VILLAGE}
        back = desk.get(first)
        assert back.status_code == 200 and "冬春防火隐患排查" in text(back) and "没有提交成功" not in text(back)
    for other in (clients.second_desk, clients.township):
        assert "冬春防火隐患排查" not in text(other.get(first))
    assert step(desk, {**form, "go": "issue", "units": VILLAGE}).status_code == 302
    assert desk.get(third).status_code == 302, "what was issued is no form any more"
    assert counted(county, TaskEntry) == 0


def test_changes_of_a_draft_are_shown_again_or_given_up(clients: Clients) -> None:
    desk, form = clients.first_desk, typed()
    assert step(desk, {**form, "go": "draft"}).status_code == 302
    page = text(step(desk, {**form, "go": "more", "title": "改过的名称", "version": "1"}))
    assert 'value="改过的名称"' in page and "还没有存入草稿的改动" in page
    given_up = text(desk.post("/tasks/new", data={**form, "go": "revert"}, follow_redirects=True))
    assert 'value="冬春防火隐患排查"' in given_up and "还没有存入草稿的改动" not in given_up


def test_odd_weights_are_named_and_nothing_goes_out(clients: Clients, county: Session) -> None:
    for go in ("check", "issue"):
        answer = step(clients.first_desk, typed(go=go, units=VILLAGE, **{f"weight-{VILLAGE}": "很重"}))
        assert answer.status_code == 400
        assert "进度权重应是 1 至 100 的整数" in text(answer) and 'value="很重"' in text(answer)
    assert counted(county, AccountabilityTask) == 0


def test_a_moment_is_set_and_taken_back(clients: Clients, county: Session) -> None:
    data = typed(go="schedule", units=VILLAGE, scheduled_for="2026-10-13T09:00")
    answer = step(clients.first_desk, data)
    assert answer.status_code == 302, text(answer)
    page = text(clients.first_desk.get(answer.headers["Location"]))
    assert "定于2026年10月13日 09:00下达给 1 个单位" in page
    assert clients.first_desk.post(f"{answer.headers['Location']}/unschedule").status_code == 302
    assert "下一步：选择单位" in text(clients.first_desk.get(answer.headers["Location"], follow_redirects=True))
    past = step(clients.first_desk, typed(go="schedule", units=VILLAGE, scheduled_for="2026-10-12T08:00"))
    assert past.status_code == 400 and "时间已经过去" in text(past)
    assert counted(county, Assignment) == 0


def test_very_many_units_are_left_to_the_scheduler(clients: Clients, county: Session) -> None:
    county.add_all(
        Division(code=f"{TOWNSHIP}{number:03d}", parent_code=TOWNSHIP, level=5, name=f"新村{number}")
        for number in range(300, 1000)
    )
    for township in ("533323201", "533323202"):
        county.add_all(
            Division(code=f"{township}{number:03d}", parent_code=township, level=5, name=f"新村{number}")
            for number in range(300, 1000)
        )
    county.commit()
    form = typed(go="whom:level:add", choosing="1", level_root=COUNTY, level="5")
    page = text(step(clients.first_desk, form))
    units = chosen(page)
    assert len(units) > 2000 and page.count('type="checkbox"') < 200
    answer = step(clients.first_desk, typed(go="issue", units=",".join(sorted(units))))
    assert answer.status_code == 302, text(answer)
    assert "正在下达给" in text(clients.first_desk.get(answer.headers["Location"]))
    found = county.scalars(select(AccountabilityTask)).one()
    assert (found.state, len(found.targets)) == ("drafted", len(units))
    assert (county.scalar(select(func.count(Assignment.id))) or 0) == 0


def test_groups_are_sized_in_two_statements_however_many_there_are(county: Session) -> None:
    desk = factories.viewer(county, "desk", COUNTY)
    with acting_as(county, desk):
        for name in ("临江村", "搬迁安置点"):
            groups.save(county, groups.Wanted(COUNTY, name, "", (VILLAGE, SISTER_VILLAGE)), MORNING)
        county.flush()
        with sent(county.get_bind()) as asked:
            found = targets.groups_for(county, TOWNSHIP, MORNING.date())
        assert {one.name: one.count for one in found} == {"临江村": 2, "搬迁安置点": 2}
        assert targets.groups_for(county, NEIGHBOUR_VILLAGE[:9], MORNING.date()) == []
    assert len(asked) == 2
