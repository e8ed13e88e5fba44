"""`divisions import` and `divisions show`: all of a file or nothing, errors by line, what a code means."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from webapp.org.cli import divisions
from webapp.org.models import Division

HEAD = "code,parent_code,level,name\n"
PROVINCE = "440000000000,,1,广东省\n"
CITY = "441900000000,440000000000,2,东莞市\n"
COUNTY = "441900000000,441900000000,3,东莞市\n"
TOWNSHIP = "441900003000,441900000000,4,东城街道\n"
VILLAGE = "441900003001,441900003000,5,岗贝社区\n"
WHOLE = HEAD + PROVINCE + CITY + COUNTY + TOWNSHIP + VILLAGE


@pytest.fixture
def run(session: Session, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command of `divisions` on this test's database; text or bytes become the file to import."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DANDANG_INSTANCE", str(tmp_path / "instance"))

    def run(*arguments: str | bytes) -> Result:
        if arguments[0] == "import":
            content = arguments[1]
            file = tmp_path / "divisions.csv"
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
            arguments = ("import", str(file))
        session.rollback()
        return CliRunner().invoke(divisions, list(arguments))

    return run


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Division)) or 0


def test_a_whole_file_is_taken_over_and_a_second_time_changes_nothing(session: Session, run) -> None:
    assert "新增 5 个" in run("import", WHOLE).stdout
    again = run("import", WHOLE)
    assert again.exit_code == 0
    assert "新增 0 个，更名 0 个，未变 5 个" in again.stdout
    assert count(session) == 5


def test_the_shipped_county_is_taken_over(session: Session, run) -> None:
    assert "新增 79 个" in run("import", factories.FUGONG.read_bytes()).stdout
    assert session.get(Division, "533323101201").parent_code == "533323101"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + WHOLE.encode(),
        WHOLE.replace("\n", "\r\n"),
        HEAD + VILLAGE + TOWNSHIP + COUNTY + CITY + PROVINCE,
        "name,level,parent_code,code,note\n广东省,1,,44,x\n东莞市,2,44,4419,\n东莞市,3,4419,441900,\n"
        "东城街道,4,441900,441900003,\n岗贝社区,5,441900003,441900003001,\n",
    ],
    ids=["byte order mark", "Windows line ends", "children first", "other columns and short codes"],
)
def test_lawful_shapes_of_the_file(session: Session, run, content: str | bytes) -> None:
    assert run("import", content).exit_code == 0
    assert count(session) == 5


@pytest.mark.parametrize("name", ["莫𡐓村委会", "大 岭（上）村 委会", '双"引"号村', "长" * 33, "高\ue170村村委会"])
def test_names_as_they_are(session: Session, run, name: str) -> None:
    quoted = name.replace('"', '""')
    assert run("import", WHOLE + f'441900003002,441900003000,5,"{quoted}"\n').exit_code == 0
    assert session.get(Division, "441900003002").name == name


def test_rows_absent_from_a_file_stay_and_changed_names_are_taken(session: Session, run) -> None:
    run("import", WHOLE)
    result = run("import", HEAD + TOWNSHIP.replace("东城街道", "东城新区"))
    assert "新增 0 个，更名 1 个" in result.stdout
    assert count(session) == 5
    assert session.get(Division, "441900003").name == "东城新区"


def test_parents_may_be_in_the_database(session: Session, run) -> None:
    run("import", HEAD + PROVINCE + CITY + COUNTY)
    assert run("import", HEAD + TOWNSHIP + VILLAGE).exit_code == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HEAD + PROVINCE + CITY + TOWNSHIP, "第 4 行：441900003000 的上级 441900000000 既不在文件中"),
        (WHOLE + VILLAGE, "第 7 行：代码 441900003001 与第 6 行重复"),
        (WHOLE + "4419000030x2,441900003000,5,甲村\n", "第 7 行：代码“4419000030x2”与第 5 级不符"),
        (WHOLE + "44190000300200,441900003000,5,甲村\n", "第 7 行：代码“44190000300200”与第 5 级不符"),
        (WHOLE + "441900003002,441900003000,4,甲村\n", "第 7 行：代码“441900003002”与第 4 级不符"),
        (WHOLE + "441900003002,441900004000,5,甲村\n", "第 7 行：上级代码“441900004000”与代码 441900003002 不符"),
        (WHOLE + "441900003002,,5,甲村\n", "第 7 行：上级代码“”与代码 441900003002 不符"),
        (WHOLE + "441900003002,441900003000,6,甲村\n", "第 7 行：层级“6”不正确"),
        (WHOLE + "441900003002,441900003000,5,\n", "第 7 行：名称为空"),
        (WHOLE + f"441900003002,441900003000,5,{'长' * 81}\n", "第 7 行：名称为空、超过 80 个字"),
        (WHOLE + "441900003002,441900003000,5,甲\u202e村\n", "第 7 行：名称为空、超过 80 个字，或含有不能显示的字符"),
        (WHOLE + "441900003002,441900003000,5\n", "第 7 行：应有 4 列，实有 3 列"),
        (WHOLE + '441900003002,441900003000,5,"甲村\n', "引号不完整"),
        (WHOLE.removesuffix("区\n"), "文件在第 6 行中断"),
        (WHOLE.encode()[:-2], "文件在第 6 行中断"),
        (WHOLE.encode("gbk"), "第 2 行不是 UTF-8 编码"),
        (WHOLE.encode("utf-16"), "UTF-8"),
        ("代码,上级,层级,名称\n", "第 1 行缺少列 code、parent_code、level、name"),
        ("", "第 1 行缺少列"),
        (HEAD + "x" * 3000 + "\n", "第 2 行过长"),
    ],
)
def test_one_fault_and_nothing_is_written(session: Session, run, content: str | bytes, sentence: str) -> None:
    result = run("import", content)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stdout == ""
    assert count(session) == 0


def test_many_faults_are_counted_and_the_first_listed(session: Session, run) -> None:
    result = run("import", WHOLE + "坏,,9,甲\n" * 30)
    assert "第 7 行" in result.stderr and "第 26 行" in result.stderr and "第 27 行" not in result.stderr
    assert "文件有 30 处错误（另有 10 处未列出）" in result.stderr


@pytest.mark.parametrize(
    ("typed", "code", "level"),
    [("44", "440000000000", 1), ("4419", "441900000000", 2), ("441900", "441900000000", 3),
     ("441900003", "441900003000", 4), ("441900003000", "441900003000", 4), ("441900000000", "441900000000", 2)],
)  # fmt: skip
def test_show_takes_every_length_of_a_code(run, typed: str, code: str, level: int) -> None:
    run("import", WHOLE)
    result = run("show", typed, "--json")
    shown = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert (shown["code"], shown["level"]) == (code, level)
    assert set(shown) == {"code", "parent_code", "level", "name"}


@pytest.mark.parametrize(("typed", "exit_code"), [("99", 1), ("123", 1), ("abc", 1), ("４４", 1), ("", 1)])
def test_show_refuses_what_is_no_code(run, typed: str, exit_code: int) -> None:
    result = run("show", typed, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told) == (exit_code, {"error": result.stderr.strip(), "faults": []})
    assert "请" in told["error"]
