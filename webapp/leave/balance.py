"""年休假 of a year: what somebody has, by whom it was entered, and what is left of it. Never compared, never a score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.errors import Faulty, Forbidden, NotFound
from webapp.leave.models import GRANTED, WAITING, LeaveEntitlement, LeaveRequest
from webapp.leave.routing import KEEPER
from webapp.org.models import Posting
from webapp.org.queries import valid_between
from webapp.org.rules import STATIONED
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter

ENTITLE = "leave.entitle"
SOURCES = {
    "years": "按工作年限，《职工带薪年休假条例》（国务院令第514号）第三条",
    "sending_unit": "派出单位提供",
    "county": "县级核定",
}
MOST_DAYS = Decimal(60)
MOST_YEARS = 60


@dataclass(frozen=True)
class Balance:
    """Working days of one year; `asked` waits for a decision and is not taken off."""

    year: int
    days: Decimal
    source: str
    used: Decimal
    asked: Decimal

    @property
    def left(self) -> Decimal:
        """What is left; below zero when more was granted."""
        return self.days - self.used


def days_by_years(years: int, steps: Sequence[Mapping[str, int]]) -> int:
    """Days by whole years of work, as the pack's steps say: 12 years with 10 days from 10 years on → 10 (条例第三条)."""
    return max((step["days"] for step in steps if years >= step["years"]), default=0)


def balance(session: Session, person_id: int, year: int) -> Balance | None:
    """The balance of a person; None where nobody has entered what the person has in the year."""
    with acting_as(session, KEEPER):
        held = session.scalar(
            select(LeaveEntitlement)
            .where(LeaveEntitlement.person_id == person_id, LeaveEntitlement.year == year)
            .order_by(LeaveEntitlement.id.desc())
            .limit(1)
        )
        if held is None:
            return None
        first, last = date(year, 1, 1), date(year, 12, 31)
        taken = session.scalars(
            select(LeaveRequest).where(
                LeaveRequest.person_id == person_id,
                LeaveRequest.kind == "annual",
                LeaveRequest.state.in_((*GRANTED, *WAITING)),
                LeaveRequest.touches(first, last),
            )
        ).all()
    calendar, used, asked = work_calendar(session), Decimal(0), Decimal(0)
    for row in taken:
        part = row.taken.within(first, last) if row.taken is not None else None
        days = part.workdays(calendar) if part is not None else Decimal(0)
        used, asked = (used, asked + days) if row.state in WAITING else (used + days, asked)
    return Balance(year, held.days, SOURCES[held.source], used, asked)


def entitle(
    session: Session, posting_id: int, year: int, *, source: str, years: str = "", days: str = "", at: datetime
) -> tuple[LeaveEntitlement, Decimal | None]:
    """Enter what a stationed person has in a year, from years of work or as typed, from whatever post it was entered before.

    Entered again it is corrected: the second value is the number that it replaces.
    Raises `Faulty` by field, `NotFound` for a post out of scope or of another kind.
    """
    viewer = viewer_of(session)
    if not viewer.may(ENTITLE):
        raise Forbidden()
    if not posting_id:
        raise Faulty({"posting": "没有选择人员。请从名单中选择后登记。"})
    if source not in SOURCES:
        raise Faulty({"source": "没有选择天数的来源。请选择。"})
    if source not in sources_of(viewer):
        raise Faulty({"source": "县级核定的天数由县级登记。请选择本单位的来源。"})
    posting = session.scalar(select(Posting).where(Posting.id == posting_id).with_for_update())
    if posting is None or posting.role not in STATIONED or not _enters_for(viewer, posting):
        raise NotFound()
    steps = parameter(session, "leave.annual_days", on=clock.day_of(at), unit_code=posting.unit_code)
    number, work_years = _days(source, years, days, steps)
    row = entered(session, [posting.person_id], year).get(posting.person_id)
    before = row.days if row is not None else None
    if row is None:
        row = LeaveEntitlement(posting_id=posting.id, person_id=posting.person_id, year=year)
        row.unit_code, row.sending_unit_id = posting.unit_code, posting.sending_unit_id
        session.add(row)
    row.days, row.source, row.work_years = number, source, work_years
    row.entered_by, row.entered_at = viewer.name, at
    session.flush()
    audit.record(
        session,
        "leave.enter",
        "leave_entitlement",
        row.id,
        unit_code=row.unit_code,
        before={"days": str(before)} if before is not None else None,
        after={"days": str(number), "year": year, "source": SOURCES[source]},
    )
    return row, before


def sources_of(viewer: Viewer) -> dict[str, str]:
    """What a viewer may name as the source: the county alone decides by itself."""
    return {key: words for key, words in SOURCES.items() if key != "county" or not viewer.sending_units}


def _enters_for(viewer: Viewer, posting: Posting) -> bool:
    return posting.sending_unit_id in viewer.sending_units or viewer.reaches(posting.unit_code)


def stationed(year: int) -> Select[tuple[Posting]]:
    """Who is or was stationed in a year, each at the last post of it, in code order."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    later = aliased(Posting)
    after = tuple_(later.starts_on, later.id) > tuple_(Posting.starts_on, Posting.id)
    moved = select(later.id).where(
        later.person_id == Posting.person_id, later.role.in_(STATIONED), later.starts_on <= last, after
    )
    return (
        select(Posting)
        .where(Posting.role.in_(STATIONED), valid_between(first, last), ~moved.exists())
        .options(joinedload(Posting.person), joinedload(Posting.division))
        .order_by(Posting.unit_code, Posting.id)
    )


def entered(session: Session, person_ids: list[int], year: int) -> dict[int, LeaveEntitlement]:
    """What was entered for people, by person; of several rows the last one holds, as in `balance`."""
    wanted = LeaveEntitlement.person_id.in_(person_ids) & (LeaveEntitlement.year == year)
    rows = session.scalars(select(LeaveEntitlement).where(wanted).order_by(LeaveEntitlement.id))
    return {row.person_id: row for row in rows}


def _days(source: str, years: str, days: str, steps: Sequence[Mapping[str, int]]) -> tuple[Decimal, int | None]:
    if source == "years":
        if not (years.strip().isascii() and years.strip().isdigit() and int(years) <= MOST_YEARS):
            raise Faulty({"years": f"工作年限应当是 0 到 {MOST_YEARS} 的整数。请改正。"})
        return Decimal(days_by_years(int(years), steps)), int(years)
    try:
        number = Decimal(days.strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not (number.is_finite() and 0 <= number <= MOST_DAYS and number * 2 == int(number * 2)):
        raise Faulty({"days": f"天数应当是 0 到 {MOST_DAYS} 的数，可以有半天。请改正。"})
    return number, None
