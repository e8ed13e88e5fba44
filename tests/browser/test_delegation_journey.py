"""Approvals pass to a deputy: the event names both, and what the deputy reported the deputy does not verify (T-4)."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from tests import factories
from tests.accountability.making import act, changed, issued
from tests.browser.acts import sign_in
from tests.browser.conftest import DESK, Site
from tests.browser.pages import shot
from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE
from webapp import clock
from webapp.access import Viewer
from webapp.auth.models import Account
from webapp.org.models import Person
from webapp.org.queries import valid_grants
from webapp.policy import calendar


def viewer_of(site: Site, login: str) -> tuple[Viewer, str]:
    """Who signs in with a login, as the services see it, and the name."""
    person = site.session.scalars(
        select(Person).join(Account, Account.person_id == Person.id).where(Account.login == login)
    ).one()
    grants = valid_grants(site.session, person.id, clock.today())
    return Viewer("account", person.name, account_id=0, person_id=person.id, grants=grants), person.name


def test_a_deputy_verifies_for_the_delegator(site: Site, device: Callable[..., BrowserContext]) -> None:
    calendar.seed(site.session)
    for role, unit, login in (
        ("desk", COUNTY, "giver"),
        ("supervisor", COUNTY, "receiver"),
        ("secretary", VILLAGE, "village"),
    ):
        site.person(role, unit, login)
    giver, giver_name = viewer_of(site, "giver")
    receiver, receiver_name = viewer_of(site, "receiver")
    second_post = factories.posting(site.session, "deputy", SISTER_VILLAGE, receiver.person_id)
    second_post.starts_on = clock.today() - timedelta(days=30)
    site.session.flush()
    receiver, village = viewer_of(site, "receiver")[0], viewer_of(site, "village")[0]
    due_on = calendar.work_calendar(site.session).add_workdays(clock.today(), 8)
    rows = issued(
        site.session, giver, [VILLAGE, SISTER_VILLAGE], changed(due_on=due_on, minutes=10), at=clock.now()
    ).assignments
    paths = {}
    for row in rows:
        who = village if row.unit_code == VILLAGE else receiver
        for kind in ("acknowledge", "report"):
            act(site.session, who, kind, row, at=clock.now())
        paths[row.unit_code] = f"/tasks/assignments/{row.id}"
    site.session.commit()

    desk, deputy = (device(viewport=DESK, has_touch=False).new_page() for _ in range(2))
    sign_in(desk, "giver", "/delegations/")
    desk.get_by_label("受托人").select_option(
        label=desk.locator("#to_person option", has_text=receiver_name).inner_text()
    )
    desk.get_by_label("结束日期").fill((clock.today() + timedelta(days=3)).isoformat())
    desk.get_by_label("委托原因").fill("外出培训")
    desk.get_by_role("button", name="登记委托").click()
    expect(desk.get_by_role("button", name="收回委托")).to_be_visible()
    shot(desk, "delegation")

    sign_in(deputy, "receiver", paths[VILLAGE])
    deputy.locator("summary", has_text="核实通过").click()
    deputy.get_by_role("button", name="确定核实通过").click()
    expect(deputy.get_by_text(f"{receiver_name}（受{giver_name}委托）").first).to_be_visible()
    shot(deputy, "delegated")
    deputy.goto(paths[SISTER_VILLAGE])
    expect(deputy.locator("summary", has_text="核实通过")).to_have_count(0)
    expect(deputy.get_by_text("不能由您核验").or_(deputy.get_by_text("不能核验本单位反馈")).first).to_be_visible()
    shot(deputy, "delegated-refused")
