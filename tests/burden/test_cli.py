"""`gate check` and `burden report`: one document, and exit code 1 when refused."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from tests.burden.making import MORNING, changed, granted
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, VILLAGE
from webapp import clock
from webapp.burden.cli import burden_commands, gate_commands
from webapp.config import Settings
from webapp.policy import calendar

Run = Callable[..., Result]
DEMAND = f"""
title: 冬春防火隐患排查
basis: 福政办发〔2026〕31号
owner: "{COUNTY}"
due_on: 2026-10-23
minutes: 30
fields:
  - {{name: extinguishers, label: 灭火器数量, kind: int, unit: 个}}
  - {{name: moved, label: 搬迁户数, kind: int}}
targets: ["{SISTER_VILLAGE}", "{VILLAGE}"]
"""


@pytest.fixture
def run(app: Flask, settings: Settings, county: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    calendar.seed(county)
    county.commit()
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    with clock.held_at(MORNING):
        commands = {group.name: group for group in (gate_commands, burden_commands)}
        yield lambda group, *args: app.test_cli_runner().invoke(commands[group], list(args))


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        file = tmp_path / "demand.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def test_a_demand_that_passes(run: Run, written: Callable[[str], str], county: Session) -> None:
    granted(county, changed(minutes=20), [VILLAGE])
    county.commit()
    result = run("gate", "check", written(DEMAND), "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["passes"] and said["faults"] == {}
    assert [(field["mode"], field["holder"]) for field in said["fields"]] == [
        ("enter", None),
        ("prefill", "发展改革（安置点台账）"),
    ]
    assert [(cost["unit_code"], cost["unit"], cost["minutes"]) for cost in said["costs"]] == [
        (VILLAGE, "上帕村委会", 50),
        (SISTER_VILLAGE, "达友村委会", 30),
    ]
    assert "可以下达：2 个单位" in run("gate", "check", written(DEMAND)).stdout


def test_targets_are_named_and_fields_need_no_name_as_in_a_file_that_is_issued(
    run: Run, written: Callable[[str], str]
) -> None:
    demand = DEMAND.replace("name: extinguishers, ", "").replace(VILLAGE, "上帕镇 上帕村委会")
    said = json.loads(run("gate", "check", written(demand), "--json").stdout)
    assert said["passes"] and [cost["unit_code"] for cost in said["costs"]] == [VILLAGE, SISTER_VILLAGE]
    unknown = run("gate", "check", written(DEMAND.replace(VILLAGE, "无此村")), "--json")
    assert unknown.exit_code == 1 and "无此村" in unknown.stderr


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("2026-10-23", "2026-10-12", "due_on"),
        ("minutes: 30", "minutes: 90", "units"),
        ("灭火器数量", "供水户数", "fields"),
        ("basis: 福政办发〔2026〕31号", "basis: ''", "basis"),
        ("basis:", "content: 每户拍照上传\nbasis:", "content"),
        ("basis:", "evidence: 带定位的视频\nbasis:", "evidence"),
        (SISTER_VILLAGE, NEIGHBOUR_VILLAGE, "units"),
    ],
)
def test_a_refused_demand_exits_1_with_the_field(
    run: Run, written: Callable[[str], str], old: str, new: str, field: str
) -> None:
    result = run("gate", "check", written(DEMAND.replace(old, new)), "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert not said["passes"] and set(said["faults"]) == {field}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes: 30", "minute: 30", "minute"),
        ("2026-10-23", "十月", "due_on"),
        (SISTER_VILLAGE, "533323999999", "没有代码为 533323999999 的单位"),
        (f'"{COUNTY}"', '"99"', "没有代码为"),
        ("title:", "- title:", "YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    run: Run, written: Callable[[str], str], old: str, new: str, told: str
) -> None:
    result = run("gate", "check", written(DEMAND.replace(old, new)), "--json")
    assert result.exit_code == 1 and told in result.stderr and told in json.loads(result.stdout)["error"]
    assert "Traceback" not in result.stderr


def test_the_report_names_issuers_in_the_order_of_codes(run: Run, county: Session) -> None:
    granted(county, changed())
    granted(county, changed(key="task:2", owner_code="53", owner_name="云南省"))
    granted(county, changed(key="task:3", owner_code=NEIGHBOUR_COUNTY, owner_name="泸水市"), [NEIGHBOUR_VILLAGE])
    county.commit()
    result = run("burden", "report", "2026-10", "--root", COUNTY, "--json")
    said = json.loads(result.stdout)
    assert (said["period"], said["root"]) == ("2026-10", "533323000000")
    assert [(line["issuer_code"], line["minutes"]) for line in said["issuers"]] == [
        ("530000000000", 30),
        ("533323000000", 30),
    ]
    assert "村委会" not in result.stdout and "福贡县" in run("burden", "report", "2026", "--root", COUNTY).stdout


@pytest.mark.parametrize(("period", "root", "told"), [("2026-13", COUNTY, "时段"), ("2026-10", "99", "没有代码为")])
def test_a_wrong_report_is_refused(run: Run, period: str, root: str, told: str) -> None:
    result = run("burden", "report", period, "--root", root, "--json")
    assert result.exit_code == 1 and told in result.stderr and told in json.loads(result.stdout)["error"]
