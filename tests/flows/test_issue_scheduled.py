"""Issuing by the scheduler that breaks off: nothing is half done, and who set it sees what happened and can try again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from flows import jobs
from tests import factories
from tests.accountability.making import DEMAND, MORNING, changed
from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE, at
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability import drafts
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.rules import TaskTerms
from webapp.config import Settings
from webapp.org.queries import valid_grants
from webapp.policy import calendar

MOMENT = at("2026-10-12 09:40")
SOON = timedelta(seconds=5)


@contextmanager
def breaking(title: str) -> Iterator[None]:
    """The database fails while one task is issued, after its assignments: the people are about to be told."""
    now, broken = set(), set()

    def watch(_c: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO demand") and title in str(given):
            now.add(title)
        if statement.startswith("INSERT INTO inbox_message") and now:
            broken.add(now.pop())
            raise OperationalError(statement, None, OSError("No space left on device"))

    event.listen(Engine, "before_cursor_execute", watch)
    yield
    event.remove(Engine, "before_cursor_execute", watch)
    assert broken


def set_for(session: Session, desk: Viewer, terms: TaskTerms, unit: str) -> str:
    same: dict[str, Any] = {"scheduled_for": MOMENT, "issuer_code": COUNTY, "request_id": str(uuid4()), "at": MORNING}
    with acting_as(session, desk):
        return drafts.schedule(session, terms, [unit], **same).number


def states(session: Session) -> list[tuple[str, bool]]:
    session.rollback()
    session.expire_all()
    found = session.execute(
        select(AccountabilityTask.state, AccountabilityTask.issuing_since.is_not(None)).order_by(AccountabilityTask.id)
    )
    told = [(state, marked) for state, marked in found]
    session.rollback()
    return told


def test_the_mark_outlives_a_failed_issuing_and_the_person_tries_again(
    county: Session, instance: Settings, sign_in: Callable[..., FlaskClient]
) -> None:
    calendar.seed(county)
    with clock.held_at(MORNING):
        client = sign_in("desk", COUNTY)
        person: int = client.person_id  # type: ignore[attr-defined]
        desk = Viewer("account", "经办", person_id=person, grants=valid_grants(county, person, MORNING.date()))
        number = set_for(county, desk, changed(title="写不下去的任务"), VILLAGE)
        set_for(county, desk, DEMAND, SISTER_VILLAGE)
        county.commit()
    page = f"/tasks/drafts/{number}"
    with clock.held_at(MOMENT), breaking("写不下去的任务"):
        jobs.issue_scheduled()
        assert states(county) == [("drafted", True), ("issued", False)], "nothing half done, the other one went out"
        assert county.scalars(select(Assignment.unit_code)).all() == [SISTER_VILLAGE]
        county.rollback()
        assert "正在下达给 1 个单位，2026年10月12日 09:40开始" in client.get(page).text
    with clock.held_at(MOMENT + SOON):
        with breaking("写不下去的任务"):
            jobs.issue_scheduled()
        shown = client.get(page).text
        assert "2026年10月12日 09:40开始的下达中途断开，没有下达给任何单位。" in shown
        assert "中途断开" in client.get("/tasks/drafts/").text
        assert ">停止下达，改为草稿</button>" in shown
        client.post(f"{page}/unschedule")
        assert states(county)[0] == ("drafted", False)
        form = client.get(page, follow_redirects=True)
        assert "没有下达给任何单位。" in form.text and "写不下去的任务" in form.text
        row = county.scalars(
            select(AccountabilityTask).where(AccountabilityTask.scheduled_for.is_(None)).order_by(AccountabilityTask.id)
        ).first()
        assert row is not None
        typed = {"request_id": row.request_id, "version": row.version, "units": VILLAGE, "issuer": COUNTY}
        typed |= {"title": row.title, "content": row.content, "basis": row.basis, "evidence": row.evidence}
        typed |= {"minutes": row.minutes, "due_on": row.due_on.isoformat(), "go": "issue"}
        county.rollback()
        done = client.post("/tasks/new", data=typed, follow_redirects=True)
        assert "已下达给 1 个单位" in done.text and "中途断开" not in done.text
    assert states(county) == [("issued", False), ("issued", False)]
    assert county.scalar(select(func.count(Assignment.id))) == 2


def test_what_broke_off_goes_out_at_the_next_look(county: Session, instance: Settings) -> None:
    calendar.seed(county)
    desk = factories.viewer(county, "desk", COUNTY)
    set_for(county, desk, DEMAND, VILLAGE)
    county.commit()
    with clock.held_at(MOMENT), breaking(DEMAND.title):
        jobs.issue_scheduled()
    with clock.held_at(MOMENT + SOON):
        jobs.issue_scheduled()
        jobs.issue_scheduled()
    assert states(county) == [("issued", False)]
    assert county.scalars(select(AccountabilityTask.refusal)).all() == [None]
    assert county.scalar(select(func.count(Assignment.id))) == 1
