"""A roster or a rotation from a table: tried first, all or nothing, faults by row, and who leaves and who comes by village."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.teams.conftest import SignIn, station
from webapp.config import Settings
from webapp.org.models import Organisation, Person, Posting
from webapp.spreadsheets import xlsx_file
from webapp.teams.cli import postings

HEAD = "办理,姓名,村代码,驻村职务,派出单位,决定日期,到村日期,最后任职日,离任原因,新村代码,文号,已登记人员"
DOC = "福组〔2026〕8号"


def come(name: str, village: str = VILLAGE, role: str = "第一书记", **more: str) -> str:
    cells = {"sender": "演示县水利局", "decided": "2026-10-08", "starts": "2026-10-12", "known": "", "doc": DOC} | more
    return (
        f"新派,{name},{village},{role},{cells['sender']},{cells['decided']},{cells['starts']},,,"
        f",{cells['doc']},{cells['known']}"
    )


def leave(
    name: str, village: str = VILLAGE, role: str = "第一书记", day: str = "2026-10-14", why: str = "任期届满"
) -> str:
    return f"离任,{name},{village},{role},,,,{day},{why},,{DOC},"


def move(name: str, village: str = VILLAGE, to: str = SISTER_VILLAGE, day: str = "2026-10-20") -> str:
    return f"调整,{name},{village},工作队员,,,{day},,,{to},{DOC},"


def table(*rows: str) -> str:
    return "\n".join((HEAD, *rows)) + "\n"


@pytest.fixture
def desk(county: Session, sender: Organisation, sign_in: SignIn) -> FlaskClient:
    station(county, "first_secretary", name="岚知川", starts_on=date(2024, 10, 15))
    station(county, name="砚守原")
    county.commit()
    return sign_in("desk", COUNTY)


def send(client: FlaskClient, text: str, **values: str):  # type: ignore[no-untyped-def]
    files = {"file": (io.BytesIO(text.encode()), "table.csv"), **values}
    return client.post("/teams/import", data=files, content_type="multipart/form-data")


def stationed(session: Session) -> set[tuple[str, str, date | None, str | None]]:
    session.rollback()
    statement = select(Person.name, Posting.unit_code, Posting.ends_on, Posting.end_reason).join(Posting.person)
    found = set(session.execute(statement.where(Posting.role.in_(("first_secretary", "team_member")))).tuples())
    session.rollback()
    return found


BEFORE = {("岚知川", VILLAGE, None, None), ("砚守原", VILLAGE, None, None)}
ROTATION = table(come("穗承澜"), move("砚守原"), leave("岚知川"))
AFTER = {
    ("岚知川", VILLAGE, date(2026, 10, 14), "任期届满"),
    ("穗承澜", VILLAGE, None, None),
    ("砚守原", VILLAGE, date(2026, 10, 19), "工作调动"),
    ("砚守原", SISTER_VILLAGE, None, None),
}


def test_a_rotation_is_tried_shown_by_village_and_then_taken_in(county: Session, desk: FlaskClient) -> None:
    tried = send(desk, ROTATION)
    assert tried.status_code == 200 and "共 3 行，办理 3 行" in tried.text
    assert "岚知川（驻村第一书记）、" in tried.text or "、岚知川（驻村第一书记）" in tried.text
    with xlsx_file([row.split(",") for row in ROTATION.splitlines()]) as handle:
        files = {"file": (io.BytesIO(handle.read()), "轮换.xlsx")}
    book = desk.post("/teams/import", data=files, content_type="multipart/form-data")
    assert book.status_code == 200 and "共 3 行，办理 3 行" in book.text
    assert stationed(county) == BEFORE, "a trial writes nothing"
    sure = {"rows": ROTATION, "go": "import"}
    assert desk.post("/teams/import", data=sure).status_code == 303
    assert stationed(county) == AFTER
    sender = county.scalars(select(Posting.sending_unit_id).join(Posting.person).where(Person.name == "穗承澜")).one()
    assert sender is not None
    county.rollback()
    assert "办理 0 行，与已有相同 3 行" in send(desk, ROTATION).text, "the same file twice changes nothing"
    assert desk.post("/teams/import", data=sure).status_code == 303
    assert stationed(county) == AFTER


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (leave("岚知川") + "\n" + come("岚知川", SISTER_VILLAGE, known="是"), "与第 3 行重复"),
        (come("穗承澜") + "\n" + come("穗承澜", SISTER_VILLAGE), "重复。一人在一个文件中只能有一行"),
        (move("砚守原") + "\n" + move("砚守原", to=OTHER_VILLAGE), "与第 3 行重复"),
        (come("穗承澜"), "岚知川现任该处驻村第一书记"),
        (come("穗承澜", SISTER_VILLAGE, sender="没有的局"), "没有派出单位“没有的局”"),
        (come("穗承澜", SISTER_VILLAGE, sender="撤销的局"), "撤销的局已于2025年12月31日撤销"),
        (come("穗承澜", "999999999999"), "没有这个代码的村"),
        (come("穗承澜", TOWNSHIP), "没有这个代码的村"),
        (come("穗承澜", NEIGHBOUR_VILLAGE), "不在您的管辖范围内"),
        (come("砚守原", SISTER_VILLAGE), "已有同名人员砚守原"),
        (come("穗承澜", SISTER_VILLAGE, known="是"), "已登记人员中有 0 位穗承澜"),
        (come("穗承澜", SISTER_VILLAGE, starts="明天"), "到村日期“明天”不正确"),
        (come("穗承澜", SISTER_VILLAGE, decided="2026-10-13"), "决定日期晚于今天"),
        (come("穗承澜", SISTER_VILLAGE, doc=""), "没有填写文号"),
        (come("穗承澜", SISTER_VILLAGE, role="书记"), "驻村职务“书记”不正确"),
        (leave("岚知川", why="违规召回"), "须按召回办理"),
        (leave("岚知川", why="想走"), "离任原因“想走”不正确"),
        (leave("没有的人"), "没有的人现在不是该村驻村第一书记"),
        (leave("岚知川", day="2023-01-01"), "最后任职日早于任职开始日"),
        (move("砚守原", to=VILLAGE), "新村与原村相同"),
        (move("砚守原", to=NEIGHBOUR_VILLAGE), "不在您的管辖范围内"),
        (f"召回,岚知川,{VILLAGE},第一书记,,,,,,,{DOC},", "办理“召回”不正确"),
    ],
)
def test_one_row_at_fault_keeps_the_whole_file_out(county: Session, desk: FlaskClient, row: str, words: str) -> None:
    closed = factories.organisation(county, "撤销的局", "sending_unit", COUNTY)
    closed.valid_to = date(2025, 12, 31)
    county.commit()
    answer = send(desk, table(come("陶映野", OTHER_VILLAGE), row), go="import")
    assert answer.status_code == 400 and words in answer.text and "未导入任何数据" in answer.text
    assert stationed(county) == BEFORE


def test_a_member_moved_twice_in_a_month_is_refused_by_row(county: Session, desk: FlaskClient) -> None:
    assert send(desk, table(move("砚守原")), go="import").status_code == 303
    answer = send(desk, table(move("砚守原", SISTER_VILLAGE, OTHER_VILLAGE, "2026-10-27")), go="import")
    assert answer.status_code == 400 and "第 2 行" in answer.text and "同一个月内不能再次调整" in answer.text
    assert ("砚守原", SISTER_VILLAGE, None, None) in stationed(county)


def test_a_namesake_who_is_somebody_else_is_enrolled_anew(county: Session, desk: FlaskClient) -> None:
    assert send(desk, table(come("砚守原", SISTER_VILLAGE, known="否")), go="import").status_code == 303
    county.rollback()
    assert len(county.scalars(select(Person.id).where(Person.name == "砚守原")).all()) == 2


def test_a_known_person_takes_another_post_after_the_first(county: Session, desk: FlaskClient) -> None:
    send(desk, table(leave("岚知川", day="2026-10-11")), go="import")
    assert send(desk, table(come("岚知川", SISTER_VILLAGE, known="是")), go="import").status_code == 303
    county.rollback()
    assert len(county.scalars(select(Person.id).where(Person.name == "岚知川")).all()) == 1


def test_the_template_can_be_read_and_a_broken_file_is_refused(desk: FlaskClient) -> None:
    with desk.get("/teams/import/template") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    headings = [cell.value for cell in next(book.active.iter_rows())]  # type: ignore[union-attr]
    assert headings[:5] == ["办理", "姓名", "村代码", "驻村职务", "派出单位"]
    assert "没有选择文件" in desk.post("/teams/import", data={}).text
    assert "表头不能识别" in send(desk, "甲,乙\n1,2\n").text


def test_the_command_obeys_the_account_and_speaks_json(
    county: Session, desk: FlaskClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "from_env", classmethod(lambda cls: settings))
    login = factories.account(county, factories.posting(county, "desk", COUNTY).person_id).login
    plain = factories.account(county, factories.posting(county, "desk", TOWNSHIP).person_id).login
    county.commit()
    file = tmp_path / "rotation.csv"
    file.write_text(ROTATION, encoding="utf-8")

    def run(*words: str):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(postings, ["import", str(file), *words])

    tried = json.loads(run("--as", login, "--dry-run", "--json").stdout)
    assert (tried["rows"], tried["done"], tried["dry_run"]) == (3, 3, True)
    assert [one["code"] for one in tried["villages"]] == [VILLAGE, SISTER_VILLAGE]
    assert stationed(county) == BEFORE
    alone = json.loads(run("--dry-run", "--json").stdout)  # the server's administrator
    assert alone == tried and stationed(county) == BEFORE
    assert run("--as", plain).exit_code == 1
    done = run("--as", login)
    assert done.exit_code == 0 and "办理 3 行" in done.stdout and "离任" in done.stdout
    assert stationed(county) == AFTER
    file.write_text(table(leave("没有的人")), encoding="utf-8")
    wrong = run("--as", login, "--json")
    assert wrong.exit_code == 1 and "第 2 行" in wrong.stderr
    told = json.loads(wrong.stdout)
    assert told["error"] in wrong.stderr
    assert [(one["row"], one["field"]) for one in told["faults"]] == [(2, None)]
    assert "没有的人" in told["faults"][0]["sentence"]
    assert run("--as", login).stdout == ""


def test_all_faults_of_a_file_are_named_at_once_in_the_order_of_rows(county: Session, desk: FlaskClient) -> None:
    unknown = "533323999201"
    page = send(
        desk,
        table(
            come("穗承澜", unknown, decided="去年", sender="没有的单位"),
            leave("没有的人"),
            move("砚守原", to=""),
            "办,穗承澜,,队长,,,,,,,,",
        ),
    ).text
    said = page[page.index("第 2 行") : page.index("未导入任何数据")]
    where = [
        said.index(words)
        for words in ("决定日期", "没有这个代码的村", "没有派出单位", "第 3 行", "新村代码", "办理“办”")
    ]
    assert where == sorted(where)
    assert said.count("没有这个代码的村") == 2
