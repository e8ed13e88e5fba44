"""Saved filters: kept under a name, replaced under the same name, shared with the own unit, taken out by the owner."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import viewer_of
from webapp.errors import Forbidden, NotFound, Refused
from webapp.finding.models import SavedFilter
from webapp.words import clean

NAME_LIMIT = 30
QUERY_LIMIT = 500
MOST = 20
_BY_NAME = select(SavedFilter).order_by(SavedFilter.name, SavedFilter.id)


def filters(session: Session) -> list[SavedFilter]:
    """The viewer's own and those shared in the viewer's units, by name."""
    return list(session.scalars(_BY_NAME))


def save(session: Session, name: str, query: str, known: Collection[str], shared: bool, at: datetime) -> SavedFilter:
    """Keep what an address narrows a list to; `known` are the names in it that mean something. Raises `Refused`."""
    viewer = viewer_of(session)
    called = clean(name)
    if not called:
        raise Refused("没有填写名称。请给这组筛选条件起个名称。")
    if len(called) > NAME_LIMIT:
        raise Refused(f"名称超过 {NAME_LIMIT} 字。请缩短名称。")
    try:
        pairs = [(key, value) for key, value in parse_qsl(query, max_num_fields=50) if key in known]
    except ValueError as error:  # more fields than any list has
        raise Refused("筛选条件太长，不能保存。请减少条件。") from error
    kept = urlencode(pairs)
    if not pairs:
        raise Refused("现在没有筛选条件可保存。请先筛选，再保存。")
    if len(kept) > QUERY_LIMIT:
        raise Refused("筛选条件太长，不能保存。请减少条件。")
    own = list(session.scalars(select(SavedFilter).where(SavedFilter.owner_id == viewer.person_id)))
    row = next((one for one in own if one.name == called), None)
    if row is None:
        if len(own) >= MOST:
            raise Refused(f"最多保存 {MOST} 组筛选条件。请先删除不用的。")
        row = SavedFilter(owner_id=viewer.person_id, owner_name=viewer.name, unit_code=viewer.prefixes[0], name=called)
        session.add(row)
    row.query, row.shared, row.changed_at = kept, shared, at
    session.flush()
    audit.record(session, "filter.save", "saved_filter", row.id, after={"shared": shared})
    return row


def take_out(session: Session, filter_id: int) -> None:
    """Take out one's own. Raises `NotFound`, and `Forbidden` for one that somebody else shares."""
    row = session.scalar(select(SavedFilter).where(SavedFilter.id == filter_id))
    if row is None:
        raise NotFound("没有找到这组筛选条件，可能已被删除。请刷新页面。")
    if row.owner_id != viewer_of(session).person_id:
        raise Forbidden("这组筛选条件由他人共享，只有保存人本人可以删除。")
    session.delete(row)
