"""The days of one person in a window as a document: every half-day, its one state, and where that comes from."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.auth.models import Account
from webapp.errors import Refused
from webapp.leave.halves import slot
from webapp.org.rules import holder
from webapp.policy.service import parameter
from webapp.presence.days import facts_of, gather, post_of
from webapp.presence.rules import HalfDay, Post, Source, Tally, Window

OFF = HalfDay("off_post", Source("none"))


def shown(session: Session, login: str, window: Window, on: date) -> dict[str, Any]:
    """The document of `presence show`. Days after `on` show what is known of them and are not added up.

    Raises `Refused` for an unknown login and for somebody who was never stationed in the window.
    """
    account = session.scalar(select(Account).where(Account.login == login))
    if account is None:
        raise Refused(f"没有登录名为“{login}”的账号。请核对登录名。")
    gathered = gather(session, "", window, person_id=account.person_id)
    postings, every = gathered.postings, gathered.days
    if not postings:
        raise Refused(f"账号“{login}”在所选时段内没有驻村岗位。请核对登录名和时段。")
    posts = [post_of(row) for row in postings]
    days = []
    for day in window.days:
        post = holder(posts, day)
        halves = {half: _half(every[post.id][slot(day, half)] if post else OFF, post) for half in ("am", "pm")}
        days.append({"day": day.isoformat(), **halves})
    facts = facts_of(session, postings, every, window, on)
    tally = sum((one.tally for one in facts.values()), Tally())
    unit = postings[-1].unit_code
    kind = parameter(session, "presence.window", on=window.last, unit_code=unit)
    trips_count = bool(parameter(session, "presence.official_trip_counts", on=window.last, unit_code=unit))
    return {
        "login": login,
        "first": window.first.isoformat(),
        "last": window.last.isoformat(),
        "counted_until": min(on, window.last).isoformat(),
        "rule": {
            "window": kind,
            "min_days": parameter(session, "presence.min_days", on=window.last, unit_code=unit),
            "official_trip_counts": trips_count,
            "night_rule": parameter(session, "presence.night_rule", on=window.last, unit_code=unit),
        },
        "postings": [
            {
                "id": row.id,
                "role": row.role,
                "unit": row.unit_code,
                "starts_on": row.starts_on.isoformat(),
                "ends_on": row.ends_on.isoformat() if row.ends_on else None,
            }
            for row in postings
        ],
        "days": days,
        "totals": {
            "in_office": float(tally.in_office),
            "trip": float(tally.days("trip")),
            "leave": float(tally.days("leave")),
            "absent": float(tally.days("absent")),
            "presence": float(tally.counted(trips_count)),
            "least": float(sum(one.least for one in facts.values())) if kind == window.kind else None,
        },
    }


def _half(half: HalfDay, post: Post | None) -> dict[str, Any]:
    return {
        "state": half.state,
        "posting": post.id if post else None,
        "unit": post.unit_code if post else None,
        "source": {"kind": half.source.kind, "id": half.source.id},
    }
