"""Exemptions from the rules of days: recorded by the county with a document number and two days (Z-20, Z-24)."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import viewer_of
from webapp.errors import Faulty, Forbidden, NotFound, Refused
from webapp.org.models import Posting
from webapp.org.rules import STATIONED
from webapp.presence.confirming import APPROVE
from webapp.presence.month_models import EXEMPTIONS, PresenceExemption
from webapp.words import clean

DOCUMENT_LIMIT = 60


def of_posting(session: Session, posting_id: int) -> list[PresenceExemption]:
    """The exemptions of a post, as they were recorded."""
    statement = select(PresenceExemption).where(PresenceExemption.posting_id == posting_id)
    return list(session.scalars(statement.order_by(PresenceExemption.id)))


def record(
    session: Session,
    posting_id: int,
    *,
    request_id: str,
    kind: str,
    first_on: date | None,
    last_on: date | None,
    document_no: str,
    at: datetime,
) -> PresenceExemption:
    """Record an exemption; the same form sent twice records one. Raises `Faulty` by field, `Forbidden`, `NotFound`."""
    posting = session.get(Posting, posting_id)
    if posting is None:
        raise NotFound()
    viewer = viewer_of(session)
    if posting.unit_code[:6] not in viewer.units_with(APPROVE) or viewer.person_id == posting.person_id:
        raise Forbidden("豁免由县级登记，且不能为自己登记。请由县级其他同志办理。")
    if posting.role not in STATIONED:
        raise Refused("只有驻村第一书记和驻村工作队员可以登记豁免。请返回重新选择。")
    number, faults = clean(document_no), {}
    if kind not in EXEMPTIONS:
        faults["kind"] = "没有选择豁免内容。请选择一项。"
    if first_on is None or not posting.covers(first_on):
        faults["first_on"] = "没有填写开始日期，或者当日不在任期。请改正。"
    elif last_on is None or last_on < first_on or not posting.covers(last_on):
        faults["last_on"] = "没有填写结束日期，或者早于开始日期、超出任期。请改正。"
    if not number or len(number) > DOCUMENT_LIMIT:
        faults["document_no"] = f"没有填写批准文号，或者超过 {DOCUMENT_LIMIT} 字。请改正。"
    if faults or first_on is None or last_on is None:
        raise Faulty(faults)
    known = session.scalar(select(PresenceExemption).where(PresenceExemption.request_id == request_id))
    if known is not None:
        return known
    row = PresenceExemption(
        request_id=request_id,
        posting_id=posting.id,
        person_id=posting.person_id,
        unit_code=posting.unit_code,
        kind=kind,
        first_on=first_on,
        last_on=last_on,
        document_no=number,
        recorded_at=at,
        recorded_by_name=viewer.name,
    )
    session.add(row)
    session.flush()
    audit.record(
        session, "presence.exempt", "presence_exemption", row.id, unit_code=row.unit_code,
        after={"kind": kind, "document_no": number},
    )  # fmt: skip
    return row
