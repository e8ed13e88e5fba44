"""What happened to an issue, as its page tells it."""

from datetime import datetime
from typing import Any

from webapp.accountability.moving import facts_of
from webapp.accountability.parties import Actor
from webapp.rectification.models import Issue, IssueEvent


def event_of(
    row: Issue,
    kind: str,
    before: str | None,
    actor: Actor,
    at: datetime,
    *,
    reason: str | None = None,
    text: str | None = None,
    data: dict[str, Any] | None = None,
) -> IssueEvent:
    """One change of an issue, with whose delegated approval it was."""
    return IssueEvent(**facts_of(row, actor, at), kind=kind, from_state=before, reason=reason, text=text, data=data)
