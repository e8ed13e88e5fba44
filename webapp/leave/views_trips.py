"""Pages of official trips: the list, the report, and the record with its correction and cancellation."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import tables, trip_queries, trips
from webapp.leave.forms import TripForm
from webapp.leave.models import TRIP_KINDS, TRIP_STATES, OfficialTrip
from webapp.leave.service import ASK, may_enter
from webapp.leave.trip_queries import TripsSought
from webapp.leave.views_pages import own_posts, pages, told
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged

VIEWS = {"own": "我的外出", "all": "辖区内全部"}


@pages.get("/trips/")
@requires("leave.read")
def trip_listing() -> Response | str:
    """The viewer's own trips, or all in scope."""
    wanted = _sought()
    statement = trip_queries.sought(wanted, g.viewer)
    if asked_format():
        title = f"因公外出报备（{VIEWS[wanted.view]}）"
        return send_list(title, tables.TRIP_HEADINGS, statement, tables.trip_rows, ("trip.export", "list", title))
    return render_template(
        "trips/listing.html",
        page=paged(db.session(), statement, number_from(request.args.get("page"))),
        wanted=wanted,
        views=[(name, VIEWS[name]) for name in _offered()],
        kinds=TRIP_KINDS,
        states=TRIP_STATES,
        filtered=any(request.args.get(name) for name in ("state", "kind", "q")),
    )


@pages.get("/trips/new")
@requires("leave.ask")
def trip_new() -> str:
    """The form; a whole day today is filled in."""
    form = TripForm(formdata=None)
    form.form_id.data = form.number()
    form.first_day.data = form.last_day.data = clock.today().isoformat()
    form.first_half.data, form.last_half.data, form.kind.data = "am", "pm", "meeting"
    return _form(form)


@pages.post("/trips/new")
@requires("leave.ask")
def trip_create() -> Any:
    """Report; the same form sent twice reports once."""
    form = TripForm()
    form.form_id.data = form.number()
    try:
        row = trips.report(db.session(), form.form_id.data, form.reporting(), at=clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _form(form, told(form, error)), error.status
    return back(row.id, "已报备，乡镇可以看到。不需要审批。")


@pages.get("/trips/<int:trip_id>")
@requires("leave.read")
def trip_show(trip_id: int) -> str:
    """One trip, and what happened."""
    row = trip_queries.one(db.session(), trip_id)
    return _record(row, _filled(row))


@pages.post("/trips/<int:trip_id>/correct")
@requires("leave.ask")
def trip_correct(trip_id: int) -> Any:
    """Correct with a reason."""
    form = TripForm()
    version = request.form.get("version", type=int)
    reason, now = form.reason.data or "", clock.now()
    try:
        row = trips.correct(db.session(), trip_id, form.reporting(), reason=reason, at=now, version=version)
    except (Faulty, Refused, Conflict) as error:
        db.session.rollback()
        return refused(trip_id, error, form, "correct")
    return back(row.id, "已更正，乡镇可以看到原来的内容。")


@pages.post("/trips/<int:trip_id>/cancel")
@requires("leave.ask")
def trip_cancel(trip_id: int) -> Any:
    """Cancel with a reason."""
    version = request.form.get("version", type=int)
    try:
        row = trips.cancel(
            db.session(), trip_id, reason=request.form.get("reason", ""), at=clock.now(), version=version
        )
    except (Faulty, Refused, Conflict) as error:
        db.session.rollback()
        return refused(trip_id, error, None, "cancel")
    return back(row.id, "已取消。")


def refused(trip_id: int, error: Refused | Conflict, form: TripForm | None, tried: str) -> Any:
    """The record again with what was typed, after a refused correction or cancellation."""
    row = trip_queries.one(db.session(), trip_id)
    if form is not None and isinstance(error, Faulty):
        form.tell(error.faults)
        return _record(row, form, None, tried), error.status
    return _record(row, form or _filled(row), error.sentence, tried), error.status


def _filled(row: OfficialTrip) -> TripForm:
    """The form of a correction as the trip stands."""
    form = TripForm(formdata=None)
    form.kind.data, form.subject.data, form.document_no.data = row.kind, row.subject, row.document_no or ""
    form.first_day.data, form.last_day.data = row.first_day.isoformat(), row.last_day.isoformat()
    form.first_half.data, form.last_half.data = row.first_half, row.last_half
    return form


def _record(row: OfficialTrip, form: TripForm, problem: str | None = None, tried: str | None = None) -> str:
    return render_template(
        "trips/show.html",
        row=row,
        form=form,
        own=row.person_id == g.viewer.person_id and g.viewer.may(ASK),
        papers=may_enter(g.viewer, row),
        kinds=TRIP_KINDS,
        states=TRIP_STATES,
        labels=trips.LABELS,
        problem=problem,
        tried=tried,
    )


def _form(form: TripForm, problem: str | None = None) -> str:
    form.posting.choices = own_posts()
    return render_template("trips/new.html", form=form, unit=g.viewer.prefixes[0], problem=problem)


def back(trip_id: int, words: str) -> Any:
    """Keep what was done, and go to the record."""
    flash(words, "done")
    db.session.commit()
    return redirect(url_for("leave.trip_show", trip_id=trip_id), 303)


def _offered() -> list[str]:
    return list(VIEWS) if g.viewer.may(ASK) else ["all"]


def _sought() -> TripsSought:
    offered, typed = _offered(), request.args
    return TripsSought(
        view=typed["view"] if typed.get("view") in offered else offered[0],
        state=typed.get("state", ""),
        kind=typed.get("kind", ""),
        words=typed.get("q", "").replace("\x00", "").strip()[:50],
        sort=typed["sort"] if typed.get("sort") in trip_queries.SORTS else "-first",
    )
