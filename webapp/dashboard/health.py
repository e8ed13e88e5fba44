"""Whether the parts that make up the product are alive, for operators and for the process that watches us."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp import clock
from webapp.delivery.models import Heartbeat

FRESH = timedelta(seconds=90)
PARTS = ("scheduler", "prefect")


def health(session: Session) -> dict[str, str]:
    """Each part "ok" or what is wrong with it; the scheduler notes its own heartbeat and Prefect's."""
    try:
        beats = dict(session.execute(select(Heartbeat.name, Heartbeat.at)).tuples().all())
    except SQLAlchemyError:
        session.rollback()
        return {"database": "unreachable", **dict.fromkeys(PARTS, "unknown")}
    oldest = clock.now() - FRESH
    parts = {name: "ok" if name in beats and beats[name] > oldest else "no heartbeat" for name in PARTS}
    return {"database": "ok", **parts}
