"""Who stands behind a unit: those who may answer, verify or issue there on a day, and whether its post is vacant."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.errors import Forbidden
from webapp.org.models import Posting
from webapp.org.queries import valid_on
from webapp.permissions import permissions_of

ANSWERING = "task.answer"
_AT_ONCE = 500


@dataclass(frozen=True)
class Actor:
    """Who acts, and from the post at which unit; a part of the system has neither."""

    person_id: int | None
    name: str
    unit_code: str | None


def actor_at(viewer: Viewer, permission: str, unit_code: str) -> Actor:
    """The viewer acting from a post at exactly this unit. Raises `Forbidden` when no such post carries the right."""
    if viewer.person_id is None or unit_code not in viewer.units_with(permission):
        raise Forbidden("这一步应由另一单位的经办人办理，您现任岗位不能代办。请与任务页面上列出的单位联系。")
    return Actor(viewer.person_id, viewer.name, unit_code)


@dataclass(frozen=True)
class Posted:
    """The people in post at some units on one day."""

    roles: dict[str, list[tuple[int, str]]]
    """Unit → (person, role)."""

    def with_permission(self, permission: str, unit_code: str) -> list[int]:
        """People at the unit whose role carries a permission, each once."""
        found = (p for p, role in self.roles.get(unit_code, ()) if permission in permissions_of(role, unit_code))
        return list(dict.fromkeys(found))

    def vacant(self, unit_code: str) -> bool:
        """Whether nobody holds a post that answers for tasks."""
        return nobody_answers(unit_code, (role for _, role in self.roles.get(unit_code, ())))


def nobody_answers(unit_code: str, roles: Iterable[str]) -> bool:
    """Whether none of the roles held at a unit carries the right to answer its tasks: its post is vacant."""
    return not any(ANSWERING in permissions_of(role, unit_code) for role in roles)


def posted(session: Session, unit_codes: Collection[str], on: date, *, root: str) -> Posted:
    """The postings valid on a day at units under `root`.

    Read as a part of the system: a village does not see who sits at the county desk, its report still reaches them.
    """
    session.flush()
    roles = defaultdict(list)
    codes = sorted(set(unit_codes))
    with acting_as(session, Viewer.system("任务办理", root)):
        for start in range(0, len(codes), _AT_ONCE):
            statement = select(Posting.unit_code, Posting.person_id, Posting.role).where(
                Posting.unit_code.in_(codes[start : start + _AT_ONCE]),
                valid_on(on),
            )
            for code, person_id, role in session.execute(statement.order_by(Posting.person_id)):
                roles[code].append((person_id, role))
    return Posted(dict(roles))
