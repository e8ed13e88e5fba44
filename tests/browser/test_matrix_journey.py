"""The promise of the matrix: from its cell to the record and back, by keyboard and by hand, and as plain links."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from tests import factories
from tests.accountability.making import act, changed, issued
from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.browser.pages import shot
from tests.factories import COUNTY, VILLAGE
from webapp import clock
from webapp.org.codes import LEVEL_OF
from webapp.org.models import Division
from webapp.policy import calendar

LONG = "农村人居环境整治提升和秋冬季村庄清洁行动开展情况自查自纠"
RECORD = re.compile(r"/tasks/assignments/\d+$")


@pytest.fixture
def path(site: Site) -> str:
    """The matrix of five tasks of a county for its villages, more than a page of them; the third task is the first
    village's alone."""
    calendar.seed(site.session)
    days, today = calendar.work_calendar(site.session), clock.today()
    early = clock.now() - timedelta(days=30)
    desk, village = (factories.viewer(site.session, *who) for who in (("desk", COUNTY), ("secretary", VILLAGE)))
    villages = [code for code in site.session.scalars(select(Division.code)) if LEVEL_OF[len(code)] == 5]
    villages = sorted(code for code in villages if code.startswith(COUNTY))
    past = today - timedelta(days=20)
    dues = [days.add_workdays(today, 12), days.add_workdays(past, 3), days.add_workdays(today, 1)]
    tasks = []
    for title, due_on, units in (
        ("冬春防火隐患排查", dues[0], villages),
        (LONG, dues[1], villages),
        ("饮水安全排查", dues[2], villages[:1]),
        ("秋冬季控辍保学排查", dues[2], villages),
        ("农村低保对象复核", dues[0], villages),
    ):
        tasks.append(issued(site.session, desk, units, changed(title=title, minutes=1, due_on=due_on), early))
    for kind in ("acknowledge", "start", "report"):
        act(site.session, village, kind, next(row for row in tasks[1].assignments if row.unit_code == VILLAGE))
    address = f"/tasks/{tasks[0].number}/matrix"
    site.person("desk", COUNTY, "county")
    return address


def cell(page: Page, row: int, column: int) -> Locator:
    """The link in a cell; both count from 1, the unit's own head is column 0."""
    return page.locator("[data-matrix] tbody tr").nth(row - 1).locator("th, td").nth(column).locator("a")


def test_arrows_move_a_cell_opens_beside_and_the_focus_comes_back(
    site: Site, path: str, device: Callable[..., BrowserContext]
) -> None:
    page = device(viewport=DESK, has_touch=False).new_page()
    sign_in(page, "county", path)
    shot(page, "matrix")
    stop = page.locator('[data-matrix] tbody a[tabindex="0"]')
    expect(stop).to_have_count(1)  # one stop for Tab, whatever the size
    stop.focus()
    expect(cell(page, 1, 1)).to_be_focused()
    for key, row, column in (
        ("ArrowRight", 1, 2),
        ("ArrowDown", 2, 2),
        ("End", 2, 5),
        ("Home", 2, 0),
        ("ArrowRight", 2, 1),
        ("ArrowUp", 1, 1),
        ("ArrowUp", 1, 1),  # the edge holds
        ("ArrowDown", 2, 1),
    ):
        page.keyboard.press(key)
        expect(cell(page, row, column)).to_be_focused()
    beside, unit = page.locator("[data-beside]"), cell(page, 2, 0).inner_text()
    page.keyboard.press("Enter")
    expect(beside).to_be_visible()
    expect(beside).to_be_focused()
    expect(beside).to_contain_text(unit)
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    shot(page, "matrix-beside")
    page.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    expect(cell(page, 2, 1)).to_be_focused()

    cell(page, 4, 4).click()
    expect(beside).to_contain_text(cell(page, 4, 0).inner_text())
    beside.get_by_role("button", name="关闭").click()
    expect(beside).to_be_hidden()
    expect(cell(page, 4, 4)).to_be_focused()
    cell(page, 4, 4).click()
    beside.get_by_role("link", name="打开整页").click()
    page.wait_for_url(RECORD)


def test_arrows_pass_over_what_a_unit_was_not_given_and_reach_the_following_pages(
    site: Site, path: str, device: Callable[..., BrowserContext]
) -> None:
    page = device(viewport=DESK, has_touch=False).new_page()
    sign_in(page, "county", path)
    cells = page.locator("[data-matrix] tbody tr").nth(1).locator("td")
    given = [cells.nth(column).locator("a").count() for column in range(5)]
    gap = given.index(0) + 1
    cell(page, 2, gap - 1).focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, 2, gap + 1)).to_be_focused()
    rows, total = page.locator("[data-matrix] tbody tr"), page.get_by_text(re.compile(r"^共 \d+ 个单位"))
    expect(rows).to_have_count(50)
    cell(page, 50, 1).focus()
    page.locator(".matrix-box").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(rows).not_to_have_count(50)
    assert rows.count() == int(re.findall(r"\d+", total.inner_text())[0])
    expect(page.locator('[data-more] a[rel="next"]')).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(cell(page, 51, 1)).to_be_focused()
    expect(page.locator('[data-matrix] tbody a[tabindex="0"]')).to_have_count(1)


def test_on_a_phone_a_cell_opens_its_record_and_back_leads_to_the_matrix(site: Site, path: str, phone: Page) -> None:
    sign_in(phone, "county", path)
    shot(phone, "matrix-phone")
    cell(phone, 3, 1).tap()
    phone.wait_for_url(RECORD)
    shot(phone, "matrix-phone-record")
    phone.go_back()
    expect(cell(phone, 3, 1)).to_be_visible()


def test_without_scripts_the_cells_and_the_pages_are_links(
    site: Site, path: str, device: Callable[..., BrowserContext]
) -> None:
    page = device(viewport=DESK, has_touch=False, java_script_enabled=False).new_page()
    sign_in(page, "county", path)
    page.locator('[data-more] a[rel="next"]').click()
    unit = cell(page, 1, 0).inner_text()
    cell(page, 1, 1).click()
    page.wait_for_url(RECORD)
    expect(page.locator("main")).to_contain_text(unit)
