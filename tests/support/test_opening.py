"""What opens by itself: from the posts and the pack, once, also after a downtime, for late arrivals and moves (Z-12)."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE
from tests.support.conftest import World, item, open_now
from tests.teams.conftest import station
from webapp.policy.service import load_packs
from webapp.support.models import KINDS, SupportItem
from webapp.support.rules import Owed, days_in

YEARLY = {"allowance", "health_check", "insurance", "medical", "hardship"}
FUNDS = {"county_funds", "work_funds"}


def kinds_of(session: Session, posting_id: int, year: int = 2026) -> set[str]:
    wanted = SupportItem.posting_id == posting_id, SupportItem.year == year
    return set(session.scalars(select(SupportItem.kind).where(*wanted)))


def test_each_post_gets_what_the_pack_names_for_it_once(county: Session, world: World) -> None:
    assert open_now(county) == 12
    assert open_now(county) == 0
    assert kinds_of(county, world.first.id) == YEARLY | FUNDS
    assert kinds_of(county, world.mate.id) == YEARLY
    insurance = item(county, world.first, "insurance")
    assert (insurance.owner, insurance.due_on, insurance.state) == ("sending_unit", date(2026, 3, 30), "open")
    assert (insurance.unit_code, insurance.sending_unit_id) == (VILLAGE, world.sender.id)
    assert item(county, world.first, "county_funds").owner == "county"
    assert item(county, world.first, "medical").due_on is None


def test_late_arrivals_have_days_after_it_and_short_stays_open_nothing(county: Session, world: World) -> None:
    late = station(county, starts_on=date(2026, 10, 20), sender=world.sender)
    short = station(county, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 20), sender=world.sender)
    ended = station(county, starts_on=date(2024, 3, 1), ends_on=date(2026, 5, 31), sender=world.sender)
    coming = station(county, starts_on=date(2026, 12, 1), sender=world.sender)
    county.commit()
    open_now(county)
    assert kinds_of(county, late.id) == YEARLY | {"detached"}
    assert item(county, late, "insurance").due_on == date(2026, 11, 4)
    assert item(county, late, "detached").due_on == date(2026, 11, 19)
    assert kinds_of(county, short.id) == {"detached"}
    assert kinds_of(county, ended.id) == YEARLY
    assert kinds_of(county, coming.id) == set()


def test_a_move_within_the_county_opens_nothing_a_second_time(county: Session, world: World) -> None:
    before = station(county, starts_on=date(2025, 3, 1), ends_on=date(2026, 4, 30), sender=world.sender)
    after = station(county, code=SISTER_VILLAGE, starts_on=date(2026, 5, 1), sender=world.sender)
    after.person_id = before.person_id
    elsewhere = station(county, code="533301", starts_on=date(2026, 5, 1), sender=world.sender)
    elsewhere.person_id = before.person_id
    county.commit()
    open_now(county)
    assert kinds_of(county, before.id) == YEARLY and kinds_of(county, after.id) == set()
    assert "insurance" in kinds_of(county, elsewhere.id)


def test_a_downtime_over_new_year_is_caught_up(county: Session, world: World) -> None:
    open_now(county, date(2026, 3, 2))
    arrived = station(county, starts_on=date(2026, 9, 1), sender=world.sender)
    county.commit()
    open_now(county, date(2028, 1, 5))
    years = select(SupportItem.year, func.count()).group_by(SupportItem.year).order_by(SupportItem.year)
    assert [year for year, _ in county.execute(years)] == [2026, 2027, 2028]
    assert kinds_of(county, arrived.id, 2026) == YEARLY | {"detached"}
    assert kinds_of(county, arrived.id, 2027) == YEARLY


def test_a_county_says_who_owes_what_until_when(county: Session, world: World, tmp_path: Path) -> None:
    overlay = f"""
slug: fugong-support
title: 福贡县补充规定
base: standing-2026
division: '{COUNTY}000000'
valid_from: '2026-01-01'
valid_to: null
parameters:
  support:
    insurance:
      value: {{owner: county, every: year, due: 06-30, arrival_days: 20, roles: [first_secretary]}}
      mark: local example
"""
    (tmp_path / "fugong.yaml").write_text(overlay, encoding="utf-8")
    load_packs(county, tmp_path)
    county.commit()
    open_now(county)
    assert item(county, world.first, "insurance").owner == "county"
    assert item(county, world.first, "insurance").due_on == date(2026, 6, 30)
    assert "insurance" not in kinds_of(county, world.mate.id)


@pytest.mark.parametrize(
    ("starts", "ends", "days"),
    [
        ("2025-03-01", None, 365),
        ("2026-12-31", None, 1),
        ("2026-01-10", "2026-01-10", 1),
        ("2024-01-01", "2025-12-31", 0),
        ("2025-12-01", "2026-01-31", 31),
    ],
)
def test_days_of_a_year_count_both_ends(starts: str, ends: str | None, days: int) -> None:
    last = date.fromisoformat(ends) if ends else None
    assert days_in(2026, date.fromisoformat(starts), last) == days


@pytest.mark.parametrize(("code", "yuan"), [("53", 20000), ("5333", 10000), ("533323", 5000), (None, None)])
def test_the_usual_sum_follows_the_level_of_the_sending_unit(code: str | None, yuan: int | None) -> None:
    levels = {"province": 20000, "city": 10000, "county": 5000}
    owed = Owed("sending_unit", "year", ("first_secretary",), "06-30", 60, levels)
    assert owed.usual_yuan(code) == yuan
    assert len(KINDS) == 8
