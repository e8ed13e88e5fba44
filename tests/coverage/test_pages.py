"""The office enters dates in bulk, everybody above reads what is left; the village confirms its year."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.test_budget import BUDGET, asked
from tests.coverage.conftest import SINCE, SignIn
from tests.factories import (
    COUNTY,
    NEIGHBOUR_COUNTY,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    SISTER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
)
from webapp.audit import AuditEntry
from webapp.coverage.models import CoverageVisit, HouseholdContact, NaturalGroup, OfficeTerm
from webapp.org.codes import full
from webapp.org.models import Division, Posting

__all__ = ["asked"]
UNIT = f"/coverage/{full(COUNTY)}"


def name_of(session: Session, code: str) -> str:
    name = session.get_one(Division, code).name
    session.rollback()
    return name


def enter(client: FlaskClient, **days: str):  # type: ignore[no-untyped-def]
    """Send dates as "d533323101201"="2026-03-05"; "s…" is the date that the form had shown."""
    form = {"branch": TOWNSHIP}
    for name, day in days.items():
        form[("day-" if name.startswith("d") else "seen-") + name[1:]] = day
    return client.post(f"{UNIT}/visits", data=form)


def held(session: Session) -> dict[str, date]:
    session.rollback()
    found = dict(session.execute(select(CoverageVisit.target_key, CoverageVisit.visited_on)).tuples().all())
    session.rollback()
    return found


def test_dates_are_entered_in_bulk_and_what_is_left_stands_by_name(
    county: Session, office: FlaskClient, sign_in: SignIn
) -> None:
    one, two = name_of(county, VILLAGE), name_of(county, SISTER_VILLAGE)
    form = office.get(f"{UNIT}/visits?branch={TOWNSHIP}").text
    assert one in form and 'type="time"' not in form and 'type="file"' not in form
    for _ in range(2):
        answer = enter(office, **{f"d{VILLAGE}": "2026-03-05", f"d{SISTER_VILLAGE}": ""})
        assert answer.status_code == 303
    assert held(county) == {VILLAGE: date(2026, 3, 5)}
    page = sign_in("leader", COUNTY).get(f"{UNIT}?branch={TOWNSHIP}").text
    assert "已走访 1 个，应走访 60 个" in page and "2026年3月5日" in page
    left = page.split("还没有走访的</h2>")[1].split("<h2>名单")[0]
    assert two in left and f"{one}、" not in left
    assert "缺（应由县委组织部门导入）" in page, "no term was imported"
    assert "已走访 1 个" in sign_in("desk", "5333").get("/coverage/").text


def test_a_date_is_changed_and_taken_out_and_the_audit_log_says_so(county: Session, office: FlaskClient) -> None:
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})
    enter(office, **{f"d{VILLAGE}": "2026-03-06", f"s{VILLAGE}": "2026-03-05"})
    assert held(county) == {VILLAGE: date(2026, 3, 6)}
    enter(office, **{f"d{VILLAGE}": "", f"s{VILLAGE}": "2026-03-06"})
    assert held(county) == {}
    entries = county.scalars(select(AuditEntry).where(AuditEntry.action == "coverage.record").order_by(AuditEntry.id))
    assert [(entry.before is None, entry.after is None) for entry in entries] == [
        (True, False),
        (False, False),
        (False, True),
    ]


def test_of_two_who_enter_at_once_the_second_sees_the_first_and_loses_nothing(
    county: Session, office: FlaskClient, sign_in: SignIn
) -> None:
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})
    second = sign_in("desk", COUNTY, kind="secretary_office")
    answer = enter(second, **{f"d{VILLAGE}": "2026-04-01", f"d{SISTER_VILLAGE}": "2026-04-02"})
    assert answer.status_code == 409 and "已登记为 2026-03-05" in answer.text and "2026-04-02" in answer.text
    assert held(county) == {VILLAGE: date(2026, 3, 5)}
    # a line that the second left as it was does not undo what the first has written
    assert enter(second, **{f"d{VILLAGE}": "", f"d{SISTER_VILLAGE}": "2026-04-02"}).status_code == 303
    assert held(county) == {VILLAGE: date(2026, 3, 5), SISTER_VILLAGE: date(2026, 4, 2)}


@pytest.mark.parametrize(
    ("key", "day", "words"),
    [
        (VILLAGE, "2026-10-13", "晚于今天"),
        (VILLAGE, "2024-02-01", "早于本轮"),
        (VILLAGE, "上周", "不正确"),
        ("533301101201", "2026-03-05", "不在本轮遍访范围"),
    ],
)
def test_wrong_dates_are_told_by_unit_and_nothing_is_written(
    county: Session, office: FlaskClient, key: str, day: str, words: str
) -> None:
    answer = enter(office, **{f"d{key}": day, f"d{SISTER_VILLAGE}": "2026-04-02"})
    assert answer.status_code == 400 and words in answer.text and 'value="2026-04-02"' in answer.text
    assert held(county) == {}


def test_a_new_secretary_starts_a_new_set_and_the_old_one_stays_readable(
    county: Session, office: FlaskClient, secretary: Posting
) -> None:
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})
    county.rollback()
    old = county.get_one(Posting, secretary.id)
    old.ends_on, name = date(2026, 9, 30), old.person.name
    factories.posting(county, "secretary", COUNTY, starts_on=date(2026, 10, 8))
    county.commit()
    page = office.get(UNIT).text
    assert "已走访 0 个，应走访 60 个" in page and name in page
    former = office.get(f"{UNIT}?set={secretary.id}-20240301").text
    assert "已走访 1 个，应走访 60 个" in former and "只能查看" in former
    assert "早于本轮" in enter(office, **{f"d{SISTER_VILLAGE}": "2026-09-01"}).text


def test_a_term_that_was_imported_is_shown_and_bounds_the_set(
    county: Session, office: FlaskClient, secretary: Posting
) -> None:
    county.add(OfficeTerm(unit_code=COUNTY, starts_on=date(2026, 7, 1), ends_on=date(2031, 6, 30)))
    county.commit()
    page = office.get(UNIT).text
    assert "2026年7月1日（周三）至2031年6月30日" in page
    assert "早于本轮" in enter(office, **{f"d{VILLAGE}": "2026-06-30"}).text


def test_a_township_counts_natural_groups_and_says_which_villages_lack_their_list(
    county: Session, township_secretary: Posting, sign_in: SignIn
) -> None:
    county.add_all([NaturalGroup(village_code=VILLAGE, name=name) for name in ("一组", "二组")])
    county.commit()
    own = sign_in("desk", TOWNSHIP, kind="secretary_office")
    path = f"/coverage/{full(TOWNSHIP)}"
    page = own.get(path).text
    assert "应走访数：缺" in page and "缺自然村组名单的村" in page
    assert name_of(county, SISTER_VILLAGE) in page and "一组" in page
    key = county.scalars(select(NaturalGroup.id).order_by(NaturalGroup.id)).first()
    county.rollback()
    sent = own.post(f"{path}/visits", data={f"day-{VILLAGE}/{key:08d}": "2026-05-04"})
    assert sent.status_code == 303
    villages = county.scalars(select(Division.code).where(Division.parent_code == TOWNSHIP, Division.code != VILLAGE))
    county.add_all([NaturalGroup(village_code=code, name="一组") for code in list(villages)])
    county.commit()
    page = own.get(path).text
    assert "已走访 1 个，应走访" in page and "缺自然村组" not in page


def test_the_city_counts_its_link_townships_as_the_pack_says(county: Session, sign_in: SignIn) -> None:
    factories.posting(county, "secretary", "5333", starts_on=SINCE)
    county.commit()
    assert "要求至少一个联系乡镇" in sign_in("desk", "5333").get("/coverage/5333").text


def test_the_village_confirms_once_a_year_with_exceptions_and_corrects_it(county: Session, sign_in: SignIn) -> None:
    village = sign_in("secretary", VILLAGE)
    form = {"year": "2026", "exceptions": "在外务工 3 户，已电话联系", "version": "0"}
    assert [village.post(f"/coverage/{VILLAGE}/confirm", data=form).status_code for _ in range(2)] == [303, 303]
    assert "在外务工 3 户" in village.get(f"/coverage/{VILLAGE}").text
    stale = village.post(f"/coverage/{VILLAGE}/confirm", data={**form, "exceptions": "没有例外了"})
    assert stale.status_code == 409 and "没有例外了" in stale.text
    assert (
        village.post(f"/coverage/{VILLAGE}/confirm", data={**form, "exceptions": "", "version": "1"}).status_code == 303
    )
    county.rollback()
    (row,) = county.scalars(select(HouseholdContact))
    assert (row.exceptions, row.version) == (None, 2)
    county.rollback()
    for year in ("2024", "2027", ""):
        assert village.post(f"/coverage/{VILLAGE}/confirm", data={"year": year}).status_code == 400
    assert "已确认" in sign_in("desk", TOWNSHIP).get("/coverage/").text


def test_neighbours_and_other_offices_are_kept_out(
    county: Session, office: FlaskClient, township_secretary: Posting, sign_in: SignIn
) -> None:
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})
    neighbour = sign_in("desk", NEIGHBOUR_COUNTY, kind="secretary_office")
    assert neighbour.get(UNIT).status_code == 404 and enter(neighbour, **{f"d{VILLAGE}": ""}).status_code == 404
    assert office.get(f"/coverage/{full(TOWNSHIP)}/visits").status_code == 404, "the township's own office enters"
    assert enter(sign_in("desk", COUNTY), **{f"d{VILLAGE}": "2026-03-06"}).status_code == 403
    assert (
        sign_in("secretary", SISTER_VILLAGE).post(f"/coverage/{VILLAGE}/confirm", data={"year": "2026"}).status_code
        == 404
    )


def test_lists_are_exported_in_the_order_of_codes(office: FlaskClient) -> None:
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})
    file = office.get(f"{UNIT}?format=csv").get_data(as_text=True)
    lines = [line.split(",")[0] for line in file.splitlines() if line.startswith(("5333231", "5333232"))]
    assert len(lines) == 60 and lines == sorted(lines) and "2026-03-05" in file and "有效期至" in file
    table = office.get("/coverage/?format=csv").get_data(as_text=True)
    codes = [line.split(",")[0] for line in table.splitlines() if line.startswith("533323")]
    assert codes == sorted(codes) and codes
    with office.get(f"{UNIT}?format=xlsx") as answer:
        assert answer.data.startswith(b"PK")


def test_a_filtered_list_is_exported_as_filtered(office: FlaskClient) -> None:
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})

    def exported(asked: str) -> list[str]:
        file = office.get(f"{UNIT}?{asked}&format=csv").get_data(as_text=True)
        return [line.split(",")[0] for line in file.splitlines() if line.startswith("5333")]

    every = exported("show=")
    of_township = [code for code in every if code.startswith(TOWNSHIP)]
    assert exported("show=visited") == [full(VILLAGE)] == exported(f"show=visited&branch={TOWNSHIP}")
    assert exported("show=left") == [code for code in every if code != full(VILLAGE)]
    assert exported(f"branch={TOWNSHIP}") == of_township and 0 < len(of_township) < len(every)
    assert "所列 1 个单位及其走访日期" in office.get(f"{UNIT}?show=visited").text


def test_pages_keep_their_budget(county: Session, office: FlaskClient, township_secretary: Posting, asked) -> None:  # type: ignore[no-untyped-def]
    office.get("/coverage/")
    for path in ("/coverage/", UNIT, f"{UNIT}/visits"):
        found = asked(lambda path=path: office.get(path))
        assert len(found) <= BUDGET, (path, "\n".join(found))


COMMUNITY = "533323101001"


def test_a_community_is_no_administrative_village(county: Session, office: FlaskClient) -> None:
    """P-15, P-25 speak of administrative villages: 9 of the county's 69 are communities."""
    name = name_of(county, COMMUNITY)
    page = office.get(UNIT).text
    assert "应走访 60 个" in page and "社区不计入" in page and name not in page
    assert name not in office.get(f"{UNIT}/visits?branch={TOWNSHIP}").text
    assert "不在本轮遍访范围" in enter(office, **{f"d{COMMUNITY}": "2026-03-05"}).text


def test_a_township_is_not_asked_for_the_natural_groups_of_its_communities(
    county: Session, township_secretary: Posting, sign_in: SignIn
) -> None:
    name, village = name_of(county, COMMUNITY), name_of(county, VILLAGE)
    page = sign_in("desk", TOWNSHIP).get(f"/coverage/{full(TOWNSHIP)}").text
    missing = page.split("缺自然村组名单的村</h2>")[1].split("<h2>")[0]
    assert village in missing and name not in missing


def test_what_was_typed_goes_along_to_another_branch_and_is_saved_from_there(
    county: Session, office: FlaskClient
) -> None:
    form = {"branch": TOWNSHIP, f"day-{VILLAGE}": "2026-03-05", f"seen-{VILLAGE}": "", "to": OTHER_TOWNSHIP}
    answer = office.post(f"{UNIT}/visits", data=form)
    assert answer.status_code == 200 and held(county) == {}
    assert "其他所属有 1 个日期还没有保存" in answer.text
    assert f'name="day-{VILLAGE}" value="2026-03-05"' in answer.text
    assert f'id="day-{OTHER_VILLAGE}"' in answer.text and f'id="day-{VILLAGE}"' not in answer.text
    both = {f"d{VILLAGE}": "2026-03-05", f"s{VILLAGE}": "", f"d{OTHER_VILLAGE}": "2026-03-06", f"s{OTHER_VILLAGE}": ""}
    assert enter(office, **both).status_code == 303
    assert held(county) == {VILLAGE: date(2026, 3, 5), OTHER_VILLAGE: date(2026, 3, 6)}


def test_on_the_way_to_another_branch_a_change_of_somebody_else_is_not_covered_up(
    county: Session, office: FlaskClient
) -> None:
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})
    form = {"branch": TOWNSHIP, f"day-{VILLAGE}": "2026-04-01", f"seen-{VILLAGE}": "", "to": OTHER_TOWNSHIP}
    answer = office.post(f"{UNIT}/visits", data=form)
    assert f'name="seen-{VILLAGE}" value=""' in answer.text, "the form still says what it had shown"
    assert enter(office, **{f"d{VILLAGE}": "2026-04-01", f"s{VILLAGE}": ""}).status_code == 409


def test_a_wrong_date_typed_on_another_branch_is_shown_on_its_branch(county: Session, office: FlaskClient) -> None:
    answer = enter(office, **{f"d{OTHER_VILLAGE}": "2026-10-13", f"d{VILLAGE}": "2026-03-05"})
    assert answer.status_code == 400 and f'id="day-{OTHER_VILLAGE}"' in answer.text
    assert f'name="day-{VILLAGE}" value="2026-03-05"' in answer.text
