"""Writing messages into inboxes and marking them read."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.bulk import insert_many
from webapp.notices.models import InboxMessage

POST_OFFICE = Viewer.system("收件箱", "")
SUBJECT_LENGTH = 160
Message = tuple[int, str, str, str, str | None]
"""Person, key, subject, body, own path to open."""


def notify(
    session: Session,
    person_id: int,
    key: str,
    subject: str,
    body: str,
    path: str | None = None,
    at: datetime | None = None,
) -> None:
    """Put one message into a person's inbox; a second call with the same key changes nothing.

    `key` names the occasion and the recipient, e.g. "assignment:17:returned:2:person:5"; `path` is an own path.
    """
    with acting_as(session, POST_OFFICE):
        # The recipient may lie outside the sender's scope, and so does the message that is already there.
        if session.scalar(select(InboxMessage.id).where(InboxMessage.key == key)) is None:
            session.add(
                InboxMessage(
                    key=key,
                    person_id=person_id,
                    subject=subject[:SUBJECT_LENGTH],
                    body=body,
                    path=path,
                    created_at=at or clock.now(),
                )
            )


def notify_many(session: Session, messages: Iterable[Message], at: datetime) -> None:
    """Put many messages into inboxes at once; what `notify` says of keys holds for each of them.

    An issue to 25,000 villages writes as many messages within its own transaction: the database, not a question before
    each row, leaves out those whose key is known, also one that a second issue has written in the same moment.
    """
    rows = [
        {
            "person_id": person_id,
            "key": key,
            "subject": subject[:SUBJECT_LENGTH],
            "body": body,
            "path": path,
            "created_at": at,
        }
        for person_id, key, subject, body, path in messages
    ]
    with acting_as(session, POST_OFFICE):
        insert_many(session, InboxMessage, rows, known_by="key")


def mark_read(session: Session, message: InboxMessage, at: datetime) -> None:
    """Note when a message was first opened."""
    if message.read_at is None:
        message.read_at = at


def mark_all_read(session: Session, person_id: int, at: datetime) -> None:
    """Mark every unread message of a person; the scope of the session keeps other people's out."""
    session.execute(
        update(InboxMessage)
        .where(InboxMessage.person_id == person_id, InboxMessage.read_at.is_(None))
        .values(read_at=at)
    )
