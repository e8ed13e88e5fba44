"""A complaint and its follow-up on a phone; 你已有此数据 from the village to the answer of the county."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.burden.making import EXTINGUISHERS, MOVED, changed, granted
from tests.factories import COUNTY, VILLAGE
from webapp import clock
from webapp.auth.models import SignInSession
from webapp.burden.models import Complaint
from webapp.org.models import Organisation, Posting
from webapp.policy import calendar

Device = Callable[..., BrowserContext]


@pytest.fixture
def served(site: Site) -> Iterator[Site]:
    calendar.seed(site.session)
    site.session.commit()
    yield site


def office(site: Site, login: str) -> str:
    """Somebody at the county's burden-relief office."""
    site.person("desk", COUNTY, login)
    own = Organisation(name="福贡县减负办", kind="burden_relief", unit_code=COUNTY)
    site.session.add(own)
    site.session.flush()
    newest = site.session.scalars(select(Posting).order_by(Posting.id.desc())).first()
    assert newest is not None
    newest.organisation_id = own.id
    site.session.commit()
    return login


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.one_database
def test_a_complaint_is_followed_by_its_address(served: Site, device: Device) -> None:
    served.person("secretary", VILLAGE, "cun")
    phone = device().new_page()
    sign_in(phone, "cun")
    served.session.rollback()
    seen = served.session.scalar(select(SignInSession.last_seen_at))
    served.session.rollback()
    sent: list[str | None] = []
    phone.on(
        "request", lambda request: sent.append(request.headers.get("referer")) if "/static/" in request.url else None
    )
    phone.get_by_role("contentinfo").get_by_role("link", name="投诉建议").click()
    phone.get_by_label("由哪个县").select_option(label="福贡县")
    phone.get_by_label("反映的情况").fill("同一张表本月要了三次。")
    phone.get_by_role("button", name="提交意见").click()
    receipt = phone.locator(".receipt").inner_text()
    sent.clear()
    phone.get_by_role("link", name="这条意见的网址").click()
    phone.wait_for_url(f"**/complaints/{receipt}")
    expect(phone.get_by_text("已收到，正在办理")).to_be_visible()
    phone.reload()
    assert fits(phone) and not [words for words in sent if words and receipt in words]
    assert served.session.scalar(select(SignInSession.last_seen_at)) == seen
    served.session.rollback()

    desk = device(viewport=DESK, has_touch=False).new_page()
    sign_in(desk, office(served, "jianfu"), "/complaints/")
    expect(desk.get_by_text("（10 个工作日）")).to_be_visible()
    desk.get_by_text("答复意见").click()
    desk.get_by_label("答复内容").fill("已要求合并为一张表。")
    desk.get_by_role("button", name="提交答复").click()
    expect(desk.get_by_text("已答复。")).to_be_visible()
    phone.goto("/complaints/receipt")
    phone.get_by_label("回执码").fill(receipt.lower())
    phone.get_by_role("button", name="查看答复").click()
    expect(phone.get_by_text("已要求合并为一张表。")).to_be_visible()
    assert served.session.scalar(select(Complaint.answer)) == "已要求合并为一张表。"
    served.session.rollback()


@pytest.mark.one_database
def test_a_village_says_that_the_data_are_there_and_is_answered(served: Site, device: Device) -> None:
    day = calendar.work_calendar(served.session).add_workdays(clock.today(), 5)
    proposal = changed(fields=(EXTINGUISHERS, MOVED), due_on=day, ends_on=day.replace(month=12, day=31))
    demand = granted(served.session, proposal, [VILLAGE], clock.now())
    number = demand.id
    served.session.commit()
    served.session.rollback()
    served.person("secretary", VILLAGE, "cun")
    served.person("desk", COUNTY, "xian")
    phone = device().new_page()
    sign_in(phone, "cun", f"/burden/?month={day:%Y-%m}")
    assert fits(phone)
    phone.get_by_role("link", name="您已有此数据？").click()
    phone.get_by_label("哪一项").select_option(label="灭火器数量")
    phone.get_by_label("说明").fill("县应急局九月清点过。")
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.get_by_text("待答复").first).to_be_visible()

    desk = device(viewport=DESK, has_touch=False).new_page()
    sign_in(desk, "xian", "/burden/flags/")
    desk.get_by_text("答复", exact=True).click()
    desk.get_by_label("采纳，改为预填，不再填报").check()
    desk.get_by_label("答复内容").fill("属实。")
    desk.context.watch.expect("status of 400")  # type: ignore[attr-defined]
    desk.get_by_role("button", name="提交答复").click()
    expect(desk.get_by_role("alert")).to_contain_text("由哪个单位掌握")
    desk.get_by_label("数据由哪个单位掌握").fill("福贡县应急管理局")
    desk.get_by_role("button", name="提交答复").click()
    expect(desk.get_by_text("已采纳").last).to_be_visible()
    phone.goto(f"/burden/directory/{number}")
    expect(phone.get_by_text("已有数据，预填")).to_have_count(2)
