"""The audit log: who did what to which row, when and why. Append-only, written in the transaction of the act.

Entries are chained afterwards, in batches, by `webapp/auth/sealing.py`: chaining inside the act would make every
write of the site wait for every other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp import clock
from webapp.access import Scoped, anybody_writes, either, linked, viewer_of, within
from webapp.db import Base, UTCDateTime


class AuditEntry(Scoped, Base):
    """One act. Read within the audit administrator's units; nobody changes or deletes it (triggers refuse)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_kind", "object_id"),)
    __scope__ = anybody_writes(either(within(), linked(lambda cls, viewer: cls.unit_code == "")))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    action: Mapped[str] = mapped_column(String(60))
    """A verb with its noun, e.g. "task.verify", "sign_in.failed"."""
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_name: Mapped[str] = mapped_column(String(120))
    account_id: Mapped[int | None]
    person_id: Mapped[int | None]
    postings: Mapped[list[int]] = mapped_column(JSON)
    """Posting ids the actor held at that moment."""
    address: Mapped[str | None] = mapped_column(String(64))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    unit_code: Mapped[str] = mapped_column(String(12), index=True)
    """Division the object belongs to; "" where there is none (packs, imports, unknown logins): every audit administrator."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(Text)


def record(
    session: Session,
    action: str,
    object_kind: str,
    object_id: object,
    *,
    unit_code: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one entry into the session's transaction; before and after hold JSON values without personal data."""
    viewer = viewer_of(session)
    session.add(
        AuditEntry(
            at=clock.now(),
            action=action,
            actor_kind=viewer.kind,
            actor_name=viewer.name,
            account_id=viewer.account_id,
            person_id=viewer.person_id,
            postings=[grant.posting_id for grant in viewer.grants],
            address=session.info.get("address"),
            object_kind=object_kind,
            object_id=str(object_id),
            unit_code=unit_code,
            before=before,
            after=after,
            reason=reason,
        )
    )
