"""When somebody may be spoken to outside: working days, the pack's hours, and within these the person's own (X-15)."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from webapp import clock
from webapp.errors import Faulty
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter

Hours = tuple[time, time]


def pack_hours(session: Session, day: date, unit_code: str) -> Hours:
    """`notice.from` and `notice.to` of a unit's pack on a day."""
    opens, closes = (
        time.fromisoformat(parameter(session, key, on=day, unit_code=unit_code)) for key in ("notice.from", "notice.to")
    )
    return opens, closes


def narrowed(pack: Hours, opens: str | None, closes: str | None) -> Hours:
    """The pack's hours cut by the person's own; where nothing is left (the pack has moved), the pack's."""
    first = max(pack[0], time.fromisoformat(opens)) if opens else pack[0]
    last = min(pack[1], time.fromisoformat(closes)) if closes else pack[1]
    return (first, last) if first < last else pack


def open_now(session: Session, at: datetime, hours: Hours) -> bool:
    """Whether a moment lies in the hours of a working day; the last minute itself is too late."""
    moment = clock.local(at)
    return work_calendar(session).is_workday(moment.date()) and hours[0] <= moment.time() < hours[1]


def own_hours(pack: Hours, opens: str | None, closes: str | None) -> tuple[str | None, str | None]:
    """A person's hours as they are kept, None where they are the pack's. Raises `Faulty` for hours that leave nothing
    or reach beyond the pack's."""
    wanted: list[time | None] = []
    for name, text in (("opens", opens), ("closes", closes)):
        try:
            wanted.append(time.fromisoformat(text) if text else None)
        except ValueError as error:
            raise Faulty({name: "时间不正确。请写成 09:00 的样子。"}) from error
    first, last = wanted[0] or pack[0], wanted[1] or pack[1]
    span = f"{pack[0]:%H:%M} 至 {pack[1]:%H:%M}"
    if first < pack[0] or first >= pack[1]:
        raise Faulty({"opens": f"开始时间须在 {span} 之间。请重新填写。"})
    if last > pack[1] or last <= first:
        raise Faulty({"closes": f"结束时间须晚于开始时间，并在 {span} 之间。请重新填写。"})
    kept = tuple(f"{one:%H:%M}" if one and one != usual else None for one, usual in zip(wanted, pack, strict=True))
    return kept[0], kept[1]
