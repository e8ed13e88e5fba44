"""Step two of issuing: a whole level of a subtree, a group, a pasted list; and what the check shows of each unit."""

import re

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.conftest import Clients
from tests.accountability.making import MORNING
from tests.accountability.test_pages import counted, text, typed
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import acting_as
from webapp.accountability import targets
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
    page = text(clients.first_desk.post("/tasks/new", data=form))
    assert chosen(page) == villages
    assert f"已加入 {len(villages)} 个单位" in page
    form = typed(go="whom:level:drop", choosing="1", level_root=TOWNSHIP, level="5", outside=",".join(sorted(villages)))
    left = chosen(text(clients.first_desk.post("/tasks/new", data=form)))
    assert left == {code for code in villages if not code.startswith(TOWNSHIP)}


def test_of_a_pasted_list_the_wrong_three_are_named_and_the_good_ones_kept(clients: Clients, county: Session) -> None:
    (township, village) = names(county, TOWNSHIP, SISTER_VILLAGE)
    pasted = "\n".join([VILLAGE, f"{township} {village}", NEIGHBOUR_VILLAGE, "没有这个村", "533323999999"])
    answer = clients.first_desk.post("/tasks/new", data=typed(go="check", choosing="1", pasted=pasted))
    page = text(answer)
    assert answer.status_code == 400
    assert chosen(page) == {VILLAGE, SISTER_VILLAGE}
    assert f"有 3 个没有认出：{NEIGHBOUR_VILLAGE}、没有这个村、533323999999" in page
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    assert box is not None and box[1].split() == [NEIGHBOUR_VILLAGE, "没有这个村", "533323999999"]


def test_a_group_is_chosen_by_its_name(clients: Clients, county: Session) -> None:
    made = clients.first_desk.post(
        "/org/groups/new", data={"name": "临江村", "members": f"{VILLAGE}\n{SISTER_VILLAGE}", "unit_code": COUNTY}
    )
    assert made.status_code == 302, text(made)
    page = text(clients.second_desk.post("/tasks/new", data=typed(go="whom")))
    key = re.search(r'<option value="(group:\d+)">临江村（2 个）', page)
    assert key is not None
    page = text(clients.second_desk.post("/tasks/new", data=typed(go="whom:group:add", choosing="1", group=key[1])))
    assert chosen(page) == {VILLAGE, SISTER_VILLAGE}


def test_the_check_shows_what_other_levels_ask(clients: Clients, county: Session) -> None:
    data = typed(title="河道清障巡查", minutes="20", go="issue", units=VILLAGE)
    assert clients.township.post("/tasks/new", data=data).status_code == 302
    page = text(clients.first_desk.post("/tasks/new", data=typed(go="check", units=f"{VILLAGE},{SISTER_VILLAGE}")))
    (township,) = names(county, TOWNSHIP)
    assert f"河道清障巡查（{township}，20 分钟" in page
    assert "另有 1 项" in page and "50 分钟" in page


def test_the_check_turns_its_pages_and_keeps_weights(clients: Clients, county: Session) -> None:
    villages = sorted(
        county.scalars(select(Division.code).where(Division.level == 5, Division.code.startswith(COUNTY)))
    )
    county.rollback()
    data = typed(go="check:2", units=",".join(villages), **{f"weight-{villages[0]}": "3"})
    page = text(clients.first_desk.post("/tasks/new", data=data))
    assert f'name="weight-{villages[25]}"' in page and f'name="weight-{villages[0]}"' not in page
    kept = re.search(r'name="weights" value="([^"]*)"', page)
    assert kept is not None and kept[1] == f"{villages[0]}:3"
    done = clients.first_desk.post("/tasks/new", data={**data, "go": "issue", "weights": kept[1]})
    assert done.status_code == 302
    weights = dict(county.execute(select(Assignment.unit_code, Assignment.weight)).tuples().all())
    county.rollback()
    assert (weights[villages[0]], weights[villages[1]], len(weights)) == (3, 1, len(villages))


def test_a_draft_of_the_pages_comes_back_whole(clients: Clients, county: Session) -> None:
    data = typed(go="draft", units=VILLAGE, document_no="福政办发〔2026〕31号", **{"fields-0-label": "灭火器数量"})
    assert clients.first_desk.post("/tasks/new", data=data).status_code == 302
    page = text(clients.second_desk.get("/tasks/drafts/"))
    path = re.search(r'href="(/tasks/drafts/\d[^"]+)"', page)
    assert path is not None
    page = text(clients.second_desk.get(path[1]))
    for words in ("冬春防火隐患排查", "福政办发〔2026〕31号", "灭火器数量", f'name="units" value="{VILLAGE}"'):
        assert words in page
    assert "冬春防火隐患排查" not in text(clients.township.get("/tasks/drafts/"))
    assert clients.township.get(path[1]).status_code == 404
    assert clients.first_desk.get(path[1].replace("drafts/", "")).status_code == 404
    assert clients.first_desk.post(f"{path[1]}/delete").status_code == 302
    assert counted(county, AccountabilityTask) == 0


def test_a_moment_is_set_and_taken_back(clients: Clients, county: Session) -> None:
    data = typed(go="schedule", units=VILLAGE, scheduled_for="2026-10-13T09:00")
    answer = clients.first_desk.post("/tasks/new", data=data)
    assert answer.status_code == 302, text(answer)
    page = text(clients.first_desk.get(answer.headers["Location"]))
    assert "定于2026年10月13日 09:00下达给 1 个单位" in page
    assert clients.first_desk.post(f"{answer.headers['Location']}/unschedule").status_code == 302
    assert "下一步：选择单位" in text(clients.first_desk.get(answer.headers["Location"]))
    past = clients.first_desk.post(
        "/tasks/new", data=typed(go="schedule", units=VILLAGE, scheduled_for="2026-10-12T08:00")
    )
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
    page = text(clients.first_desk.post("/tasks/new", data=form))
    units = chosen(page)
    assert len(units) > 2000 and page.count('type="checkbox"') < 200
    answer = clients.first_desk.post("/tasks/new", data=typed(go="issue", units=",".join(sorted(units))))
    assert answer.status_code == 302, text(answer)
    assert "正在下达给" in text(clients.first_desk.get(answer.headers["Location"]))
    found = county.scalars(select(AccountabilityTask)).one()
    assert (found.state, len(found.targets)) == ("drafted", len(units))
    assert (county.scalar(select(func.count(Assignment.id))) or 0) == 0


def test_groups_are_sized_in_two_statements_however_many_there_are(county: Session) -> None:
    desk = factories.viewer(county, "desk", COUNTY)
    sent: list[str] = []
    with acting_as(county, desk):
        for name in ("临江村", "搬迁安置点"):
            groups.save(county, groups.Wanted(COUNTY, name, "", (VILLAGE, SISTER_VILLAGE)), MORNING)
        county.flush()
        note = lambda _connection, _cursor, statement, *_rest: sent.append(statement)  # noqa: E731
        event.listen(county.get_bind(), "before_cursor_execute", note)
        found = targets.groups_for(county, TOWNSHIP, MORNING.date())
        event.remove(county.get_bind(), "before_cursor_execute", note)
        assert {one.name: one.count for one in found} == {"临江村": 2, "搬迁安置点": 2}
        assert targets.groups_for(county, NEIGHBOUR_VILLAGE[:9], MORNING.date()) == []
    assert len(sent) == 2
