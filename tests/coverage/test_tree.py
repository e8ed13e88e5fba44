"""What is left stands on the tree of units, by name, for those who may read it."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accountability.test_budget import BUDGET, asked
from tests.coverage.conftest import SignIn
from tests.coverage.test_pages import enter, name_of
from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.org.models import Division, Posting

__all__ = ["asked"]


def tree_row(client: FlaskClient, name: str) -> str:
    """The row of a unit on the tree."""
    return client.get("/org/").text.split(f">{name}</a>")[-1].split("</tr>")[0]


def test_the_tree_of_units_shows_what_is_left_by_name(county: Session, office: FlaskClient, sign_in: SignIn) -> None:
    one, two, other = (name_of(county, code) for code in (VILLAGE, SISTER_VILLAGE, OTHER_VILLAGE))
    county_name, township = name_of(county, COUNTY), name_of(county, TOWNSHIP)
    enter(office, **{f"d{VILLAGE}": "2026-03-05"})
    desk = sign_in("desk", COUNTY)
    assert "已走访 1 个，应走访 60 个" in desk.get("/org/").text.split(f">{county_name}</a></h2>")[1]
    row = tree_row(desk, township)
    left = row.split("县书记还没有走访：")[1].split("<")[0].strip().split("、")
    assert two in left and one not in left and other not in left
    villages = county.scalars(select(Division.code).where(Division.parent_code == TOWNSHIP)).all()
    county.rollback()
    for code in villages:
        enter(office, **{f"d{code}": "2026-03-05"})
    assert "县书记已走访" in tree_row(desk, township)


def test_the_tree_shows_the_visits_of_a_secretary_to_nobody_below(
    county: Session, office: FlaskClient, sign_in: SignIn
) -> None:
    village = name_of(county, VILLAGE)
    assert "县书记" not in tree_row(sign_in("desk", TOWNSHIP), village)


def test_the_tree_keeps_the_budget(  # type: ignore[no-untyped-def]
    county: Session, office: FlaskClient, township_secretary: Posting, asked, sign_in: SignIn
) -> None:
    desk = sign_in("desk", COUNTY)
    desk.get("/org/")
    found = asked(lambda: desk.get("/org/"))
    assert len(found) <= BUDGET, "\n".join(" ".join(one.split("FROM", 1)[-1].split())[:150] for one in found)
