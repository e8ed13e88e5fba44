"""Who stands behind a unit: those who may answer, verify or issue there on a day, and whether its post is vacant."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.errors import Forbidden
from webapp.org.models import Delegation, Organisation, Posting
from webapp.org.queries import delegated_on, valid_on
from webapp.permissions import DELEGATED, permissions_of

ANSWERING = "task.answer"
_AT_ONCE = 500


@dataclass(frozen=True)
class Actor:
    """Who acts, from the post at which unit, and for whom; a part of the system has no person and no unit."""

    person_id: int | None
    name: str
    unit_code: str | None
    on_behalf_of_id: int | None = None
    """The person whose approvals are delegated, where no own post carries the right."""
    on_behalf_of_name: str | None = None


def actor_at(viewer: Viewer, permission: str, unit_code: str) -> Actor:
    """The viewer acting from a post at exactly this unit. Raises `Forbidden` when no such post carries the right."""
    if viewer.person_id is None or unit_code not in viewer.units_with(permission):
        raise Forbidden("这一步应由另一单位的经办人办理，您现任岗位不能代办。请与任务页面上列出的单位联系。")
    holding = [g for g in viewer.grants if g.unit_code == unit_code and permission in g.permissions]
    if any(grant.on_behalf_of is None for grant in holding):
        return Actor(viewer.person_id, viewer.name, unit_code)
    return Actor(viewer.person_id, viewer.name, unit_code, holding[0].on_behalf_of, holding[0].on_behalf_name)


@dataclass(frozen=True)
class Posted:
    """Who may act at some units on one day: those in post, and those to whom approvals are delegated."""

    rights: dict[str, list[tuple[int, frozenset[str]]]]
    """Unit → (person, permissions there)."""

    def with_permission(self, permission: str, unit_code: str) -> list[int]:
        """People at the unit who hold a permission, each once."""
        return list(dict.fromkeys(p for p, held in self.rights.get(unit_code, ()) if permission in held))

    def vacant(self, unit_code: str) -> bool:
        """Whether nobody holds a post that answers for tasks."""
        return not any(ANSWERING in held for _, held in self.rights.get(unit_code, ()))


def nobody_answers(unit_code: str, roles: Iterable[str]) -> bool:
    """Whether none of the roles held at a unit carries the right to answer its tasks: its post is vacant."""
    return not any(ANSWERING in permissions_of(role, unit_code) for role in roles)


def posted(session: Session, unit_codes: Collection[str], on: date, *, root: str) -> Posted:
    """The postings valid on a day at units under `root`.

    Read as a part of the system: a village does not see who sits at the county desk, its report still reaches them.
    """
    session.flush()
    rights = defaultdict(list)
    codes = sorted(set(unit_codes))
    with acting_as(session, Viewer.system("任务办理", root)):
        for start in range(0, len(codes), _AT_ONCE):
            some = Posting.unit_code.in_(codes[start : start + _AT_ONCE])
            own = (
                select(Posting.unit_code, Posting.person_id, Posting.role, Organisation.kind)
                .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
                .where(some, valid_on(on))
                .order_by(Posting.person_id)
            )
            for code, person_id, role, kind in session.execute(own):
                rights[code].append((person_id, permissions_of(role, code, kind)))
            passed_on = (
                select(Posting.unit_code, Delegation.to_person_id, Posting.role, Organisation.kind)
                .join(Delegation, Delegation.posting_id == Posting.id)
                .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
                .where(some, valid_on(on), delegated_on(on))
                .order_by(Delegation.id)
            )
            for code, person_id, role, kind in session.execute(passed_on):
                rights[code].append((person_id, permissions_of(role, code, kind) & DELEGATED))
    return Posted(dict(rights))
