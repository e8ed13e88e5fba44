"""Recording what was done for a person, by who owes it: one item or a whole list in one act (Z-12).

An entry once made is changed only by a correction that says why; each entry stays in the item's history.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.org.models import Organisation, Posting
from webapp.org.queries import names, valid_on
from webapp.presence.scopes import COUNTY_LENGTH
from webapp.support.models import CORRECTIONS, KINDS, STATES, SupportEvent, SupportItem
from webapp.support.queries import RECORD
from webapp.support.rules import Entry, entry_from

KEEPER = Viewer.system("驻村保障登记", "")
AT_ONCE = 2000
_PIECE = 500


def staffed_senders(session: Session, on: date) -> frozenset[int]:
    """Sending units with a desk of their own in the product; for the others the county enters what they send (X-10)."""
    statement = (
        select(Posting.organisation_id)
        .join(Organisation, Organisation.id == Posting.organisation_id)
        .where(Organisation.kind == "sending_unit", Posting.role == "desk", valid_on(on))
    )
    with acting_as(session, KEEPER):
        return frozenset(number for number in session.scalars(statement) if number is not None)


def may_record(viewer: Viewer, row: SupportItem, staffed: Collection[int]) -> bool:
    """Whether an item is the viewer's to record: each owner its own, the county also for a sending unit without a desk."""
    if not viewer.may(RECORD):
        return False
    if row.owner == "sending_unit" and row.sending_unit_id in viewer.sending_units:
        return True
    ours = viewer.reaches(row.unit_code)
    return ours and (row.owner == "county" or row.sending_unit_id not in staffed)


def digest_of(rows: Iterable[SupportItem]) -> str:
    """What a list looked like: its items and their versions. A list that has changed since is not recorded as a whole."""
    return hashlib.sha256(
        ",".join(f"{row.id}:{row.version}" for row in sorted(rows, key=lambda row: row.id)).encode()
    ).hexdigest()


def record_many(
    session: Session,
    ids: Collection[int],
    *,
    state: str,
    done_on: date | None = None,
    document_no: str = "",
    amount: str = "",
    reason: str = "",
    at: datetime,
) -> int:
    """Record many open items with one entry; gives how many. Those recorded meanwhile, also by a first click, stay as
    they are. Raises `Faulty` by field, `Refused` where nothing is named, `Forbidden` for an item of another owner."""
    if state not in ("done", "not_applicable"):
        raise Faulty({"state": "没有选择登记为已落实还是不适用。请选择。"})
    if not ids:
        raise Refused("没有勾选事项。请先勾选要登记的人员和事项。")
    if len(ids) > AT_ONCE:
        raise Refused(f"一次最多登记 {AT_ONCE} 项。请先按类别或者乡镇缩小范围。")
    rows = _locked(session, ids)
    if len(rows) != len(set(ids)):
        raise NotFound("勾选的事项中有的已经不在名下。请刷新页面后重新勾选。")
    viewer, today = viewer_of(session), clock.day_of(at)
    _refuse_others(session, viewer, rows, today)
    waiting = [row for row in rows if row.state == "open"]
    years = {row.year for row in rows}
    if len(years) > 1:
        raise Refused("勾选的事项不是同一年度。请按年度分别登记。")
    entry = entry_from(
        state, {row.kind for row in rows}, year=min(years), today=today,
        done_on=done_on, document_no=document_no, amount=amount, reason=reason,
    )  # fmt: skip
    unit = _acting_unit(session, viewer, rows[0])
    for row in waiting:
        _enter(session, row, entry, unit, at)
    session.flush()
    if waiting:
        words = "、".join(KINDS[kind] for kind in KINDS if any(row.kind == kind for row in waiting))
        after = {"kind": words, "rows": len(waiting)} | _words(entry)
        place = viewer.prefixes[0] if viewer.prefixes else ""
        audit.record(session, "support.record", "list", f"support:{min(years)}", unit_code=place, after=after)
    return len(waiting)


def record(
    session: Session,
    item_id: int,
    *,
    state: str,
    version: int,
    done_on: date | None = None,
    document_no: str = "",
    amount: str = "",
    reason: str = "",
    correction: str = "",
    at: datetime,
) -> SupportItem:
    """Record one item, or correct what was recorded; the same entry again changes nothing.

    Raises `Faulty` by field, `Conflict` when somebody recorded something else since the page was shown.
    """
    rows = _locked(session, [item_id])
    if not rows:
        raise NotFound()
    row, viewer, today = rows[0], viewer_of(session), clock.day_of(at)
    _refuse_others(session, viewer, rows, today)
    if state not in STATES:
        raise Faulty({"state": "没有选择登记为已落实还是不适用。请选择。"})
    entry = entry_from(
        state, {row.kind}, year=row.year, today=today,
        done_on=done_on, document_no=document_no, amount=amount, reason=reason,
    )  # fmt: skip
    if _entry_of(row) == entry:
        return row
    if row.version != version:
        raise Conflict("这一项在您填写期间已由他人登记。请看过最新情况后再办理。")
    again = row.state != "open"
    if again and correction not in CORRECTIONS:
        raise Faulty({"correction": "没有选择更正原因。请从列出的原因中选一个。"})
    before = _words(_entry_of(row)) if again else None
    _enter(session, row, entry, _acting_unit(session, viewer, row), at, correction if again else None)
    session.flush()
    action = "support.correct" if again else "support.record"
    reason_words = CORRECTIONS[correction] if again else None
    audit.record(
        session, action, "support_item", row.id, unit_code=row.unit_code,
        before=before, after={"kind": KINDS[row.kind]} | _words(entry), reason=reason_words,
    )  # fmt: skip
    return row


def _locked(session: Session, ids: Collection[int]) -> Sequence[SupportItem]:
    """Items in reach by their numbers, locked in one order so that two who act at once wait for each other."""
    wanted = sorted(set(ids))
    found: list[SupportItem] = []
    for start in range(0, len(wanted), _PIECE):
        found += session.scalars(
            select(SupportItem)
            .where(SupportItem.id.in_(wanted[start : start + _PIECE]))
            .order_by(SupportItem.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
    return found


def _refuse_others(session: Session, viewer: Viewer, rows: Sequence[SupportItem], today: date) -> None:
    staffed = staffed_senders(session, today)
    for row in rows:
        if may_record(viewer, row, staffed):
            continue
        if row.owner == "county":
            raise Forbidden(f"{KINDS[row.kind]}由县级登记，派出单位不能代办。请只勾选由本单位落实的事项。")
        raise Forbidden(f"{KINDS[row.kind]}由派出单位登记。派出单位没有经办人的，才由县级凭函件代为登记。")


def _acting_unit(session: Session, viewer: Viewer, row: SupportItem) -> str:
    """The owner as it acts, in words; a sending unit by its name."""
    if row.sending_unit_id is not None and row.sending_unit_id in viewer.sending_units:
        return session.get_one(Organisation, row.sending_unit_id).name
    county = row.unit_code[:COUNTY_LENGTH]
    return names(session, [county])[county]


def _enter(
    session: Session, row: SupportItem, entry: Entry, unit: str, at: datetime, correction: str | None = None
) -> None:
    row.state, row.done_on, row.document_no = entry.state, entry.done_on, entry.document_no
    row.amount, row.reason = entry.amount, entry.reason
    session.add(
        SupportEvent(
            item_id=row.id,
            person_id=row.person_id,
            unit_code=row.unit_code,
            sending_unit_id=row.sending_unit_id,
            at=at,
            actor_name=viewer_of(session).name,
            actor_unit=unit,
            state=entry.state,
            done_on=entry.done_on,
            document_no=entry.document_no,
            amount=entry.amount,
            reason=entry.reason,
            correction=correction,
        )
    )


def _entry_of(row: SupportItem) -> Entry:
    return Entry(row.state, row.done_on, row.document_no, row.amount, row.reason)


def _words(entry: Entry) -> dict[str, str]:
    """What the audit log keeps: no sums."""
    said = {"state": STATES[entry.state], "day": str(entry.done_on or ""), "document_no": entry.document_no or ""}
    return {name: text for name, text in said.items() if text}
