"""Saved groups: made on pages and by import, changed by their owner alone, all of a file or nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.org import groups
from webapp.org.cli import group_commands
from webapp.org.group_models import UnitGroup

HEAD = "所属单位代码,分组名称,依据文件,单位\n"


@pytest.fixture
def load(
    county: Session, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Result]:
    """Import a CSV into this test's database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DANDANG_INSTANCE", str(tmp_path / "instance"))

    def run(lines: str) -> Result:
        county.commit()
        file = tmp_path / "groups.csv"
        file.write_text(HEAD + lines, encoding="utf-8")
        return CliRunner().invoke(group_commands, ["import", str(file)])

    return run


def held(session: Session) -> dict[str, list[str]]:
    session.expire_all()
    found = {row.name: groups.members(session, row.id) for row in session.scalars(select(UnitGroup))}
    session.rollback()
    return found


def test_a_file_makes_groups_and_makes_them_anew(county: Session, load: Callable[[str], Result]) -> None:
    first = load(f"{COUNTY},临江村,福农发〔2026〕3号,{VILLAGE}\n{COUNTY},临江村,,{SISTER_VILLAGE}\n")
    assert first.output == "已导入分组：新建 1 个，更新 0 个，共 2 个单位。\n"
    assert held(county) == {"临江村": [VILLAGE, SISTER_VILLAGE]}
    second = load(f"{COUNTY},临江村,,{SISTER_VILLAGE}\n{TOWNSHIP},高山村,,{VILLAGE}\n")
    assert second.output == "已导入分组：新建 1 个，更新 1 个，共 2 个单位。\n"
    assert held(county) == {"临江村": [SISTER_VILLAGE], "高山村": [VILLAGE]}


def test_one_wrong_row_and_nothing_is_imported(county: Session, load: Callable[[str], Result]) -> None:
    result = load(f"{COUNTY},临江村,,{VILLAGE}\n{COUNTY},临江村,,{NEIGHBOUR_VILLAGE}\n999999,别处,,{VILLAGE}\n")
    assert result.exit_code == 1
    assert f"第 3 行：“{NEIGHBOUR_VILLAGE}”不是所属单位下级" in result.output
    assert "第 4 行：没有代码为“999999”的区划" in result.output
    assert held(county) == {}


def test_a_group_is_changed_and_deleted_by_its_owner(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    desk, township = sign_in("desk", COUNTY), sign_in("desk", TOWNSHIP)
    data = {"name": "临江村", "members": f"{VILLAGE}\n不认识的村", "unit_code": COUNTY}
    refused = desk.post("/org/groups/new", data=data)
    assert refused.status_code == 400
    page = refused.get_data(as_text=True)
    assert "不认识的村" in page and "有 1 个没有认出" in page
    assert desk.post("/org/groups/new", data={**data, "members": VILLAGE}).status_code == 302
    again = desk.post("/org/groups/new", data={**data, "members": VILLAGE})
    assert again.status_code == 409 and "已有名为“临江村”的分组" in again.get_data(as_text=True)
    group_id = county.scalars(select(UnitGroup.id)).one()
    county.rollback()
    path = f"/org/groups/{group_id}"
    assert township.get(path).status_code == 404
    changed = desk.post(path, data={"name": "临江的村", "members": f"{VILLAGE}\n{SISTER_VILLAGE}"})
    assert changed.status_code == 302
    assert held(county) == {"临江的村": [VILLAGE, SISTER_VILLAGE]}
    assert "临江的村" in desk.get("/org/groups/").get_data(as_text=True)
    assert desk.post(f"{path}/delete").status_code == 302
    assert held(county) == {}


def test_the_second_of_two_who_change_a_group_sees_both_and_loses_nothing(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    first, second = sign_in("desk", COUNTY), sign_in("desk", COUNTY)
    first.post("/org/groups/new", data={"name": "临江村", "members": VILLAGE, "unit_code": COUNTY})
    path = f"/org/groups/{county.scalars(select(UnitGroup.id)).one()}"
    county.rollback()

    def stamp(page: str) -> str:
        return page.split('name="seen" value="')[1].split('"')[0]

    old = stamp(second.get(path).text)
    both = f"{VILLAGE}\n{SISTER_VILLAGE}"
    assert first.post(path, data={"name": "临江村", "members": both, "seen": old}).status_code == 302
    typed = {"name": "江边的村", "members": VILLAGE, "seen": old}
    faulty = second.post(path, data=typed | {"members": "不认识的村"})
    assert (faulty.status_code, stamp(faulty.text)) == (400, old)
    refused = second.post(path, data=typed)
    assert refused.status_code == 409 and "已由他人修改" in refused.text and "江边的村" in refused.text
    assert "共 2 个单位" in refused.text and held(county) == {"临江村": [VILLAGE, SISTER_VILLAGE]}
    assert second.post(path, data=typed | {"seen": stamp(refused.text)}).status_code == 302
    assert held(county) == {"江边的村": [VILLAGE]}
