"""People in post, an issued task, and moves made by the people who make them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from tests.statements import sent
from webapp.access import Viewer, acting_as
from webapp.accountability import deadlines, issuing, service
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.accountability.rules import TaskTerms
from webapp.policy import calendar

MORNING = factories.at("2026-10-12 09:30")
DUE = date(2026, 10, 23)
DEMAND = TaskTerms(
    title="冬春防火隐患排查",
    content="对本辖区房前屋后、田间地头火灾隐患开展一次排查，建立台账并落实整改责任人。",
    basis="福政办发〔2026〕31号",
    evidence="隐患台账一份，注明整改责任人和时限",
    minutes=30,
    due_on=DUE,
)


@dataclass
class Parties:
    """The people of one task: two at the county desk, one in the village, one at the township desk."""

    first_desk: Viewer
    second_desk: Viewer
    village: Viewer
    township: Viewer


def parties(session: Session) -> Parties:
    calendar.seed(session)
    return Parties(
        first_desk=factories.viewer(session, "desk", COUNTY),
        second_desk=factories.viewer(session, "desk", COUNTY),
        village=factories.viewer(session, "secretary", VILLAGE),
        township=factories.viewer(session, "desk", factories.TOWNSHIP),
    )


def issued(
    session: Session,
    desk: Viewer,
    units: Iterable[str] = (VILLAGE,),
    demand: TaskTerms = DEMAND,
    at: datetime = MORNING,
    request_id: str | None = None,
    issuer_code: str = COUNTY,
) -> AccountabilityTask:
    with acting_as(session, desk):
        task = issuing.issue(
            session, demand, units, issuer_code=issuer_code, request_id=request_id or str(uuid4()), at=at
        )
        session.flush()
        return task


def changed(**values: object) -> TaskTerms:
    return replace(DEMAND, **values)  # type: ignore[arg-type]


def act(
    session: Session, viewer: Viewer, kind: str, row: Assignment, at: datetime = MORNING, version: int | None = None
) -> Assignment:
    """Make a move with plausible words."""
    acts = {
        "acknowledge": lambda: service.acknowledge(session, row.id, at=at, version=version),
        "start": lambda: service.start(session, row.id, at=at, version=version),
        "report": lambda: service.report(session, row.id, text="已排查 42 户，台账已建。", at=at, version=version),
        "progress": lambda: service.note_progress(session, row.id, text="已排查一半", at=at, version=version),
        "withdraw": lambda: service.withdraw(session, row.id, at=at, version=version),
        "return": lambda: service.return_for_revision(session, row.id, reason="缺整改时限", at=at, version=version),
        "verify": lambda: service.verify(session, row.id, at=at, version=version),
        "close": lambda: service.close(session, row.id, at=at, version=version),
        "recall": lambda: service.recall(session, row.id, reason="重复下达", at=at, version=version),
        "exempt": lambda: service.exempt(session, row.id, reason="无此类对象", at=at, version=version),
        "suspend": lambda: service.suspend(session, row.id, reason="防汛应急响应", at=at, version=version),
        "resume": lambda: deadlines.resume(session, row.id, reason="响应解除", at=at, version=version),
        "extend_ask": lambda: deadlines.ask_extension(
            session, row.id, wanted_due_on=date(2026, 10, 30), reason="道路中断", at=at, version=version
        ),
        "extend_grant": lambda: deadlines.grant_extension(session, row.id, at=at, version=version),
        "extend_refuse": lambda: deadlines.refuse_extension(session, row.id, reason="时间充足", at=at, version=version),
    }
    with acting_as(session, viewer):
        acts[kind]()
        session.flush()
    return row


WAYS: dict[str, tuple[str, ...]] = {
    "issued": (),
    "acknowledged": ("acknowledge",),
    "in_progress": ("acknowledge", "start"),
    "reported": ("acknowledge", "start", "report"),
    "returned": ("acknowledge", "start", "report", "return"),
    "verified": ("acknowledge", "start", "report", "verify"),
    "closed": ("acknowledge", "start", "report", "verify", "close"),
    "recalled": ("recall",),
    "exempt": ("exempt",),
    "suspended": ("acknowledge", "suspend"),
}
RECEIVER = ("acknowledge", "start", "progress", "report", "withdraw", "extend_ask")


def brought_to(session: Session, people: Parties, state: str, unit: str = VILLAGE) -> Assignment:
    """An assignment of the village in a state, reached by allowed moves only."""
    row = issued(session, people.first_desk, [unit]).assignments[0]
    for kind in WAYS[state]:
        act(session, people.village if kind in RECEIVER else people.second_desk, kind, row)
    assert row.state == state
    return row


def statements(session: Session, do: Callable[[], object]) -> int:
    """How many statements an act sends to the database."""
    with sent(session.get_bind()) as found:
        do()
    return len(found)
