"""Who stands around a sheet: it names leaver and successor to both, wherever they are posted by now."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer, acting_as
from webapp.auth import former
from webapp.org.models import Handover, Posting

PEOPLE = (
    joinedload(Handover.leaver).joinedload(Posting.person),
    joinedload(Handover.successor).joinedload(Posting.person),
)


def with_people(session: Session, rows: Sequence[Handover]) -> Sequence[Handover]:
    """Sheets that the viewer may read, with their people where the viewer's own scope does not reach these."""
    ids = [row.id for row in rows if _out_of_sight(row)]
    if ids:
        people = select(Handover).where(Handover.id.in_(ids)).execution_options(populate_existing=True)
        with acting_as(session, Viewer.system("工作交接", "")):
            session.scalars(people.options(*PEOPLE)).all()
    return rows


def _out_of_sight(row: Handover) -> bool:
    return row.leaver is None or (row.successor_posting_id is not None and row.successor is None)


def _open_sheets(session: Session, person_id: int | None) -> list[int]:
    """Posts of a person between which a hand-over is not over yet."""
    on_sheet = or_(Posting.id == Handover.leaver_posting_id, Posting.id == Handover.successor_posting_id)
    statement = select(Posting.id).join(Handover, on_sheet).where(Posting.person_id == person_id)
    return list(session.scalars(statement.where(Handover.done_on.is_(None), Handover.passed_on.is_(None))))


former.register(_open_sheets)
