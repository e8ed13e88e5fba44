"""Pass-word and session limits of the rule pack in force, read at most once a minute."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import URL
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.policy.service import parameter

AGE = 60.0  # seconds
READER = Viewer.system("规则读取", "")
_PASSWORD = ("min_len", "classes", "max_age_days", "fails", "lock_min")
_KEYS = (*(("password", name) for name in _PASSWORD), ("session", "idle_min"), ("session", "absolute_hours"))


@dataclass(frozen=True)
class Limits:
    """What the pack says about signing in; ages in days, waits in minutes, the longest session in hours."""

    min_len: int
    classes: int
    max_age_days: int | None
    fails: int
    lock_min: int
    idle_min: int
    absolute_hours: int

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_min)

    @property
    def absolute(self) -> timedelta:
        return timedelta(hours=self.absolute_hours)

    def password_expired(self, set_at: datetime) -> bool:
        """Whether a password set at a moment is older than the pack allows."""
        return self.max_age_days is not None and clock.now() - set_at > timedelta(days=self.max_age_days)


_known: dict[tuple[URL, date], tuple[float, Limits]] = {}


def limits(session: Session) -> Limits:
    """The limits of today, nation-wide; asked in every request, so read from the packs at most once a minute."""
    key = (session.get_bind().engine.url, clock.today())
    read_at, found = _known.get(key, (0.0, None))
    if found is None or time.monotonic() - read_at > AGE:
        with acting_as(session, READER):
            found = Limits(**{name: parameter(session, f"{group}.{name}", on=key[1]) for group, name in _KEYS})
        _known.clear()
        _known[key] = time.monotonic(), found
    return found
