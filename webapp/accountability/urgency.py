"""应急: who may approve that an answer is wanted at once (X-19)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.org.codes import ancestors
from webapp.org.models import Person, Posting
from webapp.org.queries import names, valid_on

APPROVING = ("secretary", "deputy", "leader")
"""Roles that answer for what a unit demands of those below it."""


@dataclass(frozen=True)
class Approver:
    """Somebody who may approve, with the unit from whose post."""

    person_id: int
    name: str
    unit_name: str

    @property
    def words(self) -> str:
        return f"{self.name}（{self.unit_name}）"


def approvers(session: Session, issuer_code: str, on: date, *, besides: int | None) -> list[Approver]:
    """Those in charge of the issuing unit or of a unit above it on a day, the nearest unit first.

    `besides` is the person who issues: nobody approves what he issues himself. Read as a part of the system, since a
    county does not see who holds which post in its province.
    """
    codes = [issuer_code, *reversed(ancestors(issuer_code))]
    with acting_as(session, Viewer.system("应急批准", "")):
        statement = (
            select(Posting.unit_code, Person.id, Person.name)
            .join(Person, Person.id == Posting.person_id)
            .where(Posting.unit_code.in_(codes), Posting.role.in_(APPROVING), valid_on(on))
            .order_by(Posting.id)
        )
        rows = session.execute(statement).tuples().all()
    units = names(session, codes)
    found: dict[int, Approver] = {}
    for code, person_id, name in sorted(rows, key=lambda row: codes.index(row[0])):
        if person_id != besides:
            found.setdefault(person_id, Approver(person_id, name, units[code]))
    return list(found.values())
