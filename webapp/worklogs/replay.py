"""Stored submissions played again: what is held already changes nothing, what was lost comes back.

Each line is what a device sends, with the `login` whose submission it was. Most lines of a replay are held already:
those are told by id, author and body in one statement for hundreds, the rest go the way of any submission.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.auth.models import Account
from webapp.auth.sending import SUBMIT, sender_of
from webapp.errors import Conflict, DandangError, Faulty, Refused
from webapp.org.models import Person
from webapp.worklogs import service, submissions
from webapp.worklogs.models import WorkLog, WorkLogVersion
from webapp.worklogs.submissions import Submission

READER = Viewer.system("日志重放", "")
AT_ONCE = 400
NAMED = 20
"""Refused lines that are told with their reason."""


@dataclass
class Outcome:
    """How many lines were new, the same again, in conflict, refused; and why the first of them were refused."""

    new: int = 0
    same: int = 0
    conflict: int = 0
    refused: int = 0
    reasons: list[dict[str, object]] = field(default_factory=list)

    def refuse(self, number: int, sentence: str) -> None:
        self.refused += 1
        if len(self.reasons) < NAMED:
            self.reasons.append({"line": number, "error": sentence})


def replay(session: Session, lines: Sequence[tuple[int, bytes]], outcome: Outcome, at: datetime) -> None:
    """Play some numbered lines; `session` acts as `READER`."""
    read: list[tuple[int, str, Submission]] = []
    for number, line in lines:
        try:
            read.append((number, *_read(line)))
        except Refused as refused:
            outcome.refuse(number, refused.sentence)
    owners = _owners(session, {login for _, login, _ in read})
    held = _held(session, {sent.log_id for _, _, sent in read})
    senders: dict[str, Viewer | None] = {}
    for number, login, sent in read:
        owner = owners.get(login)
        if owner is not None and (sent.log_id, owner.person_id, sent.entry.body_hash) in held:
            outcome.same += 1
            continue
        if login not in senders:
            senders[login] = _sender(session, owner, at)
        if (sender := senders[login]) is None:
            outcome.refuse(number, f"没有可以上报日志的账号“{login}”。")
        else:
            _submit(session, number, sender, sent, outcome, at)


def _submit(session: Session, number: int, sender: Viewer, sent: Submission, outcome: Outcome, at: datetime) -> None:
    try:
        with session.begin_nested(), acting_as(session, sender):
            saved = service.submit(
                session,
                log_id=sent.log_id,
                base_version=sent.base_version,
                author_id=sender.person_id or 0,
                entry=sent.entry,
                at=at,
                device=sent.clock_at(at),
            )
    except Conflict:
        outcome.conflict += 1
    except DandangError as refused:
        outcome.refuse(number, refused.sentence)
    else:
        outcome.new += saved.new
        outcome.same += not saved.new


def _read(line: bytes) -> tuple[str, Submission]:
    if len(line) > submissions.BODY_LIMIT:
        raise Faulty({"body": "这一行太长。"})
    value = submissions.read(line)
    login = value.pop("login", None) if isinstance(value, dict) else None
    sent = submissions.parsed(value)
    if not isinstance(login, str):
        raise Faulty({"login": "这一行没有账号。"})
    return login, sent


def _owners(session: Session, logins: set[str]) -> dict[str, Account]:
    return {row.login: row for row in session.scalars(select(Account).where(Account.login.in_(logins)))}


def _sender(session: Session, owner: Account | None, at: datetime) -> Viewer | None:
    """The owner as a sender of logs; None for an unknown or closed account, and where no post allows it."""
    if owner is None or owner.closed_at is not None:
        return None
    name = session.scalars(select(Person.name).where(Person.id == owner.person_id)).one()
    sender = sender_of(session, name, owner.id, owner.person_id, clock.day_of(at))
    return sender.through(SUBMIT) if sender.grants else None


def _held(session: Session, ids: set[str]) -> set[tuple[str, int | None, str]]:
    """(id, author, body) of every version that is held under these ids."""
    rows = session.execute(
        select(WorkLog.id, WorkLog.author_id, WorkLogVersion.body_hash)
        .join(WorkLogVersion, WorkLogVersion.log_id == WorkLog.id)
        .where(WorkLog.id.in_(ids))
    )
    return set(rows.tuples())
