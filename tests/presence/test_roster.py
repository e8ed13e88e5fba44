"""值班表: nights and days of rest, one or more people a shift, saved a month at a time, read by the team."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp.presence import roster
from webapp.presence.month_models import RosterEntry
from webapp.presence.rules import window_of

SignIn = Callable[..., FlaskClient]
PATH = f"/roster/{VILLAGE}/2026-10"


def form_of(client: FlaskClient, **changes: str | list[str]) -> dict[str, str | list[str]]:
    seen = client.get(f"{PATH}/edit").text.split('name="seen" value="')[1].split('"')[0]
    return {"seen": seen, **changes}


def test_working_days_have_a_night_and_days_of_rest_both_shifts(county: Session) -> None:
    assert roster.shifts_of(county, date(2026, 10, 12)) == ("night",)
    assert roster.shifts_of(county, date(2026, 10, 10)) == ("night",)  # a Saturday on which everybody works
    assert roster.shifts_of(county, date(2026, 10, 17)) == ("day", "night")


def test_a_month_is_saved_once_read_by_the_team_and_sent_as_a_file(county: Session, sign_in: SignIn) -> None:
    chief, mate = sign_in("first_secretary", VILLAGE), sign_in("team_member", VILLAGE)
    who = str(mate.person_id)  # type: ignore[attr-defined]
    form = form_of(chief, **{"night-12": who, "day-17": who, "day-13": who, "night-5": who})
    assert [chief.post(f"{PATH}/edit", data=form).status_code for _ in range(2)] == [303, 303]
    county.rollback()
    kept = county.execute(select(RosterEntry.day, RosterEntry.shift).order_by(RosterEntry.day)).all()
    assert [tuple(row) for row in kept] == [(date(2026, 10, 12), "night"), (date(2026, 10, 17), "day")]
    county.rollback()
    page = mate.get(PATH).text
    assert "国庆节" in page and "2026年10月17日（周六）" in page and page.count("测试") >= 2
    assert "值班人" in mate.get(f"{PATH}?format=csv").text
    assert mate.get(f"{PATH}/edit").status_code == 403
    assert sign_in("desk", COUNTY).get(PATH).status_code == 200
    assert sign_in("secretary", SISTER_VILLAGE).get(PATH).status_code == 404


def test_a_stranger_on_duty_and_a_stale_page_are_refused_and_what_was_chosen_stays(
    county: Session, sign_in: SignIn
) -> None:
    chief, mate = sign_in("first_secretary", VILLAGE), sign_in("team_member", VILLAGE)
    stranger = factories.posting(county, "team_member", SISTER_VILLAGE).person_id
    county.commit()
    own, other = str(chief.person_id), str(mate.person_id)  # type: ignore[attr-defined]
    wrong = chief.post(f"{PATH}/edit", data=form_of(chief, **{"night-12": str(stranger), "night-13": own}))
    assert wrong.status_code == 400 and "10月12日夜班所选人员不能值班" in wrong.text
    assert f'<option value="{own}" selected>' in wrong.text
    stale = form_of(chief, **{"night-14": own})
    assert chief.post(f"{PATH}/edit", data=form_of(chief, **{"night-14": other})).status_code == 303
    lost = chief.post(f"{PATH}/edit", data=stale)
    assert lost.status_code == 409 and "有变动" in lost.text
    cleared = chief.post(f"{PATH}/edit", data=form_of(chief, **{"night-14": ""}))
    assert cleared.status_code == 303
    county.rollback()
    assert county.scalars(select(RosterEntry)).all() == []


def test_several_people_share_a_shift_each_once_and_one_can_leave_it(county: Session, sign_in: SignIn) -> None:
    chief, mate = sign_in("first_secretary", VILLAGE), sign_in("team_member", VILLAGE)
    own, other = str(chief.person_id), str(mate.person_id)  # type: ignore[attr-defined]

    def save(*chosen: str) -> list[int]:
        assert chief.post(f"{PATH}/edit", data=form_of(chief, **{"night-14": list(chosen)})).status_code == 303
        county.rollback()
        found = county.scalars(select(RosterEntry.person_id).order_by(RosterEntry.id)).all()
        county.rollback()
        return list(found)

    assert save(own, other, own, "") == [int(own), int(other)]
    names = county.scalars(select(RosterEntry.person_name).order_by(RosterEntry.id)).all()
    county.rollback()
    assert "、".join(names) in mate.get(PATH).text
    again = chief.get(f"{PATH}/edit").text
    assert again.count('name="night-14"') == 3 and again.count('name="night-15"') == 2
    assert mate.get(f"{PATH}?format=csv").text.count("夜班") == 2
    assert save(other, "") == [int(other)]
    assert save(own, other) == [int(other), int(own)]


def test_a_township_has_those_of_its_villages_to_choose_from(county: Session) -> None:
    own = factories.posting(county, "secretary", TOWNSHIP)
    team = factories.posting(county, "team_member", VILLAGE)
    factories.posting(county, "supervisor", TOWNSHIP)
    found = roster.candidates(county, TOWNSHIP, window_of("2026-10"))
    assert [person.id for person in found] == [own.person_id, team.person_id]
