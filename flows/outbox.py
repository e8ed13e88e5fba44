"""Gather what is to be said outside, and work off outgoing rows; one sender at a time, under a lock."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from flows.lease import held
from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.notices import gathering, mailing, outbox
from webapp.notices.models import CHANNELS, OutsideMessage
from webapp.notices.outside import Outside

SENDER = Viewer.system("发送", "")


@dataclass(frozen=True)
class Sent:
    """One run: how many rows were gathered, and what became of those that were tried, by channel and state."""

    gathered: int = 0
    reached: dict[str, Counter[str]] = field(default_factory=dict)
    busy: bool = False
    """Another sender was at work, nothing was done."""


def work_off(
    settings: Settings,
    table: outbox.Outgoing,
    carrier: outbox.Carrier,
    at: datetime,
    due: Callable[[Session, datetime], list[int]],
) -> list[tuple[int, str]]:
    """Try every row that is due; what a dead sender left behind is marked unknown first. Gives (id, state reached)."""
    with session_scope(settings.database_url, SENDER) as session:
        outbox.mark_unknown(session, table)
        ids = due(session, at)
    reached = []
    for row_id in ids:
        with session_scope(settings.database_url, SENDER) as session:
            reached.append((row_id, outbox.send(session, table, row_id, carrier, at)))
    return reached


def run_notices(at: datetime | None = None) -> Sent:
    """Gather the day's outside messages and send what is due at a moment; the scheduler's look and the command alike."""
    settings = Settings.from_env()
    at = at or clock.now()
    server = mailing.Server.from_url(settings.smtp_url) if settings.smtp_url else None
    carrier = Outside(settings.master_key(), settings.base_url, settings.webhook_hosts, settings.mail_from, server, at)
    usable = set(CHANNELS) - ({"mail"} if server is None else set())
    with held(settings, "notices") as ours:
        if not ours:
            return Sent(busy=True)
        with session_scope(settings.database_url, SENDER) as session:
            gathered = gathering.gather(session, at, usable, settings.mail_from.rpartition("@")[2])
        tried = work_off(settings, OutsideMessage, carrier, at, gathering.due)
        return Sent(gathered, _counted(settings, tried))


def _counted(settings: Settings, tried: list[tuple[int, str]]) -> dict[str, Counter[str]]:
    reached: dict[str, Counter[str]] = {}
    with session_scope(settings.database_url, SENDER, writes=False) as session:
        for row_id, state in tried:
            reached.setdefault(session.get_one(OutsideMessage, row_id).channel, Counter())[state] += 1
    return reached
