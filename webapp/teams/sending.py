"""Whom a sending unit has sent, wherever they are stationed: the posts alone, no logs and no tasks (X-17)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer
from webapp.org.codes import full
from webapp.org.models import Organisation, Posting
from webapp.org.queries import valid_on
from webapp.org.rules import STATIONED
from webapp.permissions import ROLE_NAMES
from webapp.teams.models import Recall

VIEWS = {"now": "在岗", "past": "已离任", "later": "尚未到任", "every": "全部"}
HEADINGS = ("区划代码", "村", "姓名", "岗位", "派出单位", "到任日", "最后任职日", "离任原因", "任职文号")


def sent_postings(viewer: Viewer, view: str, on: date) -> Select[tuple[Posting]]:
    """Stationed posts of the viewer's sending units, in the order of villages; the newest of a village first."""
    statement = (
        select(Posting)
        .where(Posting.sending_unit_id.in_(viewer.sending_units), Posting.role.in_(STATIONED))
        .options(joinedload(Posting.person), joinedload(Posting.division), joinedload(Posting.sending_unit))
        .order_by(Posting.unit_code, Posting.starts_on.desc(), Posting.id)
    )
    if view == "now":
        return statement.where(valid_on(on))
    if view == "past":
        return statement.where(Posting.ends_on < on)
    return statement.where(Posting.starts_on > on) if view == "later" else statement


def waiting_recalls(session: Session, viewer: Viewer) -> int:
    """Recalls that the county has decided and the viewer's sending units have still to carry out or to follow up."""
    theirs = Recall.sending_unit_id.in_(viewer.sending_units), Recall.state.in_(("decided", "recalled"))
    return session.scalar(select(func.count(Recall.id)).where(*theirs)) or 0


def own_names(session: Session, viewer: Viewer) -> str:
    """The viewer's sending units in words."""
    wanted = select(Organisation.name).where(Organisation.id.in_(viewer.sending_units)).order_by(Organisation.id)
    return "、".join(session.scalars(wanted))


def table_rows(rows: Iterable[Posting]) -> Iterator[Sequence[object]]:
    """One row a post, in the order of the list."""
    for row in rows:
        yield (
            full(row.unit_code),
            row.division.name,
            row.person.name,
            ROLE_NAMES[row.role],
            row.sending_unit.name if row.sending_unit else "",
            row.starts_on,
            row.ends_on,
            row.end_reason,
            row.document_no,
        )
