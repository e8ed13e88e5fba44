"""A task of the province down five levels and back up, and a leader's four clicks to one village's evidence (T-3, T-4)."""

import html
import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING, act, issued
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability import drill, parts
from webapp.accountability.models import Assignment
from webapp.accountability.rules import WrongState
from webapp.errors import Forbidden
from webapp.policy import calendar

PROVINCE, CITY = "53", "5333"
SPLITS = {
    CITY: (COUNTY, NEIGHBOUR_COUNTY),
    COUNTY: (TOWNSHIP, OTHER_TOWNSHIP),
    TOWNSHIP: (VILLAGE, SISTER_VILLAGE),
}
"""Who gives it on to whom; the neighbour county, the other township and the villages do it themselves."""
UPWARD = (VILLAGE, SISTER_VILLAGE, TOWNSHIP, OTHER_TOWNSHIP, COUNTY, NEIGHBOUR_COUNTY, CITY)


class Province:
    """A task issued at the province, with somebody at every unit, split down to two villages."""

    def __init__(self, session: Session) -> None:
        calendar.seed(session)
        self.session = session
        self.people = {unit: self.answering(unit) for unit in (PROVINCE, *UPWARD)}
        self.task = issued(session, self.people[PROVINCE], [CITY], issuer_code=PROVINCE)
        for unit, below in SPLITS.items():
            act(session, self.people[unit], "acknowledge", self.row(unit))
            with acting_as(session, self.people[unit]):
                parts.split(session, self.row(unit).id, below, at=MORNING)
        session.flush()

    def answering(self, unit: str) -> Viewer:
        return factories.viewer(self.session, "secretary" if len(unit) == 12 else "desk", unit)

    def row(self, unit: str) -> Assignment:
        same = (Assignment.task_id == self.task.id) & (Assignment.unit_code == unit)
        return self.session.scalars(select(Assignment).where(same)).one()

    def report(self, unit: str) -> Assignment:
        row = self.row(unit)
        if row.state == "issued":
            act(self.session, self.people[unit], "acknowledge", row)
        return act(self.session, self.people[unit], "report", row)

    def finish(self, unit: str) -> None:
        row = self.report(unit)
        for kind in ("verify", "close"):
            act(self.session, self.people[row.issuer_code], kind, row)

    def progress(self) -> Fraction | None:
        return drill.standing(drill.nodes(self.session, self.task.id)).progress


@pytest.fixture
def province(county: Session) -> Province:
    return Province(county)


def test_what_the_province_asks_is_done_when_each_level_has_verified_the_one_below(province: Province) -> None:
    assert province.progress() == 0
    expected = [
        Fraction(1, 8),
        Fraction(1, 4),
        Fraction(1, 4),
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(1),
        Fraction(1),
    ]
    for unit, after in zip(UPWARD, expected, strict=True):
        for waiting in (code for code, below in SPLITS.items() if unit in below):
            with pytest.raises(WrongState, match="没有办结"):
                province.report(waiting)
        province.report(unit)
        row = province.row(unit)
        for level in (PROVINCE, CITY, COUNTY, TOWNSHIP):
            if level != row.issuer_code and unit.startswith(level):
                with pytest.raises(Forbidden):
                    act(province.session, province.people[level], "verify", row)
        act(province.session, province.people[row.issuer_code], "verify", row)
        act(province.session, province.people[row.issuer_code], "close", row)
        assert (row.verified_by_unit, province.progress()) == (row.issuer_code, after), unit
    assert {row.state for row in province.task.assignments} == {"closed"}


def numbers(page: str) -> tuple[str, str]:
    """Progress and states of what a page shows as a whole."""
    found = dict(re.findall(r"<dt>(进度|承办情况)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.S))
    return found["进度"].strip(), found["承办情况"].strip()


def rows(page: str) -> dict[str, tuple[str, tuple[str, str]]]:
    """Unit → where its name leads, and its numbers in the table."""
    found = {}
    for line in re.findall(r"<tr>(.*?)</tr>", page, re.S):
        name = re.search(r'<td data-label="单位"[^>]*><a href="([^"]+)">([^<]+)</a>', line)
        if name is not None:
            cells = dict(re.findall(r'<td data-label="(进度|承办情况)"[^>]*>(.*?)</td>', line, re.S))
            found[name[2]] = (html.unescape(name[1]), (cells["进度"].strip(), cells["承办情况"].strip()))
    return found


def test_four_clicks_lead_from_the_province_to_a_villages_evidence(
    province: Province, sign_in: Callable[..., FlaskClient]
) -> None:
    session = province.session
    province.finish(VILLAGE)
    province.report(SISTER_VILLAGE)
    names = {unit: province.row(unit).unit.name for unit in (CITY, COUNTY, TOWNSHIP, VILLAGE)}
    number, village = province.task.number, province.row(VILLAGE).id
    session.commit()
    leader = sign_in("leader", PROVINCE)
    page = leader.get(f"/tasks/{number}").text
    assert numbers(page) == ("12.5%", "已下达 2 个，已反馈 1 个，已销号 1 个"), "four last holders"
    for unit, name in names.items():
        path, promised = rows(page)[name]
        page = leader.get(path).text
        if unit != VILLAGE:
            assert numbers(page) == promised, f"what stood above about {name} is what its page says"
            continue
        assert promised == ("100.0%", "已销号 1 个")
        assert path == f"/tasks/assignments/{village}" and "已排查 42 户，台账已建。" in page
