"""For which units the calendar opens duties: where the product is in use, and as long as the unit exists."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.accountability.openings import Opening
from webapp.org.codes import at_level
from webapp.org.models import Division, Posting
from webapp.org.queries import valid_on

LEVELS = {"city": 2, "county": 3, "township": 4, "village": 5}


@dataclass(frozen=True)
class Taking:
    """Units that take part, by level, and those that would if they were not closed."""

    units: dict[int, list[Division]]
    closed: list[Division]


def manned(session: Session, on: date, root: str) -> set[str]:
    """Units under `root` with somebody in post, and the counties in which somebody is."""
    found = set(
        session.scalars(select(Posting.unit_code).where(below(Posting.unit_code, root), valid_on(on)).distinct())
    )
    return found | {at_level(code, 3) for code in found if len(code) > 6}  # noqa: PLR2004 - somebody works in the county


def taking_part(session: Session, on: date, root: str, levels: Sequence[str]) -> Taking:
    """Level → units that take part: cities and counties with somebody in post, and all below such counties."""
    used = manned(session, on, root)
    wanted = [LEVELS[name] for name in levels]
    statement = select(Division).where(below(Division.code, root), Division.level.in_(wanted))
    units, closed = defaultdict(list), []
    for division in session.scalars(statement.order_by(Division.code)):
        if at_level(division.code, min(division.level, 3)) not in used:
            continue
        if division.valid_to is not None and division.valid_to < on:
            closed.append(division)
        else:
            units[division.level].append(division)
    return Taking(dict(units), closed)


def skip_closed(found: Opening, closed: Iterable[Division]) -> None:
    """List closed units with the day on which they ceased to be."""
    for division in closed:
        ended = division.valid_to
        when = f"{ended.year}年{ended.month}月{ended.day}日" if ended else ""
        found.skip([division], f"区划已于{when}撤销，不再开设责任事项")
