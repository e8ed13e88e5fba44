"""The home page shows each role what it must do, in order, and nothing of others."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
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
from tests.rectification.making import entered
from tests.statements import sent
from webapp import clock
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.burden import complaints
from webapp.dashboard.queries import MOST, SHOWN
from webapp.notices.service import notify
from webapp.org.models import Handover
from webapp.rectification.models import SecondLook

BUDGET = 12


def task(session: Session, title: str, units: tuple[str, ...], days: int, state: str = "issued") -> AccountabilityTask:
    due = clock.today() + timedelta(days=days)
    row = AccountabilityTask(
        request_id=str(uuid.uuid4()), state="issued", title=title, content="内容", basis="云乡振办〔2026〕12号",
        evidence="情况说明", minutes=30, issuer_code=COUNTY, issued_by_name="经办", drafted_at=clock.now(),
        issued_at=clock.now(), due_on=due,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for unit in units:
        session.add(
            Assignment(
                task_id=row.id, unit_code=unit, issuer_code=COUNTY, state=state, issued_on=clock.today(),
                due_on=due, first_due_on=due, changed_at=clock.now(),
                last_reported_on=clock.today() if state == "reported" else None,
            )
        )  # fmt: skip
    session.flush()
    return row


def test_a_village_sees_its_own_tasks_in_due_order(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    task(county, "后到期的任务", (VILLAGE,), 20)
    task(county, "先到期的任务", (VILLAGE,), 5)
    task(county, "别村的任务", (OTHER_VILLAGE,), 1)
    task(county, "已反馈的任务", (VILLAGE,), 1, "reported")
    county.commit()
    page = sign_in("first_secretary", VILLAGE).get("/").text
    assert page.index("先到期的任务") < page.index("后到期的任务")
    assert "签收任务" in page and "别村的任务" not in page and "已反馈的任务" not in page and "核验结果" not in page


def test_the_issuing_desk_sees_reports_to_verify_as_one_line(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    wanted = task(county, "三个村的任务", (VILLAGE, SISTER_VILLAGE, OTHER_VILLAGE), 3, "reported")
    county.commit()
    page = sign_in("desk", COUNTY).get("/").text
    assert page.count("三个村的任务") == 2  # the line and the name of its button
    assert "3 个单位已反馈" in page and f'href="/tasks/{wanted.number}"' in page and "核验结果" in page


def test_what_others_owe_is_told_to_the_issuer_only(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    task(county, "逾期的任务", (VILLAGE, TOWNSHIP), -10)
    county.commit()
    desk = sign_in("desk", COUNTY).get("/").text
    assert "到期还没有答复您的" in desk and "2 个单位没有反馈" in desk and "逾期" in desk
    assert "到期还没有答复您的" not in sign_in("leader", COUNTY).get("/").text


def test_a_complaint_waits_for_the_office_in_one_line_without_its_words(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    for receipt in ("AAAA", "BBBB"):
        complaints.complain(county, COUNTY, "某表重复填报", receipt, clock.today())
    county.commit()
    page = sign_in("desk", COUNTY, kind="burden_relief").get("/").text
    assert page.count("投诉建议待答复") == 2 and "某表重复填报" not in page  # the line and the name of its button
    assert "投诉建议待答复" not in sign_in("desk", COUNTY).get("/").text


def test_a_second_look_waits_for_its_sample(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    row = entered(county, factories.viewer(county, "desk", COUNTY))
    county.add(
        SecondLook(
            issue_id=row.id, round=1, unit_code=row.unit_code, closer_code=row.closer_code,
            closed_on=clock.today(), due_on=clock.today() + timedelta(days=90),
        )
    )  # fmt: skip
    county.commit()
    assert "回头看：从已销号问题中抽取" in sign_in("desk", row.closer_code).get("/").text
    assert "回头看" not in sign_in("desk", NEIGHBOUR_COUNTY).get("/").text


def test_a_handover_waits_for_those_who_arrange_posts(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    leaver = factories.posting(county, "first_secretary", VILLAGE, ends_on=clock.today() - timedelta(days=3))
    county.add(Handover(unit_code=VILLAGE, leaver_posting_id=leaver.id, due_on=clock.today() + timedelta(days=7)))
    county.commit()
    assert "离任交接" in sign_in("desk", COUNTY).get("/").text
    assert "离任交接" not in sign_in("desk", TOWNSHIP).get("/").text


def test_a_handover_below_a_post_that_only_reads_is_not_a_thing_to_do(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    for unit, name in ((VILLAGE, "本县离任者"), (NEIGHBOUR_VILLAGE, "邻县离任者")):
        leaver = factories.posting(
            county, "first_secretary", unit, factories.person(county, name).id, ends_on=clock.today()
        )
        county.add(Handover(unit_code=unit, leaver_posting_id=leaver.id, due_on=clock.today()))
    client = sign_in("desk", COUNTY)
    factories.posting(county, "leader", NEIGHBOUR_COUNTY, client.person_id)
    county.commit()
    page = client.get("/").text
    assert "本县离任者" in page and "邻县离任者" not in page


def test_a_full_list_says_that_it_is_not_all(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    for number in range(MOST):
        task(county, f"第{number}项", (VILLAGE,), 1 + number)
    county.commit()
    client = sign_in("secretary", VILLAGE)
    assert f"共 {MOST} 项，" in client.get("/").text
    task(county, "最早到期的任务", (VILLAGE,), 0)
    county.commit()
    page = client.get("/").text
    assert f"前 {MOST} 项，" in page and "最早到期的任务" in page and f"第{MOST - 1}项" not in page


def test_each_unit_that_owes_an_answer_is_counted(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    for number in range(SHOWN + 4):
        late = task(county, f"第{number:02}项", (VILLAGE, TOWNSHIP, SISTER_VILLAGE, OTHER_VILLAGE), number - 30)
        if number == 0:
            late.assignments[0].due_on = clock.today()  # later than all others: it counts with its task all the same
        for one, state in zip(late.assignments, ("issued", "acknowledged", "in_progress", "returned"), strict=True):
            one.state = state
    county.commit()
    page = sign_in("desk", COUNTY).get("/").text
    assert page.count("4 个单位没有反馈") == SHOWN and f"（前 {SHOWN} 项）" in page


def test_unread_messages_of_the_viewer_only(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("leader", COUNTY)
    notify(county, client.person_id, "one", "十月份报告已送达", "请查阅。", "/reports/1")
    notify(county, factories.person(county).id, "two", "别人的消息", "内容")
    county.commit()
    page = client.get("/").text
    assert "十月份报告已送达" in page and "别人的消息" not in page
    assert "没有需要您办理的事项" in page


def test_nobody_sees_rows_of_a_neighbour_county(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    row = task(county, "邻县的任务", (NEIGHBOUR_VILLAGE,), -5, "reported")
    row.issuer_code = "533301"
    for one in row.assignments:
        one.issuer_code = "533301"
    county.commit()
    for role in ("desk", "leader", "supervisor"):
        assert "邻县的任务" not in sign_in(role, COUNTY).get("/").text


def test_menu_holds_only_what_the_post_may_use(sign_in: Callable[..., FlaskClient]) -> None:
    auditor, secretary = sign_in("audit_admin", COUNTY).get("/").text, sign_in("first_secretary", VILLAGE).get("/").text
    assert 'href="/tasks/"' not in auditor and 'href="/worklogs/new"' not in auditor
    assert 'href="/tasks/"' in secretary and "记一笔" in secretary and 'href="/audit/"' not in secretary


def test_home_keeps_its_budget_of_statements(app: Flask, county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    for number in range(12):
        task(county, f"任务{number}", (COUNTY, TOWNSHIP, VILLAGE), number - 4, "reported" if number % 3 else "issued")
    county.commit()
    client = sign_in("desk", COUNTY)
    client.get("/")
    with sent(app) as seen:
        assert client.get("/").status_code == 200
    assert len(seen) <= BUDGET, "\n".join(seen)


def test_large_text_is_remembered_without_scripts(client: FlaskClient) -> None:
    answer = client.get("/text-size?size=large&next=/verify/")
    assert answer.status_code == 303 and answer.headers["Location"] == "/verify/"
    assert 'class="large-text"' in client.get("/login").text
    assert client.get("/text-size?size=usual&next=//elsewhere.example").headers["Location"] == "/"
    assert 'class="large-text"' not in client.get("/login").text


def test_dates_are_said_in_full(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    task(county, "任务", (VILLAGE,), 0)
    county.commit()
    today: date = clock.today()
    page = sign_in("secretary", VILLAGE).get("/").text
    assert f"{today.year}年{today.month}月{today.day}日（周" in page and "今天到期" in page
