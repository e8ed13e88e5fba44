"""Pages of trainings and meetings: what was held, one of them, the form, and this year's training by person."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response as Redirect

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError, Forbidden, NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import queries as org
from webapp.org.codes import held
from webapp.org.forms import number_or_none
from webapp.org.models import Posting
from webapp.org.pages_views import unit_at
from webapp.org.views_files import send_list
from webapp.paging import number_from, page_of, paged
from webapp.permissions import ROLE_NAMES
from webapp.teams import events
from webapp.teams.event_models import EVENTS, TeamEvent, TeamEventPosting
from webapp.teams.events import Held
from webapp.teams.forms import faults_of
from webapp.teams.queries import COUNTY
from webapp.teams.tables import EVENT_HEADINGS, TRAINED_HEADINGS, event_rows, trained_rows
from webapp.teams.views_pages import pages, table_file
from webapp.words import form_id_from, typed_day

MOST = 500
"""People that one form lists; a larger county records by township."""


@pages.get("/teams/events/")
@requires("team.read")
def event_list() -> Response | str:
    """Trainings and meetings of a unit and below; for a county also which townships have recorded this month's meeting."""
    unit = unit_at(request.args.get("unit") or g.viewer.prefixes[0])
    statement = events.listed(unit.code, request.args.get("kind", ""))
    if asked_format():
        audited = ("team.export", "list", f"events:{unit.code}")
        return send_list("培训和例会", EVENT_HEADINGS, statement, event_rows, audited)
    today = clock.today()
    townships = org.children(db.session(), unit.code) if unit.level == COUNTY else []
    return render_template(
        "teams/events.html",
        unit=unit,
        page=paged(db.session(), statement, number_from(request.args.get("page"))),
        kinds=EVENTS,
        meetings=events.meetings_of_month(db.session(), townships, today.replace(day=1)),
        month=today,
        writes=bool(g.viewer.units_with(events.WRITE)),
    )


@pages.get("/teams/training")
@requires("team.read")
def training() -> Response | Redirect | str:
    """Who has had this year's training and who has not, in the order of villages."""
    unit = unit_at(request.args.get("unit") or g.viewer.prefixes[0])
    if unit.level < COUNTY:
        return render_template("teams/choose.html", unit=unit, below=org.children(db.session(), unit.code))
    today = clock.today()
    wanted = request.args.get("show", "")
    found = [
        one
        for one in events.trained(db.session(), unit.code, today.year, today)
        if wanted not in ("done", "open") or one.done == (wanted == "done")
    ]
    if asked_format():
        title = f"{today.year}年驻村人员培训"
        return table_file(title, TRAINED_HEADINGS, trained_rows(found), f"training:{unit.code}")
    number = number_from(request.args.get("page"))
    return render_template(
        "teams/training.html",
        unit=unit,
        year=today.year,
        page=page_of(found, number),
        roles=ROLE_NAMES,
    )


@pages.get("/teams/events/new")
@requires("team.write")
def event_form() -> str:
    """The form of a training or a meeting."""
    return _form()


@pages.post("/teams/events/new")
@requires("team.write")
def record_event() -> Any:
    """Record it."""
    typed = request.form
    ids = [number for number in (number_or_none(text) for text in typed.getlist("posting")) if number is not None]
    sent = Held(
        typed.get("kind", ""),
        _unit(),
        typed_day(typed.get("held_on")),
        typed.get("subject", ""),
        typed.get("document_no", ""),
        ids,
    )
    try:
        row = events.record(db.session(), form_id_from(request.form.get("form_id")), sent, at=clock.now())
    except DandangError as error:
        db.session.rollback()
        return _form(faults_of(error)), error.status
    flash("已登记。", "done")
    target = url_for(".event", event_id=row.id)
    db.session.commit()
    return redirect(target, 303)


@pages.get("/teams/events/<int:event_id>")
@requires("team.read")
def event(event_id: int) -> str:
    """One training or meeting with those who took part."""
    return _page(event_id)


@pages.post("/teams/events/<int:event_id>/withdraw")
@requires("team.write")
def withdraw_event(event_id: int) -> Any:
    """Take a wrong entry back."""
    try:
        events.withdraw(db.session(), event_id, reason=request.form.get("reason", ""), at=clock.now())
    except (NotFound, Forbidden):
        raise
    except DandangError as error:
        db.session.rollback()
        return _page(event_id, {"reason": error.sentence}), error.status
    flash("已撤回。", "done")
    db.session.commit()
    return redirect(url_for(".event", event_id=event_id), 303)


def _page(event_id: int, faults: dict[str, str] | None = None) -> str:
    person = selectinload(TeamEvent.parts).joinedload(TeamEventPosting.posting)
    row = db.session.scalar(
        select(TeamEvent)
        .where(TeamEvent.id == event_id)
        .options(joinedload(TeamEvent.unit), person.joinedload(Posting.person), person.joinedload(Posting.division))
    )
    if row is None:
        raise NotFound()
    return render_template(
        "teams/event.html",
        row=row,
        kinds=EVENTS,
        roles=ROLE_NAMES,
        withdraws=row.withdrawn_at is None and row.unit_code in g.viewer.units_with(events.WRITE),
        longest=events.REASON_LIMIT,
        faults=faults or {},
    )


def _form(faults: dict[str, str] | None = None) -> str:
    unit = org.division(db.session(), _unit())
    townships = org.children(db.session(), unit.code) if unit.level == COUNTY else []
    asked = held(request.values.get("below", ""))
    below = asked if asked in [one.code for one in townships] else unit.code
    people = events.may_take_part(db.session(), below, clock.today())
    return render_template(
        "teams/event_new.html",
        unit=unit,
        townships=townships,
        below=below,
        people=people if len(people) <= MOST else [],
        too_many=len(people) > MOST,
        kinds={"training": EVENTS["training"]} if unit.level == COUNTY else EVENTS,
        roles=ROLE_NAMES,
        form_id=form_id_from(request.form.get("form_id")),
        faults=faults or {},
    )


def _unit() -> str:
    """The unit that held it: the one in the address, else the viewer's first with the right."""
    own = g.viewer.units_with(events.WRITE)
    wanted = held(request.values.get("unit", ""))
    return wanted if wanted in own else own[0]
