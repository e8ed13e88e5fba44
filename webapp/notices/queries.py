"""Reading the inbox. The session's scope shows nobody another person's messages."""

from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.errors import NotFound
from webapp.notices.models import InboxMessage, OutsideMessage

_UNREAD = "notices.unread"


def messages(unread_only: bool = False) -> Select[tuple[InboxMessage]]:
    """The viewer's messages, newest first."""
    statement = select(InboxMessage).order_by(InboxMessage.created_at.desc(), InboxMessage.id.desc())
    return statement.where(InboxMessage.read_at.is_(None)) if unread_only else statement


def message(session: Session, message_id: int) -> InboxMessage:
    """One of the viewer's messages. Raises `NotFound`."""
    row = session.scalar(select(InboxMessage).where(InboxMessage.id == message_id))
    if row is None:
        raise NotFound("没有找到这条消息。请返回收件箱重新选择。")
    return row


def newest_unread(session: Session, limit: int) -> list[InboxMessage]:
    """The viewer's newest unread messages; the same statement counts them all for the page's frame."""
    statement = messages(unread_only=True).add_columns(func.count().over()).limit(limit)
    rows = session.execute(statement).all()
    session.info[_UNREAD] = rows[0][1] if rows else 0
    return [row for row, _ in rows]


def unread_count(session: Session) -> int:
    """How many messages the viewer has not opened; asks nothing where the page has just counted them."""
    known: int | None = session.info.pop(_UNREAD, None)
    if known is not None:
        return known
    return session.scalar(_count()) or 0


@cache
def _count() -> Select[tuple[int]]:
    """Written once, because every page asks it."""
    return select(func.count(InboxMessage.id)).where(InboxMessage.read_at.is_(None))


def outgoing(state: str = "", channel: str = "") -> Select[tuple[OutsideMessage]]:
    """Outside messages in scope, newest day first; they have no words that could be shown."""
    statement = select(OutsideMessage).options(joinedload(OutsideMessage.person))
    if state:
        statement = statement.where(OutsideMessage.state == state)
    if channel:
        statement = statement.where(OutsideMessage.channel == channel)
    return statement.order_by(OutsideMessage.day.desc(), OutsideMessage.id.desc())


def own_outgoing(person_id: int) -> Select[tuple[OutsideMessage]]:
    """What went out, or was to go out, to one person."""
    return outgoing().where(OutsideMessage.person_id == person_id)


def outgoing_one(session: Session, statement: Select[tuple[OutsideMessage]], message_id: int) -> OutsideMessage:
    """One of those rows. Raises `NotFound`."""
    row = session.scalar(statement.where(OutsideMessage.id == message_id))
    if row is None:
        raise NotFound("没有找到这条提醒。请返回列表重新选择。")
    return row
