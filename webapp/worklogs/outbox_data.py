"""What a phone may keep to write logs without a signal: a person's own recent logs, open work of the own villages, own
posts. Nothing of households and of third persons, of which a lost phone must not tell."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp import clock
from webapp.auth.sending import posts_to_send_for
from webapp.org.queries import names
from webapp.worklogs import bindings
from webapp.worklogs.models import WorkLog
from webapp.worklogs.submissions import held_body

RECENT = timedelta(days=14)
MOST = 200
"""Logs that are handed out, the newest first."""


def data_for(session: Session, person_id: int | None, at: datetime) -> dict[str, Any]:
    """Everything of one person, as plain values."""
    today = clock.day_of(at)
    posts = posts_to_send_for(session, person_id, today)
    villages = tuple(dict.fromkeys(post.unit_code for post in posts if post.covers(today)))
    named = names(session, [post.unit_code for post in posts])
    open_rows = {kind.name: kind.open_in(session, villages) for kind in bindings.KINDS.values()}
    return {
        "logs": [_log(log) for log in _own_logs(session, person_id, today)],
        "assignments": [
            {"id": row.id, "title": row.title, "due": row.due, "number": row.number, "unit_code": row.unit_code}
            for row in open_rows[bindings.TASK]
        ],
        "kinds": [{"field": kind.field, "asks": kind.asks} for kind in bindings.others()],
        "posts": [
            {
                "unit_code": post.unit_code,
                "name": named.get(post.unit_code, ""),
                "starts_on": post.starts_on.isoformat(),
                "ends_on": post.ends_on.isoformat() if post.ends_on is not None else None,
            }
            for post in posts
        ],
        "server_time": at.isoformat(),
    } | {
        kind.field: [
            {"id": row.id, "title": row.title, "detail": row.detail, "unit_code": row.unit_code}
            for row in open_rows[kind.name]
        ]
        for kind in bindings.others()
    }


def _own_logs(session: Session, person_id: int | None, today: date) -> list[WorkLog]:
    return list(
        session.scalars(
            select(WorkLog)
            .where(WorkLog.author_id == person_id, WorkLog.day > today - RECENT)
            .options(
                selectinload(WorkLog.versions),
                selectinload(WorkLog.tasks),
                selectinload(WorkLog.bindings),
                selectinload(WorkLog.author),
            )
            .order_by(WorkLog.day.desc(), WorkLog.created_at.desc(), WorkLog.id)
            .limit(MOST)
        )
    )


def _log(log: WorkLog) -> dict[str, Any]:
    return {"id": log.id} | held_body(log, log.versions[-1])
