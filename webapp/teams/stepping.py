"""The steps of a posting: reading them, adding one with its audit entry, and the clock that follows from them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import viewer_of
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.org.models import Posting
from webapp.org.rules import STATIONED
from webapp.policy.service import parameter
from webapp.teams import rules
from webapp.teams.models import PostingStep

WRITE = "posting.write"
DOCUMENT_LIMIT = 60


def steps_of(session: Session, posting_id: int, kind: str = "") -> list[PostingStep]:
    """The steps of one posting, of one kind or all, the earliest first."""
    statement = select(PostingStep).where(PostingStep.posting_id == posting_id).order_by(PostingStep.id)
    return [one for one in session.scalars(statement) if not kind or one.kind == kind]


def stationed(session: Session, posting_id: int) -> Posting:
    """A stationed posting in reach, locked: of two who act on it at once one waits. Raises `NotFound`, `Refused`."""
    posting = session.scalar(
        select(Posting).where(Posting.id == posting_id).with_for_update().execution_options(populate_existing=True)
    )
    if posting is None:
        raise NotFound()
    viewer = viewer_of(session)
    if viewer.kind != "system" and not any(posting.unit_code.startswith(own) for own in viewer.units_with(WRITE)):
        raise Forbidden()
    if posting.role not in STATIONED:
        raise Refused("这个岗位不是驻村岗位。请在“区划与人员”中办理。")
    if posting.person_id == viewer.person_id:
        raise Refused("不能为本人办理任职事项。请由本部门其他同志办理。")
    return posting


def seen(session: Session, posting: Posting) -> str:
    """How a form knows what it showed: the posting's version and its last step."""
    last = session.scalar(select(func.max(PostingStep.id)).where(PostingStep.posting_id == posting.id))
    return f"{posting.version}-{last or 0}"


def refuse_stale(session: Session, posting: Posting, version: str) -> None:
    """Raise `Conflict` when somebody was faster than the form."""
    if seen(session, posting) != version:
        raise Conflict("这个岗位在您填写期间已有改动。请核对最新情况后再办理。")


def document_fault(number: str, field: str = "document_no", name: str = "文号") -> dict[str, str]:
    """What is wrong with a document number, by field."""
    if not number or len(number) > DOCUMENT_LIMIT:
        return {field: f"没有填写{name}，或者超过 {DOCUMENT_LIMIT} 字。请改正。"}
    return {}


def term_of(session: Session, posting: Posting, on: date) -> rules.Tenure:
    """The clock of one posting, with its steps."""
    years = int(parameter(session, "tenure.min_years", on=on, unit_code=posting.unit_code))
    return term_from(posting, steps_of(session, posting.id), years)


def term_from(posting: Posting, steps: Collection[PostingStep], years: int) -> rules.Tenure:
    """The clock of a posting: from its own arrival, or from that in the first village where the person was moved."""
    begun = next((one.term_from for one in steps if one.kind == "adjust_in" and one.term_from), posting.starts_on)
    extended = max((one.day for one in steps if one.kind == "extend"), default=None)
    return rules.tenure(begun, years, extended)


def note(
    session: Session,
    posting: Posting,
    kind: str,
    day: date,
    at: datetime,
    *,
    document_no: str | None = None,
    text: str | None = None,
    confirmed: Collection[str] = (),
    other: Posting | None = None,
    term_from: date | None = None,
    before: Mapping[str, object] | None = None,
) -> PostingStep:
    """Add one step and its entry in the audit log."""
    viewer = viewer_of(session)
    unit = next((own for own in viewer.units_with(WRITE) if posting.unit_code.startswith(own)), "")
    row = PostingStep(
        posting_id=posting.id,
        person_id=posting.person_id,
        unit_code=posting.unit_code,
        kind=kind,
        day=day,
        term_from=term_from,
        document_no=document_no,
        text=text,
        confirmed=list(confirmed),
        other_posting_id=other.id if other else None,
        at=at,
        actor_name=viewer.name,
        actor_unit=unit,
    )
    session.add(row)
    session.flush()
    after = {"starts_on": day.isoformat(), "document_no": document_no}
    audit.record(
        session,
        f"posting.{kind}",
        "posting",
        posting.id,
        unit_code=posting.unit_code,
        before=dict(before) if before else None,
        after=after,
        reason=text,
    )
    return row
