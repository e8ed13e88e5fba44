"""Dates, natural groups and terms come from tables: tried first, all or nothing, with errors by row."""

import io
import json
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.coverage.conftest import MORNING, SINCE, SignIn
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.config import Settings
from webapp.coverage import importing
from webapp.coverage.cli import coverage
from webapp.coverage.models import CoverageVisit, NaturalGroup, OfficeTerm
from webapp.errors import Refused
from webapp.org.models import Posting

VISITS = f"单位代码,走访日期\n{VILLAGE},2026-03-05\n{SISTER_VILLAGE},2026/4/6\n"
GROUPS = f"村代码,自然村组,停用日期,停用原因,并入\n{VILLAGE},一组,,,\n{VILLAGE},二组,2025-12-31,,一组\n"
TERMS = f"单位代码,任期开始,任期届满,文号\n{COUNTY}000000,2021-07-01,2026-12-31,演示〔2021〕20号\n"


def send(client: FlaskClient, text: str, **values: str) -> str:
    files = {"file": (io.BytesIO(text.encode()), "table.csv"), **values}
    return client.post("/coverage/import", data=files, content_type="multipart/form-data").text


def test_dates_are_tried_first_and_then_imported(county: Session, office: FlaskClient) -> None:
    tried = send(office, VISITS)
    assert "试导入结果" in tried and "2 行，其中新增 2 行" in tried
    assert "有 1 格的日期已统一写成 2026-11-03 的样子" in tried
    county.rollback()
    assert county.scalar(select(CoverageVisit.id)) is None
    county.rollback()
    sent = {"rows": VISITS, "go": "import"}
    answer = office.post("/coverage/import", data=sent, follow_redirects=True).text
    assert "已导入走访日期：新增 2 行" in answer
    assert "与已有相同 2 行" in send(office, VISITS), "the same file twice changes nothing"
    county.rollback()
    assert set(county.execute(select(CoverageVisit.target_key, CoverageVisit.visited_on)).tuples()) == {
        (VILLAGE, date(2026, 3, 5)),
        (SISTER_VILLAGE, date(2026, 4, 6)),
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{NEIGHBOUR_VILLAGE},2026-03-05", "不在本轮遍访范围"),
        ("12345,2026-03-05", "不在本轮遍访范围"),
        (f"{VILLAGE},明天", "走访日期“明天”不正确"),
        (f"{VILLAGE},2027-01-01", "晚于今天"),
        (f"{SISTER_VILLAGE},2026-05-05", "出现两次"),
    ],
)
def test_one_row_at_fault_keeps_the_whole_table_out(county: Session, office: FlaskClient, row: str, words: str) -> None:
    answer = send(office, f"单位代码,走访日期\n{SISTER_VILLAGE},2026-03-05\n{row}\n", go="import")
    assert "第 3 行" in answer and words in answer
    county.rollback()
    assert county.scalar(select(CoverageVisit.id)) is None


def test_groups_and_terms_come_from_the_county_desk_and_dates_do_not(county: Session, sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    assert "新增 2 行" in send(desk, GROUPS, go="import") or county.scalar(select(NaturalGroup.id)) is not None
    county.rollback()
    ended = county.scalars(select(NaturalGroup).where(NaturalGroup.name == "二组")).one()
    assert (ended.valid_to, ended.successor_name) == (date(2025, 12, 31), "一组")
    county.rollback()
    send(desk, TERMS, go="import")
    county.rollback()
    assert county.scalars(select(OfficeTerm.ends_on)).one() == date(2026, 12, 31)
    county.rollback()
    assert "由书记所在单位的书记办公室导入" in send(desk, VISITS, go="import")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"村代码,自然村组\n{NEIGHBOUR_VILLAGE},一组\n", "不在您的管辖范围"),
        (f"村代码,自然村组\n{TOWNSHIP}000,一组\n", "级别不对"),
        (f"村代码,自然村组\n{VILLAGE},\n", "名称须为"),
        (f"村代码,自然村组\n{VILLAGE},一组\n{VILLAGE},一组\n", "出现两次"),
        (f"村代码,自然村组,停用日期\n{VILLAGE},一组,2025-12-31\n", "同时写明停用日期和停用原因"),
        (f"村代码,自然村组,停用日期,并入\n{VILLAGE},一组,2025-12-31,九组\n", "不在名单中"),
        (f"单位代码,任期开始,任期届满\n{COUNTY},2026-07-01,2026-07-01\n", "任期届满应晚于任期开始"),
        (f"单位代码,任期开始,任期届满\n{COUNTY},2021-07-01,2026-07-01\n{COUNTY},2026-01-01,2031-01-01\n", "重叠"),
        ("单位代码,数量\n1,1\n", "表头不能识别"),
        ("", "文件是空的"),
    ],
)
def test_lists_at_fault_are_refused_with_the_reason(sign_in: SignIn, text: str, words: str) -> None:
    assert words in send(sign_in("desk", COUNTY), text, go="import")


def test_a_workbook_with_a_formula_or_merged_cells_is_refused(office: FlaskClient) -> None:
    book = openpyxl.Workbook()
    book.active.append(["单位代码", "走访日期"])  # type: ignore[union-attr]
    book.active.append([VILLAGE, "=TODAY()"])  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    answer = office.post(
        "/coverage/import", data={"file": (io.BytesIO(file.getvalue()), "t.xlsx")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 400 and "是公式" in answer.text


def test_a_date_of_a_group_finds_its_township_by_command(
    county: Session, township_secretary: Posting, secretary: Posting
) -> None:
    importing.import_file(county, GROUPS.encode(), at=MORNING)
    both = f"单位代码,自然村组,走访日期\n{VILLAGE},一组,2026-05-06\n{VILLAGE},,2026-05-07\n"
    done = importing.import_file(county, both.encode(), at=MORNING)
    assert (done.kind, done.added) == ("visits", 2)
    assert set(county.execute(select(CoverageVisit.unit_code, CoverageVisit.visited_on)).tuples()) == {
        (TOWNSHIP, date(2026, 5, 6)),
        (COUNTY, date(2026, 5, 7)),
    }


def test_a_unit_without_a_secretary_has_no_set(county: Session) -> None:
    with pytest.raises(Refused, match="没有书记任职"):
        importing.import_file(county, VISITS.encode(), at=MORNING)


def test_the_command_tries_imports_and_obeys_the_account(
    county: Session,
    settings: Settings,
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    monkeypatch.setattr(Settings, "from_env", classmethod(lambda cls: settings))
    factories.posting(county, "secretary", COUNTY, starts_on=SINCE)
    post = factories.posting(county, "desk", COUNTY, kind="secretary_office")
    login = factories.account(county, post.person_id).login
    plain = factories.account(county, factories.posting(county, "desk", TOWNSHIP).person_id).login
    county.commit()
    file = tmp_path / "visits.csv"
    file.write_text(VISITS, encoding="utf-8")

    def run(*words: str):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(coverage, ["import", str(file), *words])

    tried = run("--as", login, "--dry-run", "--json")
    assert json.loads(tried.stdout) | {"dry_run": True, "added": 2, "rows": 2} == json.loads(tried.stdout)
    assert county.scalar(select(CoverageVisit.id)) is None
    county.rollback()
    assert run("--as", plain).exit_code == 1
    done = run("--as", login)
    assert done.exit_code == 0 and "新增 2" in done.stdout
    file.write_text(f"单位代码,走访日期\n{NEIGHBOUR_VILLAGE},2026-03-05\n", encoding="utf-8")
    wrong = run("--as", login)
    assert wrong.exit_code == 1 and "第 2 行" in wrong.stderr


def test_headings_that_are_not_known_are_named_beside_those_that_are_wanted(
    county: Session, office: FlaskClient
) -> None:
    answer = send(office, f"地区,时间\n{VILLAGE},2026-03-05\n")
    assert "文件中是“地区”“时间”" in answer and "走访日期：单位代码、走访日期" in answer and "是空的" not in answer
    answer = send(office, f"单位代码,时间\n{VILLAGE},2026-03-05\n")
    assert "表头不能识别" in answer and "走访日期：单位代码、走访日期" in answer
    assert "文件只有表头" in send(office, "单位代码,走访日期\n")


def test_a_community_in_the_table_is_told_to_be_none_of_the_villages(county: Session, office: FlaskClient) -> None:
    assert "上帕社区居民委员会是社区，不计入行政村遍访" in send(office, "单位代码,走访日期\n533323101001,2026-03-05\n")
