"""Rows leave after the commit. What may have been accepted is never sent a second time by itself.

A row is marked `sending` and committed just before its content is handed over. A process that dies between the other
side's acceptance and our commit leaves `sending` behind; whoever next holds the lock finds it and marks it `unknown`:
shown to people, not sent again. Anything that fails before that point is tried again with back-off.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.errors import DandangError
from webapp.notices.models import Mail, OutsideMessage

BACK_OFF = (1, 5, 15, 60, 240)
"""Minutes to wait after the first, second … failed attempt; the last one repeats."""
UNKNOWN = "发送过程中断，无法确认对方是否已收下。请向收件人核实，不会自动重发。"
UNREACHED = "对方服务器连接不上，稍后自动重试。"
log = logging.getLogger("dandang.outbox")

Outgoing = type[Mail] | type[OutsideMessage]


class NotTaken(Exception):
    """The other side certainly did not take it; `final` when trying again would change nothing. Words are Chinese."""

    def __init__(self, words: str, *, final: bool) -> None:
        super().__init__(words)
        self.final = final


class Carrier(Protocol):
    """How rows of one table reach the other side."""

    def parcel(self, session: Session, row: Any) -> Any:
        """What is to be handed over, without talking to anybody. Raises `DandangError`, `ValueError` or `NotTaken`."""

    def hand_over(self, parcel: Any, promise: Callable[[], None]) -> None:
        """Hand it over; calls `promise` at the point of no return. Returns only when the other side has accepted.

        Raises `NotTaken` when it certainly has not, and `OSError` or `UnicodeError` when the line was lost.
        """


def mark_unknown(session: Session, table: Outgoing) -> int:
    """Mark what a dead sender left in `sending`; call only while holding the sending lock. Returns how many."""
    lost: list[Any] = list(session.scalars(select(table).where(table.state == "sending")))
    for row in lost:
        row.state = "unknown"
        row.last_error = UNKNOWN
        _noted(session, row)
    return len(lost)


def send(session: Session, table: Outgoing, row_id: int, carrier: Carrier, at: datetime) -> str:
    """Try one row; returns its new state. Commits, since what the other side has heard cannot be rolled back.

    No transaction is open while the other side is waited for: a slow server must not hold up the site.
    """
    row: Any = session.get(table, row_id)
    if row is None or row.state != "waiting":
        return "" if row is None else cast(str, row.state)
    try:
        parcel = carrier.parcel(session, row)
    except (DandangError, ValueError, NotTaken) as error:  # its file is gone, its address is none: the others go on
        _failed(session, row, error, at, promised=False)
        session.commit()
        return cast(str, row.state)
    session.commit()
    promised = False

    def promise() -> None:
        nonlocal promised
        taken = update(table).where(table.id == row_id, table.state == "waiting").values(state="sending")
        session.execute(taken, execution_options={"synchronize_session": False})
        session.commit()
        promised = True

    try:
        carrier.hand_over(parcel, promise)
    except (OSError, UnicodeError, NotTaken) as error:
        session.refresh(row)
        _failed(session, row, error, at, promised=promised)
    else:
        session.refresh(row)
        row.state, row.sent_at, row.last_error = "sent", clock.now(), None
        row.attempts += 1
    session.commit()
    return cast(str, row.state)


def again(session: Session, row: Mail | OutsideMessage, at: datetime) -> None:
    """Send once more what a person has looked at; a second click finds it waiting and changes nothing."""
    if row.state in ("unknown", "failed"):
        audit.record(session, f"{row.__tablename__}.again", row.__tablename__, row.id, before={"state": row.state})
        row.state, row.next_try_at = "waiting", at


def _failed(session: Session, row: Any, error: Exception, at: datetime, *, promised: bool) -> None:
    """Refused for good, cut off after the content was handed over, or to be tried again later."""
    row.attempts += 1
    log.warning("%s %s was not sent: %s", row.__tablename__, row.id, type(error).__name__)
    if promised and not isinstance(error, NotTaken):
        row.state, row.last_error = "unknown", UNKNOWN
    elif isinstance(error, NotTaken) and error.final:
        row.state, row.last_error = "failed", str(error)
    else:
        spoken = isinstance(error, DandangError | NotTaken)
        row.state, row.last_error = "waiting", str(error) if spoken else _words(error)
        row.next_try_at = at + timedelta(minutes=BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1])
    if row.state != "waiting":
        _noted(session, row)


def _words(error: Exception) -> str:
    return "收件地址不正确，请核对后再发。" if isinstance(error, ValueError) else UNREACHED


def _noted(session: Session, row: Any) -> None:
    audit.record(
        session, f"{row.__tablename__}.{row.state}", row.__tablename__, row.id, after={"message_id": row.message_id}
    )
