"""The issuer's matrix and the board of one unit: who sees which rows, in which order, and what nobody is offered."""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accountability.making import Parties, act, changed, issued, parties
from tests.accountability.test_pages import text
from tests.factories import COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.accountability import matrix
from webapp.accountability.models import AccountabilityTask
from webapp.org.models import Division

UNITS = (OTHER_VILLAGE, SISTER_VILLAGE, VILLAGE, TOWNSHIP)


class Made(NamedTuple):
    people: Parties
    number: str
    other_number: str


@pytest.fixture
def made(morning: None, county: Session) -> Made:
    """Two tasks of the county; the village has answered one and is late with the other."""
    people = parties(county)
    task = issued(county, people.first_desk, UNITS)
    other = issued(
        county, people.first_desk, [VILLAGE], changed(title="饮水安全排查", minutes=10, due_on=date(2026, 10, 16))
    )
    row = next(row for row in task.assignments if row.unit_code == VILLAGE)
    for kind in ("acknowledge", "start", "report"):
        act(county, people.village, kind, row)
    numbers = task.number, other.number
    county.commit()
    return Made(people, *numbers)


def units_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/tasks/board/(\d+)"', page)


def test_units_stand_in_code_order_whatever_their_lamps(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("desk", COUNTY)
    plain = text(client.get(f"/tasks/{made.number}/matrix"))
    assert units_of(plain) == sorted(UNITS)
    for more in ("?sort=lamp", "?sort=-due", "?order=over"):
        assert units_of(text(client.get(f"/tasks/{made.number}/matrix{more}"))) == sorted(UNITS)
    assert "sort=" not in plain
    assert "format=" not in plain


def test_no_file_is_made_of_lamps(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    for wanted in ("csv", "xlsx"):
        answer = sign_in("desk", COUNTY).get(f"/tasks/{made.number}/matrix?format={wanted}")
        assert answer.mimetype == "text/html"


def test_a_cell_says_its_state_in_words_and_leads_to_the_record(
    made: Made, sign_in: Callable[..., FlaskClient]
) -> None:
    page = text(sign_in("desk", COUNTY).get(f"/tasks/{made.number}/matrix"))
    row = page[page.index(f"/tasks/board/{VILLAGE}") :].split("</tr>")[0]
    assert 'aria-label="已反馈，待核验"' in row
    assert re.search(r'href="/tasks/assignments/\d+"', row)
    sister = page[page.index(f"/tasks/board/{SISTER_VILLAGE}") :].split("</tr>")[0]
    assert 'aria-label="已下达，还有 9 个工作日">○未' in sister
    assert "<td></td>" in sister  # the other task was not given to it


def test_a_stopped_clock_is_no_exemption(made: Made, county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    task = county.scalars(select(AccountabilityTask).where(AccountabilityTask.title == "冬春防火隐患排查")).one()
    rows = {row.unit_code: row for row in task.assignments}
    act(county, made.people.second_desk, "suspend", rows[SISTER_VILLAGE])
    act(county, made.people.second_desk, "exempt", rows[OTHER_VILLAGE])
    county.commit()
    page = text(sign_in("desk", COUNTY).get(f"/tasks/{made.number}/matrix"))
    assert (
        'aria-label="已中止，期限暂停计算">‖停</a>' in page.split(f"/tasks/board/{SISTER_VILLAGE}")[1].split("</tr>")[0]
    )
    assert ">–免</a>" in page.split(f"/tasks/board/{OTHER_VILLAGE}")[1].split("</tr>")[0]


def test_the_chosen_task_comes_first_and_others_can_be_left_out(
    made: Made, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("desk", COUNTY)
    titles = re.compile(r'class="matrix-title">([^<]+)<')
    assert titles.findall(text(client.get(f"/tasks/{made.other_number}/matrix"))) == [
        "饮水安全排查",
        "冬春防火隐患排查",
    ]
    alone = text(client.get(f"/tasks/{made.other_number}/matrix?which=alone"))
    assert titles.findall(alone) == ["饮水安全排查"]
    assert units_of(alone) == [VILLAGE]
    named = text(client.get(f"/tasks/{made.number}/matrix?q=没有这样的任务"))
    assert titles.findall(named) == ["冬春防火隐患排查"]
    assert units_of(text(client.get(f"/tasks/{made.number}/matrix?unit={OTHER_TOWNSHIP}"))) == [OTHER_VILLAGE]


def test_each_level_sees_its_own_part(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    seen = {
        unit: units_of(text(sign_in(role, unit).get(f"/tasks/{made.number}/matrix")))
        for role, unit in (("desk", TOWNSHIP), ("secretary", VILLAGE), ("secretary", OTHER_VILLAGE))
    }
    assert seen == {
        TOWNSHIP: [TOWNSHIP, VILLAGE, SISTER_VILLAGE],
        VILLAGE: [VILLAGE],
        OTHER_VILLAGE: [OTHER_VILLAGE],
    }


def test_nobody_above_the_issuer_sees_lamps(made: Made, county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    task = issued(county, made.people.township, [VILLAGE], changed(minutes=10), issuer_code=TOWNSHIP)
    number, row = task.number, task.assignments[0].id
    county.commit()
    client = sign_in("desk", COUNTY)
    answer = client.get(f"/tasks/{number}/matrix")
    assert answer.status_code == 403
    assert "只供下达单位和承接任务的各级单位查看" in text(answer)
    listed = text(client.get(f"/tasks/?view=all&unit={VILLAGE}&issuer={TOWNSHIP}"))
    assert f"/tasks/assignments/{row}" in listed
    assert 'class="lamp ' not in listed
    assert 'class="lamp ' in text(sign_in("desk", TOWNSHIP).get("/tasks/?view=issued"))


def test_a_task_and_an_assignment_show_lamps_from_the_issuer_down(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    task = issued(county, made.people.township, [VILLAGE], changed(minutes=10), issuer_code=TOWNSHIP)
    paths = (f"/tasks/{task.number}", f"/tasks/assignments/{task.assignments[0].id}")
    county.commit()
    for role, unit, shown in (("desk", COUNTY, False), ("desk", TOWNSHIP, True), ("secretary", VILLAGE, True)):
        client = sign_in(role, unit)
        for path in paths:
            page = text(client.get(path))
            assert "已下达" in page
            assert ('class="lamp ' in page) is shown


def test_a_number_that_does_not_fit_is_not_there(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("desk", COUNTY)
    serial = made.number.rsplit("-", 1)[1]
    for number in (
        f"{TOWNSHIP}-2026-{serial}",
        f"{COUNTY}-2025-{serial}",
        f"{COUNTY}-2026",
        "x-y-z",
        f"{COUNTY}-2026-９",
    ):
        assert client.get(f"/tasks/{number}/matrix").status_code == 404, number


def test_more_units_than_a_page_stand_on_the_following_pages(
    made: Made, county: Session, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "ROWS", 3)
    client = sign_in("desk", COUNTY)
    first, second = (text(client.get(f"/tasks/{made.number}/matrix?page={page}")) for page in (1, 2))
    assert units_of(first) + units_of(second) == sorted(UNITS)
    assert 'rel="next"' in first and "第 1 页，共 2 页" in first


def test_a_board_holds_what_a_unit_owes_and_is_owed(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    village = text(sign_in("secretary", VILLAGE).get(f"/tasks/board/{VILLAGE}"))
    assert "饮水安全排查" in village.split("要核验的")[0]
    assert "冬春防火隐患排查" not in village  # it is answered
    county = text(sign_in("desk", COUNTY).get(f"/tasks/board/{COUNTY}"))
    verify = county.split('id="part-verify"')[1].split('id="part-decide"')[0]
    assert "冬春防火隐患排查" in verify
    assert "已下达 3 个，已反馈 1 个" in county.split('id="part-issued"')[1]


def test_a_board_shows_extensions_to_decide(made: Made, county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    task = county.scalars(select(AccountabilityTask).where(AccountabilityTask.title == "饮水安全排查")).one()
    act(county, made.people.village, "acknowledge", task.assignments[0])
    act(county, made.people.village, "extend_ask", task.assignments[0])
    county.commit()
    page = text(sign_in("desk", COUNTY).get(f"/tasks/board/{COUNTY}?section=decide"))
    assert "申请延到2026年10月30日" in page
    assert "要核验的" not in page


def test_boards_out_of_scope_are_not_there(made: Made, county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    township = sign_in("desk", TOWNSHIP)
    for code in (OTHER_TOWNSHIP, COUNTY, "999999", "x"):
        assert township.get(f"/tasks/board/{code}").status_code == 404
        assert township.get(f"/tasks/board/{code}?format=csv").status_code == 404
    assert township.get(f"/tasks/board/{VILLAGE}").status_code == 200
    assert county.get(Division, OTHER_TOWNSHIP) is not None


def test_a_board_as_a_file_holds_its_rows_only(made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    content = sign_in("desk", TOWNSHIP).get(f"/tasks/board/{SISTER_VILLAGE}?format=csv").get_data().decode("utf-8-sig")
    lines = content.splitlines()
    assert lines[3].startswith("类别,任务名称,任务编号")
    assert len(lines) == 5
    assert f",{SISTER_VILLAGE},已下达," in lines[4]


@pytest.mark.parametrize("code", ["533323%00", "533323x", "99", "5333231"])
def test_a_board_of_no_unit_is_not_there(code: str, made: Made, sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in("desk", COUNTY).get(f"/tasks/board/{code}").status_code == 404
