"""The pages of a month: who sees which rows, the act of the township, what the packs of a county change."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.presence.month_making import AFTER, OCTOBER, leave, trip
from tests.rectification.test_budget import BUDGET, asked
from webapp import clock
from webapp.accountability import by_record
from webapp.accountability.models import Assignment
from webapp.accountability.recurring import open_recurring
from webapp.org.models import Posting
from webapp.policy.calendar import work_calendar
from webapp.policy.parameter_names import value_words
from webapp.policy.service import load_packs
from webapp.presence import confirming
from webapp.presence.days import facts_of, gather
from webapp.presence.month_models import PresenceCorrection, PresenceMonth, RosterEntry
from webapp.presence.rules import window_of

SignIn = Callable[..., FlaskClient]
PATH = f"/presence/{TOWNSHIP}000/2026-10"


@pytest.fixture(autouse=True)
def after(morning: None) -> Iterator[None]:
    with clock.held_at(AFTER):
        yield


def test_each_reader_sees_the_rows_that_are_for_him_in_code_order(county: Session, sign_in: SignIn) -> None:
    person, mate = sign_in("first_secretary", SISTER_VILLAGE), sign_in("team_member", SISTER_VILLAGE)
    desk, chief = sign_in("desk", TOWNSHIP), sign_in("desk", COUNTY)
    first = factories.posting(county, "team_member", VILLAGE, starts_on=date(2026, 10, 16))
    first_name = first.person.name
    away = leave(county, first, date(2026, 10, 20), date(2026, 10, 21))
    county.commit()
    page = desk.get(PATH).text
    assert page.index(first_name) < page.index("驻村第一书记") and f'href="/leave/{away.id}"' in page
    assert "上午在岗" in page and "下午请假" in page and "在岗 14.5 天" in page and "整个周期最少 10 天" in page
    top, _, grid = page.partition('<details class="pdetails"')
    assert f'<a href="/leave/{away.id}">请假，2026年10月20日' in top and "不在任期，2026年10月1日至10月15日" in top
    assert "其余 2 人全月在岗" in top and "确认本月名单" in top and 'class="pday' not in top and 'class="pday' in grid
    # Who decides on no leave reads none: the days are shown and open to nothing that would be refused.
    for role in ("secretary", "leader"):
        reader = sign_in(role, COUNTY)
        shown = reader.get(PATH).text
        assert (
            "下午请假" in shown and 'href="/leave/' not in shown and reader.get(f"/leave/{away.id}").status_code == 403
        )
    own = person.get(f"/presence/{SISTER_VILLAGE}/2026-10").text
    assert own.count('class="pmonth"') == 1 and first_name not in own and "确认本月名单" not in own
    assert mate.get(PATH).status_code == 404
    assert chief.get(f"/presence/{COUNTY}000000/2026-10").text.count("未确认") == 1
    seen = page.split('name="seen" value="')[1].split('"')[0]
    stale = desk.post(f"{PATH}/confirm", data={"seen": "0" * 64})
    assert stale.status_code == 409 and "有变动" in stale.text
    assert [desk.post(f"{PATH}/confirm", data={"seen": seen}).status_code for _ in range(2)] == [303, 303]
    assert "已由乡镇确认" in person.get(f"/presence/{SISTER_VILLAGE}/2026-10").text
    county.rollback()
    month = county.scalars(select(PresenceMonth)).one()
    number, other = month.id, leave(county, county.get_one(Posting, first.id), date(2026, 10, 26), date(2026, 10, 26))
    assert other.id
    county.commit()
    assert "与已确认的不同" in desk.get(PATH).text
    assert desk.post(f"/presence/months/{number}/correct", data={"text": "补批"}).status_code == 303
    county.rollback()
    waiting = county.scalars(select(PresenceCorrection.id)).one()
    county.rollback()
    empty = chief.post(f"/presence/corrections/{waiting}/decide", data={"verb": "approve"})
    assert empty.status_code == 400 and "没有填写审批意见" in empty.text
    data = {"verb": "approve", "text": "情况属实"}
    assert chief.post(f"/presence/corrections/{waiting}/decide", data=data).status_code == 303
    text = desk.get(f"/presence/months/{number}").text
    assert "请假2026年10月20日下午至10月21日下午" in text
    sent = desk.get(f"/presence/months/{number}?format=csv").text
    assert "第 2 版" in sent and "制表单位" in sent and "请假2026年10月26日" in sent
    assert "第 1 版" in text and "第 2 版" in text and "情况属实" in text


def test_leave_that_was_asked_for_elsewhere_is_shown_and_opens_to_who_may_read_it(
    county: Session, sign_in: SignIn
) -> None:
    before = factories.posting(county, "team_member", OTHER_VILLAGE, starts_on=date(2026, 1, 5))
    away = leave(county, before, date(2026, 10, 12), date(2026, 10, 20))
    before.ends_on = date(2026, 10, 15)
    factories.posting(county, "team_member", VILLAGE, before.person_id, starts_on=date(2026, 10, 16))
    county.commit()
    number = away.id
    for unit in (TOWNSHIP, COUNTY):
        desk = sign_in("desk", unit)
        assert f'href="/leave/{number}"' in desk.get(PATH).text
        assert desk.get(f"/leave/{number}").status_code == 200
    assert sign_in("team_member", VILLAGE).get(f"/leave/{number}").status_code == 404


def test_a_duty_opens_to_the_roster_on_which_it_stands_within_reach(county: Session, sign_in: SignIn) -> None:
    """On duty at the township: the township reads that roster, a village does not."""
    person, desk = sign_in("first_secretary", SISTER_VILLAGE), sign_in("desk", TOWNSHIP)
    for unit, day in ((TOWNSHIP, 17), (SISTER_VILLAGE, 18)):
        county.add(
            RosterEntry(
                unit_code=unit,
                day=date(2026, 10, day),
                shift="day",
                person_id=person.person_id,  # type: ignore[attr-defined]
                person_name="值班",
                changed_at=AFTER,
                changed_by_name="乡镇",
            )
        )
    county.commit()
    own, above = (one.get(f"/presence/{SISTER_VILLAGE}/2026-10").text for one in (person, desk))
    assert f'href="/roster/{TOWNSHIP}000/2026-10#d17"' in above and "#d17" not in own
    assert f'href="/roster/{SISTER_VILLAGE}/2026-10#d18"' in above and f"/roster/{SISTER_VILLAGE}/2026-10#d18" in own


def test_the_duty_page_leads_to_the_list(county: Session, sign_in: SignIn) -> None:
    desk = sign_in("desk", TOWNSHIP)
    factories.posting(county, "desk", COUNTY)
    open_recurring(county, date(2026, 10, 30), at=factories.at("2026-10-30 08:00"))
    county.commit()
    duty = by_record.open_duty(county, confirming.DUTY, TOWNSHIP, "2026-10")
    assert isinstance(duty, Assignment)
    number = duty.id
    county.rollback()
    answer = f"/tasks/assignments/{number}"
    assert desk.post(f"{answer}/acknowledge").status_code == 302
    text = desk.get(answer).text
    assert f'href="{PATH}"' in text and "不另写文字" in text and f'action="{answer}/report"' not in text
    refused = desk.post(f"{answer}/report", data={"report-text": "均已在岗。"}, follow_redirects=True)
    assert "不另写文字" in refused.text and "均已在岗。" in refused.text
    county.add(PresenceMonth(unit_code=TOWNSHIP, month="2026-10", current=1))
    county.commit()
    assert "以已确认的名单反馈" in desk.get(f"/tasks/assignments/{number}").text
    assert desk.post(f"{PATH}/confirm").status_code == 303
    county.rollback()
    assert by_record.open_duty(county, confirming.DUTY, TOWNSHIP, "2026-10") is None


def test_a_month_asks_a_fixed_number_of_questions(app: Flask, county: Session, sign_in: SignIn) -> None:
    desk = sign_in("desk", TOWNSHIP)
    leave(county, factories.posting(county, "team_member", VILLAGE), date(2026, 10, 5), date(2026, 10, 6))
    county.commit()
    paths = (PATH, f"/roster/{VILLAGE}/2026-10", f"/presence/{COUNTY}000000/2026-10", "/inspections/")
    desk.get(PATH)  # what the application reads once a minute is read now
    few = {path: len(asked(app, lambda path=path: desk.get(path))) for path in paths}
    for number in range(12):
        post = factories.posting(county, "team_member", SISTER_VILLAGE)
        leave(county, post, date(2026, 10, 5 + number), date(2026, 10, 6 + number))
    county.commit()
    for path, number in few.items():
        assert number <= BUDGET, (path, number)
        found = asked(app, lambda path=path: desk.get(path))
        assert len(found) == number, (path, found)


PACK = """
slug: fugong-2026
title: 福贡县补充规定
base: standing-2026
division: '533323000000'
valid_from: '2026-03-01'
parameters:
  presence:
    window: {value: quarter, mark: local example}
    min_days: {value: {numerator: 2, denominator: 3, of: workdays}, mark: local example}
    official_trip_counts: {value: false, mark: local example}
    night_rule: {value: duty_rota, mark: local example}
"""


def test_a_county_counts_by_quarter_in_shares_of_working_days_without_trips(
    county: Session, sign_in: SignIn, tmp_path: Path
) -> None:
    """The form of Z-22, a window of Z-21 and the night rule of Z-20, all from an overlay."""
    (tmp_path / "fugong.yaml").write_text(PACK, encoding="utf-8")
    load_packs(county, tmp_path)
    desk = sign_in("desk", TOWNSHIP)
    post = factories.posting(county, "team_member", VILLAGE)
    trip(county, post, date(2026, 10, 8))
    county.commit()
    with clock.held_at(factories.at("2027-01-04 10:00")):
        found = gather(county, VILLAGE, OCTOBER, whole=window_of("2026Q4"))
        facts = facts_of(county, found.postings, found.days, window_of("2026Q4"), date(2027, 1, 4))[post.id]
    working = sum(work_calendar(county).is_workday(day) for day in window_of("2026Q4").days)
    assert (facts.counted, facts.least) == (91, Decimal(int(working * 4 / 3)) / 2)
    page = desk.get(PATH).text
    assert "10月1日至12月31日" in page and "不计入在岗" in page and "按值班表轮流住村" in page
    assert "夜班没有安排" in desk.get(f"/roster/{VILLAGE}/2026-10").text
    assert value_words("presence.min_days", {"numerator": 2, "denominator": 3, "of": "workdays"}) == "工作日的 2/3"


def test_an_own_month_is_not_called_confirmed_over_days_that_differ(county: Session, sign_in: SignIn) -> None:
    person, desk = sign_in("first_secretary", VILLAGE), sign_in("desk", TOWNSHIP)
    seen = desk.get(PATH).text.split('name="seen" value="')[1].split('"')[0]
    assert desk.post(f"{PATH}/confirm", data={"seen": seen}).status_code == 303
    own = f"/presence/{VILLAGE}/2026-10"
    page = person.get(own).text
    assert "本月名单已由乡镇确认" in page and "与已确认的不同" not in page
    post = county.scalars(select(Posting).where(Posting.person_id == person.person_id)).one()  # type: ignore[attr-defined]
    leave(county, post, date(2026, 10, 26), date(2026, 10, 26))
    county.commit()
    page = person.get(own).text
    assert "现在的名单与已确认的不同" in page and "已由乡镇确认" not in page
