"""The list of a month: each person's days, each day opening to its source; and the confirmation in one act."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability.models import Assignment
from webapp.accountability.occasions import due_of
from webapp.accountability.panels import panels
from webapp.accountability.rules import OPEN
from webapp.downloads import asked_format
from webapp.errors import Conflict, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave.halves import Span, slot
from webapp.leave.models import townships_of
from webapp.navigation import trail
from webapp.org.codes import at_level, full, held
from webapp.org.models import Division, Posting
from webapp.org.views_files import send_headed
from webapp.paging import SIZE, Page, number_from
from webapp.permissions import ROLE_NAMES
from webapp.policy.calendar import work_calendar
from webapp.policy.service import parameter
from webapp.policy.work_areas import template
from webapp.presence import confirming, days, roster
from webapp.presence.month_models import EXEMPTIONS, PresenceMonth
from webapp.presence.month_table import HEADINGS, TOWNSHIP_HEADINGS, people_rows
from webapp.presence.rules import MARKS, STATES, HalfDay, Source, Window, window_around
from webapp.presence.scopes import TOWNSHIP_LENGTH
from webapp.presence.views_pages import month_asked, pages

NIGHT_RULES = {"none": "", "five_days_four_nights": "每周五天四夜住村", "duty_rota": "按值班表轮流住村"}


@dataclass(frozen=True)
class Cell:
    """One day of one person on the page."""

    day: date
    am: HalfDay
    pm: HalfDay
    rest: bool
    am_path: str
    """Where each half opens to; "" where there is nothing but the presumption, or no post."""
    pm_path: str

    @property
    def parts(self) -> list[tuple[HalfDay, str, str]]:
        """What is shown in one piece: the whole day, or each half with what it opens to and its words."""
        if self.am.state == self.pm.state and (self.am_path == self.pm_path or "" in (self.am_path, self.pm_path)):
            return [(self.am, self.am_path or self.pm_path, STATES[self.am.state])]
        return [
            (self.am, self.am_path, f"上午{STATES[self.am.state]}"),
            (self.pm, self.pm_path, f"下午{STATES[self.pm.state]}"),
        ]


@dataclass(frozen=True)
class Row:
    """One person's month."""

    posting: Posting
    cells: list[Cell]
    facts: days.Facts


@dataclass(frozen=True)
class Stretch:
    """One stretch of a month that is not simply on post."""

    state: str
    span: Span
    path: str
    """Where it opens to; "" where the viewer may not read it or there is nothing to open."""


@pages.get("/presence/")
@requires("presence.read")
def presence() -> Response:
    """To the list of the own unit and this month."""
    return redirect(url_for(".month", code=g.viewer.prefixes[0], month=f"{clock.today():%Y-%m}"))


@pages.get("/presence/<code>/<month>")
@requires("presence.read")
def month(code: str, month: str) -> Response | str:
    """The month of a township or village by person in code order; above a township, its townships."""
    unit, window = _asked(code, month)
    return _file(unit, window) if asked_format() else _month(unit, window)


@pages.post("/presence/<code>/<month>/confirm")
@requires("presence.confirm")
def confirm(code: str, month: str) -> Any:
    """The whole list in one act."""
    unit, window = _asked(code, month)
    try:
        confirming.confirm(db.session(), unit, window, seen=request.form.get("seen", ""), at=clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _month(unit, window, error.sentence), error.status
    flash("名单已确认，当月的确认任务已一并反馈。", "done")
    db.session.commit()
    return redirect(url_for(".month", code=unit, month=month), 303)


def _asked(code: str, month: str) -> tuple[str, Window]:
    unit = held(code)
    window = month_asked(month)
    way = trail(unit) if unit and g.viewer.reaches(unit) else []
    if not way or way[-1][0] != full(unit):
        raise NotFound()
    return unit, window


def _month(unit: str, window: Window, problem: str | None = None) -> str:
    session, today = db.session(), clock.today()
    calendar = work_calendar(session)
    frame = {
        "unit": unit,
        "unit_name": trail(unit)[-1][1],
        "window": window,
        "before": f"{window.first - date.resolution:%Y-%m}",
        "after": f"{window.last + date.resolution:%Y-%m}",
        "due_on": due_of(template(confirming.DUTY), window.first.year, window.first.month, calendar),
        "over": days.past(window),
        "problem": problem,
    }
    if len(unit) < TOWNSHIP_LENGTH:
        return render_template("presence/townships.html", townships=_townships(unit, window), **frame)
    kind = parameter(session, "presence.window", on=window.last, unit_code=unit)
    whole = window_around(kind, window.first)
    own = days.own_only(g.viewer)
    found = days.gather(session, unit, window, whole=whole, person_id=own)
    postings, every = found.postings, found.days
    number = number_from(request.args.get("page"))
    some = postings[(number - 1) * SIZE : number * SIZE]
    facts = days.facts_of(session, some, every, whole, today)
    on_duty = {half.source.id for one in some for half in every[one.id].values() if half.source.kind == "roster"}
    rosters = roster.units_of(session, {id_ for id_ in on_duty if id_ is not None})
    readable = _readable(found.asked_in, own is not None)
    confirmed = found.months.get((at_level(unit, 4), f"{window.first:%Y-%m}"))
    rows = confirming.listed(postings, _cut(every, window)) if frame["over"] else []
    now = confirming.digest_of(rows) if len(unit) == TOWNSHIP_LENGTH and frame["over"] else ""
    lists = confirmed.lists if confirmed is not None and own is None else []
    return render_template(
        "presence/month.html",
        rows=[Row(one, _cells(every[one.id], window, rosters, readable), facts[one.id]) for one in some],
        page=Page(some, number, len(postings)),
        exceptions=_exceptions(postings, _cut(every, window), rosters, readable),
        whole=whole,
        roles=ROLE_NAMES,
        marks=MARKS,
        states=STATES,
        exemptions=EXEMPTIONS,
        night=NIGHT_RULES[parameter(session, "presence.night_rule", on=window.last, unit_code=unit)],
        confirmed=confirmed,
        lists=lists,
        now=now,
        changed=bool(lists and now and lists[-1].digest != now),
        own_changed=confirmed is not None and own is not None and not confirming.holds(confirmed, rows),
        confirms=unit in g.viewer.units_with(confirming.CONFIRM),
        today=today,
        **frame,
    )


def _file(unit: str, window: Window) -> Response:
    """The days of those whom the page lists, as the township will confirm them or has confirmed them; above a township,
    which of its townships have confirmed."""
    session = db.session()
    title, name = f"{trail(unit)[-1][1]}{window.first.year}年{window.first.month}月在岗名单", f"{window.first:%Y-%m}"
    audited = ("presence.export", "list", f"{unit}:{name}")
    if len(unit) < TOWNSHIP_LENGTH:
        states = [
            (one.name, full(one.code), "已确认" if known else "未确认") for one, known in _townships(unit, window)
        ]
        return send_headed(title, TOWNSHIP_HEADINGS, states, audited, len(states), name=f"在岗名单-{name}")
    whole = window_around(parameter(session, "presence.window", on=window.last, unit_code=unit), window.first)
    found = days.gather(session, unit, window, whole=whole, person_id=days.own_only(g.viewer))
    rows = people_rows(session, confirming.listed(found.postings, _cut(found.days, window)))
    return send_headed(title, HEADINGS, rows, audited, len(rows), name=f"在岗名单-{name}")


def _cut(every: confirming.Days, window: Window) -> confirming.Days:
    """Of each post, the half-days inside a window."""
    return {id_: {n: half for n, half in all_.items() if _in(n, window)} for id_, all_ in every.items()}


def _in(number: int, window: Window) -> bool:
    return slot(window.first, "am") <= number <= slot(window.last, "pm")


def _readable(asked_in: Mapping[Source, str], own: bool) -> set[Source]:
    """The leaves and trips that the viewer may open: his own, or those of his units for who decides on leave or keeps
    it. Whoever was moved since may have asked elsewhere: a township reads the leave that was brought along."""
    if not g.viewer.may("leave.read"):
        return set()
    brought = ("leave",) if townships_of(g.viewer) else ()
    return {source for source, unit in asked_in.items() if own or source.kind in brought or g.viewer.reaches(unit)}


def _cells(
    own: dict[int, HalfDay], window: Window, rosters: Mapping[int, str], readable: Collection[Source]
) -> list[Cell]:
    calendar = work_calendar(db.session())
    cells = []
    for day in window.days:
        am, pm = own[slot(day, "am")], own[slot(day, "pm")]
        paths = _path(am, day, rosters, readable), _path(pm, day, rosters, readable)
        cells.append(Cell(day, am, pm, not calendar.is_workday(day), *paths))
    return cells


def _exceptions(
    postings: Sequence[Posting], every: confirming.Days, rosters: Mapping[int, str], readable: Collection[Source]
) -> list[tuple[Posting, list[Stretch]]]:
    """Who was not on post the whole month, in the order of the list, with each stretch and where it opens to."""
    found = []
    for posting in postings:
        stretches: list[Stretch] = []
        for (state, source), slots in groupby(sorted(every[posting.id]), key=lambda n: _kind(every[posting.id][n])):
            span = Span((numbers := list(slots))[0], numbers[-1])
            if state != "on_post":
                path = _path(every[posting.id][numbers[0]], span.first_day, rosters, readable)
                stretches.append(Stretch(state, span, path if source.kind in ("leave", "trip", "inspection") else ""))
        if stretches:
            found.append((posting, stretches))
    return found


def _kind(half: HalfDay) -> tuple[str, Source]:
    return half.state, half.source


def _path(half: HalfDay, day: date, rosters: Mapping[int, str], readable: Collection[Source]) -> str:
    """Where a half-day opens to, for a viewer who may read it; a roster is read within the viewer's units."""
    number = half.source.id
    if half.source.kind == "roster":
        unit = rosters.get(number or 0, "")
        return f"/roster/{full(unit)}/{day:%Y-%m}#d{day.day}" if unit and g.viewer.reaches(unit) else ""
    if half.source.kind in ("leave", "trip") and half.source not in readable:
        return ""
    return {
        "leave": f"/leave/{number}",
        "trip": f"/trips/{number}",
        "inspection": f"/inspections/{number}",
        "confirmation": "#confirmation",
    }.get(half.source.kind, "")


def _townships(unit: str, window: Window) -> list[tuple[Division, PresenceMonth | None]]:
    """The townships with people on post in a month, in code order, and whether the month is confirmed."""
    session = db.session()
    codes = days.townships(session, unit, window)
    named = session.scalars(select(Division).where(Division.code.in_(codes)).order_by(Division.code))
    months = select(PresenceMonth).where(
        PresenceMonth.unit_code.in_(codes), PresenceMonth.month == f"{window.first:%Y-%m}"
    )
    known = {row.unit_code: row for row in session.scalars(months)}
    return [(one, known.get(one.code)) for one in named]


def duty_panel(assignment_id: int) -> str:
    """On the page of the township's duty: where the list is confirmed, which answers the task by itself."""
    row = db.session().get(Assignment, assignment_id)
    if row is None or row.task.template_code != confirming.DUTY or not g.viewer.may("presence.read"):
        return ""
    month = row.task.period or ""
    answers = row.state in OPEN and row.unit_code in g.viewer.units_with(confirming.CONFIRM)
    return render_template(
        "presence/duty_panel.html",
        unit=row.unit_code,
        month=month,
        confirmed=answers and confirming.month_of(db.session(), row.unit_code, month) is not None,
    )


panels.append(duty_panel)
