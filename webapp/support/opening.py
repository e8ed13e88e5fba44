"""Items open by themselves for everybody who is stationed in a year (Z-12): found from the posts, never from a trigger.

Running again opens nothing twice, and what a downtime of any length has missed is opened by the next run.
"""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.access import Viewer, insert_rows
from webapp.org.models import Posting
from webapp.org.queries import valid_between
from webapp.org.rules import STATIONED
from webapp.policy.service import parameter
from webapp.presence.scopes import COUNTY_LENGTH
from webapp.support.models import KINDS, SupportItem
from webapp.support.rules import Owed

ONE_DAY = timedelta(days=1)
OPENING = Viewer.system("驻村保障台账", "")


def open_items(session: Session, on: date) -> int:
    """Open what is owed and not held yet, for each year since the ledger began; gives how many items."""
    first = session.scalar(select(func.min(SupportItem.year))) or on.year
    return sum(_open_year(session, year, on) for year in range(first, on.year + 1))


def _open_year(session: Session, year: int, on: date) -> int:
    first, last = date(year, 1, 1), min(on, date(year, 12, 31))
    # Those who left on the very last day before it too: whoever goes on from there has not arrived anew.
    posts = session.scalars(
        select(Posting)
        .where(Posting.role.in_(STATIONED), valid_between(first - ONE_DAY, last))
        .order_by(Posting.starts_on, Posting.id)
    ).all()
    left = {(post.person_id, post.unit_code[:COUNTY_LENGTH], post.ends_on) for post in posts}
    held = _held(session, year)
    rules: dict[str, tuple[dict[str, Owed], int]] = {}
    rows = []
    for post in posts:
        county = post.unit_code[:COUNTY_LENGTH]
        if county not in rules:
            rules[county] = owed_in(session, county, last)
        kinds, least_days = rules[county]
        moved = (post.person_id, county, post.starts_on - ONE_DAY) in left
        for kind, owed in kinds.items():
            # Who moves to another village of the county is owed nothing a second time.
            if county in held[(post.person_id, kind)] or (moved and owed.every == "posting"):
                continue
            if not owed.opens(post.role, year, post.starts_on, post.ends_on, least_days):
                continue
            held[(post.person_id, kind)].add(county)
            rows.append(
                {
                    "posting_id": post.id,
                    "person_id": post.person_id,
                    "unit_code": post.unit_code,
                    "sending_unit_id": post.sending_unit_id,
                    "year": year,
                    "kind": kind,
                    "owner": owed.owner,
                    "due_on": owed.due_on(year, post.starts_on),
                }
            )
    insert_rows(session, SupportItem, rows)
    return len(rows)


def owed_in(session: Session, unit_code: str, on: date) -> tuple[dict[str, Owed], int]:
    """What the packs in force at a unit say of each kind, and the least days of a year on post."""
    kinds = {kind: Owed.of(parameter(session, f"support.{kind}", on=on, unit_code=unit_code)) for kind in KINDS}
    return kinds, int(parameter(session, "support.least_days", on=on, unit_code=unit_code))


def _held(session: Session, year: int) -> defaultdict[tuple[int, str], set[str]]:
    """Person and kind → counties in which an item of the year is held."""
    held: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    known = select(SupportItem.person_id, SupportItem.kind, SupportItem.unit_code).where(SupportItem.year == year)
    for person_id, kind, unit_code in session.execute(known):
        held[(person_id, kind)].add(unit_code[:COUNTY_LENGTH])
    return held
