"""Commands with --as act behind the guards of that account, and only for accounts that could sign in."""

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from webapp import clock
from webapp.access import acting_as
from webapp.accountability.models import Assignment
from webapp.auth.acting import session_as, viewer_of_login
from webapp.auth.sessions import SIGN_IN
from webapp.errors import Forbidden, Refused


def login_of(session: Session, role: str, unit: str) -> str:
    with acting_as(session, SIGN_IN):
        post = factories.posting(session, role, unit)
        return factories.account(session, post.person_id).login


def test_the_viewer_has_the_postings_of_today(county: Session) -> None:
    found = viewer_of_login(county, login_of(county, "desk", COUNTY))
    assert found.prefixes == (COUNTY,)
    assert found.may("task.issue")


def test_a_login_nobody_has_is_refused(county: Session) -> None:
    with pytest.raises(Refused, match="没有登录名为“niemand”的账号"):
        viewer_of_login(county, "niemand")


def test_a_closed_account_is_refused(county: Session) -> None:
    with acting_as(county, SIGN_IN):
        post = factories.posting(county, "desk", COUNTY)
        account = factories.account(county, post.person_id)
        account.closed_at = clock.now()
        county.flush()
    with pytest.raises(Refused, match="已停用"):
        viewer_of_login(county, account.login)


def test_an_account_without_a_post_is_refused(county: Session) -> None:
    with acting_as(county, SIGN_IN):
        account = factories.account(county, factories.person(county).id)
    with pytest.raises(Refused, match="没有任职"):
        viewer_of_login(county, account.login)


def test_a_command_needs_the_permission_of_the_page(county: Session) -> None:
    login = login_of(county, "first_secretary", VILLAGE)
    county.commit()
    url = county.get_bind().engine.url.render_as_string(hide_password=False)  # type: ignore[union-attr]
    with pytest.raises(Forbidden), session_as(url, login, "task.issue"):
        pass
    with session_as(url, login, "task.read", writes=False) as session:
        assert session.query(Assignment).count() == 0
