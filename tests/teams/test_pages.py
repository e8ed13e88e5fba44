"""Supervisors see teams in the order of codes with what is lacking; the county keeps the list of villages."""

import io
import re
from collections.abc import Callable
from datetime import date

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.test_budget import BUDGET, asked
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.teams.conftest import SignIn, designate, station
from tests.worklogs.making import assignment
from webapp.audit import AuditEntry
from webapp.org.codes import full
from webapp.org.models import Division, Organisation, VillageDesignation
from webapp.policy.models import RulePackRecord
from webapp.policy.packs import parse, shipped
from webapp.presence.month_models import PresenceMonth

__all__ = ["asked"]
Asked = Callable[[Callable[[], object]], list[str]]


def name_of(session: Session, code: str) -> str:
    name = session.get_one(Division, code).name
    session.rollback()
    return name


def main_of(client: FlaskClient, path: str) -> str:
    return client.get(path).text.split('<main id="main"')[1].split("</main>")[0]


def test_teams_stand_in_code_order_with_what_they_lack(county: Session, sender: Organisation, sign_in: SignIn) -> None:
    for code in (OTHER_VILLAGE, VILLAGE, SISTER_VILLAGE, NEIGHBOUR_VILLAGE):
        designate(county, code)
    station(county, "first_secretary", VILLAGE, name="岚知川", starts_on=date(2024, 11, 4), sender=sender)
    station(county, "team_member", VILLAGE, name="砚守原")
    station(county, "first_secretary", SISTER_VILLAGE, name="穗承澜", starts_on=date(2026, 11, 2))
    station(county, "first_secretary", NEIGHBOUR_VILLAGE, name="邻县人")
    county.commit()
    text = main_of(sign_in("leader", COUNTY), "/teams/")
    places = [text.index(name_of(county, code)) for code in (VILLAGE, SISTER_VILLAGE, OTHER_VILLAGE)]
    assert places == sorted(places)
    assert "岚知川" in text and "砚守原" in text and "邻县人" not in text
    assert "人数不足：在岗 2 人，规则包要求每队至少 3 人。" in text
    assert '穗承澜定于<span class="keep">11月2日</span>到村' in text
    assert "sort=" not in text, "nothing orders teams but their codes"


def test_the_views_narrow_the_list(county: Session, sign_in: SignIn) -> None:
    for code in (VILLAGE, SISTER_VILLAGE, OTHER_VILLAGE):
        designate(county, code)
    for _ in range(2):
        station(county, "team_member", VILLAGE)
    station(county, "first_secretary", VILLAGE, starts_on=date(2024, 11, 4))
    station(county, "first_secretary", SISTER_VILLAGE, starts_on=date(2026, 10, 26))
    county.commit()
    leader = sign_in("leader", COUNTY)
    one, two, three = (name_of(county, code) for code in (VILLAGE, SISTER_VILLAGE, OTHER_VILLAGE))

    def shown(view: str) -> list[bool]:
        text = main_of(leader, f"/teams/?view={view}")
        return [name in text for name in (one, two, three)]

    assert shown("vacant") == [False, True, True]
    assert shown("size") == [False, True, True]
    assert shown("ending") == [True, False, False]
    assert "2026年11月3日（周二）将满" in re.sub("<[^>]+>", "", main_of(leader, "/teams/?view=ending"))
    assert shown("coming") == [False, True, False]
    assert shown("odd") == [True, True, True]
    text = main_of(leader, f"/teams/?unit={full(TOWNSHIP)}")
    assert one in text and three not in text
    assert leader.get("/teams/?unit=533301000000").status_code == 404


def test_a_higher_unit_chooses_a_county_and_a_village_sees_its_own_team(county: Session, sign_in: SignIn) -> None:
    station(county, "first_secretary", VILLAGE, name="岚知川")
    county.commit()
    text = main_of(sign_in("leader", "53"), "/teams/")
    assert "请选择下级单位" in text and "岚知川" not in text
    answer = sign_in("team_member", VILLAGE).get("/teams/")
    assert answer.status_code == 302 and answer.location.endswith(f"/teams/{full(VILLAGE)}")


def test_a_team_shows_its_people_terms_and_open_tasks_and_no_work_log(
    county: Session, sender: Organisation, sign_in: SignIn
) -> None:
    designate(county)
    station(county, "first_secretary", name="岚知川", starts_on=date(2024, 11, 4), sender=sender)
    gone = station(county, "team_member", name="砚守原", ends_on=date(2026, 9, 30))
    gone.end_reason = "健康"
    county.commit()
    text = main_of(sign_in("supervisor", COUNTY), f"/teams/{full(VILLAGE)}")
    assert "岚知川" in text and "演示县水利局" in text and "2026年11月3日" in text and "还有 22 天" in text
    assert "已离任人员" in text and "健康" in text
    assert "日志" not in text
    assert sign_in("supervisor", COUNTY).get(f"/teams/{full(NEIGHBOUR_VILLAGE)}").status_code == 404


def test_the_list_costs_few_queries_however_many_teams(county: Session, sign_in: SignIn, asked: Asked) -> None:
    leader = sign_in("leader", COUNTY)
    codes = county.scalars(select(Division.code).where(Division.level == 5, Division.code.startswith(COUNTY))).all()
    for code in codes[:30]:
        designate(county, code)
        station(county, "first_secretary", code)
    county.commit()
    for path in ("/teams/", "/teams/needs", f"/teams/{full(VILLAGE)}"):
        found = asked(lambda path=path: leader.get(path))  # type: ignore[misc]
        assert 0 < len(found) <= BUDGET, f"{path}: {len(found)}\n" + "\n".join(found)


def test_a_team_that_is_too_large_is_told_and_yet_covers_its_village(county: Session, sign_in: SignIn) -> None:
    designate(county)
    station(county, "first_secretary")
    for _ in range(5):
        station(county)
    county.commit()
    leader = sign_in("leader", COUNTY)
    assert "人数超出" in main_of(leader, f"/teams/{full(VILLAGE)}")
    covered = main_of(leader, "/teams/needs?show=covered")
    assert name_of(county, VILLAGE) in covered and "人数超出" not in covered
    assert name_of(county, VILLAGE) not in main_of(leader, "/teams/needs?show=open")


def test_the_county_lists_a_village_with_its_document_and_takes_it_off(county: Session, sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    path = f"/teams/needs/{full(VILLAGE)}"
    sent = {"kind": "weak_org", "valid_from": "2026-09-01", "document_no": "福组〔2026〕7号"}
    for _ in range(2):
        assert desk.post(path, data=sent).status_code == 303
    row = county.scalars(select(VillageDesignation)).one()
    assert (row.kind, row.document_no) == ("weak_org", "福组〔2026〕7号")
    row_id = row.id
    county.rollback()
    listed = main_of(desk, "/teams/needs")
    assert "福组〔2026〕7号" in listed and "缺第一书记：党组织软弱涣散村应当选派第一书记。" in listed
    for shown, there in (("open", True), ("covered", False)):
        assert ("福组〔2026〕7号" in main_of(desk, f"/teams/needs?show={shown}")) is there
    again = desk.post(path, data=sent | {"valid_from": "2026-10-01"})
    assert again.status_code == 409 and "已列为党组织软弱涣散村" in again.text and "2026-10-01" in again.text
    early = desk.post(path, data={"designation": row_id, "valid_to": "2026-08-01", "reason": "福组〔2026〕9号"})
    assert early.status_code == 400 and "早于2026年9月1日" in early.text and "福组〔2026〕9号" in early.text
    ended = {"designation": row_id, "valid_to": "2026-10-11", "reason": "福组〔2026〕9号"}
    assert desk.post(path, data=ended).status_code == 303
    assert "还没有登记应派村" in main_of(desk, "/teams/needs")
    county.rollback()
    actions = county.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "division"))
    assert list(actions) == ["designation.add", "designation.end"]


def test_fields_at_fault_are_named_and_kept(county: Session, sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    answer = desk.post(f"/teams/needs/{full(VILLAGE)}", data={"valid_from": "1999-01-01", "document_no": "号" * 61})
    assert answer.status_code == 400
    for words in ("没有选择类别", "过早、过晚", "超过 60 字"):
        assert words in answer.text
    assert "号" * 61 in answer.text
    assert county.scalar(select(VillageDesignation.id)) is None
    county.rollback()
    assert desk.post(f"/teams/needs/{full(NEIGHBOUR_VILLAGE)}", data={}).status_code == 404
    assert "没有代码为" in desk.get("/teams/needs/new?village=999999999999").text
    assert desk.get(f"/teams/needs/new?village={VILLAGE}").status_code == 302


def test_a_designation_of_another_village_is_not_ended_through_this_one(county: Session, sign_in: SignIn) -> None:
    other = designate(county, SISTER_VILLAGE).id
    county.commit()
    sent = {"designation": other, "valid_to": "2026-10-11", "reason": "福组〔2026〕9号"}
    assert sign_in("desk", COUNTY).post(f"/teams/needs/{full(VILLAGE)}", data=sent).status_code == 404


def test_lists_leave_as_files_with_issuer_and_end_date(county: Session, sign_in: SignIn) -> None:
    designate(county)
    station(county, "first_secretary", name="岚知川")
    station(county, "first_secretary", NEIGHBOUR_VILLAGE, name="邻县人")
    county.commit()
    desk = sign_in("desk", COUNTY)
    with desk.get("/teams/?format=csv") as answer:
        text = answer.data.decode("utf-8-sig")
    assert "岚知川" in text and "邻县人" not in text and "有效期至" in text
    with desk.get("/teams/needs?format=xlsx") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    assert rows[-1][0] == full(VILLAGE) and "福办〔2021〕3号" in rows[-1]
    shown = {show: desk.get(f"/teams/needs?show={show}&format=csv").text for show in ("open", "covered")}
    assert [show for show, lines in shown.items() if full(VILLAGE) in lines] == ["open"]
    county.rollback()
    assert county.scalars(select(AuditEntry.action).where(AuditEntry.action == "team.export")).all() == [
        "team.export",
        "team.export",
        "team.export",
        "team.export",
    ]


def test_months_unconfirmed_and_open_tasks_stand_beside_each_team(county: Session, sign_in: SignIn) -> None:
    """Months that are over with somebody on post and no confirmed list, whatever became of the duty; not this month, none
    before the year looked back to, nothing of a township that confirmed, and no count in the file."""
    for code in (VILLAGE, OTHER_VILLAGE):
        designate(county, code)
    station(county, code=SISTER_VILLAGE, starts_on=date(2024, 1, 8), ends_on=date(2025, 11, 3))
    station(county, starts_on=date(2026, 8, 31))
    station(county, code=OTHER_VILLAGE, starts_on=date(2026, 8, 31))
    typed = assignment(county, TOWNSHIP, "reported")
    typed.task.template_code, typed.task.period = "WA31-T2", "2026-09"
    for unit, month in ((TOWNSHIP, "2026-08"), (OTHER_VILLAGE[:9], "2026-08"), (OTHER_VILLAGE[:9], "2026-09")):
        county.add(PresenceMonth(unit_code=unit, month=month, current=1))
    for _ in range(2):
        assignment(county, VILLAGE)
    county.commit()
    leader = sign_in("leader", COUNTY)
    own, other = (name_of(county, code) for code in (VILLAGE, OTHER_VILLAGE))
    rows = {name: next(row for row in main_of(leader, "/teams/").split("<tr>") if name in row) for name in (own, other)}
    assert re.findall(r"20\d\d年\d+月(?!\d*\d日)", rows[own].split("未确认月份")[1]) == [
        "2025年10月", "2025年11月", "2026年9月"
    ]  # fmt: skip
    assert "2 项" in rows[own]
    assert "年8月<" not in rows[other] and "2026年9月" not in rows[other] and "无" in rows[other]
    with leader.get("/teams/?format=csv") as answer:
        lines = answer.data.decode("utf-8-sig").splitlines()
    months = [line.split(",")[-1] for line in lines if own in line or other in line]
    assert months == ["2025-10、2025-11、2026-09", ""]
    assert "未办结" not in "".join(lines)


def test_many_unconfirmed_months_are_told_in_short_and_stand_in_the_file(county: Session, sign_in: SignIn) -> None:
    designate(county)
    station(county, starts_on=date(2024, 1, 8))
    county.commit()
    leader = sign_in("leader", COUNTY)
    page = main_of(leader, "/teams/")
    assert "2025年12月" in page and "2026年1月</a>" not in page and "等 12 个月" in page
    assert "2026-01、2026-02" in leader.get("/teams/?format=csv").text


def test_a_county_overlay_changes_what_is_told(county: Session, sign_in: SignIn) -> None:
    text = """
slug: fugong-2026
title: 福贡县补充规定
base: standing-2026
division: '533323000000'
valid_from: '2026-03-01'
parameters:
  team:
    min: {value: 2, mark: local example}
    rules: {value: [{words: 年龄一般不超过四十五周岁。}], source: 福组〔2026〕1号, mark: local example}
"""
    pack = parse("a.yaml", text.encode(), shipped())
    county.add(
        RulePackRecord(
            slug=pack.slug,
            sha256=pack.sha256,
            base=pack.base,
            unit_code=pack.unit_code,
            valid_from=pack.valid_from,
            body=pack.body,
            loaded_at=factories.at("2026-03-01 09:00"),
        )
    )
    designate(county)
    station(county, "first_secretary")
    station(county, "team_member")
    county.commit()
    text = main_of(sign_in("leader", COUNTY), f"/teams/{full(VILLAGE)}")
    assert "人数不足" not in text and "年龄一般不超过四十五周岁" in text and "请人工核对" in text
