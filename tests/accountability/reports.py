"""A township that asked four villages, and their reports, for tests of many decisions at once."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import DEMAND, MORNING, act, issued
from tests.factories import SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import bulk
from webapp.accountability.bulk import Picked
from webapp.accountability.bulk_models import DecisionBatch
from webapp.accountability.models import Assignment
from webapp.accountability.replay import differing
from webapp.notices.models import InboxMessage
from webapp.policy import calendar

VILLAGES = [VILLAGE, SISTER_VILLAGE, "533323101203", "533323101204"]
NINE = timedelta(seconds=9)
ELEVEN = timedelta(seconds=11)


class Desk:
    """A township that asked four villages, and their reports."""

    def __init__(self, session: Session, *, states: tuple[str, ...] = ("report",) * 4) -> None:
        calendar.seed(session)
        self.session = session
        self.me = factories.viewer(session, "desk", TOWNSHIP)
        self.colleague = factories.viewer(session, "desk", TOWNSHIP)
        self.villages = {code: factories.viewer(session, "secretary", code) for code in VILLAGES}
        self.task = issued(session, self.me, VILLAGES, DEMAND, issuer_code=TOWNSHIP)
        self.rows = {row.unit_code: row for row in self.task.assignments}
        for code, upto in zip(VILLAGES, states, strict=True):
            for kind in ("acknowledge", "report")[: 2 if upto == "report" else 1]:
                act(session, self.villages[code], kind, self.rows[code])

    def picked(self, *codes: str) -> list[Picked]:
        return [Picked(self.rows[code].id, self.rows[code].version) for code in codes or VILLAGES]

    def decide(
        self,
        kind: str,
        picked: list[Picked],
        *,
        reason: str | None = None,
        key: str | None = None,
        viewer: Viewer | None = None,
    ) -> DecisionBatch:
        with acting_as(self.session, viewer or self.me):
            return bulk.decide(
                self.session,
                self.task.id,
                TOWNSHIP,
                picked,
                kind,
                key=key or str(uuid4()),
                reason=reason,
                at=MORNING,
            )

    def undo(self, batch: DecisionBatch, after: timedelta = NINE, viewer: Viewer | None = None) -> DecisionBatch:
        with acting_as(self.session, viewer or self.me):
            return bulk.undo(self.session, batch.key, at=MORNING + after)

    def states(self) -> list[str]:
        return [self.rows[code].state for code in VILLAGES]

    def told(self, code: str) -> list[str]:
        path = f"/tasks/assignments/{self.rows[code].id}"
        mine = (InboxMessage.path == path) & (InboxMessage.person_id == self.villages[code].person_id)
        return list(self.session.scalars(select(InboxMessage.body).where(mine).order_by(InboxMessage.id)))

    def check_rebuilt(self) -> None:
        self.session.expire_all()
        for row in self.session.scalars(select(Assignment)):
            assert differing(row, row.events) == {}
