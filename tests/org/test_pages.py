"""Pages on divisions and people: names of divisions are public, people are seen within reach only."""

from datetime import date

import pytest
from limits import parse
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import (
    COUNTY,
    NEIGHBOUR_COUNTY,
    NEIGHBOUR_VILLAGE,
    OTHER_VILLAGE,
    SISTER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
)
from webapp import downloads
from webapp.audit import AuditEntry
from webapp.org import views_files
from webapp.org.models import Handover, Person, Posting, VillageDesignation


def add(session: Session, name: str, role: str, unit: str, **days) -> Posting:
    """A posting that is committed; its values stay readable without a transaction that would hold the lock."""
    row = factories.posting(session, role, unit, factories.person(session, name).id, **days)
    commit(session)
    return row


def commit(session: Session) -> None:
    session.expire_on_commit = False
    session.commit()


def text(response) -> str:
    return response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "unit"),
    [("desk", COUNTY), ("desk", TOWNSHIP), ("secretary", VILLAGE), ("team_member", VILLAGE), ("audit_admin", COUNTY)],
)
def test_the_tree_opens_for_everybody_with_a_post(sign_in, county: Session, role: str, unit: str) -> None:
    client = sign_in(role, unit)
    for path in ("/org/", "/org/?q=上帕", "/org/?all=1", f"/org/{unit}", f"/org/{NEIGHBOUR_COUNTY}"):
        assert client.get(path).status_code == 200, path


def test_people_of_the_own_subtree_only(sign_in, county: Session) -> None:
    add(county, "本乡人", "secretary", VILLAGE)
    add(county, "外乡人", "secretary", OTHER_VILLAGE)
    client = sign_in("desk", TOWNSHIP)
    assert "本乡人" in text(client.get(f"/org/{TOWNSHIP}"))
    foreign = text(client.get(f"/org/{OTHER_VILLAGE}"))
    assert "外乡人" not in foreign and "不在您的管辖范围内" in foreign
    assert "外乡人" not in text(client.get(f"/org/{COUNTY}/postings"))


def test_an_audit_administrator_sees_divisions_and_no_people(sign_in, county: Session) -> None:
    post = add(county, "村书记", "secretary", VILLAGE)
    client = sign_in("audit_admin", COUNTY)
    assert "村书记" not in text(client.get(f"/org/{VILLAGE}"))
    assert client.get(f"/org/people/{post.person_id}").status_code == 403
    assert client.get(f"/org/{COUNTY}/postings").status_code == 403


@pytest.mark.parametrize("neighbour", [OTHER_VILLAGE, NEIGHBOUR_VILLAGE])
def test_a_neighbours_person_does_not_exist(sign_in, county: Session, neighbour: str) -> None:
    stranger = add(county, "邻人", "secretary", neighbour)
    client = sign_in("desk", TOWNSHIP)
    assert client.get(f"/org/people/{stranger.person_id}").status_code == 404


def test_a_neighbours_posting_and_hand_over_do_not_exist(sign_in, county: Session) -> None:
    stranger = add(county, "邻人", "first_secretary", NEIGHBOUR_VILLAGE)
    row = Handover(unit_code=NEIGHBOUR_VILLAGE, leaver_posting_id=stranger.id, due_on=date(2026, 10, 1))
    county.add(row)
    commit(county)
    client = sign_in("desk", COUNTY)
    assert client.get(f"/org/postings/{stranger.id}/end").status_code == 404
    assert client.post(f"/org/postings/{stranger.id}/end", data={"ends_on": "2026-10-01"}).status_code == 404
    assert client.get(f"/handover/{row.id}").status_code == 404
    assert client.post(f"/handover/{row.id}/finish", data={"done_on": "2026-10-01"}).status_code == 404


def test_a_person_shows_posts_in_reach_only(sign_in, county: Session) -> None:
    here = add(county, "两处任职", "team_member", VILLAGE)
    factories.posting(county, "team_member", OTHER_VILLAGE, here.person_id)
    county.commit()
    shown = text(sign_in("desk", TOWNSHIP).get(f"/org/people/{here.person_id}"))
    assert "上帕村委会" in shown and "普洛村委会" not in shown


def test_vacancies_are_said_in_words(sign_in, county: Session) -> None:
    county.add(VillageDesignation(unit_code=VILLAGE, kind="key", valid_from=date(2021, 5, 20)))
    add(county, "队员", "team_member", VILLAGE)
    shown = text(sign_in("desk", COUNTY).get(f"/org/{VILLAGE}"))
    for words in ("党组织书记空缺", "驻村第一书记空缺", "工作队缺 2 人", "乡村振兴重点村"):
        assert words in shown


@pytest.mark.parametrize(("path", "status"), [("/org/99", 404), ("/org/abc", 400), ("/org/12345", 400)])
def test_codes_that_lead_nowhere(sign_in, path: str, status: int) -> None:
    assert sign_in("desk", COUNTY).get(path).status_code == status


def test_search_by_name_and_code(sign_in, county: Session) -> None:
    client = sign_in("team_member", VILLAGE)
    assert "老姆登村委会" in text(client.get("/org/?q=老姆登"))
    assert "匹河怒族乡" in text(client.get("/org/?q=533323201"))
    assert "没有查到区划" in text(client.get("/org/?q=%25"))


def test_the_list_filters_sorts_and_pages(sign_in, county: Session) -> None:
    for number in range(30):
        add(county, f"队员{number:02}", "team_member", VILLAGE, starts_on=date(2025, 1, 1 + number % 28))
    add(county, "离任者", "team_member", SISTER_VILLAGE, ends_on=date(2025, 6, 30))
    client = sign_in("desk", COUNTY)
    first = text(client.get(f"/org/{TOWNSHIP}/postings?role=team_member&sort=name"))
    assert "共 30 人次" in first and "队员00" in first and "队员29" not in first and "离任者" not in first
    assert "队员29" in text(client.get(f"/org/{TOWNSHIP}/postings?role=team_member&sort=name&page=2"))
    assert "队员29" in text(client.get(f"/org/{TOWNSHIP}/postings?sort=-name"))
    gone = text(client.get(f"/org/{TOWNSHIP}/postings?when=past"))
    assert "离任者" in gone and "队员00" not in gone
    assert client.get(f"/org/{TOWNSHIP}/postings?sort=;drop&when=x&role=y&page=-3").status_code == 200


def test_the_export_holds_the_listed_people_and_runs_no_formula(sign_in, county: Session) -> None:
    add(county, "=1+1", "secretary", VILLAGE)
    add(county, "外县人", "secretary", NEIGHBOUR_VILLAGE)
    response = sign_in("desk", COUNTY).get(f"/org/{COUNTY}/postings?role=secretary&format=csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    content = response.data.decode("utf-8-sig")
    assert "'=1+1" in content and "533323101201" in content and "外县人" not in content
    county.rollback()
    assert county.scalars(select(AuditEntry).where(AuditEntry.action == "posting.export")).one().after["rows"] == 1


def test_an_export_that_is_too_long_is_refused_not_cut(sign_in, county: Session, monkeypatch) -> None:
    monkeypatch.setattr(views_files, "MOST_ROWS", 2)
    for number in range(3):
        add(county, f"队员{number}", "team_member", VILLAGE)
    client = sign_in("desk", COUNTY)
    refused = client.get(f"/org/{COUNTY}/postings?role=team_member&format=csv")
    assert refused.status_code == 400
    assert "一次最多导出 2 行。请筛选后分次导出。" in text(refused)
    county.rollback()
    assert county.scalars(select(AuditEntry).where(AuditEntry.action == "posting.export")).all() == []


FORM = {
    "name": "新来者",
    "unit_code": "533323101201",
    "role": "first_secretary",
    "starts_on": "2026-10-12",
    "document_no": "福组任〔2026〕8号",
}


def test_starting_a_post_twice_by_a_double_click(sign_in, county: Session) -> None:
    client = sign_in("desk", COUNTY)
    pages = [client.post("/org/postings/new", data=FORM | {"person": "new"}) for _ in range(2)]
    assert [page.status_code for page in pages] == [302, 302]
    assert pages[0].location == pages[1].location
    assert "新来者" in text(client.get(pages[0].location))
    county.rollback()
    assert len(county.scalars(select(Person).where(Person.name == "新来者")).all()) == 1


def test_a_namesake_is_asked_about(sign_in, county: Session) -> None:
    known = add(county, "新来者", "team_member", SISTER_VILLAGE).person_id
    client = sign_in("desk", COUNTY)
    asked = client.post("/org/postings/new", data=FORM)
    assert asked.status_code == 400
    assert "达友村委会驻村工作队员" in text(asked) and "福组任〔2026〕8号" in text(asked)
    assert client.post("/org/postings/new", data=FORM | {"person": str(known)}).status_code == 302
    county.rollback()
    assert county.scalars(select(Posting).where(Posting.unit_code == VILLAGE)).one().person_id == known


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_on": "2026-13-45"}, "任职开始日“2026-13-45”不正确"),
        ({"starts_on": ""}, "没有填写任职开始日"),
        ({"unit_code": "999999"}, "没有代码为“999999”的区划"),
        ({"unit_code": "x"}, "区划代码“x”不正确"),
        ({"role": "desk"}, "经办只在省、市、县、乡镇级设立"),
        ({"name": "\0"}, "姓名为空"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(sign_in, county: Session, changes: dict, sentence: str) -> None:
    response = sign_in("desk", COUNTY).post("/org/postings/new", data=FORM | {"document_no": "保留〔1〕号"} | changes)
    assert response.status_code == 400
    assert sentence in text(response) and "保留〔1〕号" in text(response)


def test_a_unit_out_of_scope_is_refused_on_the_page(sign_in, county: Session) -> None:
    response = sign_in("desk", COUNTY).post("/org/postings/new", data=FORM | {"unit_code": NEIGHBOUR_VILLAGE})
    assert response.status_code == 403
    assert "不在您的管辖范围内" in text(response)


def test_ending_a_post_and_handing_over(sign_in, county: Session) -> None:
    post = add(county, "离任者", "first_secretary", VILLAGE, starts_on=date(2024, 5, 6))
    client = sign_in("desk", COUNTY)
    assert "7 天内须完成交接" in text(client.get(f"/org/postings/{post.id}/end"))
    data = {"ends_on": "2026-10-15", "reason": "健康", "document_no": "福组任〔2026〕9号", "version": "1"}
    assert "没有选择离任原因" in text(client.post(f"/org/postings/{post.id}/end", data=data | {"reason": ""}))
    assert [client.post(f"/org/postings/{post.id}/end", data=data).status_code for _ in range(2)] == [302, 302]
    county.rollback()
    row = county.scalars(select(Handover)).one()
    commit(county)
    assert "交接清单" in text(client.get(f"/org/{VILLAGE}"))
    assert client.post(f"/handover/{row.id}/finish", data={"done_on": "2026-10-20", "note": "全部"}).status_code == 303
    assert "2026年10月20日" in text(client.get(f"/handover/{row.id}"))


def test_a_desk_of_a_township_appoints_nobody(sign_in, county: Session) -> None:
    client = sign_in("desk", TOWNSHIP)
    assert client.get("/org/postings/new").status_code == 403
    assert client.post("/org/postings/new", data=FORM).status_code == 403
    assert "登记任职" not in text(client.get(f"/org/{VILLAGE}"))


def test_a_county_lists_the_villages_with_an_empty_post(sign_in, county: Session) -> None:
    add(county, "在任书记", "secretary", VILLAGE)
    shown = text(sign_in("desk", COUNTY).get(f"/org/{COUNTY}"))
    gaps = shown.partition("所辖村空缺")[2]
    assert "达友村委会" in gaps and ">上帕村委会<" not in gaps


def test_the_export_counts_among_a_persons_files_of_an_hour(sign_in, county: Session, monkeypatch) -> None:
    monkeypatch.setattr(downloads, "EXPORTS", parse("1 per hour"))
    client, path = sign_in("desk", COUNTY), f"/org/{COUNTY}/postings?format=csv"
    assert [client.get(path).status_code for _ in range(2)] == [200, 429]
    county.rollback()
    assert len(county.scalars(select(AuditEntry).where(AuditEntry.action == "posting.export")).all()) == 1
