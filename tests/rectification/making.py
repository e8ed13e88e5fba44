"""An issue as it is entered, and acts of the people who make them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.policy import calendar
from webapp.rectification import entering, second_looks, service
from webapp.rectification.models import Issue
from webapp.rectification.rules import Particulars

MORNING = factories.at("2026-10-12 09:30")
DUE = date(2026, 11, 6)
AGAIN = date(2026, 12, 18)
EVIDENCE = ("清掏合同", "村民代表现场确认意见")
ISSUE = Particulars(
    source="provincial_assessment",
    source_document="省考核反馈〔2026〕1号",
    source_number="12",
    issue_class="individual",
    description="安置点公共厕所化粪池没有定期清掏。",
    leader="副镇长李某",
    unit_code=TOWNSHIP,
    supports=(VILLAGE,),
    due_on=DUE,
    evidence=EVIDENCE,
)


@dataclass
class Parties:
    """Two at the county desk that closes, one at the township desk that leads, one in the village that helps."""

    first_desk: Viewer
    second_desk: Viewer
    township: Viewer
    colleague: Viewer
    village: Viewer


def parties(session: Session) -> Parties:
    calendar.seed(session)
    return Parties(
        first_desk=factories.viewer(session, "desk", COUNTY),
        second_desk=factories.viewer(session, "desk", COUNTY),
        township=factories.viewer(session, "desk", TOWNSHIP),
        colleague=factories.viewer(session, "desk", TOWNSHIP),
        village=factories.viewer(session, "secretary", VILLAGE),
    )


def changed(**values: object) -> Particulars:
    return replace(ISSUE, **values)  # type: ignore[arg-type]


def entered(
    session: Session,
    viewer: Viewer,
    one: Particulars = ISSUE,
    issuer_code: str = COUNTY,
    at: datetime = MORNING,
    request_id: str | None = None,
) -> Issue:
    with acting_as(session, viewer):
        row = entering.enter(session, one, issuer_code=issuer_code, request_id=request_id or str(uuid4()), at=at)
        session.flush()
        return row


def act(
    session: Session, viewer: Viewer, kind: str, row: Issue, at: datetime = MORNING, version: int | None = None
) -> Issue:
    """Make a move with plausible words."""
    acts = {
        "claim": lambda: service.claim(session, row.id, at=at, version=version),
        "start": lambda: service.start(
            session, row.id, measure="与清运公司签订合同，每月清掏。", at=at, version=version
        ),
        "progress": lambda: service.note_progress(session, row.id, text="合同已签", at=at, version=version),
        "request": lambda: service.request_closure(
            session,
            row.id,
            outcome="已清掏并落实每月清掏。",
            proofs=["合同一份，存镇村建办", "意见一份，存村委会"],
            at=at,
            version=version,
        ),
        "withdraw": lambda: service.withdraw(session, row.id, at=at, version=version),
        "return": lambda: service.return_issue(
            session, row.id, lacking=[EVIDENCE[0]], reason="合同没有盖章", at=at, version=version
        ),
        "verify": lambda: service.verify(session, row.id, at=at, version=version),
        "close": lambda: service.close_out(session, row.id, at=at, version=version),
        "extend": lambda: service.extend(session, row.id, due_on=AGAIN, reason="道路中断", at=at, version=version),
        "held": lambda: second_looks.hold(session, row.id, words="现场清洁，台账连续", at=at, version=version),
        "relapse": lambda: second_looks.relapse(
            session, row.id, words="化粪池再次外溢", due_on=AGAIN, at=at, version=version
        ),
    }
    with acting_as(session, viewer):
        acts[kind]()
        session.flush()
    return row


WAYS: dict[str, tuple[str, ...]] = {
    "new": (),
    "claimed": ("claim",),
    "in_rectification": ("claim", "start"),
    "closure_requested": ("claim", "start", "request"),
    "returned": ("claim", "start", "request", "return"),
    "verified": ("claim", "start", "request", "verify"),
    "closed": ("claim", "start", "request", "verify", "close"),
}
LEAD = ("claim", "start", "progress", "request", "withdraw")


def brought_to(session: Session, people: Parties, state: str, one: Particulars = ISSUE) -> Issue:
    """An issue of the township in a state, reached by allowed moves only."""
    row = entered(session, people.first_desk, one)
    for kind in WAYS[state]:
        act(session, people.township if kind in LEAD else people.second_desk, kind, row)
    assert row.state == state
    return row
