"""0039: entries of moved demands go back to the month of the first deadline, and down again to that of the present one."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.accountability.making import issued, parties
from tests.factories import COUNTY, TOWNSHIP
from tests.migrating import downgrade, upgrade
from tests.sheets.making import opened, sheet_at
from webapp.accountability.models import Assignment
from webapp.burden.models import BurdenEntry


def test_months_and_issuers_follow_both_ways(county: Session, database_url: str) -> None:
    people = parties(county)
    moved = issued(county, people.first_desk).assignments[0]
    opened(county)
    sheet = sheet_at(county).assignment
    keys = {"moved": moved.burden_key, "sheet": sheet.burden_key}
    county.execute(update(Assignment).where(Assignment.id == moved.id).values(due_on=date(2026, 11, 6)))
    county.commit()

    def entry(name: str) -> tuple[date, str]:
        statement = select(BurdenEntry.month, BurdenEntry.issuer_code).where(BurdenEntry.key == keys[name])
        found = county.execute(statement).tuples().one()
        county.rollback()
        return found

    downgrade(database_url, "0038")
    assert (entry("moved"), entry("sheet")) == ((date(2026, 11, 1), COUNTY), (date(2026, 12, 1), TOWNSHIP))
    upgrade(database_url)
    assert (entry("moved"), entry("sheet")) == ((date(2026, 10, 1), COUNTY), (date(2026, 12, 1), COUNTY))
