"""`recurring open` and `recurring preview`, as a person types them."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from flows.cli import register
from tests import factories
from tests.accountability.making import parties
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.sheets.making import asked_else
from webapp import clock
from webapp.accountability.models import Assignment
from webapp.accountability.opening_models import UnopenedDuty
from webapp.burden.models import BurdenEntry
from webapp.notices.models import InboxMessage
from webapp.org.models import Division
from webapp.policy import duty_lists
from webapp.policy.models import Duty, OpeningMark

pytestmark = pytest.mark.usefixtures("instance")
CLOSED = "533323202"


@pytest.fixture
def run(app: Flask) -> Any:
    register(app)

    def command(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=["recurring", *words])

    return command


def test_a_day_is_opened_once_and_the_document_says_what(run: Any, county: Session) -> None:
    parties(county)
    county.get_one(Division, CLOSED).valid_to = date(2026, 9, 30)
    county.commit()
    first = run("open", "--at", "2026-10-08", "--json")
    assert first.exit_code == 0, first.stderr
    document = json.loads(first.stdout)
    one = next(one for one in document["opened"] if one["unit"] == TOWNSHIP)
    assert (one["issuer"], one["via"], one["vacant"]) == (COUNTY, "direct", False)
    assert document["vacant"] == sum(row["vacant"] for row in document["opened"]) > 0
    assert [(one["unit"], one["reason"]) for one in document["not_opened"]] == [
        (CLOSED, "区划已于2026年9月30日撤销，不再开设责任事项")
    ]
    again = json.loads(run("open", "--at", "2026-10-08", "--json").stdout)
    assert again["opened"] == []
    county.expire_all()
    assert county.scalar(select(func.count(Assignment.id))) == len(document["opened"])
    assert county.scalars(select(Assignment.issued_on)).first() == county.get_one(OpeningMark, "").opened_to


def test_a_root_gets_its_own_duties_from_above_and_nothing_beside_it_opens(run: Any, county: Session) -> None:
    """The county's own duties are issued by the city, which lies outside the root."""
    parties(county)
    duty_lists.load(county)
    for code in ("5333", NEIGHBOUR_COUNTY):
        factories.posting(county, "desk", code)
    county.commit()
    shown = run("open", "--at", "2026-11-02", "--root", COUNTY, "--json")
    assert (shown.exit_code, shown.stderr) == (0, "")
    opened = json.loads(shown.stdout)["opened"]
    assert ("5333", COUNTY) in {(one["issuer"], one["unit"]) for one in opened}
    assert all(one["unit"].startswith(COUNTY) for one in opened)
    county.expire_all()
    assert all(code.startswith(COUNTY) for code in county.scalars(select(Assignment.unit_code)))


def test_a_day_of_rest_opens_nothing_and_says_so(run: Any, county: Session) -> None:
    parties(county)
    county.commit()
    shown = run("open", "--at", "2026-10-04")
    assert (shown.exit_code, shown.stdout.splitlines()[0]) == (0, "当天是休息日，不开设责任事项。")
    county.expire_all()
    assert county.get(OpeningMark, "") is None  # the day before it is still to be opened


def test_words_that_are_no_day_are_refused(run: Any, county: Session) -> None:
    county.commit()
    for words in ("10月8日", "2026-13-01", "1999-01-04"):
        shown = run("open", "--at", words)
        assert shown.exit_code == 1
        assert words in shown.stderr


def test_a_unit_nobody_knows_is_refused(run: Any, county: Session) -> None:
    county.commit()
    for arguments in (["open", "--at", "2026-10-08", "--root", "999999"], ["preview", "999999", "--year", "2026"]):
        shown = run(*arguments)
        assert (shown.exit_code, shown.stdout) == (1, "")


def test_what_the_duty_list_leaves_out_is_told_with_the_reason(run: Any, county: Session) -> None:
    parties(county)
    duty_lists.load(county)
    county.get_one(Duty, "P-14").valid_to = date(2025, 12, 31)
    county.commit()
    factories.posting(county, "desk", "5333")
    county.commit()
    said = "有效期至2025年12月31日，2026年开始时不在有效期内，不开设"
    assert said in run("preview", COUNTY, "--year", "2026").stdout
    document = json.loads(run("open", "--at", "2026-11-02", "--json").stdout)
    assert [one["unit"] for one in document["not_opened"] if said in one["reason"]] == [COUNTY]


def test_the_year_of_a_county_is_shown_by_time(run: Any, county: Session) -> None:
    parties(county)
    county.commit()
    document = json.loads(run("preview", COUNTY, "--year", "2026", "--json").stdout)
    assert document["unit"] == COUNTY
    assert len(document["calendar"]) == 12
    words = run("preview", COUNTY, "--year", "2026").stdout
    assert "福贡县2026年责任事项预览" in words
    assert "村每单位 1 项 10 分钟" in words


def test_what_was_not_opened_is_told_once_and_stands_on_the_page(
    run: Any, county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    people = parties(county)
    asked_else(county, date(2026, 11, 1), minutes=5, regular=True)
    county.commit()
    for day in ("2026-11-02", "2026-11-03"):
        assert run("open", "--at", day).exit_code == 0
    county.expire_all()
    told = county.scalars(select(InboxMessage).where(InboxMessage.key.startswith("unopened:"))).all()
    desks = {people.first_desk.person_id, people.second_desk.person_id, people.township.person_id}
    assert {one.person_id for one in told} == desks and len(told) == len(desks)
    assert all("上帕村委会的村级月报单（2026年11月）（当月常规事项已达上限" in one.body for one in told)
    county.rollback()
    with clock.held_at(factories.at("2026-11-03 10:00")):
        for unit in (COUNTY, VILLAGE):
            page = sign_in("desk" if unit == COUNTY else "secretary", unit).get("/duties/").text
            assert "村级月报单（2026年11月）：当月常规事项已达上限" in page and "1 个单位：上帕村委会" in page
        assert "本月没有开设" not in sign_in("secretary", SISTER_VILLAGE).get("/duties/").text
    county.execute(delete(BurdenEntry).where(BurdenEntry.key == "other"))
    county.commit()
    assert run("open", "--at", "2026-11-04").exit_code == 0
    county.expire_all()
    assert county.scalars(select(UnopenedDuty)).all() == []
