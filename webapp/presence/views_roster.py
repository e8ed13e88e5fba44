"""The duty roster of a unit: a month to read, print, send as a file, and edit."""

from datetime import date
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Conflict, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import held
from webapp.org.models import Division
from webapp.org.views_files import send_headed
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter
from webapp.presence import roster, roster_away
from webapp.presence.month_models import SHIFTS, RosterEntry
from webapp.presence.rules import Window
from webapp.presence.views_pages import month_asked, pages
from webapp.words import WEEKDAYS

HEADINGS = ("日期", "星期", "班次", "值班人", "说明")


@pages.get("/roster/")
@requires("roster.read")
def rosters() -> Response:
    """To the roster of the own unit and this month."""
    return redirect(url_for(".duty_roster", code=g.viewer.prefixes[0], month=f"{clock.today():%Y-%m}"))


@pages.get("/roster/<code>/<month>")
@requires("roster.read")
def duty_roster(code: str, month: str) -> Response | str:
    """The month by day; days of rest have two shifts, working days the night."""
    unit, window = _asked(code, month)
    known = roster.entries(db.session(), unit.code, window)
    away = _away(unit, window, known)
    if asked_format():
        return _file(unit, window, known, away)
    rule = parameter(db.session(), "presence.night_rule", on=window.last, unit_code=unit.code)
    writes = any(unit.code.startswith(own) for own in g.viewer.units_with(roster.WRITE))
    ahead = {place[:2] for place in _there(known) if place in away and place[0] >= clock.today()}
    nights = [day for day in window.days if (day, "night") not in known]
    return render_template(
        "presence/roster.html",
        unit=unit,
        window=window,
        known=known,
        away=away,
        days=[(day, roster.shifts_of(db.session(), day)) for day in window.days],
        rest=lambda day: not work_calendar(db.session()).is_workday(day),
        holidays=roster.holiday_names(db.session(), window),
        shifts=SHIFTS,
        before=f"{window.first - date.resolution:%Y-%m}",
        after=f"{window.last + date.resolution:%Y-%m}",
        writes=writes,
        away_shifts=len(ahead) if writes else 0,
        open_nights=len(nights) if rule == "duty_rota" else 0,
        here=f"{window.first:%Y-%m}",
    )


@pages.get("/roster/<code>/<month>/edit")
@requires("roster.write")
def edit_roster(code: str, month: str) -> str:
    """The form of a month."""
    return _form(*_asked(code, month))


@pages.post("/roster/<code>/<month>/edit")
@requires("roster.write")
def save_roster(code: str, month: str) -> Any:
    """Save the month in one act."""
    unit, window = _asked(code, month)
    wanted = {}
    for day in window.days:
        for shift in roster.shifts_of(db.session(), day):
            if f"{shift}-{day.day}" in request.form:
                typed = request.form.getlist(f"{shift}-{day.day}")
                wanted[day, shift] = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 10]
    seen, accepted = request.form.get("seen", ""), request.form.get("accept", "")
    try:
        number = roster.save(db.session(), unit.code, window, wanted, seen=seen, at=clock.now(), accepted=accepted)
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _form(*_asked(code, month), error), error.status
    flash("值班表已保存。" if number else "值班表没有改动。", "done")
    db.session.commit()
    return redirect(url_for(".duty_roster", code=code, month=month), 303)


def _asked(code: str, month: str) -> tuple[Division, Window]:
    unit = db.session.get(Division, held(code))
    window = month_asked(month)
    if unit is None or not g.viewer.reaches(unit.code):
        raise NotFound()
    return unit, window


def _there(known: dict[roster.Slot, list[RosterEntry]]) -> list[roster_away.Place]:
    return [(*slot, row.person_id) for slot, on_duty in known.items() for row in on_duty]


def _away(
    unit: Division, window: Window, known: dict[roster.Slot, list[RosterEntry]]
) -> dict[roster_away.Place, roster_away.Reason]:
    """Who of those on duty is not there, for whom who is away is no secret."""
    people = {person_id for _, _, person_id in _there(known)}
    return roster.missing(db.session(), unit.code, window, people) if g.viewer.may("leave.read") else {}


def _form(unit: Division, window: Window, problem: Refused | Conflict | None = None) -> str:
    known = roster.entries(db.session(), unit.code, window)
    people = roster.candidates(db.session(), unit.code, window)
    stale = isinstance(problem, Conflict)
    return render_template(
        "presence/roster_edit.html",
        unit=unit,
        window=window,
        known=known,
        seen=request.form.get("seen") if problem and not stale else roster.fingerprint(known),
        people=people,
        away=roster.missing(db.session(), unit.code, window, {person.id for person in people}),
        days=[(day, roster.shifts_of(db.session(), day)) for day in window.days if day >= clock.today()],
        shifts=SHIFTS,
        here=f"{window.first:%Y-%m}",
        problem=problem.sentence if problem else None,
        accept=problem.accept if isinstance(problem, roster_away.Warned) else "",
    )


def _file(
    unit: Division,
    window: Window,
    known: dict[roster.Slot, list[RosterEntry]],
    away: dict[roster_away.Place, roster_away.Reason],
) -> Response:
    """The month as a table with issuer and end date (X-20); the export itself is audited."""
    rows = [
        (
            day,
            f"周{WEEKDAYS[day.weekday()]}",
            SHIFTS[shift],
            row.person_name,
            _words(away.get((day, shift, row.person_id))),
        )
        for (day, shift), on_duty in known.items()
        for row in on_duty
    ]
    title = f"{unit.name}{window.first.year}年{window.first.month}月值班表"
    audited, name = ("roster.export", "roster", unit.code), f"值班表-{window.first:%Y%m}"
    return send_headed(title, HEADINGS, rows, audited, len(rows), issuer=unit.name, name=name)


def _words(reason: roster_away.Reason | None) -> str:
    return reason.words if reason else ""
