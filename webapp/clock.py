"""The one clock. Everything that needs the time asks here, so that tests can hold it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_fixed: ContextVar[datetime | None] = ContextVar("fixed_time", default=None)
_demo: list[datetime] = []
"""The moment at which a demo instance stands still (DANDANG_NOW), where there is one; see `webapp.production.set_clock`."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or (_demo[0] if _demo else datetime.now(UTC))


def today() -> date:
    """The calendar day in China, which is the day every deadline is counted in."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on a wall clock in China."""
    return moment.astimezone(CHINA)


def day_of(moment: datetime) -> date:
    """The calendar day in China on which a moment falls."""
    return local(moment).date()


def day_start(day: date) -> datetime:
    """00:00 (Asia/Shanghai) of a day, in UTC."""
    return datetime.combine(day, time.min, CHINA).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The first moment (UTC) that no longer belongs to the day in China."""
    return day_start(day + timedelta(days=1))


def years_later(day: date, years: int) -> date:
    """The same day some years later, or earlier where `years` is below zero; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def stand_still(moment: datetime | None) -> None:
    """Stop the clock of this process at an aware moment, or with None let it go by the machine's."""
    _demo[:] = [] if moment is None else [moment.astimezone(UTC)]


def stands_still() -> bool:
    """Whether DANDANG_NOW has stopped the clock of this process."""
    return bool(_demo)


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock of this context at an aware moment (tests, `deliveries run --at`)."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
