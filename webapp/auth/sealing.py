"""The chain over the audit log: one a month, SHA-256, made in batches so that no write of the site waits for another.

A seal's hash covers the seal before it and every column of its entry in a canonical form. The newest hash of each month,
the head, is also written to a file outside the database, so that a tail that was cut off is missed.
What this cannot show: an entry forged by somebody who writes to the database before the next seal, at most a minute.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.audit import AuditEntry
from webapp.auth.models import AuditSeal

LATE = timedelta(hours=1)
"""A transaction that took its entry's number early may commit after later ones; older strangers are not sealed."""
_COLUMNS = tuple(column.key for column in AuditEntry.__table__.columns)


@dataclass(frozen=True)
class Head:
    """The end of one month's chain."""

    month: str
    sequence: int
    entry_id: int
    hash: str


@dataclass(frozen=True)
class Checked:
    """What `verify` found: how many entries hold, how many wait for their seal, and the first break."""

    entries: int
    waiting: int
    broken: str | None
    entry_id: int | None = None


def canonical(entry: AuditEntry) -> str:
    """One text for one entry in every database: JSON, keys sorted, moments in UTC to the microsecond."""
    values: dict[str, Any] = {name: getattr(entry, name) for name in _COLUMNS}
    values["at"] = entry.at.isoformat(timespec="microseconds")
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(previous: str, entry: AuditEntry) -> str:
    """The hash of an entry's seal."""
    return hashlib.sha256(f"{previous}\n{canonical(entry)}".encode()).hexdigest()


def first_of(month: str) -> str:
    """What stands before the first seal of a month, e.g. of "2026-11"."""
    return hashlib.sha256(f"dandang audit {month}".encode()).hexdigest()


def heads(session: Session) -> list[Head]:
    """The end of every chain, by month."""
    last = select(AuditSeal.month, func.max(AuditSeal.sequence).label("sequence")).group_by(AuditSeal.month).subquery()
    statement = (
        select(AuditSeal)
        .join(last, (AuditSeal.month == last.c.month) & (AuditSeal.sequence == last.c.sequence))
        .order_by(AuditSeal.month)
    )
    return [Head(seal.month, seal.sequence, seal.entry_id, seal.hash) for seal in session.scalars(statement)]


def seal(session: Session, limit: int = 5000) -> int:
    """Chain at most `limit` entries that have no seal yet; returns how many. The caller commits and stores the heads."""
    newest = session.scalar(select(func.max(AuditSeal.entry_id))) or 0
    statement = (
        select(AuditEntry)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(
            AuditSeal.entry_id.is_(None),
            or_(AuditEntry.id > newest, AuditEntry.at > clock.now() - LATE),
        )
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    ends = {head.month: head for head in heads(session)}
    entries = session.scalars(statement).all()
    for entry in entries:
        month = f"{clock.local(entry.at):%Y-%m}"
        before = ends.get(month, Head(month, 0, 0, first_of(month)))
        now = Head(month, before.sequence + 1, entry.id, link(before.hash, entry))
        ends[month] = now
        session.add(
            AuditSeal(entry_id=entry.id, month=month, sequence=now.sequence, previous_hash=before.hash, hash=now.hash)
        )
    session.flush()
    return len(entries)


def heads_file(instance: Path) -> Path:
    """Where the heads are kept, beside the database."""
    return instance / "audit-heads.jsonl"


def store_head(path: Path, session: Session) -> None:
    """Keep the newest head of each month in a file; called after the commit that sealed.

    A stored head that no longer stands in the database is kept: it is the proof that the log was cut or made anew.
    """
    stored = stored_heads(path)
    now = dict(stored)
    for head in heads(session):
        before = stored.get(head.month)
        if before is None or hash_at(session, before) == before.hash:
            now[head.month] = head
    if now == stored:
        return
    part = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.writelines(json.dumps(asdict(now[month])) + "\n" for month in sorted(now))
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)


def stored_heads(path: Path) -> dict[str, Head]:
    """The stored heads by month."""
    if not path.exists():
        return {}
    found = [Head(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return {head.month: head for head in found}


def hash_at(session: Session, head: Head) -> str | None:
    """What the database holds today where a head once stood."""
    return session.scalar(
        select(AuditSeal.hash).where(AuditSeal.month == head.month, AuditSeal.sequence == head.sequence)
    )


def verify(session: Session, path: Path) -> Checked:
    """Walk every chain and name the first entry that was changed, removed, put in or put elsewhere."""
    walker = _Walk(session)
    broken = walker.chains() or walker.strangers() or walker.heads(path)
    sentence, entry_id = broken or (None, None)
    return Checked(walker.entries, walker.waiting, sentence, entry_id)


def _break(seal_row: AuditSeal, entry: AuditEntry | None, sequence: int, previous: str) -> str | None:
    """What is wrong with one link of a chain, as a sentence."""
    number = seal_row.entry_id
    if entry is None:
        return f"第 {number} 号审计记录已被删除。"
    if seal_row.sequence != sequence:
        return f"第 {number} 号审计记录之前有记录已被删除，或者顺序已被改动。"
    if seal_row.previous_hash != previous:
        return f"第 {number} 号审计记录的顺序已被改动，或者其前插入了记录。"
    if seal_row.hash != link(previous, entry) or f"{clock.local(entry.at):%Y-%m}" != seal_row.month:
        return f"第 {number} 号审计记录的内容已被改动。"
    return None


class _Walk:
    """One walk over all chains; each step returns a sentence and an entry's number when something is broken."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.entries = 0
        self.waiting = 0

    def chains(self) -> tuple[str, int] | None:
        statement = (
            select(AuditSeal, AuditEntry)
            .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
            .order_by(AuditSeal.month, AuditSeal.sequence)
            .execution_options(yield_per=1000)
        )
        month, sequence, previous = "", 0, ""
        with self.session.execute(statement) as rows:
            for seal_row, entry in rows:
                if seal_row.month != month:
                    month, sequence, previous = seal_row.month, 0, first_of(seal_row.month)
                sequence += 1
                broken = _break(seal_row, entry, sequence, previous)
                if broken is not None:
                    return broken, seal_row.entry_id
                previous = seal_row.hash
                self.entries += 1
        return None

    def strangers(self) -> tuple[str, int] | None:
        """Entries without a seal below the newest sealed one were put in behind the product's back."""
        newest = self.session.scalar(select(func.max(AuditSeal.entry_id))) or 0
        unsealed = (
            select(AuditEntry.id, AuditEntry.at)
            .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
            .where(AuditSeal.entry_id.is_(None))
            .order_by(AuditEntry.id)
        )
        for number, at in self.session.execute(unsealed):
            if number < newest and at <= clock.now() - LATE:
                return f"第 {number} 号审计记录未经封存，系事后插入。", number
            self.waiting += 1
        return None

    def heads(self, path: Path) -> tuple[str, int] | None:
        """A head that was once stored must still stand in its place."""
        for head in stored_heads(path).values():
            present = hash_at(self.session, head)
            if present is None:
                return f"第 {head.entry_id} 号审计记录及其后的记录已被删除。", head.entry_id
            if present != head.hash:
                return f"第 {head.entry_id} 号审计记录与封存时留存的校验值不符，封存链已被重做。", head.entry_id
        return None
