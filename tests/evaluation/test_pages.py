"""Pages of runs: what may be seen, that figures open to their rows, that a double click asks once."""

import re
import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.evaluation.conftest import NOW, PLAN
from webapp.audit import AuditEntry
from webapp.evaluation import requests
from webapp.evaluation.models import Assessment, IndicatorValue, Run, RunRequest
from webapp.evaluation.queries import all_values

SignIn = Callable[..., FlaskClient]
Compiled = Callable[..., Run]
Opened = Callable[..., Assessment]


def asked(**changed: str) -> dict[str, str]:
    return {
        "token": str(uuid.uuid4()),
        "period": "2026-03",
        "unit": "533323",
        "assessment": "",
        "report_kind": "",
        **changed,
    }


def test_the_list_says_when_there_is_nothing(county: Session, sign_in: SignIn) -> None:
    page = sign_in("desk", "533323").get("/runs/")

    assert page.status_code == 200
    assert "还没有测算" in page.text


def test_a_run_shows_values_in_the_order_of_codes(facts: Session, sign_in: SignIn, compiled: Compiled) -> None:
    run = compiled(facts)
    page = sign_in("leader", "533323").get(f"/runs/{run.key}")

    assert page.status_code == 200
    found = re.findall(r'href="/runs/[^"/]+/(\d+)/[A-Z]{3}-\d"', page.text)
    assert found == sorted(found)
    assert "普通测算只有数值和状态，不评分" in page.text
    assert " 分<" not in page.text


def test_a_township_sees_its_own_units_only(facts: Session, sign_in: SignIn, compiled: Compiled) -> None:
    run = compiled(facts)
    client = sign_in("desk", "533323101")
    page = client.get(f"/runs/{run.key}")

    assert {code[:9] for code in re.findall(r'href="/runs/[^"/]+/(\d+)/', page.text)} == {"533323101"}
    assert client.get(f"/runs/{run.key}/533323/TSK-1").status_code == 404
    assert client.get(f"/runs/{run.key}/533323201/TSK-1").status_code == 404
    assert sign_in("desk", "533301").get(f"/runs/{run.key}").status_code == 404


def test_each_figure_opens_to_as_many_rows_as_it_counts(facts: Session, sign_in: SignIn, compiled: Compiled) -> None:
    run = compiled(facts, "2026")
    client = sign_in("desk", "533323")
    values = [v for v in all_values(facts, run.id) if v.unit_code == "533323" and v.state == "value"]
    assert {v.indicator for v in values} >= {
        "TSK-1",
        "TSK-3",
        "TSK-5",
        "POS-1",
        "POS-2",
        "POS-3",
        "STA-1",
        "STA-2",
        "LEA-2",
    }
    for value in values:
        address = f"/runs/{run.key}/533323/{value.indicator}"
        page = client.get(address)
        assert page.status_code == 200, value.indicator
        assert "测算之后数据有变化" not in page.text, value.indicator
        if value.indicator == "POS-1":
            continue  # its rows are villages with their person-days
        assert total_of(page.text) == value.denominator, value.indicator
        assert total_of(client.get(address + "?show=in").text) == value.numerator, value.indicator


def test_the_file_of_a_figure_holds_the_rows_as_filtered(facts: Session, sign_in: SignIn, compiled: Compiled) -> None:
    run = compiled(facts, "2026")
    address = f"/runs/{run.key}/533323/TSK-1"
    value = next(v for v in all_values(facts, run.id) if (v.unit_code, v.indicator) == ("533323", "TSK-1"))
    counted = value.numerator, value.denominator
    client = sign_in("desk", "533323")
    facts.rollback()
    files = [client.get(f"{address}?{asked}format=csv").text.splitlines() for asked in ("show=in&", "")]
    assert tuple(len(lines) - 4 for lines in files) == counted and counted[0] < counted[1]


def test_what_is_owed_to_somebody_stands_beside_the_post(facts: Session, sign_in: SignIn, compiled: Compiled) -> None:
    run = compiled(facts, "2026")
    page = sign_in("desk", "533323").get(f"/runs/{run.key}/533323/STA-2?show=in").text
    assert "驻村第一书记" in page or "驻村工作队员" in page
    assert re.search("工作经费|人身意外伤害保险|年度体检", page)
    assert "已落实" in page and "待落实" not in page


def total_of(html: str) -> int:
    found = re.search(r"共 ([\d,]+) 条记录", html)
    return int(found[1].replace(",", "")) if found else 0


def test_rows_say_when_facts_have_changed(facts: Session, sign_in: SignIn, compiled: Compiled) -> None:
    run = compiled(facts)
    value = facts.scalars(
        select(IndicatorValue).where(IndicatorValue.state == "value", IndicatorValue.indicator == "TSK-1")
    ).first()
    value.numerator, value.denominator = value.numerator + 1, value.denominator + 1
    facts.commit()

    page = sign_in("desk", "533323").get(f"/runs/{run.key}/{value.unit_code}/TSK-1")
    assert "测算之后数据有变化" in page.text


def test_an_assessments_run_shows_dimensions_without_order_by_score(
    facts: Session, sign_in: SignIn, compiled: Compiled, opened: Opened
) -> None:
    opened(facts)
    run = compiled(facts, "2026H1", plan=PLAN)
    page = sign_in("desk", "533323").get(f"/runs/{run.key}")

    assert page.status_code == 200
    assert "责任落实" in page.text and "系统不计算等次" in page.text
    assert "sort=" not in page.text


class TestAsking:
    def test_the_form_is_filled_with_the_last_closed_month(self, facts: Session, sign_in: SignIn) -> None:
        page = sign_in("desk", "533323").get("/runs/new")

        assert page.status_code == 200
        assert 'value="533323"' in page.text

    def test_a_double_click_asks_once_and_shows_progress(self, facts: Session, sign_in: SignIn) -> None:
        client = sign_in("desk", "533323")
        form = asked()
        first, second = client.post("/runs/new", data=form), client.post("/runs/new", data=form)

        assert first.status_code == second.status_code == 302
        assert first.location == second.location
        facts.rollback()
        assert facts.scalar(select(func.count(RunRequest.id))) == 1
        assert facts.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "run.request")) == 1
        page = client.get(first.location)
        assert 'http-equiv="refresh"' in page.text
        assert "等待" in page.text

    @pytest.mark.parametrize(
        ("changed", "status", "words"),
        [
            ({"period": "2031-01"}, 400, "尚未开始"),
            ({"period": "2026-3"}, 400, "周期“2026-3”不正确"),
            ({"period": ""}, 400, "请填写周期"),
            ({"unit": "999999"}, 404, "没有代码"),
            ({"unit": "53332"}, 400, "区划代码“53332”不正确"),
            ({"unit": "533301"}, 403, "不在您的管辖范围内"),
            ({"report_kind": "evaluation-report"}, 400, "请改选报告种类"),
            ({"token": "x"}, 400, ""),
        ],
    )
    def test_what_cannot_be_compiled_is_said_beside_what_was_typed(
        self, facts: Session, sign_in: SignIn, changed: dict[str, str], status: int, words: str
    ) -> None:
        form = asked(**changed)
        page = sign_in("desk", "533323").post("/runs/new", data=form)

        assert page.status_code == status
        assert words in page.text
        assert f'value="{form["unit"]}"' in page.text
        facts.rollback()
        assert facts.scalar(select(func.count(RunRequest.id))) == 0

    def test_those_without_the_right_may_not_ask(self, facts: Session, sign_in: SignIn) -> None:
        assert sign_in("leader", "533323").get("/runs/new").status_code == 403
        assert sign_in("secretary", "533323101201").get("/runs/").status_code == 403

    def test_progress_failure_and_result(self, facts: Session, sign_in: SignIn, compiled: Compiled) -> None:
        client = sign_in("desk", "533323")
        address = client.post("/runs/new", data=asked()).location
        facts.rollback()
        number = int(address.rpartition("/")[2])
        assert requests.claim(facts, number, NOW) is not None
        assert requests.claim(facts, number, NOW) is None
        requests.note_progress(facts, number, 1, 3)
        facts.commit()
        assert "已完成 1 步，共 3 步" in client.get(address).text
        requests.settle(facts, number, NOW, run_key=None, sentence="没有成功的原因。请重试。")
        facts.commit()
        failed = client.get(address)
        assert "没有成功的原因" in failed.text and "refresh" not in failed.text
        run = compiled(facts)
        requests.settle(facts, number, NOW, run_key=run.key, sentence="完成")
        facts.commit()
        assert client.get(address).location == f"/runs/{run.key}"

    def test_what_a_dead_scheduler_left_is_put_back(self, facts: Session, sign_in: SignIn) -> None:
        number = int(sign_in("desk", "533323").post("/runs/new", data=asked()).location.rpartition("/")[2])
        facts.rollback()
        requests.claim(facts, number, NOW)
        requests.release(facts)
        facts.commit()
        assert facts.get_one(RunRequest, number, populate_existing=True).state == "waiting"


class TestAssessments:
    def test_the_county_desk_opens_one(self, facts: Session, sign_in: SignIn) -> None:
        client = sign_in("desk", "533323")
        form = {
            "plan_number": PLAN,
            "plan_approved_on": "2026-03-20",
            "title": "2026年上半年考核",
            "unit": "533323",
            "period": "2026H1",
            "scheme": "standing-provisional-2026:1",
        }
        assert client.get("/assessments/new").status_code == 200
        assert client.post("/assessments/new", data=form).status_code == 302
        again = client.post("/assessments/new", data=form)
        assert again.status_code == 409
        assert "已经启动" in again.text
        assert PLAN in client.get("/assessments/").text
        assert PLAN in client.get("/runs/new").text

    def test_a_missing_number_keeps_what_was_typed(self, facts: Session, sign_in: SignIn) -> None:
        page = sign_in("desk", "533323").post("/assessments/new", data={"title": "上半年考核", "period": "2026H1"})

        assert page.status_code == 400
        assert "请填写已批准的年度考核计划文号" in page.text and "上半年考核" in page.text

    def test_a_township_does_not_open_one(self, facts: Session, sign_in: SignIn) -> None:
        assert sign_in("desk", "533323101").get("/assessments/new").status_code == 403
