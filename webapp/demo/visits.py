"""Coverage visits of the demo: a county secretary's first year, one township's list of groups, one village's confirmation."""

from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from webapp.clock import CHINA
from webapp.coverage.models import CoverageVisit, HouseholdContact, NaturalGroup, OfficeTerm
from webapp.coverage.queries import group_key
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, CITY, COUNTY, Places
from webapp.org.models import Posting

OFFICE = "福贡县委办公室（演示）"
TERM = (date(2021, 7, 1), date(2026, 12, 31))
NAMES = ("一组", "二组", "三组", "四组", "五组")
LAST = date(2026, 10, 31)


def add(session: Session, staff: Staff, places: Places, rng: Random) -> None:
    """Everything lies in the closed months; the terms of most townships are left out, so that 缺 can be seen."""
    first = places.townships[0]
    for unit in (CITY, COUNTY, first):
        session.add(OfficeTerm(unit_code=unit, starts_on=TERM[0], ends_on=TERM[1], document_no="演示〔2021〕20号"))
    groups = [
        NaturalGroup(village_code=village, name=f"{name}（演示）")
        for village in places.villages
        if village.startswith(first)
        for name in NAMES[: rng.randint(2, len(NAMES))]
    ]
    session.add_all(groups)
    session.flush()
    county = _secretary(staff, COUNTY)
    for village in rng.sample(places.villages, len(places.villages) * 3 // 5):
        _visit(session, county, village, rng)
    township = _secretary(staff, first)
    for group in rng.sample(groups, len(groups) // 2):
        _visit(session, township, group_key(group.village_code, group.id), rng)
    confirmer = _secretary(staff, ACCOUNT_VILLAGES[0])
    session.add(
        HouseholdContact(
            unit_code=confirmer.unit_code,
            year=2025,
            confirmed_on=date(2025, 12, 18),
            confirmed_by_id=confirmer.person_id,
            confirmed_by_name=confirmer.person.name,
            exceptions="在外务工 4 户未能上门，已电话联系。",
        )
    )
    session.flush()


def _visit(session: Session, post: Posting, key: str, rng: Random) -> None:
    day = post.starts_on + timedelta(days=rng.randrange((LAST - post.starts_on).days))
    session.add(
        CoverageVisit(
            unit_code=post.unit_code,
            posting_id=post.id,
            target_key=key,
            visited_on=day,
            entered_by_name=OFFICE,
            entered_at=datetime.combine(min(day + timedelta(days=3), LAST), time(16, 0), CHINA),
        )
    )


def _secretary(staff: Staff, unit: str) -> Posting:
    return next(post for post in staff.on_post(unit, LAST) if post.role == "secretary")
