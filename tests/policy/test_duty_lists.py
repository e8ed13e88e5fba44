"""The duty list is data: 25 shipped duties, checked against their schema, held as rows, local ones shown where they hold."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.policy import duty_lists
from webapp.policy.models import Duty
from webapp.policy.reading import Unreadable
from webapp.policy.work_areas import templates

ON = date(2026, 10, 12)
OWN = """
name: 福贡县责任清单
duties:
- code: FG-1
  title: 县委书记每季度主持一次防返贫调度会
  levels: [county]
  interval: quarter
  kind: meeting
  source: 福办发〔2026〕3号
  mark: 本县规定
  division: '533323'
  valid_from: '2026-01-01'
  valid_to: null
  carried_by: [WA28-T2]
"""


def test_the_rulebooks_duties_are_all_shipped_and_held_once(session: Session) -> None:
    assert duty_lists.load(session) == [f"P-{number}" for number in range(1, 26)]
    assert duty_lists.load(session) == []
    rows = {row.code: row for row in session.scalars(select(Duty))}
    assert (rows["P-20"].levels, rows["P-20"].interval, rows["P-20"].kind) == (["village"], "year", "coverage")
    assert rows["P-15"].coverage == "duty.county_visit_set"
    assert rows["P-1"].valid_from == date(2021, 6, 1)


def test_every_duty_opens_something_at_its_level_or_says_why_not(session: Session) -> None:
    """A template opens it for one of the levels that owe it, a coverage set holds it, or the list names the reason."""
    duty_lists.load(session)
    levels = {template.code: set(template.levels) for template in templates()}
    for duty in session.scalars(select(Duty)):
        carried = {level for code in duty.carried_by for level in levels[code]} - {"province"}
        assert carried & set(duty.levels) or duty.coverage or duty.remark, duty.code
        left = set(duty.levels) - carried
        assert not duty.carried_by or not left or duty.coverage or duty.remark, (duty.code, left)


def test_funds_and_projects_open_tasks_and_the_plan_of_a_township_does_not(session: Session) -> None:
    duty_lists.load(session)
    rows = {row.code: row for row in session.scalars(select(Duty))}
    assert rows["P-14"].carried_by == ["WA25-T1", "WA25-T3"]
    assert rows["P-16"].carried_by == ["WA25-T1", "WA30-T1"]
    assert "不得要求报送配套文件" in (rows["P-16"].remark or "")
    assert not rows["P-21"].carried_by and "只作记录" in (rows["P-21"].remark or "")


def test_a_duty_of_one_province_is_shown_there_only(session: Session) -> None:
    duty_lists.load(session)
    yunnan = [duty.code for duty in duty_lists.duties_of(session, "533323", ON)]
    zhejiang = [duty.code for duty in duty_lists.duties_of(session, "330102", ON)]
    assert yunnan == ["P-1", "P-2", "P-12", "P-13", "P-14", "P-15", "P-21", "P-22"]
    assert zhejiang == [*yunnan, "P-25"]


def test_a_duty_out_of_force_is_not_shown(session: Session) -> None:
    duty_lists.load(session)
    assert [duty.code for duty in duty_lists.duties_of(session, "533323", date(2022, 1, 1))] == ["P-1"]


def test_a_county_adds_its_own(session: Session, tmp_path: Path) -> None:
    (tmp_path / "fugong.yaml").write_text(OWN, encoding="utf-8")
    assert "FG-1" in duty_lists.load(session, tmp_path)
    assert "FG-1" in [duty.code for duty in duty_lists.duties_of(session, "533323", ON)]
    assert "FG-1" not in [duty.code for duty in duty_lists.duties_of(session, "533301", ON)]
    (tmp_path / "fugong.yaml").write_text(OWN.replace("每季度", "每季度第一个月"), encoding="utf-8")
    assert duty_lists.load(session, tmp_path) == ["FG-1"]


def test_a_local_duty_that_opens_nothing_at_a_level_says_why(session: Session, tmp_path: Path) -> None:
    own = OWN.replace("levels: [county]", "levels: [county, township]") + "  remark: 乡镇只参加会议，不另开任务\n"
    (tmp_path / "fugong.yaml").write_text(own, encoding="utf-8")
    assert "FG-1" in duty_lists.load(session, tmp_path)


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ("WA99-T9", "WA28-T2", "没有任务模板“WA99-T9”"),
        ("kind: checkin", "kind: meeting", "不能是“checkin”"),
        ("code: P-1", "code: FG-1", "“P-1”在另一文件中已有"),
        ("carried_by: []", "carried_by: [WA28-T2]", "只作记录"),
        ("levels: [township]", "levels: [county]", "不能由所列任务模板开设任务的层级"),
        ("levels: [city, county]", "levels: [county]", "高于所属区划的层级"),
        ("carried_by: [WA29-T2]", "carried_by: [WA28-T2]", "不能由所列任务模板开设任务的层级"),
        ("interval: month", "interval: quarter", "与所列任务模板的周期不同"),
        ("valid_to: '2025-01-01'", "valid_to: null", "早于生效日期"),
        ("  source: 福办发〔2026〕3号\n  points: 5", "  source: 福办发〔2026〕3号", "是不认识的键"),
    ],
)
def test_a_wrong_file_is_refused_whole(session: Session, tmp_path: Path, wrong: str, right: str, sentence: str) -> None:
    (tmp_path / "fugong.yaml").write_text(OWN.replace(right, wrong), encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        duty_lists.load(session, tmp_path)
    assert sentence in refused.value.sentence
    assert session.scalars(select(Duty)).all() == []
