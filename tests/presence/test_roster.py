"""值班表: nights and days of rest, one or more people a shift, saved a month at a time, read by the team."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.presence.month_making import leave, trip
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


def test_whoever_is_away_is_warned_of_by_name_and_days_and_put_there_only_when_confirmed(
    county: Session, sign_in: SignIn
) -> None:
    chief = sign_in("first_secretary", VILLAGE)
    mate = factories.posting(county, "team_member", VILLAGE)
    leave(county, mate, date(2026, 10, 14), date(2026, 10, 15))  # from the afternoon of the 14th on
    trip(county, mate, date(2026, 10, 20))
    name, who = mate.person.name, str(mate.person_id)
    county.commit()
    wanted = {"night-14": who, "night-16": who, "night-20": who}
    form = chief.get(f"{PATH}/edit").text
    assert form.count(f"{name}（请假）") == 4 and form.count(f"{name}（因公外出）") == 2
    warned = chief.post(f"{PATH}/edit", data=form_of(chief, **wanted))
    assert warned.status_code == 400
    assert f"10月14日夜班{name}（请假，2026年10月14日下午至10月15日下午）" in warned.text
    assert f"10月20日夜班{name}（因公外出，2026年10月20日）" in warned.text and f"10月16日夜班{name}" not in warned.text
    assert warned.text.count(f'<option value="{who}" selected>') == 3
    accept = warned.text.split('name="accept" value="')[1].split('"')[0]
    fewer = chief.post(f"{PATH}/edit", data=form_of(chief, accept=accept, **{"night-14": who}))
    assert fewer.status_code == 400 and "10月20日夜班" not in fewer.text  # something else was confirmed
    assert chief.post(f"{PATH}/edit", data=form_of(chief, accept=accept, **wanted)).status_code == 303
    page = chief.get(PATH).text
    assert page.count(f"{name} <strong>（请假）</strong>") == 1 and "有 2 个班次的值班人" in page


def test_leave_granted_later_is_marked_on_the_roster_and_in_its_file(county: Session, sign_in: SignIn) -> None:
    chief, mate = sign_in("first_secretary", VILLAGE), factories.posting(county, "team_member", VILLAGE)
    name, who = mate.person.name, str(mate.person_id)
    county.commit()
    assert chief.post(f"{PATH}/edit", data=form_of(chief, **{"day-17": who, "night-17": who})).status_code == 303
    assert "（请假）" not in chief.get(PATH).text
    row = leave(county, mate, date(2026, 10, 16), date(2026, 10, 17))
    row.last_half = "am"
    county.commit()
    page = chief.get(PATH).text
    assert page.count(f"{name} <strong>（请假）</strong>") == 1 and "有 1 个班次的值班人" in page
    assert "请假，2026年10月16日下午至10月17日上午" in chief.get(f"{PATH}?format=csv").text
    assert "请假" in sign_in("desk", COUNTY).get(PATH).text
    row.state = "withdrawn"
    county.commit()
    assert "（请假）" not in chief.get(PATH).text


def test_leave_of_an_earlier_post_counts_and_who_left_is_refused(county: Session, sign_in: SignIn) -> None:
    chief = sign_in("first_secretary", VILLAGE)
    before = factories.posting(county, "team_member", OTHER_VILLAGE, ends_on=date(2026, 10, 13))
    leave(county, before, date(2026, 10, 12), date(2026, 10, 15))
    here = factories.posting(
        county, "team_member", VILLAGE, before.person_id, starts_on=date(2026, 10, 14), ends_on=date(2026, 10, 20)
    )
    name, who = here.person.name, str(here.person_id)
    county.commit()
    moved = chief.post(f"{PATH}/edit", data=form_of(chief, **{"night-15": who}))
    assert f"10月15日夜班{name}（请假，2026年10月12日下午至10月15日下午）" in moved.text
    early = chief.post(f"{PATH}/edit", data=form_of(chief, accept="1", **{"night-13": who, "night-21": who}))
    assert early.status_code == 400 and 'name="accept"' not in early.text
    assert f"10月13日夜班{name}（不在岗，2026年10月14日到岗）" in early.text
    assert f"10月21日夜班{name}（不在岗，任职到2026年10月20日）" in early.text
    assert chief.post(f"{PATH}/edit", data=form_of(chief, **{"night-16": who})).status_code == 303
    here.ends_on = date(2026, 10, 15)
    county.commit()
    assert f"{name} <strong>（不在岗）</strong>" in chief.get(PATH).text
    again = chief.post(f"{PATH}/edit", data=form_of(chief, **{"night-16": who, "night-17": ""}))
    assert again.status_code == 303  # who stands there already is marked, and hinders nothing else


def test_a_township_has_those_of_its_villages_to_choose_from(county: Session) -> None:
    own = factories.posting(county, "secretary", TOWNSHIP)
    team = factories.posting(county, "team_member", VILLAGE)
    factories.posting(county, "supervisor", TOWNSHIP)
    found = roster.candidates(county, TOWNSHIP, window_of("2026-10"))
    assert [person.id for person in found] == [own.person_id, team.person_id]
