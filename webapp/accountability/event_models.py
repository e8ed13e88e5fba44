"""What every event of an assignment, or of what goes its way by the same moves, holds of the act and the actor."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Code, UTCDateTime


class Acted:
    """Who, when, and in what words. The actor's name and unit are kept as they were."""

    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    """The move: issue, acknowledge, start, report, withdraw, return, verify, close, recall, extend_ask …"""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(60))
    actor_unit: Mapped[str | None] = mapped_column(Code)
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of_name: Mapped[str | None] = mapped_column(String(60))
    """Whose delegated approval it was."""
    reason: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the move changed beside the state, so that the events rebuild the row: {"due_on": "2026-11-30"}."""
