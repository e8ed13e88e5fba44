"""The steps of a recall: one row read and locked, one step added with its audit entry, and who is told of it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.accountability.parties import posted
from webapp.errors import Conflict, Forbidden, NotFound
from webapp.notices.service import notify
from webapp.org.models import Division, Posting
from webapp.org.queries import valid_on
from webapp.permissions import ROLE_NAMES
from webapp.teams.models import RECALL_STATES, Recall, RecallStep

KEEPER = Viewer.system("召回办理", "")
WORDS_LIMIT = 1000


def desks_of(session: Session, row: Recall) -> list[int]:
    """People at the desk of the sending unit today."""
    if row.sending_unit_id is None:
        return []
    statement = select(Posting.person_id).where(
        Posting.organisation_id == row.sending_unit_id, Posting.role == "desk", valid_on(clock.today())
    )
    with acting_as(session, KEEPER):
        return list(session.scalars(statement))


def locked(session: Session, recall_id: int) -> Recall:
    """One recall in reach, locked: of two who act at once one waits. Raises `NotFound`."""
    row = session.scalar(
        select(Recall).where(Recall.id == recall_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    return row


def only(allowed: bool, sentence: str) -> None:
    """Raise `Forbidden` unless the step belongs to one of the viewer's units."""
    if not allowed:
        raise Forbidden(f"{sentence}您现任岗位不能代办。")


def done_before(row: Recall, kind: str, text: str) -> bool:
    """Whether this very act was done by a first click."""
    last = row.steps[-1] if row.steps else None
    return last is not None and (last.kind, last.text) == (kind, text)


def refuse_stale(row: Recall, version: int, state: str) -> None:
    """Raise `Conflict` when the recall is not where the form saw it."""
    if row.state != state:
        raise Conflict(f"这项召回现在是“{RECALL_STATES[row.state]}”，不能办理这一步。请查看最新情况。")
    if row.version != version:
        raise Conflict("这项召回在您填写期间已有变动。请看过最新情况后再办理。")


def said_fault(said: str, field: str, name: str) -> dict[str, str]:
    """What is wrong with words that must be given, by field."""
    if not said or len(said) > WORDS_LIMIT:
        return {field: f"没有填写{name}，或者超过 {WORDS_LIMIT} 字。请改正。"}
    return {}


def add_step(
    session: Session,
    row: Recall,
    kind: str,
    unit: str,
    at: datetime,
    *,
    document_no: str | None = None,
    text: str | None = None,
    day: date | None = None,
) -> Recall:
    """Note one step; `unit` is a division code, or the name of a sending unit."""
    viewer = viewer_of(session)
    division = session.get(Division, unit)
    row.changed_at = at
    row.steps.append(
        RecallStep(
            unit_code=row.unit_code,
            sending_unit_id=row.sending_unit_id,
            kind=kind,
            day=day,
            document_no=document_no,
            text=text,
            at=at,
            person_id=viewer.person_id,
            actor_name=viewer.name,
            actor_unit=division.name if division else unit,
        )
    )
    session.flush()
    after = {"state": RECALL_STATES[row.state], "document_no": document_no}
    audit.record(session, f"recall.{kind}", "recall", row.id, unit_code=row.unit_code, after=after, reason=text)
    return row


def tell(session: Session, row: Recall, unit_code: str, permission: str, body: str, at: datetime) -> None:
    """Tell those at a unit who may take the next step."""
    with acting_as(session, KEEPER):
        people = posted(session, {unit_code}, clock.day_of(at), root=unit_code).with_permission(permission, unit_code)
    own = viewer_of(session).person_id
    for person_id in people:
        if person_id != own:
            key = f"recall:{row.id}:{row.version}:{person_id}"
            notify(session, person_id, key, _subject(row), body, f"/teams/recalls/{row.id}", at)


def tell_sender(session: Session, row: Recall, at: datetime) -> None:
    """Tell the desk of the sending unit that it is its turn."""
    for person_id in desks_of(session, row):
        key = f"recall:{row.id}:{row.version}:{person_id}"
        body = "县级决定召回，请办理召回并补派人员。"
        notify(session, person_id, key, _subject(row), body, f"/teams/sent-recalls/{row.id}", at)


def _subject(row: Recall) -> str:
    return f"召回：{row.unit.name}{ROLE_NAMES[row.role]}{row.person_name}"
