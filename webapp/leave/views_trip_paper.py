"""The township's pages for official trips that were reported on paper."""

from typing import Any

from flask import render_template, request

from webapp import clock
from webapp.errors import Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import paper, trips
from webapp.leave.forms import TripForm
from webapp.leave.views_pages import pages, told
from webapp.leave.views_trips import back, refused
from webapp.org.models import Posting

DONE = {"correct": "已代录更正，本人会收到提示。", "cancel": "已代录取消，本人会收到提示。"}


@pages.get("/trips/paper/<int:posting_id>")
@requires("leave.paper")
def trip_paper_new(posting_id: int) -> str:
    """The form for one person's paper."""
    form = TripForm(formdata=None)
    form.form_id.data = form.number()
    form.first_half.data, form.last_half.data = "am", "pm"
    form.paper_on.data = clock.today().isoformat()
    return _form(paper.post_of(db.session(), posting_id, clock.today()), form)


@pages.post("/trips/paper/<int:posting_id>")
@requires("leave.paper")
def trip_paper_create(posting_id: int) -> Any:
    """Enter it once, however often the form is sent."""
    form = TripForm()
    form.form_id.data = form.number()
    typed, paper_on = form.reporting(), form.day("paper_on")
    try:
        row = paper.report_for(db.session(), posting_id, form.form_id.data, typed, paper_on=paper_on, at=clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        problem = told(form, error)
        return _form(paper.post_of(db.session(), posting_id, clock.today()), form, problem), error.status
    return back(row.id, "已代录，标明为纸质代录，不需要审批。本人会收到提示。")


@pages.post("/trips/<int:trip_id>/paper/<any(correct,cancel):verb>")
@requires("leave.paper")
def trip_paper_step(trip_id: int, verb: str) -> Any:
    """A correction or a cancellation that came on paper."""
    form = TripForm() if verb == "correct" else None
    reason, version, now = request.form.get("reason", ""), request.form.get("version", type=int), clock.now()
    try:
        if form is not None:
            trips.correct(db.session(), trip_id, form.reporting(), reason=reason, at=now, version=version)
        else:
            trips.cancel(db.session(), trip_id, reason=reason, at=now, version=version)
    except (Faulty, Refused, Conflict) as error:
        db.session.rollback()
        return refused(trip_id, error, form, verb)
    return back(trip_id, DONE[verb])


def _form(post: Posting, form: TripForm, problem: str | None = None) -> str:
    return render_template("trips/paper.html", form=form, post=post, problem=problem)
