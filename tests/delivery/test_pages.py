"""Pages of reports, subscriptions and deliveries: who sees what, and what a wrong entry is told."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.delivery.conftest import CONTENT
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, TOWNSHIP
from tests.statements import sent
from webapp import clock
from webapp.config import Settings
from webapp.delivery import archive, service
from webapp.delivery.models import Delivery, ReportFile, Subscription

BUDGET = 12
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def leader(county: Session) -> int:
    person = factories.posting(county, "leader", COUNTY).person_id
    county.commit()
    return person


def asked(recipient: int, **more: object) -> dict[str, object]:
    return {"unit_code": COUNTY, "recipient_id": recipient, "first_window": "2026-11", **more}


def subscribed(session: Session) -> list[Subscription]:
    session.rollback()
    rows = list(session.scalars(select(Subscription)))
    session.expunge_all()
    session.rollback()  # an open transaction of ours would keep the page's out
    return rows


def test_list_and_report_say_what_it_is(report: ReportFile, sign_in: SignIn) -> None:
    client = sign_in("leader", COUNTY)
    listing = client.get("/reports/").text
    page = client.get(f"/reports/{report.id}").text
    assert report.title in listing
    for words in (report.verification_code, report.sha256, f"/reports/{report.id}/file", "/runs/202610-533323-r1"):
        assert words in page


@pytest.mark.parametrize(("query", "seen"), [("?period=2026-10", True), ("?period=2026-09", False), ("?kind=x", True)])
def test_list_is_filtered(report: ReportFile, sign_in: SignIn, query: str, seen: bool) -> None:
    assert (report.title in sign_in("leader", COUNTY).get(f"/reports/{query}").text) is seen


def test_a_period_that_is_none_is_told(report: ReportFile, sign_in: SignIn) -> None:
    assert "周期“十月”不正确" in sign_in("leader", COUNTY).get("/reports/?period=十月").text


def test_file_comes_as_archived(report: ReportFile, sign_in: SignIn) -> None:
    client = sign_in("leader", COUNTY)
    answer = client.get(f"/reports/{report.id}/file")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, CONTENT, "application/pdf")
    assert answer.get_etag()[0] == report.sha256
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(f"/reports/{report.id}/file", headers={"If-None-Match": f'"{report.sha256}"'})
    assert (again.status_code, again.data) == (304, b"")
    part = client.get(f"/reports/{report.id}/file", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.data) == (206, CONTENT[:8])
    saved = client.get(f"/reports/{report.id}/file?download=1").headers["Content-Disposition"]
    assert saved.startswith("attachment")


def test_an_altered_file_is_not_handed_out(report: ReportFile, settings: Settings, sign_in: SignIn) -> None:
    archive.path_of(settings, report.sha256).write_bytes(b"%PDF-1.7 something else")
    answer = sign_in("leader", COUNTY).get(f"/reports/{report.id}/file")
    assert answer.status_code == 404
    assert "缺失或已损坏" in answer.text


@pytest.mark.parametrize("path", ["", "/file"])
def test_for_the_neighbour_there_is_no_such_report(report: ReportFile, sign_in: SignIn, path: str) -> None:
    client = sign_in("leader", NEIGHBOUR_COUNTY)
    foreign, absent = client.get(f"/reports/{report.id}{path}"), client.get(f"/reports/{report.id + 99}{path}")
    assert foreign.status_code == absent.status_code == 404
    assert report.title not in client.get("/reports/").text


@pytest.mark.parametrize("path", ["/reports/", "/reports/1", "/reports/1/file", "/reports/deliveries"])
def test_visitors_are_asked_to_sign_in(report: ReportFile, client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


def test_subscribing_twice_and_ending_twice_is_harmless(county: Session, leader: int, sign_in: SignIn) -> None:
    client = sign_in("desk", COUNTY)
    for _ in range(2):
        assert client.post("/reports/subscriptions", data=asked(leader)).status_code == 302
    [row] = subscribed(county)
    assert (row.first_window, row.recipient_id, row.ends_on) == ("2026-11", leader, None)
    for _ in range(2):
        assert client.post(f"/reports/subscriptions/{row.id}/end").status_code == 302
    assert subscribed(county)[0].ends_on == clock.today()
    assert "已停止" in client.get("/reports/subscriptions").text


def test_taken_up_again_the_months_between_are_not_caught_up(county: Session, leader: int, sign_in: SignIn) -> None:
    client = sign_in("desk", COUNTY)
    client.post("/reports/subscriptions", data=asked(leader, first_window="2026-09"))
    client.post(f"/reports/subscriptions/{subscribed(county)[0].id}/end")
    client.post("/reports/subscriptions", data=asked(leader, first_window="2026-11"))
    [row] = subscribed(county)
    assert (row.first_window, row.ends_on) == ("2026-11", None)


@pytest.mark.parametrize("month", ["", "2026-13", "2026Q3", "2026", "十一月", "2019-01"])
def test_a_bad_month_is_told_and_what_was_typed_kept(county: Session, leader: int, sign_in: SignIn, month: str) -> None:
    answer = sign_in("desk", COUNTY).post("/reports/subscriptions", data=asked(leader, first_window=month))
    assert answer.status_code == 400
    assert "请" in answer.text
    assert f'value="{month}"' in answer.text
    assert subscribed(county) == []


def test_a_unit_out_of_scope_cannot_be_chosen(county: Session, leader: int, sign_in: SignIn) -> None:
    data = asked(leader, unit_code=NEIGHBOUR_COUNTY)
    assert sign_in("desk", COUNTY).post("/reports/subscriptions", data=data).status_code == 400
    assert subscribed(county) == []


def test_a_recipient_below_the_unit_is_refused(county: Session, sign_in: SignIn) -> None:
    below = factories.posting(county, "leader", TOWNSHIP).person_id
    county.commit()
    answer = sign_in("desk", COUNTY).post("/reports/subscriptions", data=asked(below))
    assert answer.status_code == 403
    assert "收件人现任岗位" in answer.text
    assert subscribed(county) == []


def test_only_the_county_desk_subscribes(county: Session, leader: int, sign_in: SignIn) -> None:
    assert sign_in("leader", COUNTY).post("/reports/subscriptions", data=asked(leader)).status_code == 403
    assert sign_in("desk", TOWNSHIP).get("/reports/subscriptions").status_code == 403


def test_deliveries_say_why_one_waits_and_when_it_is_tried_again(
    county: Session, leader: int, report: ReportFile, sign_in: SignIn
) -> None:
    row = service.subscribe(
        county,
        kind="period-report",
        unit_code=COUNTY,
        recipient_id=leader,
        first_window="2026-10",
        at=report.made_at,
    )
    waiting = Delivery(
        subscription_id=row.id,
        window="2026-10",
        unit_code=COUNTY,
        recipient_id=leader,
        due_on=report.made_at.date(),
        late=True,
        state="failed",
        last_error="缺少字体。请运行 ./dandang doctor。",
        next_try_at=report.made_at,
    )
    county.add(waiting)
    county.commit()
    page = sign_in("desk", COUNTY).get("/reports/deliveries").text
    for words in ("缺少字体", "下次重试", "停机补送", "未送达", "没有配置邮件服务器"):
        assert words in page
    assert "缺少字体" not in sign_in("desk", NEIGHBOUR_COUNTY).get("/reports/deliveries").text


@pytest.mark.parametrize("path", ["/reports/", "/reports/{}", "/reports/subscriptions", "/reports/deliveries"])
def test_pages_stay_within_the_query_budget(report: ReportFile, app, sign_in: SignIn, path: str) -> None:  # type: ignore[no-untyped-def]

    client = sign_in("desk", COUNTY)
    client.get("/reports/")
    with sent(app) as counted:
        assert client.get(path.format(report.id)).status_code == 200
    assert len(counted) <= BUDGET, "\n".join(counted)
