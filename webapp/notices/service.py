"""Writing messages into inboxes and marking them read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
Composed = Callable[[Sequence[str]], tuple[str, str]]
"""Lines → subject and body of a gathered message, one line of the body for each."""
_AT_ONCE = 500


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


def notify_gathered(
    session: Session, occasion: str, lines: Mapping[int, Sequence[str]], composed: Composed, path: str, at: datetime
) -> None:
    """Put lines (person → lines) into each person's one message of an occasion; it is unread again where one is new."""
    keys = {person_id: f"{occasion}:{person_id}" for person_id in lines}
    held: dict[int, InboxMessage] = {}
    wanted = sorted(keys.values())
    with acting_as(session, POST_OFFICE):
        for start in range(0, len(wanted), _AT_ONCE):
            known_by = InboxMessage.key.in_(wanted[start : start + _AT_ONCE])
            found = select(InboxMessage).where(known_by).with_for_update()
            held |= {message.person_id: message for message in session.scalars(found)}
        for person_id, message in held.items():
            known = message.body.splitlines()
            message.subject, message.body = composed([*known, *lines[person_id]])
            if message.body.splitlines() != known:
                message.created_at, message.read_at, message.path = at, None, path
    fresh = {person_id: composed(of_person) for person_id, of_person in lines.items() if person_id not in held}
    notify_many(
        session,
        [(person_id, keys[person_id], subject, body, path) for person_id, (subject, body) in fresh.items()],
        at,
    )


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
