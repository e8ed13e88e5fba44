"""No page of leave asks the database more than a page may, however many rows there are."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.dashboard.test_home import BUDGET
from tests.factories import TOWNSHIP, VILLAGE
from tests.leave.conftest import MORNING, ask
from tests.leave.test_pages import SignIn, typed
from tests.statements import sent
from webapp import clock
from webapp.leave.models import LeaveRequest


@pytest.mark.parametrize(
    "path", ["/leave/", "/leave/?view=all", "/leave/calendar", "/leave/entitlements", "/trips/", "one"]
)
def test_pages_keep_their_budget(path: str, app: Flask, county: Session, sign_in: SignIn) -> None:
    secretary, member = sign_in("secretary", TOWNSHIP), sign_in("first_secretary", VILLAGE)
    for number in range(6):
        other = factories.viewer(county, "team_member", VILLAGE)
        row = ask(county, other, f"2026-11-1{number} am", f"2026-11-1{number} pm", kind="annual", at=MORNING)
        row.state = "approved" if number % 2 else "asked"
    county.commit()
    member.post("/leave/new", data=typed(county, member, kind="annual", last_day="2026-11-16"))
    last = county.query(LeaveRequest.id).order_by(LeaveRequest.id.desc()).limit(1).scalar()
    county.rollback()
    address = f"/leave/{last}" if path == "one" else path
    with clock.held_at(MORNING + timedelta(minutes=5)):
        for client in (secretary, member):
            client.get(address)
            with sent(app) as seen:
                assert client.get(address).status_code == 200
            assert len(seen) <= BUDGET, "\n".join(seen)
