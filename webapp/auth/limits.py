"""Pass-word and session limits of the rule pack in force, read at most once a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp import clock


@dataclass(frozen=True)
class Limits:
    """What the pack says about signing in; ages in days, waits in minutes, the longest session in hours."""

    min_len: int = 10
    classes: int = 3
    max_age_days: int | None = 90
    fails: int = 5
    lock_min: int = 30
    idle_min: int = 15
    absolute_hours: int = 12

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_min)

    @property
    def absolute(self) -> timedelta:
        return timedelta(hours=self.absolute_hours)

    def password_expired(self, set_at: datetime) -> bool:
        """Whether a password set at a moment is older than the pack allows."""
        return self.max_age_days is not None and clock.now() - set_at > timedelta(days=self.max_age_days)


def limits(session: Session) -> Limits:
    """The limits of today."""
    return Limits()
